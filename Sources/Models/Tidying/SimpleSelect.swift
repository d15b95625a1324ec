import Tokens
import Versions

/// One SELECT taken apart: no WITH, no set operation.
struct SimpleSelect {
    private var select: TemplateNode
    /// DISTINCT or DISTINCT ON (..).
    private var quantifier: [TemplateNode] = []
    var items: [[TemplateNode]]
    /// FROM and what belongs to it.
    private var from: [TemplateNode] = []
    private var whereWord: TemplateNode?
    private(set) var condition: [TemplateNode]?
    /// GROUP BY and all behind it.
    private(set) var tail: [TemplateNode] = []

    init?(_ nodes: [TemplateNode]) {
        guard let first = nodes.first, first.word == "select" else { return nil }
        let others: Set<String> = ["union", "intersect", "except", "into", "for", "window", "fetch"]
        guard !nodes.contains(where: { others.contains($0.word) }) else { return nil }
        select = first
        var index = 1
        if index < nodes.count, nodes[index].word == "distinct" {
            quantifier.append(nodes[index])
            index += 1
            if index + 1 < nodes.count, nodes[index].word == "on", nodes[index + 1].inner != nil {
                quantifier += nodes[index...index + 1]
                index += 2
            }
        }
        var list: [TemplateNode] = []
        var section = "select"
        var condition: [TemplateNode] = []
        while index < nodes.count {
            let node = nodes[index]
            switch (section, node.word) {
            case ("select", "from") where list.last?.word != "distinct": section = "from"
            case ("from", "where"), ("select", "where"):
                section = "where"
                whereWord = node
                index += 1
                continue
            case (let now, "group"), (let now, "having"), (let now, "order"), (let now, "limit"), (let now, "offset"):
                if now != "tail" { section = "tail" }
            default: break
            }
            switch section {
            case "select": list.append(node)
            case "from": from.append(node)
            case "where": condition.append(node)
            default: tail.append(node)
            }
            index += 1
        }
        guard !list.isEmpty else { return nil }
        items = TemplateTree.split(list) { $0.isComma }
        guard items.allSatisfy({ !$0.isEmpty }) else { return nil }
        if whereWord != nil {
            guard !condition.isEmpty else { return nil }
            self.condition = condition
        }
    }

    var isDistinct: Bool { !quantifier.isEmpty }
    var isGrouped: Bool { tail.contains { $0.word == "group" || $0.word == "having" } }

    var isSorted: Bool { tail.contains { ["order", "limit", "offset"].contains($0.word) } }
    /// Functions that may make several rows of one, or one of several.
    var mayCallOtherFunctions: Bool { items.contains { Self.mayAggregate($0) } }

    /// Whether DISTINCT, GROUP BY and ORDER BY mean the same over another list of items.
    func allows(_ list: [[TemplateNode]], adding names: Set<String>) -> Bool {
        let words = quantifier + tail
        let kept = Set(list.compactMap { $0.last?.column })
        let isComplete = items.allSatisfy { $0.last?.column.map(kept.contains) == true }
        guard words.isEmpty || isComplete else { return false }
        let isSameOrder = zip(items, list).allSatisfy { TemplateTree.signature($0) == TemplateTree.signature($1) }
        return isSameOrder && names.isEmpty || !Self.mentions(words, names)
    }

    /// A name of an added column, which ORDER BY would now find, or a column's position.
    private static func mentions(_ nodes: [TemplateNode], _ names: Set<String>) -> Bool {
        nodes.indices.contains { index in
            if let inner = nodes[index].inner, mentions(inner, names) { return true }
            if case .atom(_, .number) = nodes[index].kind { return true }
            guard let column = nodes[index].column, names.contains(column) else { return false }
            if index > 0, case .atom(_, .dot) = nodes[index - 1].kind { return false }
            return true
        }
    }

    /// The version that is all of FROM, where nothing else stands between it and the rows.
    var onlySource: VersionID? {
        guard quantifier.isEmpty, tail.isEmpty, from.count == 2, case .hole(.relation(let version)) = from[1].kind
        else {
            return nil
        }
        return version
    }

    /// The version that all unqualified columns are of.
    var source: VersionID? {
        guard from.count == 2 || from.count == 4 && from[2].word == "as" || from.count == 3,
            case .hole(.relation(let version)) = from[1].kind
        else { return nil }
        return version
    }

