import Steps
import Types

extension Select {
    /// Names that PostgreSQL gives to items without an alias that are more than a column: `id` for `id::text`, `max` for `max(x)`.
    ///
    /// ORDER BY and DISTINCT ON look at them before they look at the columns of FROM (PostgreSQL manual, "SELECT", "ORDER BY
    /// Clause"). A bare column is left out: both readings of its name are the same.
    func implicitNames(_ source: SourceText) -> Set<String> {
        var names: Set<String> = []
        for item in items where item.alias == nil && item.star == nil {
            // `a`, `t.a`, `s.t.a`.
            let isColumn = item.expression.enumerated().allSatisfy { place, token in
                place.isMultiple(of: 2) ? source.isName(token) : source.text(token) == "."
            }
            if !isColumn { names.insert(inferColumnName(source, item.expression)) }
        }
        return names
    }
}
