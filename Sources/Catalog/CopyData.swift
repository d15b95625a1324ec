/// The rows that pg_dump writes between `COPY .. FROM stdin;` and `\.` are no SQL: an apostrophe in them would start a
/// string. They are overwritten with blanks, so that lines keep their numbers.
enum CopyData {
    private static let lineFeed: UInt8 = 0x0A

    static func blanked(_ bytes: [UInt8]) -> [UInt8] {
        var result = bytes
        var lineStart = 0
        while lineStart < bytes.count {
            let lineEnd = bytes[lineStart...].firstIndex(of: lineFeed) ?? bytes.count
            if startsData(bytes[lineStart..<lineEnd]) {
                guard let end = endOfData(bytes, lineEnd) else { return result }
                for index in lineEnd..<end where bytes[index] != lineFeed { result[index] = 0x20 }
                lineStart = end
            } else {
                lineStart = lineEnd + 1
            }
        }
        return result
    }

    private static func startsData(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.count > 16, line.starts(with: "COPY ".utf8) || line.starts(with: "copy ".utf8) else { return false }
        let text = String(decoding: line, as: UTF8.self).lowercased().filter { !$0.isWhitespace }
        return text.hasSuffix("fromstdin;") || text.hasSuffix(");") && text.contains("fromstdinwith")
    }

    private static func endOfData(_ bytes: [UInt8], _ start: Int) -> Int? {
        var index = start
        while index + 2 < bytes.count {
            guard let feed = bytes[index...].firstIndex(of: lineFeed), feed + 2 < bytes.count else { return nil }
            if bytes[feed + 1] == UInt8(ascii: "\\"), bytes[feed + 2] == UInt8(ascii: ".") {
                let after = feed + 3
                if after == bytes.count || bytes[after] == lineFeed || bytes[after] == 0x0D { return after }
            }
            index = feed + 1
        }
        return nil
    }
}
