import Catalog
import Findings
import Steps
import Tokens

extension Lowerer {
    /// DELETE .. WHERE p: `T@i` where p is not true; a NULL keeps the row.
    func lowerDelete(_ statement: DeleteStatement) throws -> WriteEffect {
        if let cursor = statement.cursor {
            return try lowerCurrentOf(cursor, currentStep, target: statement.target)
        }
        if let batch = batchDeletes.values.first(where: { $0.name == (try? tableName(statement.target)) }) {
            return try lowerBatch(batch)
        }
        let (name, state) = try stateForWriting(statement.target, event: .delete)
        let triggers = try rowTriggers(on: name, .delete, takesStatement: true)
        guard triggers.before.isEmpty else {
            throw Refusal(
                code: .trigger, detail: "trigger '\(triggers.before[0].name)' acts on '\(name)' before a DELETE")
        }
        if let iteration = iterations.last, let effect = try keyedDelete(iteration, statement, name, state) {
            return effect
        }
        var lifted = withScope.last ?? [:]
        let effects = try lowerWith(statement.with, lifted: &lifted)
        let alias = statement.target.exposedName
        let quoted = SQLText.identifier(alias)
        let list = SQLText.list(state.columns.map(\.name))
        var rewriter = targetRewriter(statement.target, state, lifted: lifted, hidden: statement.using)
        try rewriter.collectSources(statement.using, statement.usingRange)
        var conditions: [SQLTemplate] = []
        if let condition = guardCondition { conditions.append(condition) }
        if let partition = state.partition { conditions.append(SQLTemplate(partition.predicate(quoted))) }
        if let filter = statement.filter {
            let rewritten = try rewriter.expression(filter)
            conditions.append(conditions.isEmpty && statement.usingRange == nil ? rewritten : "(\(rewritten))")
        }
        var hit: SQLTemplate = .joined(conditions, separator: " and ")
        if let using = statement.usingRange {
            let from = try rewriter.expression(using)
            hit = "exists (select 1 from \(from)" + (hit.isEmpty ? "" : " where \(hit)") + ")"
        }
        let before = state.version
        let columns = versionColumns(state)
        if let iteration = loop(writing: name) {
            try refuseBareOuterColumns(
                [statement.filter, statement.usingRange].compactMap { $0 }, state, iteration)
            guard statement.returning == nil else {
                throw Refusal(code: .loop, detail: "DELETE .. RETURNING inside a loop")
            }
            guard
                !catalog.foreignKeys(to: name).contains(where: {
                    ["cascade", "set null", "set default"].contains($0.constraint.onDelete ?? "")
                })
            else { throw Refusal(code: .loop, detail: "a loop deletes from '\(name)', whose foreign keys act on it") }
            record(.delete(alias: quoted, predicate: hit.isEmpty ? "true" : hit), on: name, in: iteration)
            try finishWith(effects, changed: [])
            return WriteEffect(rows: nil, count: "0", alias: alias, isCountUnknown: true)
        }
        if hit.isEmpty {
            setVersion(name, state, emptyVersion(name, state), isEmpty: true)
        } else {
            let plain: SQLTemplate = mutant == .deleteForgetsNulls ? "not (\(hit))" : "(\(hit)) is not true"
            let keeps: SQLTemplate = statement.usingRange == nil ? plain : "not \(hit)"
            let id = add(
                "select \(list) from \(before) as \(quoted) where \(keeps)", name: "\(name.name)_after_delete",
                columns: columns, table: name, isVolatile: rewriter.isVolatile, uniqueKeys: state.uniqueKeys)
            setVersion(name, state, id)
        }
        let filterText: SQLTemplate = hit.isEmpty ? "" : " where \(hit)"
        var rows: VersionID?
        if statement.returning != nil || !triggers.after.isEmpty {
            if let returning = statement.returning { try checkReturningOwn(returning, statement, state) }
            rows = add(
                "select \(list) from \(before) as \(quoted)\(filterText)", name: "deleted_\(name.name)",
                columns: columns,
                isVolatile: rewriter.isVolatile, uniqueKeys: state.uniqueKeys)
        }
        try followForeignKeys(name)
        if effects == nil { foretellOrphans(of: name) }
        if !triggers.after.isEmpty, let rows {
            try refuseTriggersInWith(effects)
            try fireAfter(triggers.after, .delete, on: name, state, TriggerRows(version: rows, old: { $0 }))
        }
        if !triggers.statement.isEmpty { try refuseTriggersInWith(effects) }
        try finishWith(effects, changed: [name])
        try fireStatement(triggers.statement, .delete, on: name, state)
        return WriteEffect(
            rows: rows, count: "(select count(*) from \(before) as \(quoted)\(filterText))", alias: alias)
    }

    private func checkReturningOwn(_ returning: Returning, _ statement: DeleteStatement, _ state: TableState) throws {
        guard !statement.using.isEmpty else { return }
        for index in returning.range where source.isName(index) && source.kind(index + 1) == .dot {
            if source.name(index) != statement.target.exposedName {
                throw Refusal(code: .variable, detail: "RETURNING of columns of another table is not followed")
            }
        }
    }

