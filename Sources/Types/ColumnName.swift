import Steps

/// The name that PostgreSQL gives a select item without an alias; `?column?` also for what can't be read.
public func inferColumnName(_ source: SourceText, _ range: Range<Int>) -> String {
    guard let expression = ExpressionParser.parse(source, range) else { return ColumnName.none }
    return ColumnName(source: source).name(expression)?.text ?? ColumnName.none
}

/// Finds names for parsed expressions.
struct ColumnName {
    let source: SourceText
    static let none = "?column?"

    /// A name, and whether it is one of the expression's own: a cast's type and CASE give way to a better one.
    struct Found {
        var text: String
        var isWeak = false
    }

    func name(_ expression: Expression) -> Found? {
        switch expression {
        case .name(let parts): return parts.last.map { Found(text: $0) }
        case .call(let call): return Found(text: call.name)
        case .cast(let value, let spelling):
            if let inner = name(value), !inner.isWeak { return inner }
            return spelling.path.last.map { Found(text: $0, isWeak: true) }
        case .caseOf(_, let otherwise):
            if let inner = otherwise.flatMap(name), !inner.isWeak { return inner }
            return Found(text: "case", isWeak: true)
        case .coalesce: return Found(text: "coalesce")
        case .extreme(let name, _): return Found(text: name)
        case .nullif: return Found(text: "nullif")
        case .array, .arrayQuery: return Found(text: "array")
        case .row: return Found(text: "row")
        case .subquery(let range): return subquery(range)
        case .element(let container, _): return name(container)
        case .field(_, let name): return Found(text: name)
        case .collate(let value): return name(value)
        case .known(_, let name): return name.map { Found(text: $0) }
        case .opaque(let name): return name.map { Found(text: $0) }
        case .integer, .decimal, .untyped, .parameter, .prefix, .binary: return nil
        }
    }

    private func subquery(_ range: Range<Int>) -> Found? {
        guard let query = readQuery(source, range) else { return nil }
        var arm = query.arms.first
        while case .nested(let inner) = arm { arm = inner.arms.first }
        switch arm {
        case .select(let select):
            guard let item = select.items.first else { return nil }
            if let alias = item.alias { return Found(text: alias) }
            return ExpressionParser.parse(source, item.expression).flatMap(name)
        case .values: return Found(text: "column1")
        default: return nil
        }
    }
}
