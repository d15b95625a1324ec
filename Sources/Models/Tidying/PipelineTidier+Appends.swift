import Tokens
import Versions

/// Several INSERTs into one table that nobody looks at in between are one: log entries, mostly.
///
/// `T@1 = T@0 + r1`, `T@2 = T@1 + r2` is `T@0 + (r1 + r2)`. Where the table numbers its rows, each step counts on from
/// the greatest number so far; one `row_number()` over all steps in their order gives the same numbers.
extension PipelineTidier {
    /// One INSERT: the version that it makes and the rows that it adds.
    private struct Link {
        var version: VersionID
        var rows: VersionID
        var columns: [String]
    }

    mutating func joinAppends() {
        let bases = Set(pipeline.versions.compactMap(\.appendBase))
        let (scalar, others) = uses()
        var done: Set<VersionID> = []
        for index in trees.indices.reversed() where !done.contains(VersionID(index)) {
            let id = VersionID(index)
            guard others[id] != nil || roots.contains(id), pipeline[id].appendBase != nil else { continue }
            // Begin at the last one of a chain.
            if bases.contains(id), isInside(id, scalar, others) { continue }
            var chain: [Link] = []
            var current = id
            while let link = link(current), let base = pipeline[current].appendBase {
                chain.append(link)
                guard isInside(base, scalar, others) else { break }
                current = base
            }
            guard chain.count > 1, let first = chain.last, let base = pipeline[first.version].appendBase else {
                continue
            }
            done.formUnion(chain.map(\.version))
            join(chain.reversed(), onto: base, scalar, others)
        }
    }

    /// Read as the base of the next INSERT and, for its greatest number, by that INSERT's rows; by nothing else.
    private func isInside(_ id: VersionID, _ scalar: [VersionID: Int], _ others: [VersionID: Int]) -> Bool {
        guard pipeline[id].appendBase != nil, !roots.contains(id), scalar[id] == nil,
            let next = pipeline.versions.first(where: { $0.appendBase == id }), let link = link(next.id),
            let rows = trees[link.rows.rawValue]
        else { return false }
        return others[id] == 1 + Self.maxima(rows).filter { $0 == id }.count
    }

    /// `select list from base union all select list from rows`
    private func link(_ id: VersionID) -> Link? {
        guard let tree = trees[id.rawValue], let base = pipeline[id].appendBase,
            let union = tree.firstIndex(where: { $0.word == "union" }), union + 2 < tree.count,
            tree[union + 1].word == "all",
            let old = SimpleSelect(Array(tree[..<union])), old.onlySource == base,
            let new = SimpleSelect(Array(tree[(union + 2)...])), let rows = new.onlySource, rows != base
        else { return nil }
        let columns = new.items.compactMap { $0.count == 1 ? $0[0].column : nil }
        let same = old.items.compactMap { $0.count == 1 ? $0[0].column : nil }
        guard columns.count == new.items.count, same == columns else { return nil }
        return Link(version: id, rows: rows, columns: columns)
    }

    /// Versions whose greatest value is asked for: `(select max(x) from version)`.
    private static func maxima(_ nodes: [TemplateNode]) -> [VersionID] {
        nodes.flatMap { node -> [VersionID] in
            guard let inner = node.inner else { return [] }
            if inner.count == 5, inner[0].word == "select", inner[1].word == "max", inner[3].word == "from",
                case .hole(.relation(let id)) = inner[4].kind
            {
                return [id]
            }
            return maxima(inner)
        }
    }

    private mutating func join(
        _ chain: [Link], onto base: VersionID, _ scalar: [VersionID: Int], _ others: [VersionID: Int]
    ) {
        guard let last = chain.last, chain.allSatisfy({ $0.columns == last.columns }) else { return }
        let inner = Set(chain.dropLast().map(\.version))
        let isNumbered = chain.contains { link in
            trees[link.rows.rawValue].map { !inner.isDisjoint(with: Self.maxima($0)) } ?? false
        }
        let isLog = chain.allSatisfy { link in
            others[link.rows] == 1 && scalar[link.rows] == nil && !roots.contains(link.rows)
                && pipeline[link.rows].table == nil && !pipeline[link.rows].staysWithReaders
        }
        if isLog {
            let parts = parts(of: chain)
            if parts.count > 1 {
                var below = base
                for part in parts {
                    if part.count > 1 { joinEntries(part, onto: below, start: base, isNumbered: isNumbered) }
                    below = part[part.count - 1].version
                }
                return
            }
            if joinEntries(chain, onto: base, start: base, isNumbered: isNumbered) { return }
        }
        guard !isNumbered else { return }
        var tree = Self.pick(last.columns, from: base, lead: "")
        for link in chain {
            tree += [.word("union", lead: "\n"), .word("all")]
            tree += Self.pick(last.columns, from: link.rows, lead: "\n")
        }
        replace(last.version, by: tree)
        change(last.version) { $0.appendBase = base }
    }

