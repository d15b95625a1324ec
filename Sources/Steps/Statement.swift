import Tokens

/// A SQL statement taken to pieces as far as table versions need it.
public enum Statement: Sendable {
    case select(Query)
    case insert(InsertStatement)
    case update(UpdateStatement)
    case delete(DeleteStatement)
    case merge(MergeStatement)
    case createTableAs(CreateTableAsStatement)
    case createTable(CreateTableStatement)
    case truncate(tables: [RelationReference], restartIdentity: Bool, cascade: Bool)
    case dropTable(tables: [RelationReference])
    case refreshMaterializedView(RelationReference)
    /// Without effect on rows: indexes, ANALYZE, GRANT, LOCK, SET, COMMENT, ... with the statement's first words.
    case withoutRows(String)
    /// Anything else.
    case unknown
}

/// INSERT.
public struct InsertStatement: Sendable {
    public var with: WithClause?
    public var target: RelationReference
    /// Column names in the written order; empty when there is no list.
    public var columns: [String]
    /// OVERRIDING SYSTEM VALUE / USER VALUE: `system`, `user`.
    public var overriding: String?
    /// nil for DEFAULT VALUES.
    public var query: Query?
    public var conflict: Conflict?
    public var returning: Returning?

    /// ON CONFLICT.
    public struct Conflict: Sendable {
        /// Columns or expressions of the arbiter; empty when none is written.
        public var target: [Range<Int>]
        public var targetFilter: Range<Int>?
        public var constraint: String?
        /// nil means DO NOTHING.
        public var update: [Assignment]?
        public var filter: Range<Int>?
    }
}

/// WITH in front of INSERT, UPDATE, DELETE or MERGE.
public struct WithClause: Sendable {
    public var tables: [CommonTable]
    public var isRecursive: Bool
    /// From WITH to the last closing parenthesis.
    public var range: Range<Int>
}

/// `column = value`, or `(a, b) = (..)`.
public struct Assignment: Sendable {
    public var columns: [String]
    /// For one column the expression; for several the whole right side.
    public var value: Range<Int>
    /// The target had a subscript or a field.
    public var isPartial: Bool
    public var isList: Bool
}

/// RETURNING .. [INTO ..].
public struct Returning: Sendable {
    public var items: [SelectItem]
    public var range: Range<Int>
    public var into: [Range<Int>]
    public var isStrict: Bool
}

/// UPDATE.
public struct UpdateStatement: Sendable {
    public var with: WithClause?
    public var target: RelationReference
    public var assignments: [Assignment]
    public var fromRange: Range<Int>?
    public var from: [FromItem]
    public var filter: Range<Int>?
    /// WHERE CURRENT OF cursor.
    public var cursor: String?
    public var returning: Returning?
}

/// DELETE.
public struct DeleteStatement: Sendable {
    public var with: WithClause?
    public var target: RelationReference
    public var usingRange: Range<Int>?
    public var using: [FromItem]
    public var filter: Range<Int>?
    public var cursor: String?
    public var returning: Returning?
}

/// MERGE.
public struct MergeStatement: Sendable {
    public var with: WithClause?
    public var target: RelationReference
    public var source: FromItem
    public var condition: Range<Int>
    public var clauses: [Clause]
    public var returning: Returning?

    /// One WHEN clause.
    public struct Clause: Sendable {
        /// Which rows it is for.
        public enum Match: Sendable { case matched, notMatched, notMatchedBySource }
        /// What happens to them.
        public enum Action: Sendable {
            case update([Assignment])
            case insert(columns: [String], values: [Range<Int>], overriding: String?)
            case insertDefaults
            case delete
            case nothing
        }
        public var match: Match
        public var condition: Range<Int>?
        public var action: Action
        public var range: Range<Int>
    }
}

/// CREATE TABLE .. AS, or SELECT .. INTO a table outside PL/pgSQL.
public struct CreateTableAsStatement: Sendable {
    public var table: RelationReference
    public var isTemporary: Bool
    public var ifNotExists: Bool
    public var columns: [String]
    public var query: Query
    public var withData: Bool
    public var dropsOnCommit: Bool
}

/// CREATE TABLE with columns.
public struct CreateTableStatement: Sendable {
    public var table: RelationReference
    public var isTemporary: Bool
    public var ifNotExists: Bool
    public var columns: [ColumnDefinition]
    /// LIKE t [INCLUDING ..].
    public var like: [RelationReference]
    public var dropsOnCommit: Bool
    /// Columns of the primary key or of the first unique constraint.
    public var primaryKey: [String]
    /// ON COMMIT DELETE ROWS.
    public var emptiesOnCommit: Bool
    /// The LIKE options contain DEFAULTS or ALL.
    public var likeIncludesDefaults: Bool
}

/// A column of CREATE TABLE.
public struct ColumnDefinition: Sendable {
    public var name: String
    public var type: Range<Int>
    public var notNull: Bool
    public var defaultExpression: Range<Int>?
    public var generated: Range<Int>?
    public var isIdentity: Bool
}
