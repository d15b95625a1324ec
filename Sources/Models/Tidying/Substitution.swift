import Tokens
import Versions

/// Puts values of scalars where they are read: what only passes on another scalar, what is constant, and a branch that is
/// known to be taken.
///
/// A variable that is set under a condition holds its old value otherwise: `case when c then new else old end`. Where its
/// reader runs under the same condition, it is the new value.
struct Substitution {
    /// The expression behind a column of a one-row version.
    let value: (VersionID, String) -> [TemplateNode]?
    let neverNull: ([TemplateNode]) -> Bool
    /// What holds where a condition does.
    let requirements: ([TemplateNode]) -> Set<String>
    /// The scalar is the condition of an IF or of a RETURN.
    let isCondition: (VersionID, String) -> Bool

    func applied(to tree: [TemplateNode]) -> [TemplateNode] {
        var facts: Set<String> = []
        // A row is only made where the condition holds; an aggregate makes one anyway.
        if let select = SimpleSelect(tree), let condition = select.condition, !select.mayAggregateAll {
            facts = requirements(condition)
        }
        return applied(to: tree, facts)
    }

    private func applied(to nodes: [TemplateNode], _ facts: Set<String>) -> [TemplateNode] {
        var result: [TemplateNode] = []
        result.reserveCapacity(nodes.count)
        var index = 0
        while index < nodes.count {
            defer { index += 1 }
            var node = nodes[index]
            if let (version, column) = ExpressionRules.reference([node]), let value = value(version, column),
                let simple = known(version, column, value, facts)
            {
                result += ExpressionRules.operand(simple, lead: node.lead)
            } else if case .group(let open, let inner, let closeLead, let close) = node.kind {
                let inner = Self.withoutKnown(applied(to: inner, facts), facts)
                node.kind = .group(open: open, inner, closeLead: closeLead, close: close)
                result.append(node)
            } else if let (parts, end) = CaseExpression.read(nodes, index) {
                if let value = branch(parts, facts) {
                    result += ExpressionRules.operand(applied(to: value, facts), lead: node.lead)
                } else {
                    result += applied(to: parts, facts).nodes(lead: node.lead)
                }
                index = end
            } else {
                result.append(node)
            }
        }
        return result
    }

    private func applied(to parts: CaseExpression, _ facts: Set<String>) -> CaseExpression {
        var parts = parts
        var facts = facts
        parts.operand = applied(to: parts.operand, facts)
        for index in parts.arms.indices {
            let condition = Self.withoutFacts(applied(to: parts.arms[index].condition, facts), facts)
            parts.arms[index].condition = condition
            guard parts.operand.isEmpty else {
                parts.arms[index].value = applied(to: parts.arms[index].value, facts)
                continue
            }
            parts.arms[index].value = applied(
                to: parts.arms[index].value, facts.union(requirements(parts.arms[index].condition)))
            if let opposite = opposite(condition) { facts.insert(opposite) }
        }
        parts.otherwise = parts.otherwise.map { applied(to: $0, facts) }
        return parts
    }

    /// The value that a reader may write instead of reading the scalar.
    private func known(
        _ version: VersionID, _ column: String, _ value: [TemplateNode], _ facts: Set<String>
    ) -> [TemplateNode]? {
        if Self.isConstant(value) || ExpressionRules.reference(value) != nil { return value }
        let plain = ExpressionRules.unwrapped(value)
        // A condition that has a name keeps it: it says more, and can be recognised as the same.
        if isCondition(version, column) { return nil }
        guard let (parts, end) = CaseExpression.read(plain, 0), end == plain.count - 1,
            let branch = branch(parts, facts), Self.isMovable(branch)
        else { return nil }
        return branch
    }

    /// The branch of a CASE that the facts choose.
    private func branch(_ parts: CaseExpression, _ facts: Set<String>) -> [TemplateNode]? {
        guard !facts.isEmpty, parts.operand.isEmpty, parts.arms.count == 1, let otherwise = parts.otherwise,
            !TemplateTree.hasComment(parts.nodes(lead: ""))
        else { return nil }
        let condition = parts.arms[0].condition
        let needed = Self.facts(condition)
        if !needed.isEmpty, Self.isWhole(condition), needed.isSubset(of: facts), Self.isTyped(parts.arms[0].value) {
            return parts.arms[0].value
        }
        if let opposite = opposite(condition), facts.contains(opposite), Self.isTyped(otherwise) { return otherwise }
        return nil
    }

    /// A subquery's WHERE without what holds anyway.
    private static func withoutKnown(_ nodes: [TemplateNode], _ facts: Set<String>) -> [TemplateNode] {
        guard !facts.isEmpty, let select = SimpleSelect(nodes), let condition = select.condition,
            !TemplateTree.hasComment(condition)
        else { return nodes }
        let parts = conjuncts(condition)
        let kept = parts.filter { !ExpressionRules.isPlain($0) || !facts.contains(TemplateTree.signature($0)) }
        guard kept.count < parts.count else { return nodes }
        var result = select
        result.setCondition(kept)
        return result.nodes
    }