    /// A version without rows.
    func emptyVersion(_ name: QualifiedName, _ state: TableState) -> VersionID {
        let items = state.columns.map { "cast(null as \($0.type ?? "text")) as \(SQLText.identifier($0.name))" }
        return add(
            SQLTemplate("select \(items.joined(separator: ", ")) where false"), name: "\(name.name)_emptied",
            columns: state.columns.map { VersionColumn($0.name, $0.type) }, table: name, uniqueKeys: state.uniqueKeys)
    }

    /// TRUNCATE: empty; under a condition the rows stay where it doesn't hold.
    func lowerTruncate(_ references: [RelationReference], restart: Bool, cascade: Bool) throws {
        for reference in references where try loop(writing: tableName(reference)) != nil {
            throw Refusal(code: .loop, detail: "TRUNCATE inside a loop")
        }
        var names: [QualifiedName] = []
        var fired: [(name: QualifiedName, state: TableState, triggers: [TriggerDefinition])] = []
        for reference in references {
            let (name, state) = try stateForWriting(reference, event: .truncate)
            fired.append((name, state, try rowTriggers(on: name, .truncate, takesStatement: true).statement))
            names.append(name)
            try truncate(name, state, restart: restart)
        }
        for name in names {
            for child in catalog.foreignKeys(to: name) where !names.contains(child.table) {
                guard cascade else { continue }  // without CASCADE the original would have failed
                let reference = RelationReference(
                    range: 0..<0, schema: child.table.schema, name: child.table.name, alias: nil, only: false)
                try lowerTruncate([reference], restart: restart, cascade: true)
            }
        }
        for (name, state, triggers) in fired { try fireStatement(triggers, .truncate, on: name, state) }
    }

    private func truncate(_ name: QualifiedName, _ state: TableState, restart: Bool) throws {
        var state = state
        if mutant == .truncateKeepsRows { return }
        let partition = state.partition.map { SQLTemplate($0.predicate(SQLText.identifier(name.name))) }
        guard
            let condition = guardCondition.map({ outer in partition.map { "\(outer) and \($0)" } ?? outer })
                ?? partition
        else {
            if restart { state.restartsIdentity = true }
            setVersion(name, state, emptyVersion(name, state), isEmpty: true)
            return
        }
        let list = SQLText.list(state.columns.map(\.name))
        let id = add(
            "select \(list) from \(state.version) as \(SQLText.identifier(name.name)) where (\(condition)) is not true",
            name: "\(name.name)_after_truncate",
            columns: versionColumns(state), table: name, uniqueKeys: state.uniqueKeys)
        setVersion(name, state, id)
    }

    /// Rows that a foreign key's ON DELETE action takes along.
    ///
    /// The key held before the statement, so a child row whose parent is missing afterwards lost it just now.
    private func followForeignKeys(_ name: QualifiedName, depth: Int = 0) throws {
        guard let parent = tables[name], mutant != .cascadeForgotten else { return }
        for child in catalog.foreignKeys(to: name) {
            let action = child.constraint.onDelete ?? "no action"
            guard ["cascade", "set null", "set default"].contains(action) else { continue }
            guard child.constraint.validated, depth < 8, child.table != name else {
                throw Refusal(
                    code: .foreignKeyAction,
                    detail: "ON DELETE \(action.uppercased()) of '\(child.table)' is not followed")
            }
            let reference = RelationReference(
                range: 0..<0, schema: child.table.schema, name: child.table.name, alias: nil, only: false)
            let (childName, state) = try stateForWriting(reference)
            let keys = child.constraint.columns.map(SQLText.identifier)
            let pairs = zip(keys, child.constraint.referencedColumns).map { key, referenced in
                "parent.\(SQLText.identifier(referenced)) = child.\(key)"
            }
            let anyNull = keys.map { "child.\($0) is null" }.joined(separator: " or ")
            let list = SQLText.list(state.columns.map(\.name))
            let keeps: SQLTemplate =
                "\(anyNull) or exists (select 1 from \(parent.version) as parent where \(pairs.joined(separator: " and ")))"
            let body: SQLTemplate
            if action == "cascade" {
                body = "select \(list) from \(state.version) as child where \(keeps)"
            } else {
                let items: [SQLTemplate] = try state.columns.map { column in
                    let label = SQLText.identifier(column.name)
                    guard child.constraint.columns.contains(column.name) else { return SQLTemplate(label) }
                    let other: SQLTemplate =
                        action == "set null"
                        ? "null" : try defaultValue(column, name: childName, ordinal: "row_number() over ()")
                    return "case when \(keeps) then child.\(label) else \(other) end as \(label)"
                }
                body = "select \(.joined(items, separator: ", ")) from \(state.version) as child"
            }
            let id = add(
                body, name: "\(childName.name)_after_cascade", columns: versionColumns(state), table: childName,
                uniqueKeys: state.uniqueKeys)
            setVersion(childName, state, id)
            note(
                "ON DELETE \(action.uppercased()) of '\(child.table)' follows deletes in '\(name)'", code: "P2D-304",
                range: currentStep)
            if action == "cascade" { try followForeignKeys(childName, depth: depth + 1) }
        }
    }
}
