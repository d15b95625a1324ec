import Endpoints

/// What may differ in a column without being a difference. All of it is off by default, is applied to values that are not equal
/// exactly, and is counted.
public struct ColumnRule: Sendable, Equatable {
    /// Numbers: largest difference, inclusive, as exact decimal.
    public var absolute: ExactDecimal?
    /// Numbers: largest difference as a share of the larger magnitude, inclusive.
    public var relative: ExactDecimal?
    /// Times: largest distance in microseconds, inclusive.
    public var timeTolerance: Int64?
    /// Times: compared after cutting to this many fractional digits of a second.
    public var timePrecision: Int?
    /// Text: blanks (spaces, tabs, line ends) at both ends don't count.
    public var trims = false
    /// Text: letters of either case are the same (Unicode simple folding by lowercasing).
    public var ignoresCase = false
    /// Text: '' and NULL are the same.
    public var emptyIsNull = false
    /// Arrays: the order of elements doesn't count.
    public var unordered = false
    /// A SQL expression over the values `l` and `r`.
    public var predicate: String?
    /// Both sides are read as this.
    public var cast: String?
    /// Times without a zone on the left, the right: seconds east of Greenwich.
    public var zone: Int?

    /// No rule at all, or a reading only.
    public init(cast: String? = nil, predicate: String? = nil) {
        self.cast = cast
        self.predicate = predicate
    }

    /// True where only equal values are equal.
    public var isExact: Bool {
        absolute == nil && relative == nil && timeTolerance == nil && timePrecision == nil && !trims && !ignoresCase
            && !emptyIsNull && !unordered && predicate == nil
    }

    /// The rule in words, for reports.
    public var description: String {
        var words: [String] = []
        if let absolute { words.append("abs=\(absolute)") }
        if let relative { words.append("rel=\(relative)") }
        if let timeTolerance { words.append("within=\(timeTolerance)us") }
        if let timePrecision { words.append("precision=\(timePrecision)") }
        if trims { words.append("trim") }
        if ignoresCase { words.append("case") }
        if emptyIsNull { words.append("empty_is_null") }
        if unordered { words.append("unordered") }
        if let predicate { words.append("sql: \(predicate)") }
        if let cast { words.append("cast=\(cast)") }
        if let zone { words.append("zone=\(zone)s") }
        return words.joined(separator: ",")
    }

    /// Adds what a text such as `abs=0.01,trim` says; throws `DiffError.badRule`.
    public mutating func add(_ text: String) throws(DiffError) {
        for part in text.split(separator: ",") {
            let pieces = part.split(separator: "=", maxSplits: 1).map { $0.trimmingBlanks() }
            let name = pieces.first ?? ""
            let value = pieces.count > 1 ? pieces[1] : nil
            switch (name, value) {
            case ("abs", let value?): absolute = try Self.number(value, part)
            case ("rel", let value?): relative = try Self.number(value, part)
            case ("within", let value?):
                guard let micros = Self.duration(value) else { throw Self.unreadable(part) }
                timeTolerance = micros
            case ("precision", let value?):
                guard let digits = Int(value), (0...9).contains(digits) else { throw Self.unreadable(part) }
                timePrecision = digits
            case ("trim", nil): trims = true
            case ("case", nil): ignoresCase = true
            case ("empty_is_null", nil): emptyIsNull = true
            case ("unordered", nil): unordered = true
            case ("cast", let value?):
                guard TypePairing.castNames.contains(value) else { throw Self.unreadable(part) }
                cast = value
            case ("zone", let value?):
                guard let seconds = Self.zone(value) else { throw Self.unreadable(part) }
                zone = seconds
            default: throw Self.unreadable(part)
            }
        }
    }

    private static func number(_ text: String, _ part: Substring) throws(DiffError) -> ExactDecimal {
        guard let value = ExactDecimal(text), !value.isNegative else { throw unreadable(part) }
        return value
    }

    private static func unreadable(_ part: Substring) -> DiffError {
        .badRule(
            "rule \"\(part)\" cannot be read; known are abs=N, rel=N, within=N(us|ms|s), precision=0..9, trim, case, "
                + "empty_is_null, unordered, zone=+HH:MM and cast=\(TypePairing.castNames.joined(separator: "|"))")
    }

    /// `250ms`, `1s`, `3340us`.
    private static func duration(_ text: String) -> Int64? {
        for (unit, micros) in [("us", 1), ("ms", 1000), ("s", 1_000_000)] as [(String, Int64)]
        where text.hasSuffix(unit) {
            guard let number = Double(text.dropLast(unit.count)), number >= 0, number < 1e12 else { continue }
            return Int64((number * Double(micros)).rounded())
        }
        return nil
    }

    /// `+02:00`, `-05`, `UTC`.
    private static func zone(_ text: String) -> Int? {
        if text.uppercased() == "UTC" || text == "Z" { return 0 }
        return TimeText(Array("00:00:00\(text)".utf8))?.zone
    }
}

extension Substring {
    /// Without blanks at the ends.
    func trimmingBlanks() -> String {
        var text = self
        while text.first?.isWhitespace == true { text = text.dropFirst() }
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return String(text)
    }
}
