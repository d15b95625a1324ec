import Tokens
import Versions

/// The tables of one SELECT, and its expressions.
struct SelectScope {
    struct Source {
        var alias: String?
        /// Nil where they are not known.
        var columns: [String]?
        /// `f(..) as alias (columns)`
        var isFunction = false
    }
    private struct Part {
        enum Kind { case keyword, list, table(isLateral: Bool), expression, sorting, rest }
        var kind: Kind
        var nodes: [TemplateNode]
    }

    private(set) var sources: [Source] = []
    /// No column stands for those of several tables, nothing is sampled or numbered.
    private(set) var isKnown = true
    private var parts: [Part] = []
    private let columns: (VersionID) -> [String]

    /// - Parameter nodes: begin with SELECT, without set operations.
    init?(_ nodes: [TemplateNode], columns: @escaping (VersionID) -> [String]) {
        guard nodes.first?.word == "select" else { return nil }
        self.columns = columns
        parts.append(Part(kind: .keyword, nodes: [nodes[0]]))
        var index = 1
        if index < nodes.count, ["distinct", "all"].contains(nodes[index].word) {
            parts.append(Part(kind: .keyword, nodes: [nodes[index]]))
            index += 1
            if index + 1 < nodes.count, nodes[index].word == "on", nodes[index + 1].inner != nil {
                parts.append(Part(kind: .keyword, nodes: [nodes[index]]))
                parts.append(Part(kind: .sorting, nodes: [nodes[index + 1]]))
                index += 2
            }
        }
        var kind = Part.Kind.list
        var section: [TemplateNode] = []
        while index < nodes.count {
            guard let next = Self.clause(nodes, index) else {
                section.append(nodes[index])
                index += 1
                continue
            }
            close(kind, section)
            section = []
            parts.append(Part(kind: .keyword, nodes: Array(nodes[index..<index + next.length])))
            kind = next.kind
            index += next.length
            if case .rest = kind {
                section = Array(nodes[index...])
                break
            }
        }
        close(kind, section)
    }

    private mutating func close(_ kind: Part.Kind, _ nodes: [TemplateNode]) {
        if case .table = kind { readFrom(nodes) } else { parts.append(Part(kind: kind, nodes: nodes)) }
    }

    private static func clause(_ nodes: [TemplateNode], _ index: Int) -> (kind: Part.Kind, length: Int)? {
        let next = index + 1 < nodes.count ? nodes[index + 1].word : ""
        switch nodes[index].word {
        case "from": return nodes[index - 1].word == "distinct" && index > 2 ? nil : (.table(isLateral: false), 1)
        case "where", "having", "window": return (.expression, 1)
        case "group" where next == "by", "order" where next == "by": return (.sorting, 2)
        case "limit", "offset", "fetch", "for": return (.rest, 1)
        default: return nil
        }
    }

    // MARK: FROM

    private static let joinWords: Set<String> = ["natural", "left", "right", "full", "inner", "cross", "outer", "join"]

    private mutating func readFrom(_ nodes: [TemplateNode]) {
        var table: [TemplateNode] = []
        var condition: [TemplateNode] = []
        var isCondition = false
        func isJoin(_ index: Int) -> Bool {
            let word = nodes[index].word
            guard Self.joinWords.contains(word) else { return false }
            return word == "join" || index + 1 < nodes.count && Self.joinWords.contains(nodes[index + 1].word)
        }
        for (index, node) in nodes.enumerated() {
            let word = node.word
            if node.isComma || isJoin(index) || word == "on" && !isCondition {
                if isCondition {
                    parts.append(Part(kind: .expression, nodes: condition))
                } else if !table.isEmpty {
                    addTable(table)
                }
                if word == "natural" { isKnown = false }
                (table, condition, isCondition) = ([], [], word == "on")
                parts.append(Part(kind: .keyword, nodes: [node]))
            } else if isCondition {
                condition.append(node)
            } else {
                if ["using", "tablesample", "ordinality"].contains(word) { isKnown = false }
                table.append(node)
            }
        }
        if isCondition { parts.append(Part(kind: .expression, nodes: condition)) } else { addTable(table) }
    }

