import Endpoints
import Foundation

/// How rows travel.
public enum Strategy: String, Sendable, CaseIterable, Codable {
    /// One statement on one server joins both sides and sends what differs.
    case join
    /// Both sides are read once, equal rows cancel.
    case stream
    /// Sums of row hashes of key buckets are made on the servers; rows of unequal buckets are read.
    case checksum
}

/// What a user decides about a comparison.
public struct DiffSettings: Sendable, Equatable {
    /// Columns that identify a row, by the left side's names; empty: found by itself.
    public var key: [String] = []
    /// Only these columns (and the key), by the left side's names; empty: all.
    public var columns: [String] = []
    /// Not these, by either side's names.
    public var excluded: [String] = []
    /// Left name to right name.
    public var mapped: [String: String] = [:]
    /// Rules by column; rules by type family stand under `type:` and its name.
    public var rules: [String: ColumnRule] = [:]
    /// nil: chosen by itself.
    public var strategy: Strategy?
    /// Rows of a side beyond which rows are not moved where both servers can sum up hashes of their own, when the strategy is
    /// chosen by itself. By the servers' estimates: a table that was never analyzed counts as small.
    public var moveLimit = 100_000_000
    /// Bytes that rows in memory may take.
    public var memory = 512 << 20
    /// Parts that are read at the same time.
    public var jobs = 1
    /// Samples kept a side and a column.
    public var samples = 20
    /// A part of the keys, the same on both sides; nil for all.
    public var sample: Sample?
    /// Where rows go that memory does not hold.
    public var spillFolder = NSTemporaryDirectory()

    /// How large a sample is.
    public enum Sample: Sendable, Equatable {
        /// 0 to 1.
        case share(Double)
        /// About so many rows of the left side.
        case rows(Int)
    }

    /// The default settings.
    public init() {}

    /// The rule of a column: its own, else that of its type family, else that for all.
    func rule(_ name: String, _ type: ValueType) -> ColumnRule {
        rules[name] ?? rules.first { $0.key.lowercased() == name.lowercased() }?.value
            ?? rules["type:\(Self.family(type))"] ?? rules["*"] ?? ColumnRule()
    }

    /// Families that a rule can be given for.
    public static let families = ["text", "number", "float", "time", "json", "array", "other"]

    private static func family(_ type: ValueType) -> String {
        switch type {
        case .text, .paddedText: "text"
        case .integer, .decimal, .boolean: "number"
        case .float: "float"
        case .date, .time, .timeWithZone, .timestamp, .interval: "time"
        case .json: "json"
        case .array: "array"
        default: "other"
        }
    }
}