    /// Items by the names that they have; nil where a name cannot be seen.
    func namedItems(_ names: [String]) -> [String: [TemplateNode]]? {
        guard items.count == names.count else { return nil }
        var result: [String: [TemplateNode]] = [:]
        for (item, name) in zip(items, names) {
            guard item.last?.column == name else { return nil }
            let isNamed =
                item.count == 1 || item.count > 2 && item[item.count - 2].word == "as"
                || item.count == 3
                    && {
                        if case .atom(_, .dot) = item[1].kind { true } else { false }
                    }()
            guard isNamed, result.updateValue(item, forKey: name) == nil else { return nil }
        }
        return result
    }

    /// Without GROUP BY a select of aggregates has a row even when WHERE keeps none.
    var mayAggregateAll: Bool {
        if tail.contains(where: { ["rollup", "cube", "sets", "having"].contains($0.word) }) { return true }
        if tail.contains(where: { $0.word == "group" }) {
            return tail.contains { $0.inner?.isEmpty == true }
        }
        return items.contains { Self.mayAggregate($0) }
    }

    private static func mayAggregate(_ nodes: [TemplateNode]) -> Bool {
        for (index, node) in nodes.enumerated() {
            guard let inner = node.inner else { continue }
            // A subquery aggregates for itself.
            if inner.first?.word == "select" { continue }
            if mayAggregate(inner) { return true }
            guard index > 0, case .atom(let text, let kind) = nodes[index - 1].kind else { continue }
            guard kind == .word || kind == .quotedIdentifier else { continue }
            if index + 1 < nodes.count, nodes[index + 1].word == "over" { continue }
            if !rowFunctions.contains(text.lowercased()) { return true }
        }
        return false
    }

    /// No function that is not known to work on one row and to give the same each time.
    static func callsRowFunctionsOnly(_ nodes: [TemplateNode]) -> Bool { !mayAggregate(nodes) }

    /// Functions and words before a bracket that are known to work on one row.
    private static let rowFunctions: Set<String> = [
        "cast", "coalesce", "nullif", "greatest", "least", "not", "and", "or", "in", "any", "all", "when", "then",
        "else",
        "case", "select", "exists", "is", "between", "like", "ilike", "upper", "lower", "btrim", "trim", "ltrim",
        "rtrim",
        "left", "right", "substr", "substring", "replace", "concat", "concat_ws", "format", "initcap", "lpad", "rpad",
        "length", "char_length", "position", "strpos", "split_part", "regexp_replace", "md5", "abs", "round", "trunc",
        "ceil", "ceiling", "floor", "mod", "power", "sqrt", "sign", "date_trunc", "date_part", "extract", "to_char",
        "to_date", "to_number", "to_timestamp", "age", "make_date", "make_interval", "numeric", "over", "row",
        "varchar",
        "char", "decimal", "partition", "by", "translate", "reverse", "ascii", "chr", "array", "from", "as",
        "character",
        "varying", "timestamp", "time",
    ]

    mutating func setCondition(_ parts: [[TemplateNode]]) {
        guard let first = parts.first else {
            (whereWord, condition) = (nil, nil)
            return
        }
        if parts.count == 1 {
            condition = first
            return
        }
        var all: [TemplateNode] = []
        for (index, part) in parts.enumerated() {
            if index > 0 { all.append(.word("and")) }
            if part.contains(where: { ["or", "between", "case"].contains($0.word) }) {
                all.append(.group(part))
            } else {
                all += part
            }
        }
        condition = all
    }

    mutating func add(_ guardCondition: [TemplateNode]) {
        guard let own = condition else {
            whereWord = .word("where", lead: "\n")
            condition = guardCondition
            return
        }
        var both = guardCondition.contains { $0.word == "or" } ? [.group(guardCondition)] : guardCondition
        both.append(.word("and"))
        if own.contains(where: { $0.word == "or" }) { both.append(.group(own)) } else { both += own }
        condition = both
    }

    var nodes: [TemplateNode] {
        var result = [select] + quantifier
        for (index, item) in items.enumerated() {
            if index > 0 { result.append(TemplateNode(lead: "", kind: .atom(",", .comma))) }
            var item = item
            if item[0].lead.isEmpty { item[0].lead = " " }
            result += item
        }
        result += from
        if let whereWord, let condition {
            result.append(whereWord)
            result += condition
        }
        return result + tail
    }
}