    private mutating func addTable(_ nodes: [TemplateNode]) {
        guard !nodes.isEmpty else { return }
        var own = nodes[...]
        let isLateral = own.first?.word == "lateral"
        while let word = own.first?.word, word == "lateral" || word == "only" { own = own.dropFirst() }
        parts.append(Part(kind: .table(isLateral: isLateral), nodes: nodes))
        guard let first = own.first else {
            isKnown = false
            return
        }
        var source = Source()
        var list: [TemplateNode]?
        if let position = own.firstIndex(where: { $0.word == "as" }), position + 1 < own.endIndex {
            source.alias = own[position + 1].column
            list = position + 2 < own.endIndex ? own[position + 2].inner : nil
            own = own[..<position]
        } else if own.count == 1 {
            source.alias = first.column
        } else if own.count == 2, own.last?.inner != nil {
            source.alias = first.column
        } else if let last = own.last?.column, own.count == 2 {
            source.alias = last
            own = own.dropLast()
        } else {
            isKnown = false
        }
        if let list {
            let names = TemplateTree.split(list) { $0.isComma }.map { $0.first?.column }
            source.columns = names.contains(nil) ? nil : names.compactMap(\.self)
            source.isFunction = own.count == 2 && own.last?.inner != nil
        } else if own.count == 1 {
            source.columns = Self.columns(of: first, columns)
        }
        sources.append(source)
    }

    private static func columns(
        of node: TemplateNode, _ columns: @escaping (VersionID) -> [String]
    ) -> [String]? {
        if case .hole(.relation(let id)) = node.kind {
            let names = columns(id)
            return names.isEmpty ? nil : names
        }
        guard let inner = node.inner, inner.first?.word == "select" else { return nil }
        let end = inner.firstIndex { ["union", "intersect", "except"].contains($0.word) } ?? inner.endIndex
        guard let select = SelectScope(Array(inner[..<end]), columns: columns) else { return nil }
        let names = select.outputs
        return names.contains(nil) ? nil : names.compactMap(\.self)
    }

    // MARK: Output

    private var items: [[TemplateNode]] {
        for part in parts {
            if case .list = part.kind { return TemplateTree.split(part.nodes) { $0.isComma } }
        }
        return []
    }

    /// Names of the output columns; nil where one is not plain to see.
    var outputs: [String?] {
        items.map { item in
            if item.count == 1 { return item[0].column }
            if item.count > 2, item[item.count - 2].word == "as" { return item[item.count - 1].column }
            return item.count == 3 && ColumnReferences.isDot(item[1]) ? item[2].column : nil
        }
    }

    /// Names that output columns have or may have and that GROUP BY, ORDER BY or DISTINCT ON mention: a bare name may mean
    /// the output there.
    var sortedOutputs: Set<String> {
        var made: Set<String> = []
        for item in items { made.formUnion(Self.madeNames(item)) }
        return made.intersection(namesInSorting)
    }

    /// What an output column that is more than a column of a table may be called: its alias; without one PostgreSQL takes
    /// the name of a column or function in it (`id::text` is called id).
    private static func madeNames(_ item: [TemplateNode]) -> Set<String> {
        if item.count > 2, item[item.count - 2].word == "as", let name = item.last?.column {
            let value = Array(item.dropLast(2))
            return isColumn(value) && value.last?.column == name ? [] : [name]
        }
        return isColumn(item) ? [] : words(item)
    }

    /// `count(*) n`: a label without AS, or what looks like one.
    private static func mayHaveLabel(_ item: [TemplateNode]) -> Bool {
        guard !isColumn(item), item.last?.column != nil else { return false }
        let previous = item[item.count - 2]
        return !previous.isOperator && !["and", "or", "not"].contains(previous.word)
    }

