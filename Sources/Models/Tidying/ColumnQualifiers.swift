import Tokens
import Versions

/// Makes the column references of each SELECT consistent: with one table none is qualified, with several all are.
///
/// The text keeps its meaning: a qualifier goes only where the table is the only one in sight, and comes only where one of
/// the tables has the column. Where that is not known the SELECT stays as it is.
struct ColumnQualifiers {
    /// Column names of a version.
    let columns: (VersionID) -> [String]

    func applied(to nodes: [TemplateNode]) -> [TemplateNode] { query(nodes, isNested: false) }

    // MARK: Aliases

    /// `from version as alias`, and nobody says `alias`.
    ///
    /// In a subquery that looks out it stays: the version's own name might be that of a table outside.
    private func withoutUnusedAliases(_ scope: SelectScope, isNested: Bool) -> [TemplateNode] {
        var scope = scope
        if isNested, Self.hasDot(scope.nodes) { return scope.nodes }
        scope.dropAliases { alias, nodes in Self.count(alias, nodes) == 1 }
        return scope.nodes
    }

    private static func hasDot(_ nodes: [TemplateNode]) -> Bool {
        nodes.contains { node in
            if case .group(_, let inner, _, _) = node.kind { return hasDot(inner) }
            return ColumnReferences.isDot(node)
        }
    }

    private static func count(_ name: String, _ nodes: [TemplateNode]) -> Int {
        nodes.reduce(0) { sum, node in
            if case .group(_, let inner, _, _) = node.kind { return sum + count(name, inner) }
            return sum + (node.column == name ? 1 : 0)
        }
    }

    // MARK: Queries

    private func query(_ nodes: [TemplateNode], isNested: Bool) -> [TemplateNode] {
        var result: [TemplateNode] = []
        var rest = nodes[...]
        if nodes.first?.word == "with" {
            guard let main = nodes.firstIndex(where: { $0.word == "select" }) else { return nodes }
            result = inside(Array(nodes[..<main]), isNested: isNested)
            rest = nodes[main...]
        }
        let operators: Set<String> = ["union", "intersect", "except"]
        let isCombined = rest.contains { operators.contains($0.word) }
        while !rest.isEmpty {
            let end = rest.firstIndex { operators.contains($0.word) } ?? rest.endIndex
            var part = Array(rest[..<end])
            var tail: [TemplateNode] = []
            // ORDER BY behind a set operation sorts the whole, by its output.
            if isCombined, end == rest.endIndex, let order = part.firstIndex(where: { $0.word == "order" }) {
                tail = Array(part[order...])
                part = Array(part[..<order])
            }
            if part.first?.word == "select" {
                result += select(part, isNested: isNested)
            } else {
                result += inside(part, isNested: isNested)
            }
            result += tail
            rest = rest[end...]
            while let next = rest.first, operators.contains(next.word) || ["all", "distinct"].contains(next.word) {
                result.append(next)
                rest = rest.dropFirst()
            }
        }
        return result
    }

    /// `exists (select * from ..)` asks for no column.
    private static func withoutStar(_ nodes: [TemplateNode]) -> [TemplateNode] {
        guard nodes.count > 2, nodes[0].word == "select", nodes[2].word == "from",
            case .atom("*", .op) = nodes[1].kind
        else { return nodes }
        var nodes = nodes
        nodes[1].kind = .atom("1", .number)
        return nodes
    }

    private func inside(_ nodes: [TemplateNode], isNested: Bool) -> [TemplateNode] {
        nodes.indices.map { index in
            inside(nodes[index], isNested: isNested, isExists: index > 0 && nodes[index - 1].word == "exists")
        }
    }

