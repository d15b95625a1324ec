import Catalog
import Steps
import Tokens

extension Lowerer {
    /// INSERT .. ON CONFLICT: rows whose key exists are left alone or update the row they meet.
    ///
    /// Source: PostgreSQL manual, INSERT, "ON CONFLICT Clause". NULLs in a key never conflict; a row proposed twice is an
    /// error with DO UPDATE (here the built table's key refuses it) and ignored with DO NOTHING.
    func lowerConflict(
        _ conflict: InsertStatement.Conflict, _ statement: InsertStatement, _ name: QualifiedName, _ state: TableState,
        rows: VersionID
    ) throws -> WriteEffect {
        let keys = try conflictKeys(conflict, name, state)
        guard conflict.targetFilter == nil else {
            throw Refusal(code: .upsert, detail: "ON CONFLICT on a partial unique index is not followed")
        }
        guard let update = conflict.update else {
            return try doNothing(keys, name, state, rows: rows, alias: statement.target.exposedName)
        }
        guard keys.count == 1, let key = keys.first else {
            throw Refusal(code: .upsert, detail: "ON CONFLICT DO UPDATE needs one arbiter")
        }
        return try doUpdate(update, conflict.filter, key: key, statement, name, state, rows: rows)
    }

    private func conflictKeys(
        _ conflict: InsertStatement.Conflict, _ name: QualifiedName, _ state: TableState
    ) throws -> [[String]] {
        if let constraint = conflict.constraint {
            guard let found = state.catalog?.constraints.first(where: { $0.name == constraint }), !found.columns.isEmpty
            else { throw Refusal(code: .upsert, detail: "constraint '\(constraint)' is not a key of '\(name)'") }
            return [found.columns]
        }
        if conflict.target.isEmpty {
            if state.catalog?.uniqueIndexes.contains(where: { $0.columns.isEmpty || $0.predicate != nil }) == true {
                throw Refusal(
                    code: .upsert, detail: "'\(name)' has a unique index on an expression or with a predicate")
            }
            return state.uniqueKeys
        }
        var key: [String] = []
        for piece in conflict.target {
            guard piece.count == 1, source.isName(piece.lowerBound) else {
                throw Refusal(code: .upsert, detail: "ON CONFLICT on an expression is not followed")
            }
            key.append(source.name(piece.lowerBound))
        }
        if state.catalog?.constraints.contains(where: { $0.nullsNotDistinct && Set($0.columns) == Set(key) }) == true {
            throw Refusal(code: .upsert, detail: "the key of '\(name)' takes NULLs as equal")
        }
        return [key]
    }

    private func matches(_ key: [String], _ left: String, _ right: String) -> SQLTemplate {
        SQLTemplate(
            key.map { "\(left).\(SQLText.identifier($0)) = \(right).\(SQLText.identifier($0))" }.joined(
                separator: " and "))
    }

    private func doNothing(
        _ keys: [[String]], _ name: QualifiedName, _ state: TableState, rows: VersionID, alias: String
    ) throws -> WriteEffect {
        var current = rows
        let list = SQLText.list(state.columns.map(\.name))
        let open = keys.filter { key in
            !versions[rows.rawValue].uniqueKeys.contains { Set($0).isSubset(of: Set(key)) }
        }
        // A row that meets an existing one is not inserted and stands in nobody's way: those go first.
        for key in keys where !state.isEmpty && mutant != .conflictForgetsExisting {
            current = add(
                """
                select \(list) from \(current) as proposed where not exists (
                    select 1 from \(state.version) as existing where \(matches(key, "existing", "proposed"))
                )
                """, name: "unseen_\(name.name)", columns: columns(current),
                uniqueKeys: versions[current.rawValue].uniqueKeys)
        }
        if !open.isEmpty { current = firstProposals(of: current, open, name) }
        let taints = Dictionary(columns(current).map { ($0.name, $0.taint) }, uniquingKeysWith: { $1 })
        let body: SQLTemplate =
            state.isEmpty
            ? "select \(list) from \(current)"
            : "select \(list) from \(state.version)\nunion all\nselect \(list) from \(current)"
        let id = add(
            body, name: "\(name.name)_after_insert", columns: versionColumns(state, taints: taints), table: name,
            uniqueKeys: state.uniqueKeys)
        if !state.isEmpty { versions[id.rawValue].appendBase = state.version }
        setVersion(name, state, id)
        return WriteEffect(rows: current, count: "(select count(*) from \(current))", alias: alias)
    }

