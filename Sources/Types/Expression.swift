/// An SQL expression as far as its type and its column name depend on it.
indirect enum Expression: Sendable {
    /// `$1`.
    case parameter(String)
    /// `a`, `t.a`, `s.t.a`.
    case name([String])
    case integer(String)
    case decimal
    /// A string without a type, or NULL.
    case untyped
    case cast(Expression, TypeSpelling)
    case call(Call)
    case prefix(String, Expression)
    case binary(String, Expression, Expression)
    case caseOf(results: [Expression], otherwise: Expression?)
    case coalesce([Expression])
    /// GREATEST or LEAST, by its name.
    case extreme(String, [Expression])
    case nullif(Expression, Expression)
    case array([Expression])
    case arrayQuery(Range<Int>)
    case row
    case subquery(Range<Int>)
    /// `a[1][2]`, `a[1:2]`.
    case element(Expression, isSlice: Bool)
    case field(Expression, String)
    case collate(Expression)
    /// Something whose type needs no look at its operands; without a name it is called `?column?`.
    case known(SQLType, name: String?)
    /// Something that has no type here.
    case opaque(name: String?)

    /// A function call.
    struct Call: Sendable {
        var schema: String?
        var name: String
        var arguments: [Expression] = []
        /// `f(a => 1)`.
        var isNamed = false
        /// `f(VARIADIC a)`.
        var isVariadic = false
        /// `f(*)`.
        var isStar = false
    }

    /// A condition.
    static let condition = Expression.known(.boolean, name: nil)

    /// A call of a function of PostgreSQL's.
    static func builtin(_ name: String, _ arguments: [Expression]) -> Expression {
        .call(Call(schema: "pg_catalog", name: name, arguments: arguments))
    }
}

/// A type's name as an expression spells it.
struct TypeSpelling: Sendable {
    /// Schema and name, one word for PostgreSQL's own types.
    var path: [String]
    var modifier: String?
    var isArray = false
    /// The grammar knows it (`double precision`), so no user type can be meant.
    var isKeyword = false
}
