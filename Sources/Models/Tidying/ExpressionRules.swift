import Tokens
import Versions

/// Local rules that make SQL shorter without changing a value: double casts, casts of what has the type already,
/// CASE whose branch is known, coalesce of what is never null, superfluous brackets.
///
/// Each rule holds for every value, NULL included. Nothing is evaluated that was not evaluated before, and a comment of
/// the original is never dropped.
struct ExpressionRules {
    /// The type of a version's column.
    let type: (VersionID, String) -> String?
    let parameterType: (String, String) -> String?
    /// A one-row version's column that is never null.
    let isNeverNull: (VersionID, String) -> Bool
    /// What holds wherever such a column is true.
    let implied: (VersionID, String) -> Set<String>

    func simplified(_ nodes: [TemplateNode]) -> [TemplateNode] { simplified(nodes, after: "") }

    private func simplified(_ nodes: [TemplateNode], after context: String) -> [TemplateNode] {
        var result: [TemplateNode] = []
        result.reserveCapacity(nodes.count)
        var index = 0
        while index < nodes.count {
            var node = nodes[index]
            if case .group(let open, let inner, let closeLead, let close) = node.kind {
                let inner = simplified(inner, after: result.last?.word ?? "")
                node.kind = .group(open: open, inner, closeLead: closeLead, close: close)
                result.append(node)
            } else if node.word == "case", let (parts, end) = CaseExpression.read(nodes, index) {
                result += simplified(parts, lead: node.lead)
                index = end
            } else {
                result.append(node)
            }
            index += 1
        }
        result = withoutCasts(result)
        result = withoutCoalesce(result)
        result = withoutRepetition(result)
        return Brackets.simplified(result, after: context)
    }

    // MARK: cast

    private func withoutCasts(_ nodes: [TemplateNode]) -> [TemplateNode] {
        var result = nodes
        var index = 0
        while index + 1 < result.count {
            defer { index += 1 }
            guard result[index].word == "cast", let inner = result[index + 1].inner,
                let position = inner.lastIndex(where: { $0.word == "as" }), position > 0
            else { continue }
            let value = Array(inner[..<position])
            let target = Array(inner[(position + 1)...])
            if has(value, type: target) {
                let lead = result[index].lead
                guard !TemplateTree.hasComment([result[index + 1]]) else { continue }
                result.replaceSubrange(index...index + 1, with: Self.operand(value, lead: lead))
            }
        }
        return result
    }

    /// Whether the value is of the type already, so that the cast does nothing.
    private func has(_ value: [TemplateNode], type target: [TemplateNode]) -> Bool {
        let value = Self.unwrapped(value)
        let name = Self.typeName(target)
        if value.count == 2, value[0].word == "cast", let inner = value[1].inner,
            let position = inner.lastIndex(where: { $0.word == "as" })
        {
            return Self.typeName(Array(inner[(position + 1)...])) == name
        }
        if name == "boolean", Self.isBoolean(value) { return true }
        if name == "bigint", Self.isCount(value) { return true }
        if value.count == 1, case .hole(let part) = value[0].kind {
            switch part {
            case .callTimestamp: return name == "timestamp with time zone"
            case .function: return false
            case .parameter(let routine, let parameter): return parameterType(routine, parameter) == name
            case .relation, .text, .legacyTable, .parameterText: return false
            }
        }
        if let (version, column) = Self.reference(value) { return type(version, column) == name }
        return false
    }

    /// As `format_type` writes it.
    private static func typeName(_ nodes: [TemplateNode]) -> String {
        let text = TemplateTree.signature(nodes)
        return text.replacing(" ( ", with: "(").replacing("( ", with: "(").replacing(" )", with: ")").replacing(
            " ,", with: ","
        ).replacing(", ", with: ",").trimmingSuffix
    }

    static func isBoolean(_ value: [TemplateNode]) -> Bool {
        if value.count == 1 { return ["true", "false"].contains(value[0].word) }
        let words = value.suffix(3).map(\.word)
        if words.suffix(2) == ["is", "null"] || words == ["is", "not", "null"] { return true }
        if value.first?.word == "exists" || value.first?.word == "not" && value.dropFirst().first?.word == "exists" {
            return value.count <= 3
        }
        return false
    }

    /// `(select count(*) from ..)` of everything, which is one bigint.
    static func isCount(_ value: [TemplateNode]) -> Bool {
        guard value.count == 1, let inner = value[0].inner, inner.count >= 5, inner[0].word == "select",
            inner[1].word == "count", inner[2].inner != nil, inner[3].word == "from"
        else { return false }
        let ends: Set<String> = ["group", "having", "limit", "offset", "union", "intersect", "except", "fetch", "for"]
        return !inner.contains { ends.contains($0.word) }
    }

