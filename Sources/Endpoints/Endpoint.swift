/// What is read on one side: a table or a query, and which of its rows.
public struct Dataset: Sendable, Equatable {
    /// A table or view by name, or a query's text.
    public enum Origin: Sendable, Equatable {
        case table(schema: String?, name: String)
        case query(String)
    }

    /// A table or a query.
    public var origin: Origin
    /// A predicate in the engine's own SQL.
    public var filter: String?

    /// Describes a dataset.
    public init(_ origin: Origin, filter: String? = nil) {
        self.origin = origin
        self.filter = filter
    }
}

/// A column of a dataset as its engine describes it.
public struct ColumnInfo: Sendable, Equatable {
    /// As the engine spells it.
    public var name: String
    /// The family of its values.
    public var type: ValueType
    /// The engine's own spelling: `numeric(10,2)`.
    public var nativeType: String
    /// False where the engine guarantees that there is no NULL.
    public var isNullable: Bool
    /// True where equality in SQL is not equality of bytes (a case-insensitive collation).
    public var hasLooseCollation: Bool

    /// Describes a column.
    public init(
        name: String, type: ValueType, nativeType: String, isNullable: Bool = true, hasLooseCollation: Bool = false
    ) {
        self.name = name
        self.type = type
        self.nativeType = nativeType
        self.isNullable = isNullable
        self.hasLooseCollation = hasLooseCollation
    }
}

/// All that is known of a dataset without reading its rows.
public struct DatasetSchema: Sendable, Equatable {
    /// In order.
    public var columns: [ColumnInfo]
    /// Sets of columns that identify a row: the primary key first, then unique constraints.
    public var keys: [[String]]
    /// The engine's estimate of the number of rows, nil where it has none.
    public var estimatedRows: Int?
    /// What a reader should know: row-level security, a view, the role.
    public var remarks: [String]

    /// Describes a dataset.
    public init(columns: [ColumnInfo], keys: [[String]] = [], estimatedRows: Int? = nil, remarks: [String] = []) {
        self.columns = columns
        self.keys = keys
        self.estimatedRows = estimatedRows
        self.remarks = remarks
    }
}

/// One column to be read, and the form its values are wanted in.
public struct RequestedColumn: Sendable, Equatable {
    /// The column as it was described.
    public var info: ColumnInfo
    /// The form that its values are wanted in.
    public var form: CanonicalForm
    /// What to do to the value before it becomes canonical.
    public var adaptation: Adaptation

    /// Asks for a column.
    public init(_ info: ColumnInfo, as form: CanonicalForm, adaptation: Adaptation = .none) {
        self.info = info
        self.form = form
        self.adaptation = adaptation
    }

    /// A reading of a value that the user or the type pairing asked for.
    public enum Adaptation: Sendable, Equatable {
        case none
        /// A wall clock reading is taken as one of this many seconds east of Greenwich.
        case zone(secondsEast: Int)
    }
}

/// A part of a dataset: rows whose leading key column lies in a half-open interval, as SQL literals of the engine.
public struct KeyRange: Sendable, Equatable {
    /// The leading column of the key.
    public var column: String
    /// The lowest value, as a SQL literal; nil for none.
    public var from: String?
    /// The first value above, as a SQL literal; nil for none.
    public var below: String?

    /// Describes a part; rows without a value in the column belong to the part that has no lower bound.
    public init(column: String, from: String?, below: String?) {
        self.column = column
        self.from = from
        self.below = below
    }
}

/// What to read: which columns in which forms, of which part.
public struct ReadRequest: Sendable, Equatable {
    /// The table or query.
    public var dataset: Dataset
    /// In order.
    public var columns: [RequestedColumn]
    /// The part of the rows; nil for all.
    public var part: KeyRange?

    /// Describes a reading.
    public init(_ dataset: Dataset, columns: [RequestedColumn], part: KeyRange? = nil) {
        self.dataset = dataset
        self.columns = columns
        self.part = part
    }
}

