import Catalog
import Steps
import Tokens

extension Lowerer {
    /// Row triggers of an UPDATE: they see the old row beside the new one.
    ///
    /// Source: PostgreSQL manual, "Overview of Trigger Behavior". A BEFORE trigger may set columns that the statement
    /// leaves alone, so that afterwards every column counts as updated; the key of the rows stays the old one.
    func fireOnUpdate(
        _ triggers: RowTriggers, _ name: QualifiedName, _ state: TableState, base: RowIdentity, matches: VersionID,
        updated: Set<String>
    ) throws -> (matches: VersionID, updated: Set<String>) {
        guard !triggers.before.isEmpty else { return (matches, updated) }
        let rows = transition(name, state, base: base, matches: matches, updated: updated)
        let fired = try fireBefore(triggers.before, .update, on: name, state, rows)
        guard fired.changed.isDisjoint(with: base.key) else {
            throw Refusal(code: .trigger, detail: "a trigger changes the key of '\(name)'")
        }
        versions[fired.rows.rawValue].uniqueKeys = [base.key.map { "key_" + $0 }]
        return (fired.rows, updated.union(fired.changed))
    }

    /// AFTER triggers of an UPDATE.
    func fireAfterUpdate(
        _ triggers: [TriggerDefinition], _ name: QualifiedName, _ state: TableState, base: RowIdentity,
        matches: VersionID, updated: Set<String>
    ) throws {
        guard !state.columns.contains(where: { $0.generated != nil }) else {
            throw Refusal(code: .trigger, detail: "a trigger acts behind an UPDATE of generated columns of '\(name)'")
        }
        let rows = transition(name, state, base: base, matches: matches, updated: updated)
        try fireAfter(triggers, .update, on: name, state, rows)
    }

    /// The rows that an UPDATE meets, each with its key, its old values and its new ones.
    private func transition(
        _ name: QualifiedName, _ state: TableState, base: RowIdentity, matches: VersionID, updated: Set<String>
    ) -> TriggerRows {
        let known = Dictionary(columns(matches).map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        let before = Dictionary(columns(base.version).map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        let keys = base.key.map { VersionColumn("key_" + $0, known["key_" + $0]?.type) }
        var items = keys.map { "u.\(SQLText.identifier($0.name))" }
        var outputs = keys
        for column in state.columns {
            let label = SQLText.identifier(column.name)
            let new = "new_" + column.name
            items.append("t.\(label) as \(SQLText.identifier("old_" + column.name))")
            outputs.append(VersionColumn("old_" + column.name, column.type, taint: before[column.name]?.taint ?? []))
            if updated.contains(column.name), let value = known[new] {
                items.append("u.\(SQLText.identifier(new))")
                outputs.append(value)
            } else {
                items.append("t.\(label) as \(SQLText.identifier(new))")
                outputs.append(VersionColumn(new, column.type, taint: before[column.name]?.taint ?? []))
            }
        }
        let on = base.key.map { "t.\(SQLText.identifier($0)) = u.\(SQLText.identifier("key_" + $0))" }
            .joined(separator: " and ")
        let id = add(
            "select \(items.joined(separator: ", ")) from \(base.version) as t inner join \(matches) as u on \(on)",
            name: "\(name.name)_old_and_new", columns: outputs,
            isVolatile: versions[matches.rawValue].isVolatile,
            uniqueKeys: [base.key.map { "key_" + $0 }])
        return TriggerRows(version: id, new: { "new_" + $0 }, old: { "old_" + $0 }, extra: keys)
    }

    /// ON CONFLICT DO UPDATE with BEFORE UPDATE triggers: the existing rows, those that are met with the values that
    /// the triggers leave.
    func upsertWithTriggers(
        _ triggers: RowTriggers, _ name: QualifiedName, _ state: TableState, rows: VersionID, key: ConflictKey,
        alias: String, condition: SQLTemplate?, values: [String: SQLTemplate], outputs: [VersionColumn]
    ) throws -> (body: SQLTemplate, columns: [VersionColumn]) {
        let base = try rowIdentity(name, state)
        var items = base.key.map {
            SQLTemplate("\(alias).\(SQLText.identifier($0)) as \(SQLText.identifier("key_" + $0))")
        }
        let assigned = state.columns.filter { values[$0.name] != nil }
        items += assigned.map { "\(values[$0.name] ?? "null") as \(SQLText.identifier("new_" + $0.name))" }
        let meets = key.meets(alias, "excluded")
        var body: SQLTemplate =
            "select \(.joined(items, separator: ", ")) from \(base.version) as \(alias) inner join \(rows) as excluded on \(meets)"
        if let condition { body.append("\nwhere \(condition)" as SQLTemplate) }
        let taints = Dictionary(outputs.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        let matches = add(
            body, name: "\(name.name)_updates",
            columns: base.key.map { key in
                VersionColumn("key_" + key, state.columns.first { $0.name == key }?.type ?? "bigint")
            }
                + assigned.map { VersionColumn("new_" + $0.name, $0.type, taint: taints[$0.name]?.taint ?? []) })
        let fired = try fireOnUpdate(
            triggers, name, state, base: base, matches: matches, updated: Set(values.keys))
        let known = Dictionary(columns(fired.matches).map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        let hit = "u.\(SQLText.identifier("key_" + base.key[0])) is not null"
        let list: [String] = state.columns.map { column in
            let label = SQLText.identifier(column.name)
            guard fired.updated.contains(column.name) else { return "t.\(label)" }
            return "case when \(hit) then u.\(SQLText.identifier("new_" + column.name)) else t.\(label) end as \(label)"
        }
        let on = base.key.map { "t.\(SQLText.identifier($0)) = u.\(SQLText.identifier("key_" + $0))" }
            .joined(separator: " and ")
        let columns = outputs.map { column -> VersionColumn in
            var copy = column
            copy.taint.formUnion(known["new_" + column.name]?.taint ?? [])
            copy.isLoose = copy.isLoose || known["new_" + column.name]?.isLoose == true
            return copy
        }
        return (
            "select \(SQLTemplate(list.joined(separator: ", "))) from \(base.version) as t left join \(fired.matches) as u on \(on)",
            columns
        )
    }
}
