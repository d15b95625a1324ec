import Endpoints

/// What a comparison found, in four levels: summary, schema, keys, values.
public struct DiffResult: Sendable {
    /// Rows each side.
    public var rows = Sides(left: 0, right: 0)
    /// Pairs that are equal exactly.
    public var equalRows = 0
    /// Pairs that are equal only because of a rule.
    public var equalUnderRules = 0
    /// Pairs with the same key and another value.
    public var changedRows = 0
    /// Rows without a partner.
    public var exclusiveRows = Sides(left: 0, right: 0)
    /// One entry a compared column, the key's first.
    public var columns: [ColumnResult] = []
    /// Some of the exclusive rows.
    public var exclusiveSamples = Sides<[[String?]]>(left: [], right: [])
    /// Values that were not what their column says, a count a column.
    public var misfits = Sides<[Int: Int]>(left: [:], right: [:])
    /// Strategy, key, circumstances: how the answer came about.
    public var plan: DiffPlan
    /// How the rows travelled.
    public var strategy: Strategy
    /// Why they travelled that way.
    public var strategyReason: String
    /// What was sent to each side.
    public var statements = Sides<String>(left: "", right: "")
    /// Version, role, snapshot and time zone of each side.
    public var circumstances = Sides<[String]>(left: [], right: [])
    /// Where each side is, without a password.
    public var targets = Sides<String>(left: "", right: "")
    /// What a reader should know.
    public var notices: [String] = []
    /// Wall time in seconds.
    public var seconds = 0.0
    /// Bytes of rows that were on disk for want of memory.
    public var spilledBytes = 0
    /// Share of the keys that were compared; nil for all.
    public var sampledShare: Double?

    /// What is known of one pair of columns.
    public struct ColumnResult: Sendable {
        /// The name on the left side.
        public var name: String
        /// Pairs of rows that differ here.
        public var differing = 0
        /// Pairs of rows that are equal here only because of the rule.
        public var equalUnderRule = 0
        /// Some of the differing values, with the key of their row.
        public var samples: [Sample] = []
        /// The values of exclusive rows.
        public var profile = Sides(left: ValueProfile(), right: ValueProfile())
    }

    /// A pair of values that differ.
    public struct Sample: Sendable, Equatable {
        /// Values of the key's columns, nil for NULL.
        public var key: [String?]
        /// The left value as text, nil for NULL.
        public var left: String?
        /// The right value as text, nil for NULL.
        public var right: String?
    }

    /// No row differs beyond the rules, and no column is missing.
    public var isEqual: Bool {
        changedRows == 0 && exclusiveRows.left == 0 && exclusiveRows.right == 0 && !plan.differences.isMissingColumns
    }

    /// Matching cells over all cells, 1 for two empty datasets.
    public var matchScore: Double {
        let width = plan.columns.count
        let pairs = equalRows + equalUnderRules + changedRows
        let all = (pairs + exclusiveRows.left + exclusiveRows.right) * width
        let differing = columns.reduce(0) { $0 + $1.differing }
        return all == 0 ? 1 : Double(pairs * width - differing) / Double(all)
    }
}

/// Nulls, extremes and the most frequent values of a column's values in exclusive rows.
public struct ValueProfile: Sendable {
    /// Values that are NULL.
    public private(set) var nulls = 0
    /// All values, NULLs included.
    public private(set) var count = 0
    /// The first value in canonical form; nil without one.
    public private(set) var smallest: [UInt8]?
    /// The last value in canonical form; nil without one.
    public private(set) var largest: [UInt8]?
    private var frequent: [[UInt8]: Int] = [:]
    /// More different values than this are not told apart.
    private static let mostDistinct = 1000

    /// Takes a value in.
    mutating func add(_ field: UnsafeRawBufferPointer?, _ form: CanonicalForm) {
        count += 1
        guard let field else {
            nulls += 1
            return
        }
        let bytes = Array(field.prefix(256))
        if frequent.count < Self.mostDistinct || frequent[bytes] != nil { frequent[bytes, default: 0] += 1 }
        replace(&smallest, by: field) { FieldOrder.precedes(field, $0, form) }
        replace(&largest, by: field) { FieldOrder.precedes($0, field, form) }
    }

    private func replace(
        _ extreme: inout [UInt8]?, by field: UnsafeRawBufferPointer, if isBetter: (UnsafeRawBufferPointer) -> Bool
    ) {
        if let known = extreme, !known.withUnsafeBytes({ isBetter($0) }) { return }
        extreme = Array(field)
    }

    /// Number of different values; nil where there are too many to count.
    public var distinct: Int? { frequent.count < Self.mostDistinct ? frequent.count : nil }

    /// The most frequent values, as text, with their numbers; only those that come more than once.
    public func top(_ limit: Int, _ form: CanonicalForm) -> [(value: String, count: Int)] {
        frequent.filter { $0.value > 1 }
            .sorted { ($1.value, $0.key.description) < ($0.value, $1.key.description) }
            .prefix(limit)
            .map { entry in (entry.key.withUnsafeBytes { CanonicalText.render($0, as: form) }, entry.value) }
    }
}
