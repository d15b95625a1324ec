import Findings

/// What the system catalog knows: the one value that every later stage works from, also what `catalog.json` holds.
///
/// Names are stored as the catalog stores them (unquoted, case kept). Arrays are in a fixed order (by schema, name,
/// position), so that two extractions of the same database write the same bytes.
public struct CatalogSnapshot: Codable, Sendable, Equatable {
    /// Version of this format.
    public var formatVersion: Int = 1
    /// Dialect of the routines' text: `postgresql`, `tsql`, `plsql`, `mysql`, `snowflake`, `bigquery`, `generic`.
    public var dialect: String
    /// Server version as the server says it, e.g. `15.18`; empty for a folder of files.
    public var serverVersion: String
    /// The settings that a session of the source starts with (`TimeZone`, `DateStyle`, `IntervalStyle`, `search_path`).
    public var settings: [String: String]
    /// Extensions beside `plpgsql`: their types and functions are not listed, only used.
    public var extensions: [Extension]
    /// Enums, domains, composites and ranges, of all user schemas whichever routines were selected.
    public var types: [UserType]
    /// Sequences of all user schemas, those behind serial and identity columns included.
    public var sequences: [Sequence]
    /// Tables, views and other relations, of all user schemas whichever routines were selected.
    public var tables: [Table]
    /// Procedures and functions of the selected schemas; each overload is an entry of its own.
    public var routines: [Routine]

    /// An empty snapshot of a dialect.
    public init(dialect: String, serverVersion: String = "") {
        self.dialect = dialect
        self.serverVersion = serverVersion
        settings = [:]
        extensions = []
        types = []
        sequences = []
        tables = []
        routines = []
    }
}

/// An installed extension.
public struct Extension: Codable, Sendable, Equatable {
    /// As CREATE EXTENSION names it: `pgcrypto`, `uuid-ossp`.
    public var name: String
    /// The schema its objects are in.
    public var schema: String

    /// Names an extension and its schema.
    public init(name: String, schema: String) {
        self.name = name
        self.schema = schema
    }
}

/// Schema and name of an object, as stored in the catalog.
public struct QualifiedName: Codable, Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Empty when the source has no schemas or the name was written without one.
    public var schema: String
    /// The object's own name, case kept, without quotes.
    public var name: String

    /// Makes a name from its two parts.
    public init(_ schema: String, _ name: String) {
        self.schema = schema
        self.name = name
    }

    /// `schema.name`, unquoted: for messages and keys, not for SQL.
    public var description: String { schema.isEmpty ? name : "\(schema).\(name)" }

    /// By schema, then name.
    public static func < (left: QualifiedName, right: QualifiedName) -> Bool {
        (left.schema, left.name) < (right.schema, right.name)
    }
}

/// A table, view, materialized view or foreign table.
public struct Table: Codable, Sendable, Equatable {
    /// What kind of relation it is.
    public enum Kind: String, Codable, Sendable {
        case table, partitioned, partition, view, foreign
        case materializedView = "materialized_view"
    }
    /// Unique among all relations of the snapshot.
    public var name: QualifiedName
    /// What it is; only `.table` and `.partitioned` can be written.
    public var kind: Kind
    /// Text of COMMENT ON; nil without one.
    public var comment: String?
    /// In the order of the table; dropped columns are left out.
    public var columns: [Column]
    /// All kinds but NOT NULL, which is a property of the column.
    public var constraints: [Constraint]
    /// Unique indexes that no constraint owns (also partial and expression ones: `predicate`, `definition`).
    public var uniqueIndexes: [UniqueIndex]
    /// The query of a view, as the server prints it (without the trailing semicolon).
    public var viewQuery: String?
    /// Switched off ones included; what a partition has from its parent is left out.
    public var triggers: [Trigger]
    /// Parents in inheritance or partitioning.
    public var parents: [QualifiedName]
    /// How a partitioned table divides its rows: `RANGE (day)`.
    public var partitionKey: String?
    /// Which rows a partition holds: `FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')`.
    public var partitionBound: String?
    /// The relations that a view's query reads directly, by name.
    public var dependencies: [QualifiedName]
    /// Row-level security is switched on.
    public var rowSecurity: Bool
    /// The planner's estimate of the number of rows; nil when the table was never analysed.
    public var estimatedRows: Int?
    /// Rules other than a view's own.
    public var hasRules: Bool

    /// A table with no columns yet.
    public init(name: QualifiedName, kind: Kind = .table) {
        self.name = name
        self.kind = kind
        columns = []
        constraints = []
        uniqueIndexes = []
        triggers = []
        parents = []
        dependencies = []
        rowSecurity = false
        hasRules = false
    }

