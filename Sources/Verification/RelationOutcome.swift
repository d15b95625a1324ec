/// One model against the legacy table, or result set, that it stands for.
public struct RelationOutcome: Codable, Sendable, Equatable {
    /// The dbt model; empty for a legacy table that no model stands for.
    public var model: String
    /// `schema.table`, or the routine whose result set it is.
    public var relation: String
    /// What the comparison found.
    public var verdict: Verdict
    /// Rows on the legacy side.
    public var legacyRows: Int
    /// Rows on dbt's side.
    public var dbtRows: Int
    /// Rows that have an equal partner.
    public var equalRows: Int
    /// Rows of the legacy side without a partner, paired by key with one that differs.
    public var changedRows: Int
    /// Rows of the legacy side that nothing on the other side comes near.
    public var onlyLegacyRows: Int
    /// Rows of dbt's side that nothing on the other side comes near.
    public var onlyDbtRows: Int
    /// In how many of the sampled pairs each column differs, most first.
    public var differingColumns: [ColumnDifferences]
    /// Differences in columns' names, order or types, a line each.
    public var structure: [String]
    /// Some of the differences, the changed rows first.
    public var samples: [SampleDifference]
    /// Seconds that the comparison took.
    public var seconds: Double

    /// An empty comparison with a verdict.
    public init(model: String, relation: String, verdict: Verdict) {
        self.model = model
        self.relation = relation
        self.verdict = verdict
        legacyRows = 0
        dbtRows = 0
        equalRows = 0
        changedRows = 0
        onlyLegacyRows = 0
        onlyDbtRows = 0
        differingColumns = []
        structure = []
        samples = []
        seconds = 0
    }
}

/// A column and how often it differs.
public struct ColumnDifferences: Codable, Sendable, Equatable {
    /// Its name.
    public var column: String
    /// In how many pairs.
    public var count: Int
}

/// A row that differs: both sides, or the one that there is.
public struct SampleDifference: Codable, Sendable, Equatable {
    /// One column of the row.
    public struct Cell: Codable, Sendable, Equatable {
        /// Its name.
        public var column: String
        /// The legacy side's value; nil when that side has no such row.
        public var legacy: Value?
        /// dbt's value; nil when that side has no such row.
        public var dbt: Value?
        /// The two differ.
        public var differs: Bool

        /// Makes a cell.
        public init(column: String, legacy: Value?, dbt: Value?, differs: Bool) {
            self.column = column
            self.legacy = legacy
            self.dbt = dbt
            self.differs = differs
        }
    }

    /// A value as text, or NULL.
    public enum Value: Codable, Sendable, Equatable {
        case null
        case text(String)

        /// For people: NULL without quotes.
        public var description: String {
            switch self {
            case .null: "NULL"
            case .text(let text): text
            }
        }
    }

    /// Which sides have the row.
    public enum Kind: String, Codable, Sendable {
        case changed
        case onlyLegacy = "only legacy"
        case onlyDbt = "only dbt"
    }

    /// Which sides have it.
    public var kind: Kind
    /// The columns that paired the two rows; empty when there is no key.
    public var key: [String]
    /// All columns, in order.
    public var cells: [Cell]
    /// How often this row occurs without a partner.
    public var copies: Int

    /// Makes a sample.
    public init(kind: Kind, key: [String], cells: [Cell], copies: Int = 1) {
        self.kind = kind
        self.key = key
        self.cells = cells
        self.copies = copies
    }
}
