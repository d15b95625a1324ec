/// Exact decimals in PostgreSQL's binary notation, without the display scale: `1.10` and `1.1000` are the same bytes.
///
/// The notation is base 10,000 with the decimal point between two digits: `weight` is the power of 10,000 of the first one.
enum DecimalSign {
    static let positive: UInt16 = 0x0000
    static let negative: UInt16 = 0x4000
    static let notANumber: UInt16 = 0xC000
    static let infinity: UInt16 = 0xD000
    static let negativeInfinity: UInt16 = 0xF000
}

extension RowBatch {
    /// A field for `mantissa` times ten to the power of minus `scale`.
    public mutating func appendDecimal(_ mantissa: Int128, scale: Int) {
        let magnitude = mantissa.magnitude
        guard magnitude != 0 else { return appendDecimalHeader(digits: 0, weight: 0, sign: DecimalSign.positive) }
        let sign = mantissa < 0 ? DecimalSign.negative : DecimalSign.positive
        // The digit groups are cut at the decimal point: fill the last one up to four decimals.
        let missing = scale > 0 ? (4 - scale % 4) % 4 : 0
        var groups: [UInt16] = []
        groups.reserveCapacity(12)
        var rest = magnitude
        if missing > 0 {
            let power = Self.powersOfTen[4 - missing]
            groups.append(UInt16(truncatingIfNeeded: rest % power) * UInt16(Self.powersOfTen[missing]))
            rest /= power
        }
        // Most numbers fit in a machine word, where division is much cheaper.
        while rest > UInt128(UInt64.max) {
            groups.append(UInt16(truncatingIfNeeded: rest % 10_000))
            rest /= 10_000
        }
        var word = UInt64(rest)
        while word > 0 {
            groups.append(UInt16(truncatingIfNeeded: word % 10_000))
            word /= 10_000
        }
        // groups[0] is the lowest; its power of 10,000 is minus the number of groups behind the point.
        let lowest = scale > 0 ? -((scale + 3) / 4) : 0
        appendDecimal(groupsFromLowest: groups, lowestPower: lowest, sign: sign)
    }

    /// A field for a whole number.
    public mutating func appendDecimal<I: BinaryInteger>(_ value: I) { appendDecimal(Int128(value), scale: 0) }

    /// A field for decimal text: digits, a point, an exponent, `NaN`, `Infinity`. False (and nothing is appended) for other text.
    public mutating func appendDecimal(text: some BidirectionalCollection<UInt8>) -> Bool {
        guard let number = DecimalText(text) else { return false }
        switch number.special {
        case .some(let sign): appendDecimalHeader(digits: 0, weight: 0, sign: sign)
        case nil: appendDecimal(number)
        }
        return true
    }

    /// A field for the shortest decimal that reads back as this number.
    public mutating func appendDecimal(shortest value: Double) {
        if value == value.rounded(), value.magnitude < 9e15 { return appendDecimal(Int64(value)) }
        _ = appendDecimal(text: Array(value.description.utf8))
    }

    /// A field for the shortest decimal that reads back as this number.
    public mutating func appendDecimal(shortest value: Float) {
        if value == value.rounded(), value.magnitude < 1e7 { return appendDecimal(Int64(value)) }
        _ = appendDecimal(text: Array(value.description.utf8))
    }

    private mutating func appendDecimal(_ number: DecimalText) {
        // digits[0] stands for ten to the power of (digits.count - 1 - scale).
        let scale = number.scale
        var digits = number.digits
        // Fill up behind, so that the last group ends at a multiple of four decimals.
        let behind = ((scale % 4) + 4) % 4
        if behind != 0 { digits.append(contentsOf: repeatElement(0, count: 4 - behind)) }
        let fullScale = behind == 0 ? scale : scale + 4 - behind
        var groups: [UInt16] = []
        var end = digits.count
        while end > 0 {
            let start = max(0, end - 4)
            groups.append(digits[start..<end].reduce(0) { $0 * 10 + UInt16($1) })
            end = start
        }
        let sign = number.isNegative ? DecimalSign.negative : DecimalSign.positive
        appendDecimal(groupsFromLowest: groups, lowestPower: -(fullScale / 4), sign: sign)
    }

    private mutating func appendDecimal(groupsFromLowest groups: [UInt16], lowestPower: Int, sign: UInt16) {
        var low = 0
        var high = groups.count
        while low < high && groups[low] == 0 { low += 1 }
        while high > low && groups[high - 1] == 0 { high -= 1 }
        guard low < high else { return appendDecimalHeader(digits: 0, weight: 0, sign: DecimalSign.positive) }
        appendDecimalHeader(digits: high - low, weight: lowestPower + high - 1, sign: sign)
        for index in stride(from: high - 1, through: low, by: -1) { append(word: groups[index]) }
    }

    private mutating func appendDecimalHeader(digits: Int, weight: Int, sign: UInt16) {
        append(word: Int32(8 + 2 * digits))
        append(word: Int16(truncatingIfNeeded: digits))
        append(word: Int16(truncatingIfNeeded: weight))
        append(word: sign)
        append(word: 0 as Int16)
    }

    private static let powersOfTen: [UInt128] = [1, 10, 100, 1000, 10_000]
}

/// A number as people write it, taken apart without loss.
struct DecimalText {
    var isNegative = false
    /// Without zeros in front; empty for zero.
    var digits: [UInt8] = []
    /// Number of digits behind the point; negative when zeros are left out before it.
    var scale = 0
    /// The sign word of NaN and the infinities.
    var special: UInt16?

    init?(_ text: some BidirectionalCollection<UInt8>) {
        var rest = text[...]
        while let byte = rest.first, byte == 0x20 || (0x09...0x0D).contains(byte) { rest = rest.dropFirst() }
        while let byte = rest.last, byte == 0x20 || (0x09...0x0D).contains(byte) { rest = rest.dropLast() }
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            isNegative = sign == UInt8(ascii: "-")
            rest = rest.dropFirst()
        }
        guard let first = rest.first else { return nil }
        if (0x41...0x7A).contains(first) {
            let word = String(decoding: rest, as: UTF8.self).lowercased()
            switch word {
            case "nan": special = DecimalSign.notANumber
            case "inf", "infinity": special = isNegative ? DecimalSign.negativeInfinity : DecimalSign.infinity
            default: return nil
            }
            return
        }
        var sawPoint = false
        var sawDigit = false
        while let byte = rest.first {
            switch byte {
            case 0x30...0x39:
                sawDigit = true
                if !(digits.isEmpty && byte == 0x30) { digits.append(byte - 0x30) }
                if sawPoint { scale += 1 }
            case UInt8(ascii: ".") where !sawPoint: sawPoint = true
            case UInt8(ascii: "e") where sawDigit, UInt8(ascii: "E") where sawDigit:
                guard let exponent = Int(String(decoding: rest.dropFirst(), as: UTF8.self)), abs(exponent) < 20_000
                else {
                    return nil
                }
                scale -= exponent
                rest = rest[rest.endIndex...]
                continue
            default: return nil
            }
            rest = rest.dropFirst()
        }
        guard sawDigit else { return nil }
        if digits.isEmpty { (scale, isNegative) = (0, false) }
        // A number such as 1e300 has its zeros written out: the groups need them only up to four.
        while scale < 0 && scale % 4 != 0 {
            digits.append(0)
            scale += 1
        }
    }
}