    /// Of proposed rows that share a key the first one counts; NULLs never meet.
    private func firstProposals(of rows: VersionID, _ keys: [[String]], _ name: QualifiedName) -> VersionID {
        let list = SQLText.list(columns(rows).map(\.name))
        note(
            "several proposed rows may share a key (\(keys.map { $0.joined(separator: ", ") }.joined(separator: "; "))): the first in the query's order is kept",
            code: "P2D-302", range: currentStep, severity: .warning)
        let numbered = add(
            "select \(list), row_number() over () as proposal from \(rows)", name: "numbered_\(name.name)",
            columns: columns(rows) + [VersionColumn("proposal", "bigint")], isVolatile: true)
        guard keys.count == 1 else { return walked(numbered, columns(rows), keys, name) }
        let isNull = keys[0].map { "\(SQLText.identifier($0)) is null" }.joined(separator: " or ")
        let ranked = add(
            """
            select \(list), row_number() over (partition by \(SQLText.list(keys[0])) order by proposal) as occurrence, \
            (\(isNull)) as has_null_key from \(numbered)
            """, name: "ranked_\(name.name)",
            columns: columns(rows) + [
                VersionColumn("occurrence", "bigint"), VersionColumn("has_null_key", "boolean"),
            ],
            isVolatile: true)
        return add(
            "select \(list) from \(ranked)"
                + (mutant == .conflictKeepsAllProposals ? "" : " where occurrence = 1 or has_null_key"),
            name: "first_\(name.name)",
            columns: columns(rows), isVolatile: true)
    }

    /// With several keys, whether a row counts depends on the fate of each row before it: they are gone through one by
    /// one, with the keys of those that counted.
    private func walked(
        _ numbered: VersionID, _ columns: [VersionColumn], _ keys: [[String]], _ name: QualifiedName
    ) -> VersionID {
        let taken = keys.indices.map { "taken_\($0 + 1)" }
        let walk = add(
            SQLTemplate(), name: "walked_\(name.name)",
            columns: [VersionColumn("proposal", "bigint"), VersionColumn("counts", "boolean")]
                + taken.map { VersionColumn($0, "text[]") }, isVolatile: true)
        // NULL when a part is NULL: such a key meets nothing.
        let texts = keys.map { key in
            let parts = key.map { "cast(p.\(SQLText.identifier($0)) as text)" }
            return key.count == 1
                ? parts[0]
                : "case when \(key.map { "p.\(SQLText.identifier($0)) is not null" }.joined(separator: " and ")) "
                    + "then cast(array[\(parts.joined(separator: ", "))] as text) end"
        }
        let meets = zip(texts, taken).map { "coalesce(\($0) = any(w.\($1)), false)" }.joined(separator: " or ")
        let next = zip(texts, taken).map { "case when \(meets) then w.\($1) else w.\($1) || \($0) end" }
        let empty = taken.map { _ in "cast('{}' as text[])" }
        let start = taken.indices.map { "\(empty[$0]) as \(taken[$0])" }.joined(separator: ", ")
        versions[walk.rawValue].body = .query(
            """
            select cast(0 as bigint) as proposal, false as counts, \(start)
            union all
            select p.proposal, not (\(meets)), \(next.joined(separator: ", ")) \
            from \(walk) as w inner join \(numbered) as p on p.proposal = w.proposal + 1
            """)
        versions[walk.rawValue].isRecursive = true
        let list = columns.map { "p.\(SQLText.identifier($0.name))" }.joined(separator: ", ")
        return add(
            "select \(list) from \(numbered) as p inner join \(walk) as w on w.proposal = p.proposal where w.counts",
            name: "first_\(name.name)", columns: columns, isVolatile: true)
    }