    private func inside(_ node: TemplateNode, isNested: Bool, isExists: Bool = false) -> TemplateNode {
        guard case .group(let open, let nodes, let closeLead, let close) = node.kind else { return node }
        var node = node
        let inner = isExists ? Self.withoutStar(nodes) : nodes
        let changed =
            ["select", "with"].contains(inner.first?.word ?? "")
            ? query(inner, isNested: isNested) : inside(inner, isNested: isNested)
        node.kind = .group(open: open, changed, closeLead: closeLead, close: close)
        return node
    }

    // MARK: One SELECT

    private func select(_ nodes: [TemplateNode], isNested: Bool) -> [TemplateNode] {
        guard var scope = SelectScope(nodes, columns: columns) else {
            return inside(nodes, isNested: true)
        }
        makeConsistent(&scope, isNested: isNested)
        scope.nameOutputs()
        return withoutUnusedAliases(scope, isNested: isNested)
    }

    private func makeConsistent(_ scope: inout SelectScope, isNested: Bool) {
        scope.mapSubqueries { inside($0, isNested: isNested || $1) }
        guard scope.isKnown else { return }
        let aliases = Set(scope.sources.compactMap(\.alias))
        var bare: Set<String> = []
        var dotted: Set<String> = []
        var hasOther = scope.hasArguments
        var hasStar = false
        var ownUses = 0
        let known = scope
        scope.mapExpressions { reference, _ in
            switch reference {
            case .bare(let name): if !owners(name, known).isEmpty { bare.insert(name) }
            case .dotted(let qualifier, let column):
                if aliases.contains(qualifier) {
                    dotted.insert(column ?? "")
                    ownUses += 1
                } else {
                    hasOther = true
                }
                hasStar = hasStar || column == nil
            }
            return nil
        }
        if isNested, !dotted.isEmpty { scope.qualifyStar() }
        guard !bare.isEmpty, bare.union(dotted).isDisjoint(with: scope.sortedOutputs) else { return }
        if scope.sources.count > 1 {
            guard scope.sources.allSatisfy({ $0.columns != nil && $0.alias != nil }),
                aliases.count == scope.sources.count
            else { return }
            qualify(&scope)
            return
        }
        // A subquery that looks out at the table counts as a reference with its name.
        let uses = scope.sources[0].alias.map { Self.count($0, scope.nodes) - 1 - ownUses } ?? 0
        let isLookedAt = uses > 0 && scope.sources[0].alias != nil
        if !dotted.isEmpty || isNested && hasOther || scope.sources[0].isFunction || isLookedAt {
            let areNames = dotted.allSatisfy { SQLText.identifier($0) == $0 || $0.contains(where: \.isUppercase) }
            let areColumns = scope.sources[0].columns.map { dotted.isSubset(of: $0) } ?? false
            if isNested || hasStar || scope.sources[0].isFunction || isLookedAt || !areNames || !areColumns {
                qualify(&scope)
            } else {
                strip(&scope)
            }
        }
    }

    private func owners(_ column: String, _ scope: SelectScope) -> [String?] {
        scope.sources.filter { $0.columns?.contains(column) == true }.map(\.alias)
    }

    private func qualify(_ scope: inout SelectScope) {
        let known = scope
        scope.mapExpressions { reference, nodes in
            guard case .bare(let name) = reference else { return nil }
            let owners = owners(name, known)
            guard owners.count == 1, let alias = owners[0], var column = nodes.first else { return nil }
            let text = SQLText.identifier(alias)
            let first = TemplateNode(
                lead: column.lead, kind: .atom(text, text.hasPrefix("\"") ? .quotedIdentifier : .word))
            column.lead = ""
            return [first, TemplateNode(lead: "", kind: .atom(".", .dot)), column]
        }
    }

    private func strip(_ scope: inout SelectScope) {
        guard let alias = scope.sources[0].alias else { return }
        scope.mapExpressions { reference, nodes in
            guard case .dotted(alias, _?) = reference, nodes.count == 3, !TemplateTree.hasComment(Array(nodes[1...]))
            else { return nil }
            var column = nodes[2]
            column.lead = nodes[0].lead
            return [column]
        }
    }
}
