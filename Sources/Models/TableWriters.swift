import Catalog
import Findings

/// Who writes each table, as positions in the order in which the pipelines run.
///
/// A table with one writer is that pipeline's model. One with several is shared: each writer gets an intermediate model
/// that holds the rows as it leaves them, and the table's own model takes those of the last writer that is built.
struct TableWriters {
    /// Pipelines whose last version of the table can be built.
    private(set) var building: [QualifiedName: [Int]] = [:]
    /// Pipelines whose last version of the table is refused.
    private(set) var refused: [QualifiedName: [(position: Int, finding: Finding)]] = [:]

    init(_ graphs: [PipelineGraph]) {
        for (position, graph) in graphs.enumerated() {
            for (table, version) in graph.pipeline.finals {
                if let finding = graph.refused[version.rawValue] {
                    refused[table, default: []].append((position, finding))
                } else {
                    building[table, default: []].append(position)
                }
            }
        }
    }

    /// Several pipelines' models write it.
    func isShared(_ table: QualifiedName) -> Bool { of(table).count > 1 }

    /// The pipelines that build it.
    func of(_ table: QualifiedName) -> [Int] { building[table] ?? [] }

    /// Whether whoever builds `table` builds `other` in the same run, too.
    func isBuilt(_ other: QualifiedName, with table: QualifiedName) -> Bool {
        !of(other).isEmpty && Set(of(other)) == Set(of(table))
    }
}
