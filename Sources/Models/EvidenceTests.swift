import Catalog
import Versions

/// Data tests of models that stand for no table: what constraints guarantee at the end of each statement, and what the
/// routine's own queries guarantee (GROUP BY, DISTINCT ON, one row of values).
struct EvidenceTests {
    let lineage: ColumnLineage

    /// Adds tests to a model whose rows are those of a version. None is added that rows of a statement could fail
    /// which a handler takes back.
    func add(to model: inout PlannedModel, _ version: Version) {
        let names = model.columns.map(\.name)
        if version.isScalar || version.uniqueKeys.contains([]) {
            model.tests.append(.oneRow)
            return
        }
        let known = Set(names)
        var keys: [[String]] = []
        // A deferred key holds at the end of a transaction alone.
        let constraints = version.table.flatMap(lineage.table)?.constraints ?? []
        let deferred = constraints.filter {
            $0.definition.uppercased().contains(" DEFERRABLE") && !$0.definition.uppercased().contains("NOT DEFERRABLE")
        }
        if !lineage.isProvisional[version.id.rawValue] {
            for key in version.uniqueKeys where known.isSuperset(of: key) && key.count < 9 {
                if !deferred.contains(where: { $0.columns == key }) { keys.append(key) }
            }
        }
        // One key tells rows apart; a second one would only be tested again in the table that they go to.
        if let key = keys.first {
            if key.count == 1 {
                test(key[0], .unique, &model)
            } else {
                model.tests.append(.uniqueCombination(key))
            }
            for column in key where isNeverNull(column, version) { test(column, .notNull, &model) }
            return
        }
        for column in names.filter({ isNeverNull($0, version) }).prefix(3) { test(column, .notNull, &model) }
    }

    private func isNeverNull(_ column: String, _ version: Version) -> Bool {
        !version.isProvisional && lineage.neverNull(version.id, column)
    }

    private func test(_ column: String, _ test: PlannedColumnTest, _ model: inout PlannedModel) {
        guard let index = model.columns.firstIndex(where: { $0.name == column }) else { return }
        model.columns[index].tests.append(test)
    }
}
