import Tokens
import Versions

/// Steps that only pick, rename, fill up or filter as a whole what the step before them has made are written into it.
///
/// `insert into t (a, b) select .. ` is lowered to the query, with the target's names, and to a step that adds the
/// defaults of the other columns and the condition under which the statement runs. Where nothing else reads the query,
/// both are one SELECT. That holds when the query is one SELECT and the second step computes nothing from its rows; a
/// condition may be added where no aggregate would still give a row (FROM .. WHERE false has none without GROUP BY).
extension PipelineTidier {
    mutating func fuse() {
        var isDone = false
        while !isDone {
            isDone = true
            let (scalar, others) = uses()
            for index in trees.indices {
                let id = VersionID(index)
                guard let tree = trees[index], others[id] != nil || roots.contains(id),
                    let outer = SimpleSelect(tree), let inner = outer.onlySource, inner != id,
                    others[inner] == 1, scalar[inner] == nil, !roots.contains(inner),
                    let source = trees[inner.rawValue],
                    isFusable(inner, into: id), let fused = fused(outer, inner, source)
                else { continue }
                replace(id, by: fused)
                let (name, base) = (pipeline[id].name, pipeline[inner])
                passComments(of: inner, to: id)
                change(id) { version in
                    if name == base.name + "_rows" || name == base.name { version.name = base.name }
                    version.isVolatile = version.isVolatile || base.isVolatile
                }
                isDone = false
                // Counts are stale now.
                break
            }
        }
    }

    private func isFusable(_ inner: VersionID, into outer: VersionID) -> Bool {
        let (base, version) = (pipeline[inner], pipeline[outer])
        guard case .query = base.body, case .query = version.body else { return false }
        return base.appendBase == nil && version.appendBase == nil && !base.isRecursive && !version.isRecursive
            && !base.staysWithReaders && !version.staysWithReaders && !base.isScalar && base.table == nil
    }

    private func fused(_ outer: SimpleSelect, _ inner: VersionID, _ tree: [TemplateNode]) -> [TemplateNode]? {
        let names = pipeline[inner].columns.map(\.name)
        guard let source = SimpleSelect(tree), let items = source.namedItems(names) else { return nil }
        // Of the outer select only names and what reads no column.
        var list: [[TemplateNode]] = []
        var added: Set<String> = []
        for item in outer.items {
            if item.count == 1, let column = item[0].column, let found = items[column] {
                list.append(found)
                continue
            }
            guard let value = Self.value(of: item), let name = item.last?.column, Self.readsNoColumn(value) else {
                return nil
            }
            // Numbers are given before rows are thrown together, cut off or multiplied.
            if Self.hasWindow(item), source.isDistinct || source.isSorted || source.mayCallOtherFunctions { return nil }
            if source.isDistinct, !Substitution.isConstant(value) { return nil }
            added.insert(name)
            list.append(item)
        }
        guard source.allows(list, adding: added) else { return nil }
        var result = source
        result.items = list
        if let condition = outer.condition {
            guard Self.readsNoColumn(condition), !source.mayAggregateAll else { return nil }
            result.add(condition)
        }
        return result.nodes
    }

    /// `value as name`
    private static func value(of item: [TemplateNode]) -> [TemplateNode]? {
        guard item.count > 2, item[item.count - 2].word == "as" else { return nil }
        return Array(item.dropLast(2))
    }

    private static func hasWindow(_ nodes: [TemplateNode]) -> Bool {
        nodes.contains { node in
            if node.word == "over" { return true }
            return node.inner.map(hasWindow) ?? false
        }
    }

    /// Literals, parameters, the clock, functions of those and whole subqueries: nothing of the row.
    static func readsNoColumn(_ nodes: [TemplateNode]) -> Bool {
        for (index, node) in nodes.enumerated() {
            switch node.kind {
            case .hole: continue
            case .atom(_, .quotedIdentifier): return false
            case .atom(_, .word):
                if isWithoutColumns(node.word) { continue }
                let next = index + 1 < nodes.count ? nodes[index + 1] : nil
                if next?.inner != nil { continue }
                // date '2024-01-01'
                if case .atom(_, .string)? = next?.kind { continue }
                return false
            case .atom: continue
            case .group(_, let inner, _, _):
                if inner.first?.word == "select" {
                    guard ExpressionRules.reference([node]) != nil || isMaximum(inner) || isCountOfAll(inner) else {
                        return false
                    }
                    continue
                }
                let before = index > 0 ? nodes[index - 1].word : ""
                if before == "cast", let position = inner.lastIndex(where: { $0.word == "as" }) {
                    guard readsNoColumn(Array(inner[..<position])) else { return false }
                    continue
                }
                // extract(month from x)
                if before == "extract", let position = inner.firstIndex(where: { $0.word == "from" }) {
                    guard readsNoColumn(Array(inner[(position + 1)...])) else { return false }
                    continue
                }
                guard readsNoColumn(inner) else { return false }
            }
        }
        return true
    }

    /// `select max(x) from t`
    private static func isMaximum(_ nodes: [TemplateNode]) -> Bool {
        guard nodes.count == 5, nodes[1].word == "max", nodes[2].inner != nil, nodes[3].word == "from" else {
            return false
        }
        if case .hole(.relation) = nodes[4].kind { return true }
        return false
    }

    /// `select count(*) from t`
    private static func isCountOfAll(_ nodes: [TemplateNode]) -> Bool {
        guard nodes.count == 5, nodes[1].word == "count", nodes[2].inner?.count == 1, nodes[3].word == "from" else {
            return false
        }
        if case .hole(.relation) = nodes[4].kind { return true }
        return false
    }

    private static func isWithoutColumns(_ word: String) -> Bool {
        [
            "null", "true", "false", "not", "and", "or", "is", "case", "when", "then", "else", "end", "current_user",
            "session_user", "current_date", "current_timestamp", "localtimestamp", "over", "distinct", "from",
        ].contains(word)
    }
}
