import Steps
import Types

extension Select {
    /// Names that PostgreSQL gives to items without an alias that are more than a column: `id` for `id::text`, `max` for `max(x)`.
    ///
    /// ORDER BY and DISTINCT ON look at them before they look at the columns of FROM (PostgreSQL manual, "SELECT", "ORDER BY
    /// Clause").
    ///
    /// - Parameter withColumns: bare columns, too. To a query both readings of such a name are the same; beside a variable of that
    ///   name they are not.
    func implicitNames(_ source: SourceText, withColumns: Bool = false) -> Set<String> {
        var names: Set<String> = []
        for item in items where item.alias == nil && item.star == nil {
            // `a`, `t.a`, `s.t.a`.
            let isColumn = item.expression.enumerated().allSatisfy { place, token in
                place.isMultiple(of: 2) ? source.isName(token) : source.text(token) == "."
            }
            if withColumns || !isColumn { names.insert(inferColumnName(source, item.expression)) }
        }
        return names
    }
}
