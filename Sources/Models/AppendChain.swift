import Catalog
import Versions

/// A model that only adds rows to what it held, and deletes some of it by a condition on the row.
struct AppendChain {
    let table: QualifiedName
    /// The table's rows from before the call, which the first link adds to.
    let state: VersionID
    /// Versions from the first append to the last.
    let chain: [VersionID]
    /// Something else in the model reads the old rows.
    let comparesWithState: Bool
    /// What is deleted of the old rows, in order. The new ones go through the same conditions in the chain.
    let deletes: [RowFilter]

    /// Nil unless the version is the table's old rows and nothing but appends and deletes.
    ///
    /// On incremental runs the chain holds new rows only. So nothing else may read a link, and a link may read its base
    /// only to pass it on: whatever compares with all rows would see the new ones alone.
    init?(_ final: VersionID, of table: QualifiedName, in partition: ModelPartition, graph: PipelineGraph) {
        let members = partition.members[final] ?? []
        let held = Set(members)
        var readers: [VersionID: Int] = [:]
        for member in members where member == final || !partition.models.contains(member) {
            for input in graph.reads[member.rawValue] { readers[input, default: 0] += 1 }
        }
        var chain: [VersionID] = []
        var deletes: [RowFilter] = []
        var appends = 0
        var current = final
        while true {
            let base: VersionID
            if let added = graph.pipeline[current].appendBase {
                base = added
                appends += 1
            } else if let filter = RowFilter(graph.pipeline[current], in: graph.pipeline) {
                base = filter.base
                deletes.append(filter)
            } else {
                break
            }
            let isOwn = current == final || held.contains(current) && !partition.models.contains(current)
            guard isOwn, current == final || readers[current] == 1, Self.count(base, in: graph.pipeline[current]) == 1
            else { return nil }
            chain.append(current)
            current = base
        }
        guard appends > 0, held.contains(current), case .state(table) = graph.pipeline[current].body else {
            return nil
        }
        // The deletes run first: whoever else reads the old rows here would miss what they delete.
        guard deletes.isEmpty || readers[current] == 1 else { return nil }
        for delete in deletes {
            for input in TemplateTree.relations(delete.condition) {
                if case .source = graph.pipeline[input].body { continue }
                guard input != final, partition.models.contains(input) else { return nil }
            }
        }
        self.deletes = deletes.reversed()
        self.table = table
        state = current
        self.chain = chain.reversed()
        comparesWithState = readers[current, default: 0] > 1
    }

    private static func count(_ input: VersionID, in version: Version) -> Int {
        guard case .query(let template) = version.body else { return 0 }
        return template.parts.count { if case .relation(input) = $0 { true } else { false } }
    }
}
