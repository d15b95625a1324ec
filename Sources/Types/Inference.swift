import Catalog
import Steps

/// What the names inside an expression mean. Types are spelled as `format_type` prints them; nil means "not known".
public struct TypeContext {
    /// A column by the name of its table in FROM (nil without, `schema.table` where the expression says so).
    public var column: (_ qualifier: String?, _ name: String) -> String?
    /// A PL/pgSQL variable, also a record's field as `record.field`. Asked when there is no such column.
    public var variable: (_ name: String) -> String?
    /// Result of a function that isn't PostgreSQL's own. Also asked for names that PostgreSQL has a function of.
    public var userFunction: (_ schema: String?, _ name: String, _ argumentCount: Int) -> String?
    /// The only column of a scalar subquery.
    public var subquery: (_ query: Query) -> String?
    /// An enum, domain, composite or range by its name, with or without its schema, unquoted.
    public var userType: (_ name: String) -> UserType?

    /// A context in which no name means anything; set what is known.
    public init(
        column: @escaping (_ qualifier: String?, _ name: String) -> String? = { _, _ in nil },
        variable: @escaping (_ name: String) -> String? = { _ in nil },
        userFunction: @escaping (_ schema: String?, _ name: String, _ argumentCount: Int) -> String? = { _, _, _ in nil
        },
        subquery: @escaping (_ query: Query) -> String? = { _ in nil },
        userType: @escaping (_ name: String) -> UserType? = { _ in nil }
    ) {
        self.column = column
        self.variable = variable
        self.userFunction = userFunction
        self.subquery = subquery
        self.userType = userType
    }
}

/// The type of the column that `CREATE TABLE AS SELECT <expression>` would make, as `format_type` prints it with its
/// modifier; nil when that can't be said for sure without a server.
public func inferType(_ source: SourceText, _ range: Range<Int>, _ context: TypeContext) -> String? {
    guard let expression = ExpressionParser.parse(source, range) else { return nil }
    guard let type = Inference(source: source, context: context).type(expression) else { return nil }
    return (type.isUnknown ? .text : type).formatted
}

/// The type that a column gets that several queries (UNION) or rows (VALUES) fill; nil when that can't be said.
///
/// An arm that is a bare string or NULL is `unknown`.
public func commonType(_ types: [String?], _ context: TypeContext) -> String? {
    let system = TypeSystem(userType: context.userType)
    let known = types.map { $0.flatMap { $0 == "unknown" ? .unknown : SQLType(formatted: $0) } }
    return system.common(known)?.formatted
}

/// Computes types of parsed expressions.
struct Inference {
    let source: SourceText
    let context: TypeContext
    let types: TypeSystem
    let resolution: Resolution

    init(source: SourceText, context: TypeContext) {
        self.source = source
        self.context = context
        types = TypeSystem(userType: context.userType)
        resolution = Resolution(types: types)
    }

    func type(_ expression: Expression) -> SQLType? {
        switch expression {
        case .name(let parts): return named(parts)
        case .parameter(let name): return read(context.variable(name))
        case .integer(let digits):
            return SQLType(Int32(digits) != nil ? "int4" : Int(digits) != nil ? "int8" : "numeric")
        case .decimal: return SQLType("numeric")
        case .untyped: return .unknown
        case .cast(_, let spelling): return type(spelling)
        case .call(let call): return type(call)
        case .prefix(let symbol, let operand): return resolution.op(symbol, [type(operand)])
        case .binary: return chain(expression)
        case .caseOf(let results, let otherwise):
            // ELSE comes first in PostgreSQL's eyes, and one that isn't there is NULL.
            return types.common([otherwise.map(type) ?? .unknown] + results.map(type))
        case .coalesce(let values), .extreme(_, let values): return types.common(values.map(type))
        case .nullif(let left, let right):
            guard let first = type(left), let second = type(right) else { return nil }
            return resolution.nullif(first, second)
        case .array(let elements):
            // Arrays in an array are its further dimensions.
            return types.common(elements.map(type)).map { $0.isArray ? $0 : $0.array }
        case .arrayQuery(let range): return type(ofQuery: range).map { $0.isArray ? $0 : $0.array }
        case .row: return SQLType("record")
        case .subquery(let range): return type(ofQuery: range)
        case .element(let container, let isSlice): return type(container).flatMap { element($0, isSlice) }
        case .field(let value, let name): return field(value, name)
        case .collate(let value): return type(value)
        case .known(let known, _): return known
        case .opaque: return nil
        }
    }