    /// The columns of the primary key, in key order; empty without one.
    public var primaryKey: [String] { constraints.first { $0.kind == .primaryKey }?.columns ?? [] }
}

/// A column of a relation.
public struct Column: Codable, Sendable, Equatable {
    /// ALWAYS and BY DEFAULT identities.
    public enum Identity: String, Codable, Sendable { case always, byDefault = "by_default" }
    /// Unique in its relation, case kept, without quotes.
    public var name: String
    /// The type as `format_type` prints it with its modifier: `numeric(10,2)`, `character varying(20)`, `dw.status[]`.
    public var type: String
    /// Whether it refuses NULL, as a column of a primary key does, too.
    public var notNull: Bool
    /// Default expression as SQL, without the generated ones.
    public var defaultExpression: String?
    /// Nil for a column that is not GENERATED .. AS IDENTITY.
    public var identity: Identity?
    /// Expression of a generated column (`GENERATED ALWAYS AS (..) STORED` or `VIRTUAL`).
    public var generatedExpression: String?
    /// The sequence that an identity or serial column draws from.
    public var sequence: QualifiedName?
    /// Collation other than the type's default.
    public var collation: String?
    /// Text of COMMENT ON COLUMN; nil without one.
    public var comment: String?

    /// A nullable column without a default.
    public init(name: String, type: String, notNull: Bool = false) {
        self.name = name
        self.type = type
        self.notNull = notNull
    }
}

/// A primary key, unique, foreign key, check or exclusion constraint.
public struct Constraint: Codable, Sendable, Equatable {
    /// What the constraint demands.
    public enum Kind: String, Codable, Sendable {
        case primaryKey = "primary_key"
        case unique
        case foreignKey = "foreign_key"
        case check
        case exclusion
    }
    /// Unique in its table; given by the server where nobody named it.
    public var name: String
    /// What it demands; decides which of the fields below are set.
    public var kind: Kind
    /// Constrained columns in order (empty for a check on an expression without columns).
    public var columns: [String]
    /// A check's expression, without the outer `CHECK (..)`.
    public var expression: String?
    /// The whole definition as the server prints it.
    public var definition: String
    /// A foreign key's parent table; nil for all other kinds.
    public var referencedTable: QualifiedName?
    /// The parent's columns, one for each of `columns`; empty for all other kinds.
    public var referencedColumns: [String]
    /// `no action`, `restrict`, `cascade`, `set null`, `set default`.
    public var onDelete: String?
    /// What a change of the parent's key does, in the words of `onDelete`; nil for all other kinds.
    public var onUpdate: String?
    /// False for NOT VALID constraints, whose rows may break them.
    public var validated: Bool
    /// UNIQUE NULLS NOT DISTINCT.
    public var nullsNotDistinct: Bool

    /// Makes a validated constraint.
    public init(name: String, kind: Kind, columns: [String], definition: String) {
        self.name = name
        self.kind = kind
        self.columns = columns
        self.definition = definition
        referencedColumns = []
        validated = true
        nullsNotDistinct = false
    }
}

/// A unique index that stands alone.
public struct UniqueIndex: Codable, Sendable, Equatable {
    /// Unique in the table's schema.
    public var name: String
    /// Plain column names; empty when the index is on an expression.
    public var columns: [String]
    /// The WHERE of a partial index, without the word; nil when all rows are indexed.
    public var predicate: String?
    /// The whole CREATE UNIQUE INDEX as the server prints it.
    public var definition: String

    /// Makes an index on plain columns.
    public init(name: String, columns: [String], definition: String) {
        self.name = name
        self.columns = columns
        self.definition = definition
    }
}

/// A trigger on a table; internal ones (foreign keys) are left out.
public struct Trigger: Codable, Sendable, Equatable {
    /// Unique in its table.
    public var name: String
    /// False after DISABLE TRIGGER; such a trigger changes nothing.
    public var enabled: Bool
    /// As the server prints it: CREATE TRIGGER ..
    public var definition: String

    /// Makes an enabled trigger.
    public init(name: String, enabled: Bool = true, definition: String) {
        self.name = name
        self.enabled = enabled
        self.definition = definition
    }
}

/// An enum, domain, composite or range type of the user's.
public struct UserType: Codable, Sendable, Equatable {
    /// What kind of type it is.
    public enum Kind: String, Codable, Sendable { case enumeration, domain, composite, range }
    /// Schema and name, as columns write it in their `type`.
    public var name: QualifiedName
    /// What it is; decides which of the fields below are set.
    public var kind: Kind
    /// Enum labels in order.
    public var labels: [String]
    /// The type under a domain, or a range's element type.
    public var baseType: String?
    /// A domain that refuses NULL; false for all other kinds.
    public var notNull: Bool
    /// A domain's default as SQL; nil without one and for all other kinds.
    public var defaultExpression: String?
    /// A domain's checks, whole definitions (`CHECK (VALUE > 0)`).
    public var checks: [String]
    /// A composite's attributes.
    public var attributes: [Column]
    /// Text of COMMENT ON TYPE or DOMAIN; nil without one.
    public var comment: String?

