import Catalog
import Steps

/// A table whose rows a loop reads and writes by key: `UPDATE t .. WHERE k = r.k; IF NOT FOUND THEN INSERT ..`.
///
/// All that an iteration sees of it is the one row with the iteration's key, so that this row is carried like a variable:
/// from one iteration to the next one with the same key.
final class KeyedTable {
    let name: QualifiedName
    let state: TableState
    /// A unique key of the table.
    let key: [String]
    /// The key's values for an iteration, over the columns that drive the loop.
    let values: [SQLTemplate]
    /// Whether the row is there.
    let exists: Variable
    /// The row's columns, in the table's order.
    let columns: [Variable]

    init(name: QualifiedName, state: TableState, key: [String], values: [SQLTemplate], exists: Variable, columns: [Variable]) {
        self.name = name
        self.state = state
        self.key = key
        self.values = values
        self.exists = exists
        self.columns = columns
    }

    /// The variable of a column.
    func column(_ name: String) -> Variable? {
        state.columns.firstIndex { $0.name == name }.map { columns[$0] }
    }

    /// All that is carried, the existence first.
    var variables: [Variable] { [exists] + columns }
}