    // MARK: coalesce

    private func withoutCoalesce(_ nodes: [TemplateNode]) -> [TemplateNode] {
        var result = nodes
        var index = 0
        while index + 1 < result.count {
            defer { index += 1 }
            guard result[index].word == "coalesce", let inner = result[index + 1].inner else { continue }
            if index > 0, case .atom(_, .dot) = result[index - 1].kind { continue }
            let arguments = TemplateTree.split(inner) { $0.isComma }
            guard arguments.count > 1, neverNull(arguments[0]),
                !TemplateTree.hasComment(arguments.dropFirst().flatMap { $0 })
            else { continue }
            result.replaceSubrange(
                index...index + 1, with: Self.operand(arguments[0], lead: result[index].lead))
        }
        return result
    }

    /// Whether an expression is never null, whatever the data.
    func neverNull(_ nodes: [TemplateNode]) -> Bool {
        let value = Self.unwrapped(nodes)
        guard let first = value.first else { return false }
        if value.count == 1 {
            if case .atom(_, let kind) = first.kind, kind == .string || kind == .number { return true }
            if ["true", "false"].contains(first.word) { return true }
            if let (version, column) = Self.reference(value) { return isNeverNull(version, column) }
            return Self.isCount(value)
        }
        if first.word == "case", let (parts, end) = CaseExpression.read(value, 0), end == value.count - 1 {
            guard let otherwise = parts.otherwise else { return false }
            return neverNull(otherwise) && parts.arms.allSatisfy { neverNull($0.value) }
        }
        if value.contains(where: { $0.word == "between" || $0.word == "case" }) { return false }
        for connective in ["or", "and"] where value.contains(where: { $0.word == connective }) {
            return TemplateTree.split(value) { $0.word == connective }.allSatisfy(neverNull)
        }
        if first.word == "not" { return neverNull(Array(value.dropFirst())) }
        let comparisons = value.indices.filter { index in
            if case .atom(let text, .op) = value[index].kind {
                return ["=", "<>", "!=", "<", ">", "<=", ">="].contains(text)
            }
            return false
        }
        if let position = comparisons.first, comparisons.count == 1, position == value.count - 2 {
            return neverNull(Array(value[..<position])) && neverNull(Array(value[(position + 1)...]))
        }
        if Self.isBoolean(value) { return true }
        if value.count == 2, let inner = value[1].inner {
            if first.word == "exists" { return true }
            if first.word == "coalesce" {
                return TemplateTree.split(inner) { $0.isComma }.contains(where: neverNull)
            }
        }
        return false
    }

    // MARK: and

    /// `a and b and a`: the second `a` says nothing new, nor does a `b` that `a` implies.
    private func withoutRepetition(_ nodes: [TemplateNode]) -> [TemplateNode] {
        guard nodes.count > 3, nodes.contains(where: { $0.word == "and" }),
            !nodes.contains(where: { ["or", "between", "case"].contains($0.word) })
        else { return nodes }
        // The chain begins behind the last clause word before its first AND.
        let clauses: Set<String> = ["where", "on", "having", "when", "select"]
        guard let first = nodes.firstIndex(where: { $0.word == "and" }) else { return nodes }
        let start = nodes[..<first].lastIndex { clauses.contains($0.word) || $0.isComma }.map { $0 + 1 } ?? 0
        let ends: Set<String> = [
            "group", "order", "limit", "offset", "having", "union", "intersect", "except", "left",
            "join", "inner", "right", "full", "cross", "where", "as", "window", "fetch", "for",
        ]
        let end = nodes[first...].firstIndex { ends.contains($0.word) || $0.isComma } ?? nodes.count
        let parts = TemplateTree.split(Array(nodes[start..<end])) { $0.word == "and" }
        guard !TemplateTree.hasComment(Array(nodes[start..<end])) else { return nodes }
        let signatures = parts.map { TemplateTree.signature(Self.unwrapped($0)) }
        let kept = parts.indices.filter { index in
            guard Self.isPlain(parts[index]) else { return true }
            if signatures[..<index].contains(signatures[index]) { return false }
            return !parts.indices.contains { other in
                guard other != index, let (version, column) = Self.reference(Self.unwrapped(parts[other])) else {
                    return false
                }
                return implied(version, column).contains(signatures[index])
            }
        }
        guard kept.count < parts.count else { return nodes }
        var result = Array(nodes[..<start])
        for index in kept {
            if result.count > start { result.append(.word("and")) }
            result += parts[index]
        }
        return result + nodes[end...]
    }