    /// Makes a type of a kind.
    public init(name: QualifiedName, kind: Kind) {
        self.name = name
        self.kind = kind
        labels = []
        notNull = false
        checks = []
        attributes = []
    }
}

/// A sequence.
public struct Sequence: Codable, Sendable, Equatable {
    /// Schema and name, as `nextval` takes it.
    public var name: QualifiedName
    /// `bigint`, `integer` or `smallint`.
    public var type: String
    /// The number that a new sequence hands out first.
    public var start: Int
    /// The step from one number to the next; negative for a sequence that counts down.
    public var increment: Int
    /// The lowest number it may hand out.
    public var minimum: Int
    /// The highest number it may hand out.
    public var maximum: Int
    /// Whether it starts again behind its last number instead of failing.
    public var cycle: Bool
    /// The column that owns it (serial, identity): `schema.table` and column.
    public var ownedByTable: QualifiedName?
    /// The column of `ownedByTable`; nil when no column owns it.
    public var ownedByColumn: String?

    /// Makes a sequence that counts from 1 by 1.
    public init(name: QualifiedName) {
        self.name = name
        type = "bigint"
        start = 1
        increment = 1
        minimum = 1
        maximum = .max
        cycle = false
    }
}

/// A stored procedure or function.
public struct Routine: Codable, Sendable, Equatable {
    /// PROCEDURE or FUNCTION.
    public enum Kind: String, Codable, Sendable { case procedure, function }
    /// Schema and name; overloads share it, `signature` tells them apart.
    public var name: QualifiedName
    /// Whether CALL or a SELECT runs it.
    public var kind: Kind
    /// `plpgsql`, `sql`, `c`, ...; `tsql`, `plsql` and so on for other dialects.
    public var language: String
    /// In written order, OUT arguments and the columns of RETURNS TABLE included.
    public var parameters: [Parameter]
    /// Return type as the server prints it; nil for procedures. `TABLE(..)` functions have their columns in `parameters`.
    public var returnType: String?
    /// RETURNS SETOF or RETURNS TABLE: any number of rows instead of one value.
    public var returnsSet: Bool
    /// `immutable`, `stable` or `volatile`.
    public var volatility: String
    /// RETURNS NULL ON NULL INPUT: the body does not run when an argument is NULL.
    public var isStrict: Bool
    /// The body (`prosrc`): what stands between the dollar quotes. For SQL-standard bodies (BEGIN ATOMIC) the server's print.
    public var body: String
    /// The whole CREATE statement (`pg_get_functiondef`), or the text in the file.
    public var definition: String
    /// Lines of `definition` before the body's first line: a finding's line is counted in `definition`, from 1.
    public var bodyLineOffset: Int
    /// SET clauses of the routine: `search_path` and others.
    public var settings: [String: String]
    /// Text of COMMENT ON; nil without one.
    public var comment: String?
    /// Comment block that stands right before CREATE in a file.
    public var headerComment: String?

    /// Identity among overloads: `schema.name(type, type)` of the input parameters.
    public var signature: String {
        let inputs = parameters.filter { $0.mode != .out && $0.mode != .table }.map(\.type)
        return "\(name)(\(inputs.joined(separator: ", ")))"
    }

    /// A routine with an empty body.
    public init(name: QualifiedName, kind: Kind, language: String) {
        self.name = name
        self.kind = kind
        self.language = language
        parameters = []
        returnsSet = false
        volatility = "volatile"
        isStrict = false
        body = ""
        definition = ""
        bodyLineOffset = 0
        settings = [:]
    }
}

/// A parameter of a routine.
public struct Parameter: Codable, Sendable, Equatable {
    /// IN, OUT, INOUT, VARIADIC, or a column of RETURNS TABLE.
    public enum Mode: String, Codable, Sendable { case `in`, out, `inout`, variadic, table }
    /// Empty when the parameter has no name.
    public var name: String
    /// Whether it takes a value, gives one back, or both.
    public var mode: Mode
    /// As `format_type` prints it, without a modifier: `numeric`, `character varying`, `dw.status[]`.
    public var type: String
    /// What a call that leaves it out gets, as SQL; nil when every call must give it.
    public var defaultExpression: String?

    /// Makes a parameter.
    public init(name: String, mode: Mode = .in, type: String, defaultExpression: String? = nil) {
        self.name = name
        self.mode = mode
        self.type = type
        self.defaultExpression = defaultExpression
    }
}
