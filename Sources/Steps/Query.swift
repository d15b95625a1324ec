import Tokens

/// The outline of a query: clauses, FROM items, select items and nested queries as token ranges. Expressions stay
/// tokens; only what tells tables, columns and names apart is taken to pieces.
public final class Query: Sendable {
    /// The text that all ranges in here count in.
    public let source: SourceText
    /// All its tokens, WITH and ORDER BY included; parentheses around the whole are left out.
    public let range: Range<Int>
    /// The parts of its WITH list, in written order; empty without one.
    public let with: [CommonTable]
    /// WITH RECURSIVE: a part may read itself.
    public let isRecursive: Bool
    /// Arms of the set operations, in order; one for a plain SELECT.
    public let arms: [Arm]
    /// Operators between the arms: lower case words such as `union all`.
    public let operators: [String]
    /// From ORDER / LIMIT / OFFSET / FETCH / FOR to the end.
    public let tail: Range<Int>
    /// ORDER BY items.
    public let orderBy: [Range<Int>]
    /// Queries nested in ORDER BY, LIMIT and so on.
    public let tailQueries: [Query]
    /// Where the body (first arm) starts, behind the WITH list.
    public let bodyStart: Int

    init(
        source: SourceText, range: Range<Int>, with: [CommonTable], isRecursive: Bool, arms: [Arm],
        operators: [String], tail: Range<Int>, orderBy: [Range<Int>], tailQueries: [Query], bodyStart: Int
    ) {
        self.source = source
        self.range = range
        self.with = with
        self.isRecursive = isRecursive
        self.arms = arms
        self.operators = operators
        self.tail = tail
        self.orderBy = orderBy
        self.tailQueries = tailQueries
        self.bodyStart = bodyStart
    }

    /// One side of a set operation.
    public enum Arm: Sendable {
        case select(Select)
        /// VALUES rows; each row is a list of expression ranges.
        case values(rows: [[Range<Int>]], range: Range<Int>, queries: [Query])
        /// A parenthesised query.
        case nested(Query)
        /// TABLE name
        case table(RelationReference)

        /// The tokens it covers.
        public var range: Range<Int> {
            switch self {
            case .select(let select): select.range
            case .values(_, let range, _): range
            case .nested(let query): query.range
            case .table(let reference): reference.range
            }
        }
    }
}

/// `name [(columns)] AS (..)` of a WITH list.
public struct CommonTable: Sendable {
    /// As it is referred to: lower case unless quoted.
    public var name: String
    /// Where the name stands in the text.
    public var nameIndex: Int
    /// Names that replace those of the query's columns; empty when none are listed.
    public var columns: [String]
    /// The query; nil when the part changes data or could not be read.
    public var query: Query?
    /// The tokens inside the parentheses.
    public var body: Range<Int>
    /// SEARCH and CYCLE clauses behind the parentheses; empty without any.
    public var clauses: Range<Int>
    /// Columns that those clauses add behind the query's own.
    public var clauseColumns: [String]
    /// From the name to the closing parenthesis (and SEARCH/CYCLE clauses).
    public var range: Range<Int>
}

/// SELECT with its clauses.
public struct Select: Sendable {
    /// From SELECT to the end of the last clause; ORDER BY and LIMIT are the query's `tail`.
    public var range: Range<Int>
    /// DISTINCT or ALL with what belongs to it.
    public var isDistinct: Bool
    /// Expressions of DISTINCT ON; empty without ON.
    public var distinctOn: [Range<Int>]
    /// The select list's entries, in order.
    public var items: [SelectItem]
    /// The token range of the whole select list.
    public var list: Range<Int>
    /// INTO [STRICT] targets (PL/pgSQL), from the word INTO on; nil without.
    public var into: Range<Int>?
    /// INTO STRICT: anything but exactly one row is an error.
    public var isStrict: Bool
    /// The FROM clause without its keyword.
    public var fromRange: Range<Int>?
    /// The relations of `fromRange`, joins flattened, in written order; empty without FROM.
    public var from: [FromItem]
    /// The WHERE condition, without the word.
    public var filter: Range<Int>?
    /// What stands behind GROUP BY, grouping sets included.
    public var groupBy: Range<Int>?
    /// The HAVING condition, without the word.
    public var having: Range<Int>?
    /// The named windows, without the word WINDOW.
    public var window: Range<Int>?
    /// Queries nested in expressions of any clause (not the FROM items themselves).
    public var expressionQueries: [Query]
}

/// One entry of a select list.
public struct SelectItem: Sendable {
    /// The expression with its alias.
    public var range: Range<Int>
    /// Without the alias.
    public var expression: Range<Int>
    /// The name that is given to the column; nil when it names itself.
    public var alias: String?
    /// Where the alias stands in the text.
    public var aliasIndex: Int?
    /// `*` or `t.*`: the qualifier's tokens (empty for a bare star); nil for an expression.
    public var star: Range<Int>?
}

/// One relation in FROM; joins are flattened because only names and columns matter.
public struct FromItem: Sendable {
    /// What stands there.
    public enum Kind: Sendable {
        case relation(RelationReference)
        case subquery(Query)
        /// A function call or ROWS FROM; the range of the call.
        case function(Range<Int>)
        /// Not understood.
        case unknown(Range<Int>)
    }
    /// A table, a query or a function, with its parts.
    public var kind: Kind
    /// From LATERAL or the first token to the alias and its columns; the join's words and condition are left out.
    public var range: Range<Int>
    /// The alias, for a function without one the function's own name; nil for all else without one.
    public var alias: String?
    /// Names that replace those of the columns; empty when none are listed.
    public var aliasColumns: [String]
    /// Joined by USING or NATURAL: these columns appear once.
    public var usingColumns: [String]
    /// NATURAL JOIN with what stands before it: columns of the same name appear once.
    public var isNatural: Bool
    /// `left`, `right`, `full`, `inner`, `cross`, or nil for the first of a comma-separated entry.
    public var join: String?
    /// Whether LATERAL stands before it, so that it may read the items to its left.
    public var isLateral: Bool
    /// The ON condition.
    public var on: Range<Int>?
}

/// A table's name where a relation is expected.
public struct RelationReference: Sendable {
    /// The name's tokens (schema and dot included).
    public var range: Range<Int>
    /// Nil when none is written: the search path decides.
    public var schema: String?
    /// As the catalog stores it: lower case unless quoted.
    public var name: String
    /// The alias that follows.
    public var alias: String?
    /// Whether ONLY stands before it.
    public var only: Bool

    /// Makes a reference; an empty range for one that stands in no text.
    public init(range: Range<Int>, schema: String?, name: String, alias: String?, only: Bool) {
        self.range = range
        self.schema = schema
        self.name = name
        self.alias = alias
        self.only = only
    }

    /// The name by which columns can be qualified.
    public var exposedName: String { alias ?? name }
}
