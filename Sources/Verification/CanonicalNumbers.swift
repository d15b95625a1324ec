/// Gives numbers that are equal the same text: 1.10 is 1.1, and a negative zero is zero.
///
/// Works on the text of a number, of an array of numbers and of jsonb, where it leaves strings alone. PostgreSQL has
/// already put everything else into one form (the order of jsonb's keys, blanks).
enum CanonicalNumbers {
    /// Whether values of a type can be equal and still print differently; `type` is the type under all domains.
    static func isNeeded(forType type: String) -> Bool {
        // A declared scale prints the same number of digits always.
        let numbers = ["numeric", "real", "double precision"]
        return numbers.contains(type) || numbers.contains { type == $0 + "[]" } || type == "jsonb"
    }

    /// The canonical form of a value.
    static func of(_ value: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(value.count)
        var position = 0
        while position < value.count {
            let byte = value[position]
            if byte == UInt8(ascii: "\"") {
                let end = endOfString(value, position)
                result += value[position..<end]
                position = end
            } else if isNumberPart(byte) {
                let end = value[position...].firstIndex { !isNumberPart($0) } ?? value.endIndex
                result += canonicalNumber(value[position..<end])
                position = end
            } else {
                result.append(byte)
                position += 1
            }
        }
        return result
    }

    /// The canonical form of one number with at most so many digits behind the point, halves away from zero.
    static func rounded(_ value: [UInt8], places: Int) -> [UInt8] {
        guard let point = value.firstIndex(of: UInt8(ascii: ".")), value.count - point - 1 > places,
            value.allSatisfy({ $0 < UInt8(ascii: "A") })
        else { return of(value) }
        var kept = Array(value[..<(point + 1 + places)])
        if value[point + 1 + places] >= UInt8(ascii: "5") {
            var index = kept.count - 1
            while index >= 0 {
                if kept[index] == UInt8(ascii: ".") || kept[index] == UInt8(ascii: "-") {
                    if kept[index] == UInt8(ascii: "-") { break }
                } else if kept[index] == UInt8(ascii: "9") {
                    kept[index] = UInt8(ascii: "0")
                } else {
                    kept[index] += 1
                    return of(kept)
                }
                index -= 1
            }
            kept.insert(UInt8(ascii: "1"), at: kept.first == UInt8(ascii: "-") ? 1 : 0)
        }
        return of(kept)
    }

    /// The position behind the closing quote.
    private static func endOfString(_ value: [UInt8], _ start: Int) -> Int {
        var position = start + 1
        while position < value.count {
            if value[position] == UInt8(ascii: "\\") {
                position += 2
            } else if value[position] == UInt8(ascii: "\"") {
                return position + 1
            } else {
                position += 1
            }
        }
        return value.count
    }

    /// Letters too: `1e-05`, and words such as `true`, `NaN` and `Infinity`, which then are no numbers as a whole.
    private static func isNumberPart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
            true
        default: false
        }
    }

    private static func canonicalNumber(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let digits = text.first == UInt8(ascii: "-") ? text.dropFirst() : text
        let isPlain = digits.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: ".")
        }
        guard isPlain, !digits.isEmpty else { return text }
        var trimmed = digits
        if digits.contains(UInt8(ascii: ".")) {
            while trimmed.last == UInt8(ascii: "0") { trimmed.removeLast() }
            if trimmed.last == UInt8(ascii: ".") { trimmed.removeLast() }
        }
        let isZero = trimmed.allSatisfy { $0 == UInt8(ascii: "0") }
        return isZero || digits.startIndex == text.startIndex ? trimmed : text[text.startIndex..<trimmed.endIndex]
    }
}
