import Tokens

/// Round brackets that say nothing.
enum Brackets {
    /// Words behind which a bracket only groups.
    private static let openers: Set<String> = ["and", "or", "not", "when", "then", "else", "select", "where", "having"]
    /// What may follow when a whole expression lies between two delimiters.
    private static let closers: Set<String> = ["as", "when", "then", "else", "end", "from"]
    private static let queryWords: Set<String> = ["select", "with", "values", "table"]
    private static let notFunctions: Set<String> = [
        "not", "and", "or", "in", "any", "all", "some", "is", "between", "like", "ilike", "case", "when", "then",
        "else",
        "select", "distinct", "from", "on", "using", "over", "filter", "within", "by", "as", "row", "array",
    ]

    static func simplified(_ nodes: [TemplateNode], after context: String) -> [TemplateNode] {
        // Lists whose elements are bracketed for a reason.
        if ["sets", "cube", "rollup", "on", "by", "in", "any", "all", "row", "values", "as", "using"].contains(context)
            || nodes.contains(where: { ["values", "sets", "group"].contains($0.word) })
        {
            return nodes
        }
        var result = nodes
        var index = 0
        while index < result.count {
            defer { index += 1 }
            guard let inner = result[index].inner, isExpression(inner), !closes(result[index]) else { continue }
            let before = index > 0 ? result[index - 1] : nil
            let after = index + 1 < result.count ? result[index + 1] : nil
            guard isSuperfluous(inner, before, after, in: result) else { continue }
            var content = inner
            content[0].lead = result[index].lead + content[0].lead.trimmingPrefix(while: \.isWhitespace)
            result.replaceSubrange(index...index, with: content)
            // Brackets may have stood in brackets.
            index -= 1
        }
        return result
    }

    private static func isSuperfluous(
        _ inner: [TemplateNode], _ before: TemplateNode?, _ after: TemplateNode?, in nodes: [TemplateNode]
    ) -> Bool {
        let isOpened = before.map { $0.isComma || openers.contains($0.word) } ?? true
        let isClosed = after.map { $0.isComma || closers.contains($0.word) } ?? true
        if isOpened, isClosed, before?.word != "not", before?.word != "and", before?.word != "or" { return true }
        if isAtomic(inner) {
            let isFree =
                after.map { node in
                    if case .atom(_, let kind) = node.kind {
                        kind != .dot
                    } else {
                        node.inner == nil && !isSubscript(node)
                    }
                } ?? true
            return isFree && (isOpened || before?.isOperator == true && !isCast(before))
        }
        guard !nodes.contains(where: { $0.word == "between" }), !inner.contains(where: { $0.word == "or" }) else {
            return false
        }
        // AND is associative, and everything but OR binds tighter.
        let joinsBefore = ["where", "when", "having", "and"].contains(before?.word ?? "")
        let joinsAfter = after.map { ["and", "then"].contains($0.word) } ?? true
        return joinsBefore && joinsAfter && (before?.word == "and" || after == nil || after?.word == "and")
    }

    private static func isCast(_ node: TemplateNode?) -> Bool {
        if case .atom("::", _)? = node?.kind { true } else { false }
    }
    private static func isSubscript(_ node: TemplateNode) -> Bool {
        if case .group("[", _, _, _) = node.kind { true } else { false }
    }
    private static func closes(_ node: TemplateNode) -> Bool {
        if case .group(_, _, let lead, _) = node.kind { !lead.allSatisfy(\.isWhitespace) } else { false }
    }

    /// One expression: no query, no list, no join.
    static func isExpression(_ nodes: [TemplateNode]) -> Bool {
        guard let first = nodes.first, !queryWords.contains(first.word) else { return false }
        return !nodes.contains { $0.isComma || ["join", "on", "order"].contains($0.word) }
    }

    /// No operator around it can take it apart.
    static func isAtomic(_ nodes: [TemplateNode]) -> Bool {
        switch nodes.count {
        case 1:
            switch nodes[0].kind {
            case .atom(_, let kind):
                return kind == .word || kind == .quotedIdentifier || kind == .string || kind == .number
            case .hole: return true
            case .group: return true
            }
        case 2:
            guard case .atom(_, let kind) = nodes[0].kind, kind == .word else { return false }
            if case .atom(_, .string) = nodes[1].kind { return !notFunctions.contains(nodes[0].word) }
            return nodes[1].inner != nil && !notFunctions.contains(nodes[0].word)
        case 3:
            // column of a table
            if case .atom(_, .dot) = nodes[1].kind { return true }
            return false
        default:
            // CASE .. END is its own bracket.
            if let (_, end) = CaseExpression.read(nodes, 0) { return end == nodes.count - 1 }
            return false
        }
    }
}
