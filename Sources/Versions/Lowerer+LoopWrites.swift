import Catalog
import Steps
import Tokens

extension Lowerer {
    /// Puts the writes of a loop in force, table by table, as if the iterations had run one after the other.
    ///
    /// Inserts and deletes: a row that was there goes when any iteration deletes it; a row that iteration n inserts goes
    /// when the same iteration deletes it further down, or a later one does. Updates: the last iteration that meets a row
    /// wins, since no iteration reads what another wrote (`updateInLoop` has made sure).
    func applyWrites(_ iteration: Iteration) throws {
        for name in iteration.writeOrder {
            guard let writes = iteration.writes[name] else { continue }
            if iteration.rankedTables.contains(name), writes.count > 1 {
                throw Refusal(
                    code: .loop, detail: "the loop writes '\(name)' elsewhere, too, where a handler looks at its keys")
            }
            let reference = RelationReference(
                range: 0..<0, schema: name.schema == "pg_temp" ? nil : name.schema, name: name.name, alias: nil,
                only: false)
            let (_, state) = try stateForWriting(reference)
            let updates = writes.filter { if case .update = $0 { true } else { false } }
            if !updates.isEmpty {
                guard writes.count == 1 else {
                    throw Refusal(code: .loop, detail: "the loop updates '\(name)' and writes it in another way, too")
                }
                try applyUpdate(updates[0], iteration, name, state)
            } else {
                try applyInsertsAndDeletes(writes, iteration, name, state)
            }
        }
    }

    private func applyInsertsAndDeletes(
        _ writes: [LoopWrite], _ iteration: Iteration, _ name: QualifiedName, _ state: TableState
    ) throws {
        let list = SQLText.list(state.columns.map(\.name))
        let deletes = writes.enumerated().compactMap { position, write -> (Int, String, SQLTemplate)? in
            if case .delete(let alias, let predicate) = write { (position, alias, predicate) } else { nil }
        }
        var kept: SQLTemplate = "select \(list) from \(state.version)"
        if let first = deletes.first {
            let tests: [SQLTemplate] = deletes.map { _, _, predicate in
                "not exists (select 1 from \(iteration.version) as it where \(predicate))"
            }
            guard deletes.allSatisfy({ $0.1 == first.1 }) else {
                throw Refusal(code: .loop, detail: "several deletes from '\(name)' in a loop use different aliases")
            }
            kept = "select \(list) from \(state.version) as \(first.1) where \(.joined(tests, separator: " and "))"
        }
        var pieces: [SQLTemplate] = state.isEmpty ? [] : [kept]
        var taints: [String: Taint] = [:]
        for (position, write) in writes.enumerated() {
            guard case .insert(let rows) = write else { continue }
            for column in columns(rows) { taints[column.name, default: []].formUnion(column.taint) }
            guard let first = deletes.first else {
                pieces.append("select \(list) from \(rows)")
                continue
            }
            let tests: [SQLTemplate] = deletes.map { deletePosition, _, predicate in
                let later = deletePosition > position ? ">=" : ">"
                return
                    "not exists (select 1 from \(iteration.version) as it where it.iteration \(later) \(first.1).loop_iteration and \(predicate))"
            }
            pieces.append("select \(list) from \(rows) as \(first.1) where \(.joined(tests, separator: " and "))")
        }
        guard !pieces.isEmpty else { return }
        let id = add(
            .joined(pieces, separator: "\nunion all\n"), name: "\(name.name)_after_loop",
            columns: versionColumns(state, taints: taints), table: name, uniqueKeys: state.keysKeptByAdding)
        if deletes.isEmpty, !state.isEmpty { versions[id.rawValue].appendBase = state.version }
        setVersion(name, state, id)
    }

    private func applyUpdate(
        _ write: LoopWrite, _ iteration: Iteration, _ name: QualifiedName, _ state: TableState
    ) throws {
        guard case .update(let alias, let predicate, let values, let taints) = write else { return }
        let base = try rowIdentity(name, state)
        let keys = base.key.map { "\(alias).\(SQLText.identifier($0))" }
        let changed = state.columns.filter { values[$0.name] != nil }
        var items = base.key.map {
            SQLTemplate("\(alias).\(SQLText.identifier($0)) as \(SQLText.identifier("key_" + $0))")
        }
        items += changed.map { column -> SQLTemplate in
            "\(values[column.name] ?? "null") as \(SQLText.identifier("new_" + column.name))"
        }
        let keyList = keys.joined(separator: ", ")
        let updates = add(
            """
            select distinct on (\(keyList)) \(.joined(items, separator: ", ")) from \(base.version) as \(alias), \
            \(iteration.version) as it
            where \(predicate)
            order by \(keyList), it.iteration desc
            """, name: "\(name.name)_updates",
            columns: base.key.map { VersionColumn("key_" + $0, nil) }
                + changed.map { VersionColumn("new_" + $0.name, $0.type) })
        let outputs = versionColumns(state, taints: taints)
        let hit = "u.\(SQLText.identifier("key_" + base.key[0])) is not null"
        let columns: [String] = state.columns.map { column in
            let label = SQLText.identifier(column.name)
            guard values[column.name] != nil else { return "t.\(label)" }
            return "case when \(hit) then u.\(SQLText.identifier("new_" + column.name)) else t.\(label) end as \(label)"
        }
        let on = base.key.map { "t.\(SQLText.identifier($0)) = u.\(SQLText.identifier("key_" + $0))" }.joined(
            separator: " and ")
        let done = try regenerate(
            "select \(columns.joined(separator: ", ")) from \(base.version) as t left join \(updates) as u on \(on)",
            name: name, state: state, versionName: "\(name.name)_after_loop", columns: outputs)
        let id = add(
            done.body, name: "\(name.name)_after_loop", columns: outputs, table: name,
            uniqueKeys: state.isTemporary ? [] : state.uniqueKeys)
        setVersion(name, state, id)
    }

    /// COMMIT inside a loop: what the iterations have done stays when the routine fails later.
    func settleCommits(_ loop: Loop, written: [QualifiedName]) throws {
        let steps = loop.body.flatMap(leaves)
        guard steps.contains(where: { if case .commit = $0.kind { true } else { false } }) else { return }
        var isLast = false
        for region in loop.body {
            guard case .step(let step) = region else {
                isLast = false
                continue
            }
            switch step.kind {
            case .commit: isLast = true
            case .exit, .continue, .null, .assignment, .getDiagnostics, .raise: break
            default: isLast = false
            }
        }
        if isLast {
            for name in written { committed[name] = tables[name]?.version }
            return
        }
        let text = frame.source
        let fails = (loop.range.lowerBound..<max(loop.range.upperBound, text.count)).contains {
            text.keyword($0) == .raise && text.keyword($0 + 1) == .exception
        }
        if fails {
            throw Refusal(
                code: .loop,
                detail: "the loop commits in the middle of its work, and a later failure takes back the rest")
        }
    }
}
