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
    /// The WITH list before it; nil without one.
    public var with: WithClause?
    /// The table that gets the rows, with its alias.
    public var target: RelationReference
    /// Column names in the written order; empty when there is no list.
    public var columns: [String]
    /// OVERRIDING SYSTEM VALUE / USER VALUE: `system`, `user`.
    public var overriding: String?
    /// nil for DEFAULT VALUES.
    public var query: Query?
    /// Nil when a row whose key is there already is an error.
    public var conflict: Conflict?
    /// Nil when the statement gives no rows back.
    public var returning: Returning?

    /// ON CONFLICT.
    public struct Conflict: Sendable {
        /// Columns or expressions of the arbiter; empty when none is written.
        public var target: [Range<Int>]
        /// The WHERE of the arbiter: a partial index's predicate.
        public var targetFilter: Range<Int>?
        /// The name behind ON CONSTRAINT; nil when the arbiter is a list of columns.
        public var constraint: String?
        /// nil means DO NOTHING.
        public var update: [Assignment]?
        /// The WHERE behind DO UPDATE: rows for which it does not hold stay as they are.
        public var filter: Range<Int>?
    }
}

/// WITH in front of INSERT, UPDATE, DELETE or MERGE.
public struct WithClause: Sendable {
    /// In written order; a part without a `query` may change data itself.
    public var tables: [CommonTable]
    /// WITH RECURSIVE: a part may read itself.
    public var isRecursive: Bool
    /// From WITH to the last closing parenthesis.
    public var range: Range<Int>
}

/// `column = value`, or `(a, b) = (..)`.
public struct Assignment: Sendable {
    /// The columns that get a value: one, or those of the list on the left side.
    public var columns: [String]
    /// For one column the expression; for several the whole right side.
    public var value: Range<Int>
    /// The target had a subscript or a field.
    public var isPartial: Bool
    /// The left side is a list in parentheses; the right one is then a row or a query.
    public var isList: Bool
}

/// RETURNING .. [INTO ..].
public struct Returning: Sendable {
    /// The list's entries, in order.
    public var items: [SelectItem]
    /// The whole list, without the words RETURNING and INTO.
    public var range: Range<Int>
    /// Targets of INTO (PL/pgSQL), one range each; empty without INTO.
    public var into: [Range<Int>]
    /// INTO STRICT: anything but exactly one row is an error.
    public var isStrict: Bool
}

/// UPDATE.
public struct UpdateStatement: Sendable {
    /// The WITH list before it; nil without one.
    public var with: WithClause?
    /// The table whose rows change, with its alias.
    public var target: RelationReference
    /// The SET list, in written order; all of them read the row as it was.
    public var assignments: [Assignment]
    /// The FROM clause without its keyword; nil without one.
    public var fromRange: Range<Int>?
    /// The relations of `fromRange`, joins flattened; the target is not among them.
    public var from: [FromItem]
    /// The WHERE condition, without the word; nil when all rows change.
    public var filter: Range<Int>?
    /// WHERE CURRENT OF cursor.
    public var cursor: String?
    /// Nil when the statement gives no rows back.
    public var returning: Returning?
}

/// DELETE.
public struct DeleteStatement: Sendable {
    /// The WITH list before it; nil without one.
    public var with: WithClause?
    /// The table that loses rows, with its alias.
    public var target: RelationReference
    /// The USING clause without its keyword; nil without one.
    public var usingRange: Range<Int>?
    /// The relations of `usingRange`, joins flattened; the target is not among them.
    public var using: [FromItem]
    /// The WHERE condition, without the word; nil when all rows go.
    public var filter: Range<Int>?
    /// The cursor of WHERE CURRENT OF; nil for any other condition.
    public var cursor: String?
    /// Nil when the statement gives no rows back.
    public var returning: Returning?
}

/// MERGE.
public struct MergeStatement: Sendable {
    /// The WITH list before it; nil without one.
    public var with: WithClause?
    /// The table that is changed, with its alias.
    public var target: RelationReference
    /// The relation behind USING.
    public var source: FromItem
    /// The ON condition, which pairs source rows with target rows.
    public var condition: Range<Int>
    /// In written order: for each row the first one that fits acts.
    public var clauses: [Clause]
    /// Nil when the statement gives no rows back.
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
        /// Whether it is for pairs, for source rows alone or for target rows alone.
        public var match: Match
        /// What stands behind AND; nil when it is for all such rows.
        public var condition: Range<Int>?
        /// What is done with the rows it is for.
        public var action: Action
        /// From WHEN to the token before the next clause.
        public var range: Range<Int>
    }
}

/// CREATE TABLE .. AS, or SELECT .. INTO a table outside PL/pgSQL.
public struct CreateTableAsStatement: Sendable {
    /// The new table; without schema when it is in `pg_temp`.
    public var table: RelationReference
    /// TEMP, TEMPORARY, or the schema `pg_temp`.
    public var isTemporary: Bool
    /// IF NOT EXISTS: nothing happens when the table is there already.
    public var ifNotExists: Bool
    /// Names that replace those of the query's columns; empty when none are listed.
    public var columns: [String]
    /// What fills the table and gives it its columns.
    public var query: Query
    /// False for WITH NO DATA: the table has the query's columns and no rows.
    public var withData: Bool
    /// ON COMMIT DROP: the table is gone after the transaction.
    public var dropsOnCommit: Bool
}

/// CREATE TABLE with columns.
public struct CreateTableStatement: Sendable {
    /// The new table; without schema when it is in `pg_temp`.
    public var table: RelationReference
    /// TEMP, TEMPORARY, or the schema `pg_temp`.
    public var isTemporary: Bool
    /// IF NOT EXISTS: nothing happens when the table is there already.
    public var ifNotExists: Bool
    /// The columns that are written out, in order; those of LIKE are not among them.
    public var columns: [ColumnDefinition]
    /// LIKE t [INCLUDING ..].
    public var like: [RelationReference]
    /// ON COMMIT DROP: the table is gone after the transaction.
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
    /// As the catalog would store it: lower case unless quoted.
    public var name: String
    /// The type as written, with its modifier.
    public var type: Range<Int>
    /// NOT NULL or PRIMARY KEY stands in its definition.
    public var notNull: Bool
    /// The expression behind DEFAULT; nil without one.
    public var defaultExpression: Range<Int>?
    /// The expression of GENERATED ALWAYS AS (..), without the parentheses; nil without one.
    public var generated: Range<Int>?
    /// GENERATED .. AS IDENTITY: numbers of a sequence of its own.
    public var isIdentity: Bool
}