/// Rows on their way.
public protocol RowStream: AnyObject {
    /// Appends some rows to the batch, at least one; false when there are no more.
    func read(into batch: inout RowBatch) throws -> Bool
    /// Ends the reading early; harmless at the end.
    func stop()
}

/// One side of a comparison: a session that only reads, at one state of the database.
///
/// An endpoint belongs to one task. Another thread may only call what `interrupt` returned.
public protocol Endpoint: AnyObject {
    /// What people call the engine: `PostgreSQL 15.4`.
    var engine: String { get }
    /// Who is connected to what, without a password.
    var target: String { get }
    /// Two endpoints with the same value can be joined by one statement.
    var serverIdentity: String? { get }
    /// Settings and state that decide about the answer, a line each: time zone, snapshot, role.
    var circumstances: [String] { get }
    /// Stops what is being read, from any thread.
    var interrupt: @Sendable () -> Void { get }

    /// Columns, keys and an estimate; throws `EndpointError.notFound` where there is no such dataset.
    func describe(_ dataset: Dataset) throws -> DatasetSchema
    /// The statement that `read` would send, for `--explain`.
    func statement(_ request: ReadRequest) throws -> String
    /// Starts reading.
    func read(_ request: ReadRequest) throws -> any RowStream
    /// Number of rows.
    func count(_ dataset: Dataset) throws -> Int
    /// Rows with a NULL in one of these columns, and rows beyond the first of each value of them.
    func keyFaults(_ dataset: Dataset, _ key: [ColumnInfo]) throws -> KeyFaults
    /// Makes further sessions at the same state, on any thread; nil where the engine can't.
    var siblingMaker: (@Sendable () throws -> any Endpoint)? { get }
    /// Values of a column that cut a dataset into about equal parts, as SQL literals in order; empty where it cannot be cut, or
    /// where finding a part would take as long as reading everything.
    func cuts(_ dataset: Dataset, _ column: ColumnInfo, parts: Int) throws -> [String]
}

extension Endpoint {
    /// Makes further sessions at the same snapshot; nil where there is none to share.
    public var siblingMaker: (@Sendable () throws -> any Endpoint)? { nil }
    /// Values of a column that cut a table into about equal parts; empty where it cannot be cut.
    public func cuts(_ dataset: Dataset, _ column: ColumnInfo, parts: Int) throws -> [String] { [] }
}

/// How far columns are from being a key.
public struct KeyFaults: Sendable, Equatable {
    /// Rows with a NULL in one of the columns.
    public var nulls: Int
    /// Rows that share their value with another one, less one a value.
    public var duplicates: Int

    /// Describes faults.
    public init(nulls: Int, duplicates: Int) {
        self.nulls = nulls
        self.duplicates = duplicates
    }
}

/// Why a side cannot be read; `description` is the one line a person reads, without secrets.
public enum EndpointError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The address is of no kind that is known.
    case badAddress(String)
    /// There is no such file, table or query result.
    case notFound(what: String, where: String)
    /// A library that is loaded at run time is not there.
    case missingLibrary(name: String, advice: String)
    /// The engine refuses something.
    case engine(String, statement: String?)
    /// The engine sent what its own description rules out.
    case protocolViolation(String)
    /// A value cannot be brought into the form that both sides share.
    case unsupported(String)
    /// The session broke in the middle.
    case connectionLost(String)
    /// The user stopped it.
    case interrupted

    /// The one line a person reads, without secrets.
    public var description: String {
        switch self {
        case .badAddress(let text): text
        case .notFound(let what, let place): "\(what) does not exist in \(place)"
        case .missingLibrary(let name, let advice): "cannot load \(name); \(advice)"
        case .engine(let text, let statement): statement.map { "\(text) in: \($0)" } ?? text
        case .protocolViolation(let text): text
        case .unsupported(let text): text
        case .connectionLost(let text): text
        case .interrupted: "stopped"
        }
    }
}
