import Endpoints

/// A pair of columns and how it is compared.
public struct PlannedColumn: Sendable, Equatable {
    /// The left side's name, which stands for both.
    public var name: String
    /// What each side's catalog says of it.
    public var columns: Sides<ColumnInfo>
    /// The form that both sides are brought into.
    public var form: CanonicalForm
    /// What may differ.
    public var rule: ColumnRule
    /// A reading of one side that is not its own type's.
    public var remark: String?

    /// The column as it is asked for on a side.
    func request(_ side: Side) -> RequestedColumn {
        var adaptation = RequestedColumn.Adaptation.none
        if let zone = rule.zone, case .timestamp(_, zoned: false) = columns[side].type {
            adaptation = .zone(secondsEast: zone)
        }
        return RequestedColumn(columns[side], as: form, adaptation: adaptation)
    }
}

/// Columns that are not compared, and differences of the declarations.
public struct SchemaDifferences: Sendable, Equatable {
    /// Columns without a partner.
    public var only = Sides<[ColumnInfo]>(left: [], right: [])
    /// Pairs of columns whose types are spelt differently.
    public var types: [(name: String, left: String, right: String)] = []
    /// Pairs of which one side admits NULL and the other does not.
    public var nullability: [(name: String, left: Bool, right: Bool)] = []
    /// The common columns stand in another order.
    public var order = false

    /// True where a side has a column that the other has not.
    public var isMissingColumns: Bool { !only.left.isEmpty || !only.right.isEmpty }

    /// Compares names: the descriptions follow from them.
    public static func == (a: SchemaDifferences, b: SchemaDifferences) -> Bool {
        a.only == b.only && a.order == b.order && a.types.map(\.name) == b.types.map(\.name)
            && a.nullability.map(\.name) == b.nullability.map(\.name)
    }
}

/// What is compared, and by which key.
public struct DiffPlan: Sendable, Equatable {
    /// The key's columns first.
    public var columns: [PlannedColumn]
    /// How many of the columns are the key.
    public var keyCount: Int
    /// Where the key comes from, in words.
    public var keyReason: String
    /// What is read on each side.
    public var datasets: Sides<Dataset>
    /// What each side's catalog says.
    public var schemas: Sides<DatasetSchema>
    /// Differences of the declarations.
    public var differences: SchemaDifferences
    /// Rows with NULLs in the key and rows that share it; nil where a constraint rules both out.
    public var keyFaults: Sides<KeyFaults?>

    /// Share of the keys that are compared; nil for all.
    public var sampledShare: Double?

    /// Each value of the key names one row on both sides.
    public var isKeyUnique: Bool {
        keyCount > 0
            && [keyFaults.left, keyFaults.right].allSatisfy { ($0?.nulls ?? 0) == 0 && ($0?.duplicates ?? 0) == 0 }
    }

    /// What is read on a side.
    func request(_ side: Side, part: KeyRange? = nil) -> ReadRequest {
        ReadRequest(datasets[side], columns: columns.map { $0.request(side) }, part: part)
    }

    /// Names of the key's columns.
    public var key: [String] { columns.prefix(keyCount).map(\.name) }
}
