import Catalog
import Findings

/// What a value depends on besides the data: such columns are compared with care.
public struct Taint: OptionSet, Sendable, Hashable {
    /// One bit for each kind of dependence; empty for a value that only the data decide.
    public let rawValue: Int
    /// Wraps the bits.
    public init(rawValue: Int) { self.rawValue = rawValue }
    /// `now()` and its relatives.
    public static let clock = Taint(rawValue: 1)
    /// `random()`, generated uuids.
    public static let chance = Taint(rawValue: 2)
    /// Numbers from a sequence or an identity.
    public static let surrogate = Taint(rawValue: 4)
}

/// A column of a version.
public struct VersionColumn: Sendable, Hashable {
    /// As the table stores it; unique in its version.
    public var name: String
    /// As `format_type` prints it; nil when it could not be inferred.
    public var type: String?
    /// What it depends on besides the data, taken over from the columns that it is made of.
    public var taint: Taint
    /// A `character varying(n)` whose values were assigned without the length: too long ones are the built table's to
    /// refuse, and blanks beyond the length are still there.
    public var isLoose = false

    /// A column without taint.
    public init(_ name: String, _ type: String?, taint: Taint = []) {
        self.name = name
        self.type = type
        self.taint = taint
    }
}

/// One version of a relation: a value that never changes.
public struct Version: Sendable {
    /// Where the rows come from.
    public enum Body: Sendable {
        /// A legacy relation that no pipeline writes.
        case source(QualifiedName)
        /// A written table as it was when the call began.
        case state(QualifiedName)
        /// A query over other versions.
        case query(SQLTemplate)
        /// A part that was refused: whatever reads it can't be built.
        case refused(Finding)
    }
    /// Its own place in `LoweredPipeline.versions`.
    public let id: VersionID
    /// Where its rows come from.
    public var body: Body
    /// What it has, in the order of its select list.
    public var columns: [VersionColumn]
    /// The table it is a version of; nil for helper queries and scalars.
    public var table: QualifiedName?
    /// Exactly one row.
    public var isScalar: Bool
    /// A good name for it in snake_case; made unique by the model stage.
    public var name: String
    /// Comment lines for readers.
    public var comments: [String]
    /// `schema.routine` and its lines.
    public var routine: String
    /// First and last line of the statement that made it, as a finding counts them.
    public var lines: ClosedRange<Int>
    /// Evaluating it twice could give two answers: it must be stored where several models read it.
    public var isVolatile: Bool
    /// `WITH RECURSIVE` is needed: the query reads itself.
    public var isRecursive: Bool
    /// SEARCH and CYCLE clauses of such a query, as they stand behind its brackets.
    public var recursionClauses = ""
    /// Sets of columns no two rows share (NULLs aside).
    public var uniqueKeys: [[String]]
    /// What it was before an append: `self = base union all rows`.
    public var appendBase: VersionID?
    /// `self = merged union all unseen ..`: old rows, updated, and rows whose key was not there.
    public var upsert: Upsert?
    /// Must stay in one model with its only reader (row numbers that both compute).
    public var staysWithReaders: Bool
    /// Made in a block whose handlers may take it back: rows that a constraint refuses may still be among its own.
    public var isProvisional = false
}

/// What an upsert's rows are made of.
public struct Upsert: Sendable {
    /// The table's old rows, those that match updated.
    public var merged: VersionID
    /// Versions of new rows: none has the key of an old row.
    public var unseen: [VersionID]
    /// Columns that a constraint keeps unique.
    public var key: [String]
}

extension Version {
    /// One row of values that stand elsewhere: a scalar of several columns.
    public init(
        row id: VersionID, _ template: SQLTemplate, columns: [VersionColumn], name: String, routine: String,
        lines: ClosedRange<Int>, isVolatile: Bool
    ) {
        self.init(
            id: id, body: .query(template), columns: columns, table: nil, isScalar: true, name: name, comments: [],
            routine: routine, lines: lines, isVolatile: isVolatile, isRecursive: false, uniqueKeys: [], appendBase: nil,
            staysWithReaders: false)
    }
}

/// A result set of an entry routine.
public struct ResultSet: Sendable {
    /// `schema.routine` of the entry routine.
    public var routine: String
    /// The version whose rows are returned.
    public var version: VersionID
}

/// How many steps of a routine ended how.
public struct StepCounts: Sendable, Codable, Equatable {
    /// Steps whose effect is in the versions.
    public var converted = 0
    /// Steps without an effect on rows: they are left out, mostly with a note.
    public var noted = 0
    /// Steps that no rule converts: each has a finding that says why.
    public var refused = 0
    /// Nothing counted yet.
    public init() {}
}

/// One entry routine, with all that it calls, as versions.
public struct LoweredPipeline: Sendable {
    /// The routine that is called from outside.
    public var entry: Routine
    /// `schema.routine` of all routines inlined, the entry first.
    public var routines: [String]
    /// All versions in order of creation: `id.rawValue` is the position.
    public var versions: [Version]
    /// The last version of each persisted table that was written.
    public var finals: [(table: QualifiedName, version: VersionID)]
    /// What the entry routine returns as rows, in the order in which it is returned.
    public var results: [ResultSet]
    /// One-row versions with a `message` column that is NULL unless the routine raised.
    public var raised: [VersionID]
    /// What a person should know about it, in the order in which it was found.
    public var findings: [Finding]
    /// Steps by `schema.routine`, called routines included.
    public var counts: [String: StepCounts]
    /// Functions that are called where no expression takes their place: the project carries them along, callees first.
    public var functions: [KeptFunction] = []
    /// Parameters whose values name tables or columns, with the default for which alone the pipeline is converted.
    public var fixedParameters: [String: String] = [:]

    /// The version behind an id.
    public subscript(id: VersionID) -> Version { versions[id.rawValue] }
}

/// A function that changes nothing and reads no table that changes, and that stays a function.
public struct KeptFunction: Sendable {
    /// As the catalog has it.
    public var routine: Routine
    /// Its body with the functions that it calls as `SQLTemplate.Part.function` and the tables as `.legacyTable`.
    public var body: SQLTemplate
    /// Types of the parameters, with the schemas of the user's own types.
    public var argumentTypes: [String]
    /// The result's type, written like those.
    public var resultType: String
    /// It may give another value for the same arguments.
    public var isVolatile: Bool
    /// Legacy tables that it reads itself.
    public var tables: [QualifiedName]
}
