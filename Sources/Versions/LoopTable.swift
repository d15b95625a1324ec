import Catalog
import Steps

/// How the body of a loop over many iterations is lowered.
enum LoopMode {
    /// No iteration reads what another one wrote.
    case plain
    /// Tables are followed by one key, column by column (`Lowerer+Keyed.swift`).
    case byKey
    /// These tables are handed from one iteration to the next as a whole (`Lowerer+LoopTables.swift`).
    case carrying(Set<QualifiedName>)
}

/// A table whose rows a loop hands from one iteration to the next: one `jsonb` value that every write replaces.
final class LoopTable {
    let name: QualifiedName
    /// The table before the loop.
    let before: TableState
    /// The rows as they are now: a column of the iteration.
    let rows: Variable
    /// The version that unpacks `rows`.
    var version: VersionID
    /// What the loop has put into each column.
    var taints: [String: Taint]
    /// Unique keys that the statement being lowered may break.
    var keysAtRisk: [LoopKey] = []
    /// Rows that the statement being lowered adds, by the version that it makes of the table.
    var appended: [VersionID: SQLTemplate] = [:]

    init(name: QualifiedName, before: TableState, rows: Variable, version: VersionID, taints: [String: Taint]) {
        self.name = name
        self.before = before
        self.rows = rows
        self.version = version
        self.taints = taints
    }
}

/// A unique constraint or index, as a statement inside a loop may break it.
struct LoopKey {
    var name: String
    var columns: [String]
    /// The WHERE of a partial index.
    var predicate: String?
    var nullsAreEqual = false
}

/// A value that every iteration starts with besides the routine's own variables: a table's rows, a sequence's last number.
struct HiddenState {
    let variable: Variable
    /// Column of its value when an iteration starts.
    let column: String
    let initial: SQLTemplate
}
