import Catalog
import Versions

/// A model that only adds rows to what it held.
struct AppendChain {
    let table: QualifiedName
    /// The table's rows from before the call, which the first link adds to.
    let state: VersionID
    /// Versions from the first append to the last.
    let chain: [VersionID]
    /// Something else in the model reads the old rows.
    let comparesWithState: Bool

    /// Nil unless the version is the table's old rows and nothing but appends.
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
        var current = final
        while let base = graph.pipeline[current].appendBase {
            let isOwn = current == final || held.contains(current) && !partition.models.contains(current)
            guard isOwn, current == final || readers[current] == 1, Self.count(base, in: graph.pipeline[current]) == 1
            else { return nil }
            chain.append(current)
            current = base
        }
        guard !chain.isEmpty, held.contains(current), case .state(table) = graph.pipeline[current].body else {
            return nil
        }
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