    /// What must hold for a condition to be true: its own parts, and the condition of the only CASE branch that is not
    /// false.
    func requirements(of condition: [TemplateNode]) -> Set<String> {
        let condition = Self.unwrapped(condition)
        if let (parts, end) = CaseExpression.read(condition, 0), end == condition.count - 1, parts.operand.isEmpty,
            parts.arms.count == 1, let otherwise = parts.otherwise, Self.unwrapped(otherwise).map(\.word) == ["false"]
        {
            return requirements(of: parts.arms[0].condition).union(requirements(of: parts.arms[0].value))
        }
        var result = Substitution.facts(condition)
        for part in Substitution.conjuncts(condition) {
            if let (version, column) = Self.reference(Self.unwrapped(part)) {
                result.formUnion(implied(version, column))
            }
        }
        return result
    }

    // MARK: case

    private func simplified(_ parts: CaseExpression, lead: String) -> [TemplateNode] {
        var parts = parts
        parts.operand = simplified(parts.operand, after: "case")
        parts.arms = parts.arms.map { arm in
            var arm = arm
            arm.condition = simplified(arm.condition, after: "when")
            arm.value = simplified(arm.value, after: "then")
            return arm
        }
        parts.otherwise = parts.otherwise.map { simplified($0, after: "else") }
        if parts.operand.isEmpty, parts.arms.count > 1 || !Self.isPlain(parts.arms[0].condition),
            let last = parts.otherwise, let (inner, end) = CaseExpression.read(Self.unwrapped(last), 0),
            end == Self.unwrapped(last).count - 1, inner.operand.isEmpty, !TemplateTree.hasComment(last)
        {
            // ELSE CASE .. END is one more WHEN; without ELSE the value is null in both.
            parts.arms += inner.arms
            parts.otherwise = inner.otherwise
            parts.elseWord = inner.elseWord
            return parts.nodes(lead: lead)
        }
        guard parts.operand.isEmpty, parts.arms.count == 1, let otherwise = parts.otherwise,
            Self.isPlain(parts.arms[0].condition)
        else { return parts.nodes(lead: lead) }
        let condition = TemplateTree.signature(Self.unwrapped(parts.arms[0].condition))
        if let inner = Self.singleCase(parts.arms[0].value), inner.condition == condition {
            parts.arms[0].value = inner.value
        }
        if let inner = Self.singleCase(otherwise), inner.condition == condition {
            parts.otherwise = inner.otherwise
        }
        if let last = parts.otherwise, let (inner, end) = CaseExpression.read(Self.unwrapped(last), 0),
            end == Self.unwrapped(last).count - 1, inner.operand.isEmpty, !TemplateTree.hasComment(last),
            TemplateTree.signature(Self.unwrapped(parts.arms[0].value)) != TemplateTree.signature(Self.unwrapped(last))
        {
            // ELSE CASE .. END is one more WHEN; without ELSE the value is null in both.
            parts.arms += inner.arms
            parts.otherwise = inner.otherwise
            parts.elseWord = inner.elseWord
            return parts.nodes(lead: lead)
        }
        let value = parts.arms[0].value
        guard let otherwise = parts.otherwise, !TemplateTree.hasComment(parts.nodes(lead: "")) else {
            return parts.nodes(lead: lead)
        }
        if TemplateTree.signature(Self.unwrapped(value)) == TemplateTree.signature(Self.unwrapped(otherwise)) {
            return Self.operand(value, lead: lead)
        }
        let isFalse = Self.unwrapped(otherwise).map(\.word) == ["false"]
        if isFalse, neverNull(parts.arms[0].condition) {
            if Self.unwrapped(value).map(\.word) == ["true"] {
                return Self.operand(parts.arms[0].condition, lead: lead)
            }
            // Both sides are values that are there already: no evaluation is spared by CASE.
            if Self.isPlain(value), !Self.mentionsOr(parts.arms[0].condition), !Self.mentionsOr(value) {
                var both = parts.arms[0].condition
                both.append(.word("and"))
                both += value
                return Self.operand(both, lead: lead)
            }
        }
        return parts.nodes(lead: lead)
    }

    private static func mentionsOr(_ nodes: [TemplateNode]) -> Bool { unwrapped(nodes).contains { $0.word == "or" } }

