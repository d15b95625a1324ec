import Steps
import Tokens
import Types

/// The order that a query in FROM gives its rows: PostgreSQL keeps it on the way to whatever numbers or gathers them, the
/// target need not, so it is said where it counts.
extension DialectRewriter {
    /// ORDER BY items for the order in which FROM's only query has its rows; nil when it has none.
    func inheritedOrder(_ scope: QueryScope) throws(Untranslatable) -> String? {
        guard let (alias, query) = scope.ordered, !query.orderBy.isEmpty else { return nil }
        guard case .select(let select)? = query.arms.first else {
            throw Untranslatable("rows in the order of a query in FROM")
        }
        var result: [String] = []
        for item in query.orderBy {
            var end = item.upperBound
            while end > item.lowerBound,
                ["asc", "desc", "nulls", "first", "last"].contains(source.text(end - 1).lowercased()),
                source.kind(end - 1) == .word
            {
                end -= 1
            }
            let expression = item.lowerBound..<end
            guard let name = output(expression, select) else {
                throw Untranslatable("rows in the order of \(excerpt(expression)), which the query in FROM does not give")
            }
            var suffix = end < item.upperBound ? " " + source.text(end..<item.upperBound).lowercased() : ""
            if suffix.contains("desc"), !suffix.contains("nulls") { suffix += " nulls first" }
            result.append("\(alias).\(types.identifier(name))\(suffix)")
        }
        return result.joined(separator: ", ")
    }

    /// The output column that an ORDER BY item means or equals.
    private func output(_ expression: Range<Int>, _ select: Select) -> String? {
        let wanted = canonical(expression)
        if let number = Int(wanted) {
            guard select.items.indices.contains(number - 1), select.items[number - 1].star == nil else { return nil }
            return name(of: select.items[number - 1])
        }
        let items = select.items.filter { $0.star == nil }
        if let item = items.first(where: { canonical($0.expression) == wanted || name(of: $0) == wanted }) {
            return name(of: item)
        }
        // A column that a star brings along.
        let isColumn = expression.count == 1 || expression.count == 3 && source.kind(expression.lowerBound + 1) == .dot
        let hasStar = select.items.contains { $0.star != nil }
        return isColumn && hasStar ? source.name(expression.upperBound - 1) : nil
    }

    private func name(of item: SelectItem) -> String { item.alias ?? inferColumnName(source, item.expression) }

    private func canonical(_ range: Range<Int>) -> String {
        range.map { source.isName($0) ? source.name($0) : source.text($0) }.joined(separator: " ")
    }

    /// Arguments of an aggregate whose result depends on the order of its rows.
    func aggregated(_ inside: Range<Int>, _ scope: QueryScope) throws(Untranslatable) -> String {
        let text = try self.text(inside, scope)
        let isSaid = source.firstTopLevel(in: inside) { source.keyword($0) == .order } != nil
        guard !isSaid, source.keyword(inside.lowerBound) != .distinct, let order = try inheritedOrder(scope) else {
            return text
        }
        return "\(text) order by \(order)"
    }
}
