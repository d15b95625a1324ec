import Catalog
import Tokens
import Versions

/// A model whose rows change one by one: rows of the table that an UPDATE matches, and new rows whose key it did not have.
///
///     merged:  select t.id, case when hit then .. else t.a end as a from before as t left join .. on ..
///     final:   select .. from merged union all select .. from unseen      (or merged alone)
///
/// On incremental runs `merged` needs no other row than those that are hit, and dbt puts them in place of the old ones by the
/// primary key.
struct UpsertForm {
    /// The version that holds the table's old rows, updated.
    let updated: VersionID
    /// True for the rows that an update hits.
    let changed: SQLTemplate
    /// Columns that a constraint keeps unique, none of them nullable.
    let key: [String]

    /// Nil where a row could change without being told, or be told without its key.
    init?(
        _ final: VersionID, of table: QualifiedName, in partition: ModelPartition, graph: PipelineGraph,
        catalog: CatalogIndex
    ) {
        guard let legacy = catalog.table(table) else { return nil }
        var key = legacy.primaryKey
        let held = Set(partition.members[final] ?? [])
        func isOwn(_ version: VersionID) -> Bool { held.contains(version) && !partition.models.contains(version) }
        var readers: [VersionID: Int] = [:]
        for member in held where member == final || !partition.models.contains(member) {
            for input in graph.reads[member.rawValue] { readers[input, default: 0] += 1 }
        }
        if let parts = graph.pipeline[final].upsert {
            let pieces = [parts.merged] + parts.unseen
            guard case .query(let template) = graph.pipeline[final].body, isOwn(parts.merged),
                readers[parts.merged] == 1,
                template.parts.count(where: Self.isRelation) == pieces.count, Set(template.relations) == Set(pieces)
            else { return nil }
            updated = parts.merged
            key = parts.key
        } else {
            updated = final
        }
        guard let update = RowUpdate(graph.pipeline[updated], in: graph.pipeline),
            case .state(table) = graph.pipeline[update.base].body, held.contains(update.base),
            !partition.models.contains(update.base), !key.isEmpty, Set(key).isDisjoint(with: update.columns),
            // NULL is nobody's key: such a row would stand twice.
            key.allSatisfy({ name in
                legacy.columns.first { $0.name == name }?.notNull == true || legacy.primaryKey.contains(name)
            })
        else { return nil }
        changed = update.hit
        self.key = key
    }

    private static func isRelation(_ part: SQLTemplate.Part) -> Bool {
        if case .relation = part { true } else { false }
    }
}

/// `select t.id, case when hit then x else t.a end as a from base as t left join ..`: each row of `base` once, changed where it
/// is hit.
struct RowUpdate {
    /// The version whose rows are updated.
    let base: VersionID
    /// Columns that may change.
    let columns: Set<String>
    /// True for the rows that change.
    let hit: SQLTemplate

    /// Nil where the query has another form; a column that changes without a condition is none.
    init?(_ version: Version, in pipeline: LoweredPipeline) {
        guard case .query(let template) = version.body, !version.isRecursive,
            let nodes = TemplateTree.parse(template), nodes.first?.word == "select",
            let from = Self.from(nodes),
            from + 2 == nodes.count || from + 3 < nodes.count,
            case .hole(.relation(let base)) = nodes[from + 1].kind
        else { return nil }
        // Without an alias there is no other relation, and columns stand alone.
        let isAlone = nodes.count == from + 2
        guard isAlone || nodes[from + 2].word == "as" else { return nil }
        let alias = isAlone ? nil : nodes[from + 3].column
        guard isAlone || alias != nil else { return nil }
        let ends: Set<String> = [
            "where", "group", "order", "having", "limit", "offset", "fetch", "union", "except", "intersect", "window",
            "for", "inner", "right", "full",
        ]
        guard !nodes.contains(where: { ends.contains($0.word) }), !nodes[from...].contains(where: \.isComma) else {
            return nil
        }
        let items = TemplateTree.split(Array(nodes[1..<from]), at: \.isComma)
        guard items.count == version.columns.count, version.columns.map(\.name) == pipeline[base].columns.map(\.name)
        else {
            return nil
        }
        var columns: Set<String> = []
        var tests: [(signature: String, nodes: [TemplateNode])] = []
        for (item, column) in zip(items, version.columns) {
            if Self.isColumn(item, column.name, of: alias) { continue }
            guard let found = Self.tests(item, column.name, of: alias) else { return nil }
            columns.insert(column.name)
            for test in found {
                let signature = TemplateTree.signature(test)
                if !tests.contains(where: { $0.signature == signature }) { tests.append((signature, test)) }
            }
        }
        guard !tests.isEmpty else { return nil }
        self.base = base
        self.columns = columns
        let texts = tests.map { TemplateTree.template($0.nodes) }
        hit = texts.count == 1 ? texts[0] : .joined(texts.map { "(\($0))" }, separator: " or ")
    }

    /// Where FROM stands: not that of IS DISTINCT FROM.
    private static func from(_ nodes: [TemplateNode]) -> Int? {
        nodes.indices.first { nodes[$0].word == "from" && nodes[$0 - 1].word != "distinct" }
    }

    /// `t.a`, or `a` where there is no other relation.
    private static func isColumn(_ item: [TemplateNode], _ name: String, of alias: String?) -> Bool {
        guard let alias else { return item.count == 1 && item[0].column == name }
        return item.count == 3 && item[0].column == alias && TemplateTree.signature([item[1]]) == ". "
            && item[2].column == name
    }

    /// The conditions of `case when .. then .. [when .. then ..] else t.a end as a`.
    private static func tests(_ item: [TemplateNode], _ name: String, of alias: String?) -> [[TemplateNode]]? {
        // `else t.a end as a`
        let otherwise = item.count - (alias == nil ? 5 : 7)
        guard otherwise > 4, item[0].word == "case", item[1].word == "when", item[item.count - 1].column == name,
            item[item.count - 2].word == "as", item[item.count - 3].word == "end", item[otherwise].word == "else",
            isColumn(Array(item[(otherwise + 1)..<(item.count - 3)]), name, of: alias)
        else { return nil }
        var result: [[TemplateNode]] = []
        var depth = 0
        var start: Int?
        for index in 1..<otherwise {
            switch item[index].word {
            case "case": depth += 1
            case "end": depth -= 1
            case "when" where depth == 0: start = index + 1
            case "then" where depth == 0:
                guard let begin = start, begin < index else { return nil }
                result.append(Array(item[begin..<index]))
                start = nil
            case "else" where depth == 0: return nil
            default: break
            }
        }
        return depth == 0 && start == nil && !result.isEmpty ? result : nil
    }
}