    /// A long chain of operators leans to the left, so it is walked and not descended.
    private func chain(_ expression: Expression) -> SQLType? {
        var steps: [(symbol: String, right: Expression)] = []
        var first = expression
        while case .binary(let symbol, let left, let right) = first {
            steps.append((symbol, right))
            first = left
        }
        var result = type(first)
        for step in steps.reversed() { result = resolution.op(step.symbol, [result, type(step.right)]) }
        return result
    }

    private func read(_ text: String?) -> SQLType? { text.flatMap(SQLType.init(formatted:)) }

    private func named(_ parts: [String]) -> SQLType? {
        switch parts.count {
        case 1: return read(context.column(nil, parts[0]) ?? context.variable(parts[0]))
        case 2: return read(context.column(parts[0], parts[1]) ?? context.variable(parts[0] + "." + parts[1]))
        case 3: return read(context.column(parts[0] + "." + parts[1], parts[2]) ?? context.column(parts[1], parts[2]))
        default: return nil
        }
    }

    private func type(ofQuery range: Range<Int>) -> SQLType? {
        readQuery(source, range).flatMap { read(context.subquery($0)) }
    }

    /// The type that a cast names.
    private func type(_ spelling: TypeSpelling) -> SQLType? {
        var path = spelling.path
        if path.count == 2, path[0] == "pg_catalog" { path.removeFirst() }
        guard let name = path.last, path.count <= 2 else { return nil }
        if path.count == 1, types.builtins.categories[name] != nil || ["int2vector", "oidvector"].contains(name) {
            guard !types.isPolymorphic(SQLType(name)) else { return nil }
            var modifier = spelling.modifier
            if name == "numeric", let known = modifier, !known.contains(",") { modifier = known.dropLast() + ",0)" }
            return SQLType(name, isArray: spelling.isArray, modifier: modifier)
        }
        guard spelling.modifier == nil, let known = context.userType(path.joined(separator: ".")) else { return nil }
        let type = SQLType(userType: known)
        return spelling.isArray ? type.array : type
    }

    private func type(_ call: Expression.Call) -> SQLType? {
        let count = call.arguments.count
        let isOwn = call.schema == "pg_catalog"
        let user = isOwn ? nil : context.userFunction(call.schema, call.name, count)
        if call.schema != nil, !isOwn { return functionResult(user) }
        let own: SQLType?
        if call.isStar {
            own = call.name == "count" ? SQLType("int8") : nil
        } else if call.isNamed {
            own = resolution.function(call.name, count: count)
        } else {
            let arguments = call.arguments.map(type)
            own = resolution.function(call.name, arguments, isVariadic: call.isVariadic)
        }
        guard let user else { return own }
        // With both, which one is called depends on more than is known here.
        let result = functionResult(user)
        return types.builtins.functions[call.name] == nil || own == result ? result : nil
    }

    /// A function's result has no modifier, whatever its declaration says.
    private func functionResult(_ text: String?) -> SQLType? {
        guard var text else { return nil }
        if text.lowercased().hasPrefix("setof ") { text = String(text.dropFirst(6)) }
        guard let type = SQLType(formatted: text)?.identity else { return nil }
        return types.isPolymorphic(type) || ["void", "record"].contains(type.name) ? nil : type
    }

    private func element(_ container: SQLType, _ isSlice: Bool) -> SQLType? {
        let type = types.base(container)
        if type.isArray { return isSlice ? type : type.element }
        switch type.name {
        case "jsonb" where !isSlice: return type
        case "int2vector" where !isSlice: return SQLType("int2")
        case "oidvector" where !isSlice: return SQLType("oid")
        default: return nil
        }
    }

    private func field(_ value: Expression, _ name: String) -> SQLType? {
        if let composite = type(value).flatMap({ types.definition(types.base($0)) }) {
            return read(composite.attributes.first { $0.name == name }?.type)
        }
        // `(t).a` is t's column when t is a table.
        if case .name(let parts) = value, parts.count == 1 { return named([parts[0], name]) }
        return nil
    }
}
