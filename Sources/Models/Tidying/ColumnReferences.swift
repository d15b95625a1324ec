import Tokens
import Versions

/// Finds the column references of one SELECT's expressions, without those of the SELECTs inside.
///
/// It works on tokens: words that PostgreSQL's grammar takes for something else where they stand (types, aliases, fields of
/// EXTRACT, frame words) are left out.
enum ColumnReferences {
    enum Reference {
        /// `column`
        case bare(String)
        /// `qualifier.column`; nil for `qualifier.*`.
        case dotted(qualifier: String, column: String?)
    }

    /// The nodes with some references replaced.
    ///
    /// - Parameter change: what takes the place of a reference (its nodes); nil leaves it.
    static func mapped(
        _ nodes: [TemplateNode], _ change: (Reference, [TemplateNode]) -> [TemplateNode]?
    ) -> [TemplateNode] {
        var result: [TemplateNode] = []
        var index = 0
        while index < nodes.count {
            let node = nodes[index]
            let previous = index > 0 ? nodes[index - 1] : nil
            if case .group(let open, let inner, let closeLead, let close) = node.kind {
                var node = node
                if !isQuery(inner) {
                    let kept = open == "(" ? fixed(inner, behind: previous?.word ?? "") : inner.count..<inner.count
                    let head = mapped(Array(inner[..<kept.lowerBound]), change)
                    let tail = mapped(Array(inner[kept.upperBound...]), change)
                    node.kind = .group(open: open, head + inner[kept] + tail, closeLead: closeLead, close: close)
                }
                result.append(node)
                index += 1
                continue
            }
            if isOperator(node, "::") {
                let end = endOfType(nodes, index + 1)
                result += nodes[index..<end]
                index = end
                continue
            }
            let (reference, length) = reference(nodes, index)
            let own = Array(nodes[index..<index + length])
            result += reference.flatMap { change($0, own) } ?? own
            index += length
        }
        return result
    }

    static func isQuery(_ nodes: [TemplateNode]) -> Bool {
        ["select", "with", "values"].contains(nodes.first?.word ?? "")
    }

    static func isDot(_ node: TemplateNode) -> Bool {
        if case .atom(_, .dot) = node.kind { true } else { false }
    }

    private static func isOperator(_ node: TemplateNode, _ text: String) -> Bool {
        if case .atom(text, .op) = node.kind { true } else { false }
    }

    /// What of the arguments names no column: the type of CAST, the field of EXTRACT.
    private static func fixed(_ inner: [TemplateNode], behind function: String) -> Range<Int> {
        switch function {
        case "cast": (inner.lastIndex { $0.word == "as" } ?? inner.count)..<inner.count
        case "extract": 0..<min(1, inner.count)
        default: inner.count..<inner.count
        }
    }

    private static func endOfType(_ nodes: [TemplateNode], _ start: Int) -> Int {
        var end = min(start + 1, nodes.count)
        while end < nodes.count {
            if isDot(nodes[end]), end + 1 < nodes.count {
                end += 2
            } else if typeWords.contains(nodes[end].word) {
                end += 1
            } else {
                break
            }
        }
        return end
    }

    /// The reference that begins here, and how many nodes belong together.
    private static func reference(_ nodes: [TemplateNode], _ index: Int) -> (Reference?, Int) {
        guard let name = nodes[index].column else { return (nil, 1) }
        // `a.b`, `a.b.c`, `a.*`
        var end = index + 1
        while end + 1 < nodes.count, isDot(nodes[end]) { end += 2 }
        let isCall = end < nodes.count && nodes[end].inner != nil
        let previous = index > 0 ? nodes[index - 1] : nil
        guard !isCall, previous.map(isDot) != true, !isNamed(behind: previous) else { return (nil, end - index) }
        if end - index == 3 {
            if let column = nodes[index + 2].column {
                return (.dotted(qualifier: name, column: column), 3)
            }
            return isOperator(nodes[index + 2], "*") ? (.dotted(qualifier: name, column: nil), 3) : (nil, 3)
        }
        guard end - index == 1 else { return (nil, end - index) }
        let next = index + 1 < nodes.count ? nodes[index + 1] : nil
        if case .atom(_, .string)? = next?.kind { return (nil, 1) }
        if let next, isOperator(next, "=>") || isOperator(next, ":=") { return (nil, 1) }
        if case .atom(_, .quotedIdentifier) = nodes[index].kind { return (.bare(name), 1) }
        return fixedWords.contains(name) ? (nil, 1) : (.bare(name), 1)
    }

    /// Behind these a word is an alias, a window, a collation, a unit.
    private static func isNamed(behind node: TemplateNode?) -> Bool {
        guard let node else { return false }
        if case .atom(_, .string) = node.kind { return true }
        return ["as", "over", "collate", "operator", "nulls", "at", "interval"].contains(node.word)
    }

    private static let typeWords: Set<String> = ["varying", "precision", "with", "without", "time", "zone"]

    // Words with a place of their own in expressions.
    private static let fixedWords: Set<String> = [
        "rows", "range", "groups", "unbounded", "preceding", "following", "current", "row", "exclude", "ties", "no",
        "others", "time", "zone", "first", "last", "escape", "separator", "by", "partition", "filter", "within", "over",
        "nulls", "leading", "trailing", "both",
    ]
}
