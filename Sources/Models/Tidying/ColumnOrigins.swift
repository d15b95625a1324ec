import Catalog
import Tokens
import Versions

/// Which version's column a qualified name means, and what is known about it.
struct ColumnOrigins {
    let pipeline: LoweredPipeline
    /// Tables of the database that the pipeline writes.
    let persisted: Set<QualifiedName>
    let tree: (VersionID) -> [TemplateNode]?

    init(_ pipeline: LoweredPipeline, tree: @escaping (VersionID) -> [TemplateNode]?) {
        self.pipeline = pipeline
        self.tree = tree
        persisted = Set(pipeline.finals.map(\.table))
    }

    /// Names in FROM of one SELECT that stand for a whole version.
    static func aliases(_ select: [TemplateNode]) -> [String: VersionID] {
        var result: [String: VersionID] = [:]
        var doubtful: Set<String> = []
        for index in select.indices {
            guard case .hole(.relation(let version)) = select[index].kind else { continue }
            var next = index + 1
            if next < select.count, select[next].word == "as" { next += 1 }
            guard next < select.count, let alias = select[next].column else { continue }
            // Renamed columns are other ones.
            if next + 1 < select.count, select[next + 1].inner != nil { doubtful.insert(alias) }
            if result.updateValue(version, forKey: alias) != nil { doubtful.insert(alias) }
        }
        return result.filter { !doubtful.contains($0.key) }
    }

    /// The type that a table's column has in the database; other versions' types were inferred, not declared.
    func declaredType(_ version: VersionID, _ column: String) -> String? {
        let version = pipeline[version]
        switch version.body {
        case .state, .source: break
        case .query where version.table.map(persisted.contains) == true: break
        case .query, .refused: return nil
        }
        return version.columns.first { $0.name == column }?.type
    }

    /// A length that no value of a version's column has more characters than; nil where none is known.
    func longest(_ version: VersionID, _ column: String, depth: Int = 0) -> Int? {
        guard depth < 12 else { return nil }
        let version = pipeline[version]
        switch version.body {
        case .state, .source:
            return version.columns.first { $0.name == column }?.type.flatMap(Self.length)
        case .refused: return nil
        case .query:
            guard !version.isRecursive, let tree = tree(version.id) else { return nil }
            var result = 0
            for part in TemplateTree.split(tree, at: { $0.word == "union" }) {
                let nodes = part.first?.word == "all" ? Array(part.dropFirst()) : part
                guard let select = SimpleSelect(nodes),
                    let item = select.namedItems(version.columns.map(\.name))?[column]
                else { return nil }
                var value = item
                if item.count > 2, item[item.count - 2].word == "as" { value = Array(item.dropLast(2)) }
                guard let length = longest(value, nodes, select, depth) else { return nil }
                result = max(result, length)
            }
            return result
        }
    }

    private func longest(
        _ value: [TemplateNode], _ nodes: [TemplateNode], _ select: SimpleSelect, _ depth: Int
    ) -> Int? {
        let value = ExpressionRules.unwrapped(value)
        if value.count == 3, case .atom(_, .dot) = value[1].kind, let alias = value[0].column,
            let name = value[2].column
        {
            return Self.aliases(nodes)[alias].flatMap { longest($0, name, depth: depth + 1) }
        }
        if value.count == 1 {
            switch value[0].kind {
            case .atom(let text, .string):
                return text.hasPrefix("'") ? text.dropFirst().dropLast().replacing("''", with: "'").count : nil
            case .atom: break
            case .hole, .group: return nil
            }
            if value[0].word == "null" { return 0 }
            guard let name = value[0].column, let only = select.source else { return nil }
            return longest(only, name, depth: depth + 1)
        }
        if let (parts, end) = CaseExpression.read(value, 0), end == value.count - 1 {
            let values = parts.arms.map(\.value) + (parts.otherwise.map { [$0] } ?? [])
            let lengths = values.map { longest($0, nodes, select, depth) }
            return lengths.contains { $0 == nil } ? nil : lengths.compactMap { $0 }.max()
        }
        guard value.count == 2, let inner = value[1].inner else { return nil }
        let arguments = TemplateTree.split(inner) { $0.isComma }
        switch value[0].word {
        case "cast":
            guard let position = inner.lastIndex(where: { $0.word == "as" }) else { return nil }
            let type = TemplateTree.signature(Array(inner[(position + 1)...])).replacing(" ", with: "")
            let declared = type.hasPrefix("charactervarying(") ? Int(type.dropFirst(17).dropLast()) : nil
            let own = longest(Array(inner[..<position]), nodes, select, depth)
            guard type.hasPrefix("charactervarying") || type == "text" else { return nil }
            return [declared, own].compactMap { $0 }.min()
        case "left":
            guard arguments.count == 2, arguments[1].count == 1, case .atom(let text, .number) = arguments[1][0].kind
            else {
                return nil
            }
            return Int(text)
        case "btrim", "ltrim", "rtrim", "nullif":
            return arguments.first.flatMap { longest($0, nodes, select, depth) }
        case "coalesce":
            let lengths = arguments.map { longest($0, nodes, select, depth) }
            return lengths.contains { $0 == nil } ? nil : lengths.compactMap { $0 }.max()
        case "md5": return 32
        default: return nil
        }
    }

    static func length(_ type: String) -> Int? {
        guard type.hasPrefix("character varying("), type.hasSuffix(")") else { return nil }
        return Int(type.dropFirst("character varying(".count).dropLast())
    }
}