    /// A condition without the parts that hold anyway; itself where nothing would be left.
    private static func withoutFacts(_ condition: [TemplateNode], _ facts: Set<String>) -> [TemplateNode] {
        guard !facts.isEmpty, !TemplateTree.hasComment(condition) else { return condition }
        let parts = conjuncts(condition)
        let kept = parts.filter { !ExpressionRules.isPlain($0) || !facts.contains(TemplateTree.signature($0)) }
        guard !kept.isEmpty, kept.count < parts.count else { return condition }
        var result: [TemplateNode] = []
        for part in kept {
            if !result.isEmpty { result.append(.word("and")) }
            if part.contains(where: { ["or", "between", "case"].contains($0.word) }) {
                result.append(.group(part))
            } else {
                result += part
            }
        }
        return result
    }

    // MARK: facts

    /// What holds where a condition does: its parts that are stored values.
    static func facts(_ condition: [TemplateNode]) -> Set<String> {
        Set(conjuncts(condition).filter(ExpressionRules.isPlain).map(TemplateTree.signature))
    }

    private static func isWhole(_ condition: [TemplateNode]) -> Bool {
        conjuncts(condition).allSatisfy(ExpressionRules.isPlain)
    }

    /// What holds where a condition of one part is not true, if it is never null.
    private func opposite(_ condition: [TemplateNode]) -> String? {
        let parts = Self.conjuncts(condition)
        guard parts.count == 1, ExpressionRules.isPlain(parts[0]), neverNull(parts[0]) else { return nil }
        if parts[0].first?.word == "not" {
            return TemplateTree.signature(ExpressionRules.unwrapped(Array(parts[0].dropFirst())))
        }
        return ExpressionRules.reference(parts[0]) == nil ? nil : "not " + TemplateTree.signature(parts[0])
    }

    static func conjuncts(_ condition: [TemplateNode]) -> [[TemplateNode]] {
        let condition = ExpressionRules.unwrapped(condition)
        guard !condition.contains(where: { ["or", "between", "case"].contains($0.word) }) else { return [condition] }
        let parts = TemplateTree.split(condition) { $0.word == "and" }
        guard parts.count > 1 else { return parts }
        return parts.flatMap(conjuncts)
    }

    // MARK: values

    /// Reads of scalars replaced by what `value` gives for them.
    static func replacing(
        _ nodes: [TemplateNode], _ value: (VersionID, String) -> [TemplateNode]?
    ) -> [TemplateNode] {
        var result: [TemplateNode] = []
        result.reserveCapacity(nodes.count)
        for var node in nodes {
            if let (version, column) = ExpressionRules.reference([node]), let value = value(version, column) {
                result += ExpressionRules.operand(value, lead: node.lead)
                continue
            }
            if case .group(let open, let inner, let closeLead, let close) = node.kind {
                node.kind = .group(open: open, replacing(inner, value), closeLead: closeLead, close: close)
            }
            result.append(node)
        }
        return result
    }

    /// Short enough to be read where it is used, and of the same type there.
    static func isMovable(_ value: [TemplateNode], limit: Int = 24) -> Bool {
        TemplateTree.size(value) <= limit && isTyped(value) && !TemplateTree.hasComment(Array(value.dropFirst()))
            && value.first?.lead.allSatisfy(\.isWhitespace) == true
    }

    /// A short typed value that no row decides.
    static func isConstant(_ value: [TemplateNode]) -> Bool {
        guard TemplateTree.size(value) <= 8, isTyped(value), !TemplateTree.hasComment(value) else { return false }
        if value.count == 1 {
            switch value[0].kind {
            case .atom(_, let kind): return kind == .number || ["true", "false"].contains(value[0].word)
            case .hole(let part): if case .parameter = part { return true } else { return false }
            case .group: return false
            }
        }
        guard value.count == 2 else { return false }
        // date '2024-07-01', cast('x' as text)
        if case .atom(_, .string) = value[1].kind { return Brackets.isAtomic(value) }
        guard value[0].word == "cast", let inner = value[1].inner, let first = inner.first, inner.count > 2,
            inner[1].word == "as", case .atom(_, let kind) = first.kind
        else { return false }
        return kind == .string || kind == .number || ["null", "true", "false"].contains(first.word)
    }

    /// A bare string or NULL has no type: elsewhere it could get another one.
    static func isTyped(_ value: [TemplateNode]) -> Bool {
        let value = ExpressionRules.unwrapped(value)
        guard value.count == 1, case .atom(_, let kind) = value[0].kind else { return !value.isEmpty }
        return kind != .string && value[0].word != "null"
    }
}