    private static func isColumn(_ nodes: [TemplateNode]) -> Bool {
        nodes.count == 1 || nodes.count == 3 && ColumnReferences.isDot(nodes[1])
    }

    private static func words(_ nodes: [TemplateNode]) -> Set<String> {
        var result: Set<String> = []
        for node in nodes {
            if case .group(_, let inner, _, _) = node.kind { result.formUnion(words(inner)) }
            if let name = node.column { result.insert(name) }
        }
        return result
    }

    private var namesInSorting: Set<String> {
        var named: Set<String> = []
        for part in parts {
            guard case .sorting = part.kind else { continue }
            _ = ColumnReferences.mapped(part.nodes) { reference, _ in
                switch reference {
                case .bare(let name): named.insert(name)
                case .dotted(_, let column): if let column { named.insert(column) }
                }
                return nil
            }
        }
        return named
    }

    /// A function in FROM whose arguments name columns of other tables.
    var hasArguments: Bool {
        var found = false
        for part in parts {
            guard case .table = part.kind, let arguments = part.nodes.dropFirst().first?.inner,
                !ColumnReferences.isQuery(arguments)
            else { continue }
            _ = ColumnReferences.mapped(arguments) { reference, _ in
                if case .dotted = reference { found = true }
                return nil
            }
        }
        return found
    }

    // MARK: Changes

    /// Output columns of the queries in FROM get the names of their lists: `(select count(*)) as q(n)` becomes
    /// `(select count(*) as n) as q`.
    mutating func nameOutputs() {
        for index in parts.indices {
            var own = parts[index].nodes
            guard case .table = parts[index].kind, own.count >= 4, let list = own.last?.inner,
                own[own.count - 3].word == "as",
                case .group(let open, let inner, let closeLead, let close) = own[own.count - 4].kind,
                inner.first?.word == "select", !TemplateTree.hasComment([own[own.count - 1]])
            else { continue }
            let names = TemplateTree.split(list) { $0.isComma }.map { $0.count == 1 ? $0[0].column : nil }
            guard !names.contains(nil),
                let (renamed, isComplete) = Self.renamed(inner, names.compactMap(\.self), columns)
            else { continue }
            own[own.count - 4].kind = .group(open: open, renamed, closeLead: closeLead, close: close)
            if isComplete { own.removeLast() }
            parts[index].nodes = own
        }
    }

    /// The same for each SELECT of a set operation, and whether all columns have their names now; nil for a query that stays
    /// as it is.
    private static func renamed(
        _ nodes: [TemplateNode], _ names: [String], _ columns: @escaping (VersionID) -> [String]
    ) -> (nodes: [TemplateNode], isComplete: Bool)? {
        var isComplete = true
        let operators: Set<String> = ["union", "intersect", "except"]
        let isCombined = nodes.contains { operators.contains($0.word) }
        if isCombined, nodes.contains(where: { $0.word == "order" }) { return nil }
        var result: [TemplateNode] = []
        var rest = nodes[...]
        while !rest.isEmpty {
            let end = rest.firstIndex { operators.contains($0.word) } ?? rest.endIndex
            guard var query = SelectScope(Array(rest[..<end]), columns: columns), let all = query.rename(names) else {
                return nil
            }
            isComplete = isComplete && all
            result += query.nodes
            rest = rest[end...]
            while let next = rest.first, operators.contains(next.word) || ["all", "distinct"].contains(next.word) {
                result.append(next)
                rest = rest.dropFirst()
            }
        }
        return (result, isComplete)
    }

    /// `*` of the only table as `alias.*`.
    mutating func qualifyStar() {
        guard sources.count == 1, let alias = sources[0].alias else { return }
        for index in parts.indices {
            guard case .list = parts[index].kind, parts[index].nodes.count == 1,
                case .atom("*", .op) = parts[index].nodes[0].kind
            else { continue }
            let text = SQLText.identifier(alias)
            parts[index].nodes = [
                TemplateNode(
                    lead: parts[index].nodes[0].lead,
                    kind: .atom(text, text.hasPrefix("\"") ? .quotedIdentifier : .word)),
                TemplateNode(lead: "", kind: .atom(".", .dot)), TemplateNode(lead: "", kind: .atom("*", .op)),
            ]
        }
    }