    private func doUpdate(
        _ update: [Assignment], _ filter: Range<Int>?, key: [String], _ statement: InsertStatement,
        _ name: QualifiedName,
        _ state: TableState, rows: VersionID
    ) throws -> WriteEffect {
        let alias = statement.target.exposedName
        let quoted = SQLText.identifier(alias)
        let names = state.columns.map(\.name)
        var rewriter = Rewriter(self, source, scope: scope)
        rewriter.addAlias(alias, columns: names)
        rewriter.addAlias("excluded", columns: names)
        rewriter.qualify(columns: Set(names), with: quoted)
        if let schema = statement.target.schema { rewriter.addQualified(QualifiedName(schema, statement.target.name)) }
        let condition = try filter.map { try rewriter.expression($0) }
        let values = try assignedValues(update, state, rewriter: &rewriter)
        var taints: [String: Taint] = Dictionary(columns(rows).map { ($0.name, $0.taint) }, uniquingKeysWith: { $1 })
        for (column, _) in values { taints[column, default: []].formUnion(rewriter.taint) }
        let hit: SQLTemplate = "excluded.\(SQLText.identifier(key[0])) is not null"
        let applies: SQLTemplate =
            mutant == .conflictFilterDropped ? hit : condition.map { "\(hit) and (\($0))" } ?? hit
        let items: [SQLTemplate] = state.columns.map { column in
            let label = SQLText.identifier(column.name)
            guard let value = values[column.name], mutant != .conflictForgetsUpdate else { return "\(quoted).\(label)" }
            return "case when \(applies) then \(value) else \(quoted).\(label) end as \(label)"
        }
        let join: SQLTemplate =
            "\(state.version) as \(quoted) left join \(rows) as excluded on \(matches(key, quoted, "excluded"))"
        var body: SQLTemplate = "select \(.joined(items, separator: ", ")) from \(join)"
        let loose = Set(columns(rows).filter(\.isLoose).map(\.name)).union(looseColumns(update, state, lifted: [:]))
        let outputs = versionColumns(state, taints: taints, loose: loose)
        let list = SQLText.list(names)
        let updated = try regenerate(
            body, name: name, state: state, versionName: "merged_\(name.name)", columns: outputs)
        body = updated.body
        let merged = add(
            body, name: "merged_\(name.name)", columns: outputs, isVolatile: rewriter.isVolatile,
            uniqueKeys: state.uniqueKeys)
        let fresh = add(
            """
            select \(list) from \(rows) as proposed where not exists (
                select 1 from \(state.version) as existing where \(matches(key, "existing", "proposed"))
            )
            """, name: "unseen_\(name.name)", columns: columns(rows))
        let id = add(
            "select \(list) from \(merged)\nunion all\nselect \(list) from \(fresh)", name: "\(name.name)_after_upsert",
            columns: outputs, table: name, isVolatile: rewriter.isVolatile, uniqueKeys: state.uniqueKeys)
        setVersion(name, state, id)
        let touched: SQLTemplate =
            "(select count(*) from \(state.version) as \(quoted) inner join \(rows) as excluded on \(matches(key, quoted, "excluded"))"
            + (condition.map { " where \($0)" as SQLTemplate } ?? "") + ")"
        // RETURNING: the rows as they are now, new ones and updated ones.
        let keyList = SQLText.list(key)
        let affected: SQLTemplate = "select \(list) from \(id) where (\(keyList)) in (select \(keyList) from \(rows))"
        let returned =
            statement.returning != nil && condition == nil
            ? add(affected, name: "upserted_\(name.name)", columns: outputs) : nil
        return WriteEffect(rows: returned, count: "((select count(*) from \(fresh)) + \(touched))", alias: alias)
    }
}
