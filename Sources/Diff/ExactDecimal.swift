/// A decimal of any length with the little arithmetic that tolerances need, all of it exact.
public struct ExactDecimal: Sendable, Equatable, CustomStringConvertible {
    /// Below zero.
    public private(set) var isNegative = false
    /// Least digit first; no zeros at the high end.
    private var digits: [UInt8] = []
    /// Number of digits behind the point.
    private var scale = 0

    private init(isNegative: Bool, digits: [UInt8], scale: Int) {
        self.digits = digits
        self.scale = scale
        while self.digits.last == 0 { self.digits.removeLast() }
        self.isNegative = isNegative && !self.digits.isEmpty
    }

    /// Reads plain or exponent notation; nil for anything else, `NaN` and infinities included.
    public init?(_ text: String) {
        var rest = Substring(text)
        var negative = false
        if rest.first == "-" || rest.first == "+" {
            negative = rest.first == "-"
            rest = rest.dropFirst()
        }
        let parts = rest.split(separator: "e", maxSplits: 1, omittingEmptySubsequences: false).flatMap {
            $0.split(separator: "E", maxSplits: 1, omittingEmptySubsequences: false)
        }
        var exponent = 0
        if parts.count == 2 {
            guard let value = Int(parts[1]), abs(value) < 10_000 else { return nil }
            exponent = value
        }
        guard let number = parts.first, parts.count <= 2, number.contains(where: \.isNumber) else { return nil }
        var digits: [UInt8] = []
        var scale: Int?
        for byte in number.utf8 {
            switch byte {
            case 0x30...0x39:
                digits.append(byte - 0x30)
                if scale != nil { scale? += 1 }
            case UInt8(ascii: ".") where scale == nil: scale = 0
            default: return nil
            }
        }
        digits.reverse()
        var places = (scale ?? 0) - exponent
        if places < 0 {
            digits.insert(contentsOf: repeatElement(0, count: -places), at: 0)
            places = 0
        }
        self.init(isNegative: negative, digits: digits, scale: places)
    }

    /// Plain notation.
    public var description: String {
        var text = digits
        while text.count <= scale { text.append(0) }
        var characters = text.reversed().map { Character(Unicode.Scalar($0 + 0x30)) }
        if scale > 0 { characters.insert(".", at: characters.count - scale) }
        return (isNegative ? "-" : "") + String(characters)
    }

    /// The number without its sign.
    public var magnitude: ExactDecimal { ExactDecimal(isNegative: false, digits: digits, scale: scale) }

    /// The distance between two numbers.
    public static func distance(_ a: ExactDecimal, _ b: ExactDecimal) -> ExactDecimal {
        let scale = max(a.scale, b.scale)
        let x = a.shifted(to: scale)
        let y = b.shifted(to: scale)
        if a.isNegative != b.isNegative {
            var sum: [UInt8] = []
            var carry: UInt8 = 0
            for place in 0..<max(x.count, y.count) {
                let digit = (place < x.count ? x[place] : 0) + (place < y.count ? y[place] : 0) + carry
                sum.append(digit % 10)
                carry = digit / 10
            }
            sum.append(carry)
            return ExactDecimal(isNegative: false, digits: sum, scale: scale)
        }
        let (large, small) = isLess(x, y) ? (y, x) : (x, y)
        var rest: [UInt8] = []
        var borrow: Int8 = 0
        for place in large.indices {
            var digit = Int8(large[place]) - borrow - (place < small.count ? Int8(small[place]) : 0)
            borrow = digit < 0 ? 1 : 0
            if digit < 0 { digit += 10 }
            rest.append(UInt8(digit))
        }
        return ExactDecimal(isNegative: false, digits: rest, scale: scale)
    }

    /// The product.
    public static func * (a: ExactDecimal, b: ExactDecimal) -> ExactDecimal {
        var product = [Int](repeating: 0, count: a.digits.count + b.digits.count + 1)
        for (i, x) in a.digits.enumerated() {
            for (j, y) in b.digits.enumerated() { product[i + j] += Int(x) * Int(y) }
        }
        var carry = 0
        let digits = product.map { cell -> UInt8 in
            let sum = cell + carry
            carry = sum / 10
            return UInt8(sum % 10)
        }
        return ExactDecimal(isNegative: a.isNegative != b.isNegative, digits: digits, scale: a.scale + b.scale)
    }

    /// Compares magnitudes; signs do not count.
    public static func magnitudeIsLess(_ a: ExactDecimal, _ b: ExactDecimal) -> Bool {
        let scale = max(a.scale, b.scale)
        return isLess(a.shifted(to: scale), b.shifted(to: scale))
    }

    private func shifted(to scale: Int) -> [UInt8] {
        digits.isEmpty ? [] : Array(repeating: 0, count: scale - self.scale) + digits
    }

    private static func isLess(_ x: [UInt8], _ y: [UInt8]) -> Bool {
        if x.count != y.count { return x.count < y.count }
        for place in x.indices.reversed() where x[place] != y[place] { return x[place] < y[place] }
        return false
    }
}
