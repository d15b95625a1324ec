import Catalog
import Steps
import Types

extension Lowerer {
    /// The iterations of a loop that follows tables by key: each key's iterations one after the other, all keys at once.
    ///
    /// - Returns: the base relation of the iterations, with the row that each iteration finds.
    func foldByKey(
        _ iteration: Iteration, rows: VersionID, columns: [VersionColumn], line: Int
    ) throws -> SQLTemplate {
        let tables = iteration.keyedOrder.compactMap { iteration.keyed[$0] }
        guard let values = tables.first?.values else { throw Refusal(code: .loop, detail: "no key to follow") }
        // Iterations without a key never meet: each is a family of its own.
        let nulls: [SQLTemplate] = values.map { "case when \($0) is null then it.iteration end" }
        let partition: SQLTemplate = .joined(values + nulls, separator: ", ")
        let families = add(
            """
            select it.*, row_number() over (partition by \(partition) order by it.iteration) as occurrence, \
            min(it.iteration) over (partition by \(partition)) as family from \(rows) as it
            """, name: "rows_by_key_line_\(line)",
            columns: columns + [
                VersionColumn("iteration", "bigint"), VersionColumn("occurrence", "bigint"),
                VersionColumn("family", "bigint"),
            ])
        let carried = tables.flatMap(\.variables)
        let state = add(
            SQLTemplate(), name: "state_by_key_line_\(line)",
            columns: [VersionColumn("family", "bigint"), VersionColumn("occurrence", "bigint")]
                + carried.map { VersionColumn($0.name, $0.type) })
        var joins: SQLTemplate = "\(families) as it"
        var items: [SQLTemplate] = ["it.family", "cast(0 as bigint) as occurrence"]
        for (number, table) in tables.enumerated() {
            let alias = "t\(number + 1)"
            let on = zip(table.key, table.values).map { "\(alias).\(SQLText.identifier($0)) = \($1)" as SQLTemplate }
            joins.append(
                " left join \(table.state.version) as \(alias) on \(.joined(on, separator: " and "))" as SQLTemplate)
            items.append(
                "(\(alias).\(SQLText.identifier(table.key[0])) is not null) as \(SQLText.identifier(table.exists.name))"
            )
            for (column, variable) in zip(table.state.columns, table.columns) {
                items.append(
                    "cast(\(alias).\(SQLText.identifier(column.name)) as \(variable.type ?? "text")) as \(SQLText.identifier(variable.name))"
                )
            }
        }
        let anchor: SQLTemplate = "select \(.joined(items, separator: ", ")) from \(joins) where it.occurrence = 1"
        let rowList = (columns.map(\.name) + ["iteration", "family", "occurrence"]).map {
            "r.\(SQLText.identifier($0))"
        }
        let stateList = carried.map { "s.\(SQLText.identifier($0.name))" }
        let list = (rowList + stateList).joined(separator: ", ")
        let next: SQLTemplate =
            "select \(list) from \(state) as s inner join \(families) as r on r.family = s.family and r.occurrence = s.occurrence + 1"
        let outs: [SQLTemplate] = carried.map {
            "cast(\($0.value) as \($0.type ?? "text")) as \(SQLText.identifier($0.name))"
        }
        let step: SQLTemplate =
            "select \(.joined(["it.family", "it.occurrence"] + outs, separator: ", ")) from (\(iteration.nested(over: next))) as it"
        versions[state.rawValue].body = .query("\(anchor)\nunion all\n\(step)")
        versions[state.rawValue].isRecursive = true
        for table in tables { try applyFold(table, families: families, state: state, line: line) }
        return
            "select \(list) from \(families) as r inner join \(state) as s on s.family = r.family and s.occurrence = r.occurrence - 1"
    }

