import Tokens
import Versions

/// `(a, b) is distinct from (x, y)` as `(a is distinct from x or b is distinct from y)`: the same by definition, and each
/// pair has its line.
///
/// Source: PostgreSQL manual, "Row and Array Comparisons": rows are distinct where a pair of their fields is.
enum RowComparisons {
    static func spread(_ nodes: [TemplateNode]) -> [TemplateNode] {
        var result: [TemplateNode] = []
        var index = 0
        while index < nodes.count {
            var node = nodes[index]
            if case .group(let open, let inner, let closeLead, let close) = node.kind {
                node.kind = .group(open: open, spread(inner), closeLead: closeLead, close: close)
            }
            // `row(..)` is the same row.
            let start = node.word == "row" && index + 1 < nodes.count ? index + 1 : index
            if let (pairs, isDistinct, end) = comparison(nodes, start) {
                result.append(.group(joined(pairs, isDistinct: isDistinct), lead: node.lead))
                index = end
            } else {
                result.append(node)
                index += 1
            }
        }
        return result
    }

    private static func comparison(
        _ nodes: [TemplateNode], _ index: Int
    ) -> (pairs: [([TemplateNode], [TemplateNode])], isDistinct: Bool, end: Int)? {
        // `f(a, b)` is no row.
        if index > 0, nodes[index - 1].column != nil, !beforeRow.contains(nodes[index - 1].word) { return nil }
        guard let left = fields(nodes[index]), index + 4 < nodes.count, nodes[index + 1].word == "is" else {
            return nil
        }
        let isDistinct = nodes[index + 2].word == "distinct"
        let start = index + (isDistinct ? 2 : 3)
        guard isDistinct || nodes[index + 2].word == "not", start + 2 < nodes.count,
            nodes[start].word == "distinct", nodes[start + 1].word == "from"
        else { return nil }
        let last = nodes[start + 2].word == "row" && start + 3 < nodes.count ? start + 3 : start + 2
        guard let right = fields(nodes[last]), left.count == right.count, left.count > 1,
            !TemplateTree.hasComment(Array(nodes[(index + 1)...last])), !TemplateTree.hasComment([nodes[index]])
        else { return nil }
        return (Array(zip(left, right)), isDistinct, last + 1)
    }

    private static let beforeRow: Set<String> = [
        "and", "or", "not", "where", "when", "on", "then", "else", "select", "having", "distinct", "row",
    ]

    /// Simple expressions between commas; nil where one of them has an operator that binds less than IS.
    private static func fields(_ node: TemplateNode) -> [[TemplateNode]]? {
        guard let inner = node.inner, !ColumnReferences.isQuery(inner) else { return nil }
        let fields = TemplateTree.split(inner) { $0.isComma }
        let loose: Set<String> = [
            "and", "or", "not", "is", "in", "between", "like", "ilike", "similar", "as", "collate",
        ]
        let isPlain = fields.allSatisfy { field in
            !field.isEmpty && !field.contains { loose.contains($0.word) }
                && !field.contains { if case .atom("*", .op) = $0.kind { true } else { false } }
        }
        return isPlain ? fields : nil
    }

    private static func joined(
        _ pairs: [([TemplateNode], [TemplateNode])], isDistinct: Bool
    ) -> [TemplateNode] {
        var result: [TemplateNode] = []
        for (index, pair) in pairs.enumerated() {
            var (left, right) = pair
            left[0].lead = index == 0 ? "" : " "
            right[0].lead = " "
            if index > 0 { result.append(.word(isDistinct ? "or" : "and")) }
            result += left + [.word("is")] + (isDistinct ? [] : [.word("not")]) + [.word("distinct"), .word("from")]
            result += right
        }
        return result
    }
}
