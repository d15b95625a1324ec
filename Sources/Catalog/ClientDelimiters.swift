/// MySQL's client ends statements at whatever DELIMITER named last, before any lexer sees them: `END$$` is END and `$$`
/// there, but one word to the lexer. So delimiters are found first and overwritten with bytes that no SQL holds;
/// everything else keeps its place.
enum ClientDelimiters {
    /// Stands for a delimiter other than the semicolon.
    static let mark: UInt8 = 1
    /// Stands for a DELIMITER line that names something other than the semicolon.
    static let on: UInt8 = 2
    /// Stands for a DELIMITER line that goes back to the semicolon.
    static let off: UInt8 = 3

    static func marked(_ bytes: [UInt8]) -> [UInt8] {
        var result = bytes
        var delimiter: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if index == 0 || bytes[index - 1] == 0x0A, let line = delimiterLine(bytes, index) {
                delimiter = line.delimiter == [UInt8(ascii: ";")] ? [] : line.delimiter
                for blank in index..<line.end { result[blank] = 0x20 }
                result[index] = delimiter.isEmpty ? off : on
                index = line.end
            } else if !delimiter.isEmpty, bytes[index...].starts(with: delimiter) {
                for blank in index..<index + delimiter.count { result[blank] = 0x20 }
                result[index] = mark
                index += delimiter.count
            } else {
                index = behind(bytes, index)
            }
        }
        return result
    }

    /// The delimiter that the line at an index names, and where the line ends.
    private static func delimiterLine(_ bytes: [UInt8], _ start: Int) -> (delimiter: [UInt8], end: Int)? {
        let end = bytes[start...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? bytes.count
        let words = bytes[start..<end].split { $0 == 0x20 || $0 == 0x09 }
        guard words.count >= 2, words[0].count == 9 else { return nil }
        guard String(decoding: words[0], as: UTF8.self).lowercased() == "delimiter" else { return nil }
        return (Array(words[1]), end)
    }

    /// The next place to look at: behind the string, comment or single byte at an index.
    private static func behind(_ bytes: [UInt8], _ start: Int) -> Int {
        let this = bytes[start]
        let next = start + 1 < bytes.count ? bytes[start + 1] : 0
        switch this {
        case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"):
            var index = start + 1
            while index < bytes.count, bytes[index] != this {
                index += bytes[index] == UInt8(ascii: "\\") && this != UInt8(ascii: "`") ? 2 : 1
            }
            return min(index + 1, bytes.count)
        case UInt8(ascii: "#"): return endOfLine(bytes, start)
        case UInt8(ascii: "-") where next == this && (start + 2 >= bytes.count || bytes[start + 2] <= 0x20):
            return endOfLine(bytes, start)
        case UInt8(ascii: "/") where next == UInt8(ascii: "*"):
            var index = start + 2
            while index + 1 < bytes.count, bytes[index] != UInt8(ascii: "*") || bytes[index + 1] != this { index += 1 }
            return min(index + 2, bytes.count)
        default: return start + 1
        }
    }

    private static func endOfLine(_ bytes: [UInt8], _ start: Int) -> Int {
        bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
    }
}