    private static func singleCase(
        _ nodes: [TemplateNode]
    ) -> (condition: String, value: [TemplateNode], otherwise: [TemplateNode])? {
        let nodes = unwrapped(nodes)
        guard let (parts, end) = CaseExpression.read(nodes, 0), end == nodes.count - 1, parts.operand.isEmpty,
            parts.arms.count == 1, let otherwise = parts.otherwise, !TemplateTree.hasComment(nodes)
        else { return nil }
        return (TemplateTree.signature(unwrapped(parts.arms[0].condition)), parts.arms[0].value, otherwise)
    }

    /// Nothing but stored scalars, parameters and literals under NOT, AND, OR and IS NULL: it cannot fail and has no
    /// effect.
    static func isPlain(_ nodes: [TemplateNode]) -> Bool {
        nodes.allSatisfy { node in
            if reference([node]) != nil { return true }
            switch node.kind {
            case .hole(.parameter): return true
            case .hole: return false
            case .atom(_, let kind):
                return ["not", "and", "or", "is", "null", "true", "false"].contains(node.word) || kind == .number
            case .group(let open, let inner, _, _): return open == "(" && isPlain(inner)
            }
        }
    }

    /// Whether evaluating it where it would not have been evaluated could stop the build: divisions, conversions of text.
    static func mayFail(_ nodes: [TemplateNode]) -> Bool {
        for (index, node) in nodes.enumerated() {
            switch node.kind {
            case .hole: continue
            case .atom(let text, let kind):
                if kind == .op, ["/", "%", "^"].contains(text) { return true }
                if kind == .op, text == "::" {
                    let target = index + 1 < nodes.count ? nodes[index + 1].word : ""
                    if !["text", "varchar", "boolean", "date", "timestamp"].contains(target) { return true }
                }
                if kind == .word, failing.contains(node.word) { return true }
            case .group(_, let inner, _, _):
                if index > 0, nodes[index - 1].word == "cast",
                    let position = inner.lastIndex(where: { $0.word == "as" })
                {
                    let value = Array(inner[..<position])
                    let isSafe = reference(value) != nil || isCount(value) || isLiteral(value)
                    if !isSafe, !["text", "character", "boolean"].contains(inner[safely: position + 1]?.word ?? "") {
                        return true
                    }
                    continue
                }
                // What a subquery computes belongs to the subquery.
                if inner.first?.word == "select" { continue }
                if mayFail(inner) { return true }
            }
        }
        return false
    }

    /// A division outside subqueries: what a routine computes behind a test for zero.
    static func divides(_ nodes: [TemplateNode]) -> Bool {
        nodes.contains { node in
            switch node.kind {
            case .atom(let text, .op): text == "/" || text == "%"
            case .atom, .hole: false
            case .group(_, let inner, _, _): inner.first?.word != "select" && divides(inner)
            }
        }
    }

    private static let failing: Set<String> = [
        "to_date", "to_number", "to_timestamp", "sqrt", "ln", "log", "power", "make_date", "mod", "div",
    ]

    private static func isLiteral(_ value: [TemplateNode]) -> Bool {
        guard value.count == 1, case .atom(_, let kind) = value[0].kind else { return false }
        return kind == .string || kind == .number || ["null", "true", "false"].contains(value[0].word)
    }

    // MARK: shapes

    /// `(select column from version)`.
    static func reference(_ nodes: [TemplateNode]) -> (VersionID, String)? {
        guard nodes.count == 1, let inner = nodes[0].inner, inner.count == 4, inner[0].word == "select",
            let column = inner[1].column, inner[2].word == "from", case .hole(.relation(let version)) = inner[3].kind
        else { return nil }
        return (version, column)
    }

    /// Without brackets around the whole.
    static func unwrapped(_ nodes: [TemplateNode]) -> [TemplateNode] {
        guard nodes.count == 1, let inner = nodes[0].inner, Brackets.isExpression(inner) else { return nodes }
        return unwrapped(inner)
    }

    /// The nodes as an operand of whatever stands around them.
    static func operand(_ nodes: [TemplateNode], lead: String) -> [TemplateNode] {
        var nodes = unwrapped(nodes)
        guard Brackets.isAtomic(nodes) else {
            nodes[0].lead = nodes[0].lead.trimmingPrefix(while: \.isWhitespace).description
            return [.group(nodes, lead: lead)]
        }
        nodes[0].lead = lead + nodes[0].lead.trimmingPrefix(while: \.isWhitespace)
        return nodes
    }
}

extension Array {
    fileprivate subscript(safely index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}

extension String {
    fileprivate var trimmingSuffix: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