extension PipelineTidier {
    /// Casts of what a table's column is already, and lengths that every value keeps anyway.
    mutating func dropNeedlessCasts() {
        // As lowered: what is dropped here changes no value.
        let origins = ColumnOrigins(pipeline) { [trees] in trees[$0.rawValue] }
        for index in trees.indices {
            guard let tree = trees[index] else { continue }
            var isChanged = false
            let parts = TemplateTree.split(tree) { $0.word == "union" }
            let result = dropped(tree, parts.count == 1 ? ColumnOrigins.aliases(tree) : [:], origins, &isChanged)
            let settled = parts.count == 1 ? settled(result, origins, &isChanged) : result
            if isChanged { replace(VersionID(index), by: settled) }
        }
    }

    /// `cast(t.x as its type)`
    private func dropped(
        _ nodes: [TemplateNode], _ aliases: [String: VersionID], _ origins: ColumnOrigins, _ isChanged: inout Bool
    ) -> [TemplateNode] {
        var result: [TemplateNode] = []
        var index = 0
        while index < nodes.count {
            defer { index += 1 }
            var node = nodes[index]
            if node.word == "cast", index + 1 < nodes.count, let inner = nodes[index + 1].inner, inner.count > 4,
                let alias = inner[0].column, case .atom(_, .dot) = inner[1].kind, let column = inner[2].column,
                inner[3].word == "as", let version = aliases[alias],
                let type = origins.declaredType(version, column),
                Self.isSame(type, TemplateTree.signature(Array(inner[4...])))
            {
                var name = Array(inner[..<3])
                name[0].lead = node.lead
                result += name
                index += 1
                isChanged = true
                continue
            }
            if case .group(let open, let inner, let closeLead, let close) = node.kind {
                // Inside a subquery the names may mean others.
                let visible = inner.contains { $0.word == "from" } ? [:] : aliases
                node.kind = .group(
                    open: open, dropped(inner, visible, origins, &isChanged), closeLead: closeLead, close: close)
            }
            result.append(node)
        }
        return result
    }

    private static func isSame(_ type: String, _ signature: String) -> Bool {
        let cast = signature.replacing(" ", with: "")
        let own = type.replacing(" ", with: "")
        // `character varying` is written without its length: longer values are for the built table to refuse.
        return cast == own || cast == "charactervarying" && own.hasPrefix("charactervarying")
    }

    /// `case when char_length(rtrim(x)) > n then x else cast(x as character varying(n)) end`, where x is never longer.
    private func settled(
        _ nodes: [TemplateNode], _ origins: ColumnOrigins, _ isChanged: inout Bool
    ) -> [TemplateNode] {
        guard var select = SimpleSelect(nodes), let source = select.onlySource else { return nodes }
        for index in select.items.indices {
            let item = select.items[index]
            guard let (parts, end) = CaseExpression.read(item, 0), end == item.count - 3, item[end + 1].word == "as",
                let name = item.last?.column, parts.arms.count == 1, parts.arms[0].value.count == 1,
                parts.arms[0].value[0].column == name, parts.arms[0].condition.first?.word == "char_length",
                case .atom(let text, .number)? = parts.arms[0].condition.last?.kind, let limit = Int(text),
                let otherwise = parts.otherwise,
                TemplateTree.signature(otherwise).replacing(" ", with: "")
                    == "cast(\(TemplateTree.signature(parts.arms[0].value).replacing(" ", with: ""))"
                    + "ascharactervarying(\(limit)))",
                let longest = origins.longest(source, name), longest <= limit, var last = item.last
            else { continue }
            last.lead = item[0].lead
            select.items[index] = [last]
            isChanged = true
        }
        return isChanged ? select.nodes : nodes
    }

    /// Steps that pass on all columns of a version as they are: their readers read the version itself.
    mutating func skipCopies() {
        var copies: [VersionID: VersionID] = [:]
        for index in trees.indices {
            let id = VersionID(index)
            guard !roots.contains(id), pipeline[id].appendBase == nil, !pipeline[id].staysWithReaders,
                !pipeline[id].isScalar, let tree = trees[index], let select = SimpleSelect(tree),
                select.condition == nil, let source = select.onlySource, source != id,
                !pipeline[source].staysWithReaders,
                select.items.map({ $0.count == 1 ? $0[0].column : nil }) == pipeline[source].columns.map(\.name)
            else { continue }
            copies[id] = source
        }
        guard !copies.isEmpty else { return }
        func origin(_ id: VersionID) -> VersionID {
            var id = id
            while let next = copies[id] { id = next }
            return id
        }
        let bases = Set(pipeline.versions.compactMap(\.appendBase))
        for index in trees.indices {
            guard let tree = trees[index], TemplateTree.relations(tree).contains(where: { copies[$0] != nil }) else {
                continue
            }
            replace(VersionID(index), by: Self.reading(tree, origin))
            for version in TemplateTree.relations(tree) where copies[version] != nil && !bases.contains(version) {
                passComments(of: version, to: VersionID(index))
            }
        }
        for version in pipeline.versions {
            if let base = version.appendBase, copies[base] != nil {
                change(version.id) { $0.appendBase = origin(base) }
            }
        }
    }

    private static func reading(_ nodes: [TemplateNode], _ origin: (VersionID) -> VersionID) -> [TemplateNode] {
        nodes.map { node in
            var node = node
            switch node.kind {
            case .hole(.relation(let id)): node.kind = .hole(.relation(origin(id)))
            case .group(let open, let inner, let closeLead, let close):
                node.kind = .group(open: open, reading(inner, origin), closeLead: closeLead, close: close)
            case .hole, .atom: break
            }
            return node
        }
    }
}
