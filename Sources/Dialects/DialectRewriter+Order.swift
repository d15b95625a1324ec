import Steps
import Tokens
import Types

/// The order that a query in FROM gives its rows: PostgreSQL keeps it on the way to whatever numbers or gathers them, the
/// target need not, so it is said where it counts.
extension DialectRewriter {
    /// ORDER BY items for the order in which FROM's only query has its rows; nil when it has none.
    func inheritedOrder(_ scope: QueryScope) throws(Untranslatable) -> String? {
        guard let ordered = scope.ordered, !ordered.query.orderBy.isEmpty else { return nil }
        let (alias, query) = (ordered.alias, ordered.query)
        guard case .select(let select)? = query.arms.first else {
            throw Untranslatable("rows in the order of a query in FROM")
        }
        var result: [String] = []
        for item in query.orderBy {
            let end = endOfExpression(item)
            let expression = item.lowerBound..<end
            guard let name = output(expression, select, ordered.columns) else {
                // A column of its own says the order, where the query can have one.
                if hidesOrder(ordered, scope) { return "\(alias).\(Self.hiddenOrder)" }
                throw Untranslatable(
                    "rows in the order of \(excerpt(expression)), which the query in FROM does not give")
            }
            var suffix = end < item.upperBound ? " " + source.text(end..<item.upperBound).lowercased() : ""
            if suffix.contains("desc"), !suffix.contains("nulls") { suffix += " nulls first" }
            result.append("\(alias).\(types.identifier(name))\(suffix)")
        }
        return result.joined(separator: ", ")
    }

    /// The name of a column that a query in FROM gets for its order.
    static let hiddenOrder = "row_order"

    /// Whether the query in FROM gets a column for its order: one that its outputs do not say.
    func needsHiddenOrder(_ select: Select, _ scope: QueryScope) -> Bool {
        guard let ordered = scope.ordered, !ordered.query.orderBy.isEmpty, numbersOrGathers(select) else {
            return false
        }
        return hidesOrder(ordered, scope)
    }

    private func hidesOrder(_ ordered: QueryScope.Ordered, _ scope: QueryScope) -> Bool {
        guard ordered.query.arms.count == 1, case .select(let inner)? = ordered.query.arms.first, !inner.isDistinct
        else {
            return false
        }
        return !ordered.query.orderBy.allSatisfy { item in
            output(item.lowerBound..<endOfExpression(item), inner, ordered.columns) != nil
        }
    }

    private func endOfExpression(_ item: Range<Int>) -> Int {
        var end = item.upperBound
        while end > item.lowerBound, source.kind(end - 1) == .word,
            ["asc", "desc", "nulls", "first", "last"].contains(source.text(end - 1).lowercased())
        {
            end -= 1
        }
        return end
    }

    /// `row_number() over ()`, or an aggregate that keeps its rows' order.
    private func numbersOrGathers(_ select: Select) -> Bool {
        select.list.contains { index in
            guard source.kind(index) == .word, source.kind(index + 1) == .leftParen else { return false }
            let name = source.text(index).lowercased()
            if ["array_agg", "string_agg", "jsonb_agg", "json_agg"].contains(name) { return true }
            return name == "row_number" && source.text(index + 3).lowercased() == "over"
                && source.text(index + 5) == ")"
        }
    }

    /// The output column that an ORDER BY item means or equals.
    private func output(_ expression: Range<Int>, _ select: Select, _ columns: [String]) -> String? {
        let wanted = canonical(expression)
        var index = Int(wanted).map { $0 - 1 }
        if index == nil {
            // A bare name is the output's first.
            index =
                select.items.firstIndex { $0.star == nil && name(of: $0) == wanted }
                ?? select.items.firstIndex { $0.star == nil && canonical($0.expression) == wanted }
        }
        if let index {
            guard select.items.indices.contains(index), select.items[index].star == nil else { return nil }
            let isPlain = columns.isEmpty || !select.items.contains { $0.star != nil }
            guard isPlain else { return nil }
            return columns.indices.contains(index) ? columns[index] : name(of: select.items[index])
        }
        guard columns.isEmpty else { return nil }
        // A column that a star brings along.
        let isColumn = expression.count == 1 || expression.count == 3 && source.kind(expression.lowerBound + 1) == .dot
        let hasStar = select.from.count == 1 && select.items.contains { $0.star != nil }
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