    /// Gives the output columns other names but those that GROUP BY, ORDER BY or DISTINCT ON may mean by the old or the new
    /// name; says whether all have them, nil where the columns cannot be told apart.
    private mutating func rename(_ names: [String]) -> Bool? {
        guard let list = parts.firstIndex(where: { if case .list = $0.kind { true } else { false } }) else {
            return nil
        }
        var items = items
        guard items.count == names.count, items.allSatisfy({ !$0.isEmpty }), Set(names).count == names.count,
            !items.contains(where: Self.isStar)
        else { return nil }
        let sorted = namesInSorting
        var isComplete = true
        for index in items.indices {
            let item = items[index]
            let isNamed = item.count > 2 && item[item.count - 2].word == "as"
            let old = outputs[index]
            if old == names[index] { continue }
            let mayMean = Self.madeNames(item).union([names[index]]).union(old.map { [$0] } ?? [])
            guard sorted.isDisjoint(with: mayMean), isNamed || !Self.mayHaveLabel(item) else {
                isComplete = false
                continue
            }
            if isNamed { items[index].removeLast(2) }
            let text = SQLText.identifier(names[index])
            items[index] += [
                .word("as"),
                TemplateNode(lead: " ", kind: .atom(text, text.hasPrefix("\"") ? .quotedIdentifier : .word)),
            ]
        }
        var nodes: [TemplateNode] = []
        for (index, item) in items.enumerated() {
            if index > 0 { nodes.append(TemplateNode(lead: "", kind: .atom(",", .comma))) }
            nodes += item
        }
        parts[list].nodes = nodes
        return isComplete
    }

    /// `*` or `t.*`; a multiplication has more to it.
    private static func isStar(_ item: [TemplateNode]) -> Bool {
        guard item.count <= 3, let last = item.last, case .atom("*", .op) = last.kind else { return false }
        return true
    }

    /// Takes away `as alias` behind a version that stands only once here.
    mutating func dropAliases(_ isUnused: (String, [TemplateNode]) -> Bool) {
        let all = nodes
        let versions = parts.flatMap { part -> [VersionID] in
            if case .table = part.kind { TemplateTree.relations([part.nodes[0]]) } else { [] }
        }
        for index in parts.indices {
            let own = parts[index].nodes
            guard case .table = parts[index].kind, own.count == 2 || own.count == 3 && own[1].word == "as",
                let alias = own[own.count - 1].column,
                case .hole(.relation(let id)) = own[0].kind, versions.count(where: { $0 == id }) == 1,
                !TemplateTree.hasComment(Array(own[1...])), isUnused(alias, all)
            else { continue }
            parts[index].nodes = [own[0]]
        }
    }

    var nodes: [TemplateNode] { parts.flatMap(\.nodes) }

    /// Replaces references of this SELECT's own expressions.
    mutating func mapExpressions(
        _ change: (ColumnReferences.Reference, [TemplateNode]) -> [TemplateNode]?
    ) {
        for index in parts.indices {
            switch parts[index].kind {
            case .list, .expression, .sorting:
                parts[index].nodes = ColumnReferences.mapped(parts[index].nodes, change)
            case .keyword, .table, .rest: break
            }
        }
    }

    /// - Parameter change: gets nodes that may hold queries, and whether they see this SELECT's tables.
    mutating func mapSubqueries(_ change: ([TemplateNode], Bool) -> [TemplateNode]) {
        for index in parts.indices {
            switch parts[index].kind {
            case .table(let isLateral):
                let isFunction = parts[index].nodes.count > 1 && parts[index].nodes[1].inner != nil
                parts[index].nodes = change(parts[index].nodes, isLateral || isFunction)
            default: parts[index].nodes = change(parts[index].nodes, true)
            }
        }
    }
}