    /// Rows that no iteration met stay; the others are what their key's last iteration left.
    private func applyFold(_ table: KeyedTable, families: VersionID, state: VersionID, line: Int) throws {
        let last = add(
            "select distinct on (family) * from \(state) order by family, occurrence desc",
            name: "last_by_key_line_\(line)",
            columns: columns(state))
        let names = table.state.columns.map(\.name)
        let on = zip(table.key, table.values).map { "t.\(SQLText.identifier($0)) = \($1)" as SQLTemplate }
        let untouched: SQLTemplate =
            "select \(names.map { "t.\(SQLText.identifier($0))" }.joined(separator: ", ")) from \(table.state.version) as t where not exists (select 1 from \(families) as it where \(.joined(on, separator: " and ")))"
        let items = zip(table.state.columns, table.columns).map { column, variable -> String in
            let label = SQLText.identifier(column.name)
            return "cast(\(SQLText.identifier(variable.name)) as \(variable.type ?? "text")) as \(label)"
        }
        let touched: SQLTemplate =
            "select \(items.joined(separator: ", ")) from \(last) where \(SQLText.identifier(table.exists.name))"
        var taints: [String: Taint] = [:]
        for (column, variable) in zip(table.state.columns, table.columns) { taints[column.name] = variable.taint }
        let loose = Set(table.state.columns.filter { $0.type?.hasPrefix("character varying(") == true }.map(\.name))
        let id = add(
            "\(untouched)\nunion all\n\(touched)", name: "\(table.name.name)_after_loop",
            columns: versionColumns(table.state, taints: taints, loose: loose), table: table.name,
            uniqueKeys: table.state.uniqueKeys)
        setVersion(table.name, table.state, id)
    }

    /// Splits what the iterations compute: what the tables by key are made of, and what is made of values that go from any
    /// iteration to the next one (counters, the previous row), which must not reach the tables.
    func splitByKey(
        _ iteration: Iteration, needed: Set<String>
    ) throws -> (byKey: [Iteration.Stage], behind: [Iteration.Stage]) {
        var dependent = needed
        var byKey: [Iteration.Stage] = []
        var behind: [Iteration.Stage] = []
        func depends(_ template: SQLTemplate) -> Bool { dependent.contains { template.mentions("it", $0) } }
        for stage in iteration.stages {
            if (stage.columns.map(\.expression) + [stage.lateral].compactMap { $0 }).contains(where: depends) {
                dependent.formUnion(stage.columns.map(\.name))
                behind.append(stage)
            } else {
                byKey.append(stage)
            }
        }
        guard !iteration.keyed.values.contains(where: { $0.variables.contains { depends($0.value) } }) else {
            throw Refusal(
                code: .loop, detail: "a value that the loop carries goes into a table that it reads and writes by key")
        }
        return (byKey, behind)
    }

    /// Values that look at other iterations are computed for all of them, before what an iteration takes over from the
    /// one before.
    func computeRankings(
        _ iteration: Iteration, _ driver: inout Driver, needed: Set<String>, active: Variable?, line: Int
    ) throws {
        guard !iteration.rankings.isEmpty else { return }
        guard iteration.keyed.isEmpty, iteration.chances.isEmpty, !iteration.carries, let rows = driver.rows else {
            throw Refusal(code: .loop, detail: "a key that iterations of the loop take from each other")
        }
        guard !needed.isEmpty || active != nil else { return }
        var dependent = needed.union(active == nil ? [] : ["loop_active"])
        var before: [Iteration.Stage] = []
        var behind: [Iteration.Stage] = []
        for stage in iteration.stages {
            let texts = stage.columns.map(\.expression) + [stage.lateral].compactMap { $0 }
            if texts.contains(where: { text in dependent.contains { text.mentions("it", $0) } }) {
                dependent.formUnion(stage.columns.map(\.name))
                behind.append(stage)
            } else {
                before.append(stage)
            }
        }
        let late = behind.flatMap { $0.columns.map { "it.\(SQLText.identifier($0.name))" as SQLTemplate } }
        guard !iteration.rankings.contains(where: late.contains) else {
            throw Refusal(code: .loop, detail: "a key that depends on what the loop carries from row to row")
        }
        let list = (["r.iteration"] + driver.columns.map { "r.\(SQLText.identifier($0.name))" }).joined(separator: ", ")
        iteration.stages = before
        let base: SQLTemplate = "select \(list) from \(rows) as r"
        driver.columns += before.flatMap { $0.columns.map { VersionColumn($0.name, nil) } }
        driver.rows = add(
            iteration.nested(over: base), name: "rows_checked_line_\(line)",
            columns: driver.columns + [VersionColumn("iteration", "bigint")])
        iteration.stages = behind
    }
}