    /// A list of entries that a model could not hold in `entryLines` lines, in parts of about the same length: each has a
    /// place of its own, where the model can be cut.
    private func parts(of chain: [Link]) -> [[Link]] {
        var imported: Set<VersionID> = []
        let lines = chain.map { link -> Int in
            guard let tree = trees[link.rows.rawValue], let select = SimpleSelect(tree) else { return 1 }
            let relations = TemplateTree.relations(tree)
            let imports = Set(relations).subtracting(imported)
            imported.formUnion(imports)
            let comments = pipeline[link.rows].comments.count + pipeline[link.version].comments.count
            let written = select.items.map(Self.lines).reduce(0, +) + Self.lines(select.condition ?? [])
            return written + comments + 3 + 5 * imports.count
        }
        let count = (lines.reduce(0, +) + Self.entryLines - 1) / Self.entryLines
        guard count > 1 else { return [chain] }
        let goal = (lines.reduce(0, +) + count - 1) / count
        var parts: [[Link]] = [[]]
        var sum = 0
        for (link, size) in zip(chain, lines) {
            if sum >= goal * parts.count { parts.append([]) }
            parts[parts.count - 1].append(link)
            sum += size
        }
        return parts
    }

    /// Lines of one list with its imports, so that its model stays below 200.
    private static let entryLines = 180

    /// About how many lines the project's formatting gives an expression: one where it fits, else short ones.
    private static func lines(_ expression: [TemplateNode]) -> Int {
        let length = TemplateTree.signature(expression).count + 28 * TemplateTree.relations(expression).count
        return length <= 66 ? 1 : 1 + length / 16
    }

    /// All rows in one CTE, in the order of the INSERTs, numbered as a whole.
    ///
    /// - Parameter start: the table as it was before the first part: its greatest number counts, too.
    @discardableResult
    private mutating func joinEntries(
        _ chain: [Link], onto base: VersionID, start: VersionID, isNumbered: Bool
    ) -> Bool {
        guard let last = chain.last else { return false }
        let ordinal = last.columns.contains("entry_number") ? "entry_ordinal" : "entry_number"
        var number: (name: String, value: [TemplateNode])?
        var entries: [TemplateNode] = []
        for (position, link) in chain.enumerated() {
            guard let tree = trees[link.rows.rawValue], var select = SimpleSelect(tree), !select.isDistinct,
                !select.isSorted, let items = select.namedItems(link.columns)
            else { return false }
            if isNumbered {
                let inner = Set(chain.map(\.version))
                guard let (name, value) = Self.number(items, known: inner.union([base, start])) else {
                    return false
                }
                if let known = number?.name, known != name { return false }
                if number == nil {
                    guard Set(TemplateTree.relations(value)).isSubset(of: [base, start]) else { return false }
                    number = (name, value)
                }
            } else if items.values.contains(where: Self.isNumber) {
                return false
            }
            let kept = link.columns.filter { $0 != number?.name }.compactMap { items[$0] }
            let label: [TemplateNode] = [
                TemplateNode(lead: "", kind: .atom(String(position + 1), .number)), .word("as"), .word(ordinal),
            ]
            select.items = isNumbered ? [label] + kept : kept
            var nodes = select.nodes
            let comments = pipeline[link.rows].comments + pipeline[link.version].comments
            nodes[0].lead = "\n" + comments.map { "-- \($0.replacing("\n", with: " "))\n" }.joined()
            if position > 0 { entries += [.word("union", lead: "\n"), .word("all")] }
            entries += nodes
        }
        let first = chain[0].rows
        replace(first, by: entries)
        let lines = chain.map { pipeline[$0.rows] }.filter { $0.routine == pipeline[first].routine }.map(\.lines)
        let range = (lines.map(\.lowerBound).min() ?? 1)...(lines.map(\.upperBound).max() ?? 1)
        let isVolatile = chain.contains { pipeline[$0.rows].isVolatile }
        change(first) { version in
            version.comments = []
            version.lines = range
            version.isVolatile = isVolatile
        }
        guard let number else {
            replace(last.version, by: Self.append(last.columns, base: base, rows: first))
            change(last.version) { version in
                version.appendBase = base
                version.comments = []
            }
            return true
        }
        // The second INSERT's rows are not needed any more: their place is taken by the numbered entries.
        let numbered = chain[1].rows
        let columns = pipeline[numbered].columns
        let name = pipeline[first].name
        change(first) { version in
            version.name = name + "_entries"
            version.columns =
                [VersionColumn(ordinal, "integer")] + version.columns.filter { $0.name != number.name }
        }
        var list: [[TemplateNode]] = []
        for column in last.columns {
            list.append(column == number.name ? Self.numbered(number.value, by: ordinal) : [Self.name(column)])
        }
        var tree: [TemplateNode] = [.word("select", lead: "")]
        for (index, item) in list.enumerated() {
            if index > 0 { tree.append(TemplateNode(lead: "", kind: .atom(",", .comma))) }
            var item = item
            if item[0].lead.isEmpty { item[0].lead = " " }
            tree += item
        }
        tree += [.word("from"), TemplateNode(lead: " ", kind: .hole(.relation(first)))]
        replace(numbered, by: tree)
        change(numbered) { version in
            version.name = name
            version.comments = []
            version.lines = range
            version.columns = columns
            version.isVolatile = true
        }
        replace(last.version, by: Self.append(last.columns, base: base, rows: numbered))
        change(last.version) { version in
            version.appendBase = base
            version.comments = []
        }
        return true
    }

