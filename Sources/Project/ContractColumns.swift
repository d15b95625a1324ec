import Catalog
import Models

/// What a dbt contract says about a table: types and constraints, in words that dbt-postgres turns into the DDL.
struct ContractColumns {
    let model: PlannedModel

    /// All types are known, so that dbt can write the CREATE TABLE.
    var isEnforced: Bool {
        model.hasContract && !model.columns.isEmpty && model.columns.allSatisfy { type(of: $0) != nil }
    }

    // dbt ignores a view's constraints and warns.
    private var isTable: Bool { model.materialization != .view }

    /// The type for `data_type`.
    func type(of column: PlannedColumn) -> String? {
        let type = column.type ?? tableColumn(column.name)?.type
        // For a view dbt compares types, and warns of a bare `numeric` as if it lost digits; PostgreSQL keeps them all.
        return model.hasContract && !isTable && type == "numeric" ? "pg_catalog.numeric" : type
    }

    /// Constraints of one column.
    func constraints(of column: PlannedColumn) -> [TemplateContext] {
        guard isEnforced, isTable else { return [] }
        var result: [TemplateContext] = []
        let own = tableColumn(column.name)
        if let collation = own?.collation {
            let name = collation.contains("\"") ? collation : "\"\(collation)\""
            result.append(constraint("custom", expression: "collate \(name)"))
        }
        if column.notNull || own?.notNull == true { result.append(constraint("not_null")) }
        if model.table?.primaryKey == [column.name] { result.append(constraint("primary_key")) }
        if uniqueKeys.contains(where: { $0.columns == [column.name] && !$0.nullsNotDistinct }) {
            result.append(constraint("unique"))
        }
        return result
    }

    /// Constraints over several columns, and checks.
    func modelConstraints() -> [TemplateContext] {
        guard isEnforced, isTable, let table = model.table else { return [] }
        var result: [TemplateContext] = []
        // Custom ones: dbt writes the columns of the others as they are, without quotes.
        if table.primaryKey.count > 1 {
            result.append(constraint("custom", expression: "primary key (\(list(table.primaryKey)))"))
        }
        for key in uniqueKeys where key.columns.count > 1 || key.nullsNotDistinct {
            let nulls = key.nullsNotDistinct ? " nulls not distinct" : ""
            result.append(constraint("custom", expression: "unique\(nulls) (\(list(key.columns)))"))
        }
        for check in table.constraints where check.kind == .check && check.validated {
            guard let expression = check.expression else { continue }
            result.append(constraint("check", name: Names.quoted(check.name), expression: expression))
        }
        return result
    }

    private struct UniqueKey: Hashable {
        var columns: [String]
        var nullsNotDistinct: Bool
    }

    // Constraints and the indexes that demand the same, each once.
    private var uniqueKeys: [UniqueKey] {
        guard let table = model.table else { return [] }
        var keys = table.constraints.filter { $0.kind == .unique }.map {
            UniqueKey(columns: $0.columns, nullsNotDistinct: $0.nullsNotDistinct)
        }
        for index in table.uniqueIndexes where index.predicate == nil && !index.columns.isEmpty {
            let isStrict = index.definition.uppercased().contains("NULLS NOT DISTINCT")
            keys.append(UniqueKey(columns: index.columns, nullsNotDistinct: isStrict))
        }
        var seen: Set<UniqueKey> = []
        return keys.filter { seen.insert($0).inserted && $0.columns != table.primaryKey }
    }

    private func tableColumn(_ name: String) -> Column? { model.table?.columns.first { $0.name == name } }

    private func list(_ columns: [String]) -> String { columns.map(Names.quoted).joined(separator: ", ") }

    private func constraint(_ type: String, name: String? = nil, expression: String? = nil) -> TemplateContext {
        [
            "type": type,
            "name": name.map(YAMLText.rendered) ?? false,
            "expression": expression.map(YAMLText.rendered) ?? false,
        ]
    }
}
