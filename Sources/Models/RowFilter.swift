import Tokens
import Versions

/// A version that is another one without some of its rows: `select a, b from base as t where condition`.
struct RowFilter {
    /// The version whose rows are left out.
    let base: VersionID
    /// The name that the condition has for a row of it.
    let alias: String?
    /// True for the rows that stay.
    let condition: [TemplateNode]

    /// Nil where the query does anything else: computes, joins, sorts, groups.
    init?(_ version: Version, in pipeline: LoweredPipeline) {
        guard case .query(let template) = version.body, !version.isVolatile, !version.isRecursive,
            let nodes = TemplateTree.parse(template), nodes.first?.word == "select",
            let from = nodes.firstIndex(where: { $0.word == "from" }), from + 1 < nodes.count,
            case .hole(.relation(let base)) = nodes[from + 1].kind,
            let place = nodes.firstIndex(where: { $0.word == "where" }), place + 1 < nodes.count
        else { return nil }
        let naming = Array(nodes[from + 2..<place])
        let alias = naming.count == 2 && naming[0].word == "as" ? naming[1].column : nil
        guard naming.isEmpty || alias != nil else { return nil }
        let items = TemplateTree.split(Array(nodes[1..<from]), at: \.isComma)
        let names = items.map { Self.column($0, of: alias) }
        guard names == version.columns.map(\.name), version.columns.map(\.name) == pipeline[base].columns.map(\.name)
        else {
            return nil
        }
        let condition = Array(nodes[(place + 1)...])
        let ends: Set<String> = [
            "group", "order", "having", "limit", "offset", "fetch", "union", "except", "intersect", "window", "for",
        ]
        guard !condition.contains(where: { ends.contains($0.word) }) else { return nil }
        self.base = base
        self.alias = alias
        self.condition = condition
    }

    private static func column(_ item: [TemplateNode], of alias: String?) -> String? {
        switch item.count {
        case 1: item[0].column
        case 3 where item[0].column == alias && TemplateTree.signature([item[1]]) == ". ": item[2].column
        default: nil
        }
    }

    /// True for the rows that go: NULL keeps a row.
    var deleted: SQLTemplate {
        let count = condition.count
        if count == 4, let inner = condition[0].inner, condition[1].word == "is", condition[2].word == "not",
            condition[3].word == "true"
        {
            // A subquery's parentheses are its own.
            let isQuery = ["select", "with", "values"].contains(inner.first?.word ?? "")
            return TemplateTree.template(isQuery ? [condition[0]] : inner)
        }
        return "(\(TemplateTree.template(condition))) is not true"
    }
}