    /// The item that counts on from the greatest number: `cast(.. max(x) .. + row_number() over () as type) as x`.
    private static func number(
        _ items: [String: [TemplateNode]], known: Set<VersionID>
    ) -> (String, [TemplateNode])? {
        let found = items.filter { isNumber($0.value) }
        guard found.count == 1, let (name, value) = found.first.map({ ($0.key, $0.value) }) else { return nil }
        guard Set(TemplateTree.relations(value)).isSubset(of: known) else { return nil }
        return (name, value)
    }

    private static func isNumber(_ item: [TemplateNode]) -> Bool {
        item.indices.contains { index in
            if let inner = item[index].inner, isNumber(inner) { return true }
            return item[index].word == "row_number" && index + 2 < item.count && item[index + 2].word == "over"
        }
    }

    private static func numbered(_ item: [TemplateNode], by ordinal: String) -> [TemplateNode] {
        var result = item
        for index in result.indices {
            if index > 1, result[index - 1].word == "over", result[index].inner?.isEmpty == true {
                result[index] = .group([.word("order", lead: ""), .word("by"), .word(ordinal)])
            } else if case .group(let open, let inner, let closeLead, let close) = result[index].kind {
                result[index].kind = .group(
                    open: open, numbered(inner, by: ordinal), closeLead: closeLead, close: close)
            }
        }
        return result
    }

    private static func append(_ columns: [String], base: VersionID, rows: VersionID) -> [TemplateNode] {
        pick(columns, from: base, lead: "") + [.word("union", lead: "\n"), .word("all")]
            + pick(columns, from: rows, lead: "\n")
    }

    private static func pick(_ columns: [String], from version: VersionID, lead: String) -> [TemplateNode] {
        var nodes: [TemplateNode] = [.word("select", lead: lead)]
        for (index, column) in columns.enumerated() {
            if index > 0 { nodes.append(TemplateNode(lead: "", kind: .atom(",", .comma))) }
            nodes.append(name(column))
        }
        return nodes + [.word("from"), TemplateNode(lead: " ", kind: .hole(.relation(version)))]
    }

    private static func name(_ column: String) -> TemplateNode {
        let text = SQLText.identifier(column)
        return TemplateNode(lead: " ", kind: .atom(text, text.hasPrefix("\"") ? .quotedIdentifier : .word))
    }
}
