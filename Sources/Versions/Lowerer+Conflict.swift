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
        guard let update = conflict.update else {
            return try doNothing(keys, name, state, rows: rows, alias: statement.target.exposedName)
        }
        guard keys.count == 1, let key = keys.first else {
            throw Refusal(code: .upsert, detail: "ON CONFLICT DO UPDATE needs one arbiter")
        }
        return try doUpdate(update, conflict.filter, key: key, statement, name, state, rows: rows)
    }

    /// What two rows must not share: columns, or expressions, perhaps only of the rows that a partial index holds.
    struct ConflictKey {
        /// Plain columns; empty when an expression is among the parts.
        var columns: [String]
        /// The parts over a relation of this (quoted) name.
        var parts: [(String) -> SQLTemplate]
        /// Which rows the index holds; nil for all.
        var predicate: ((String) -> SQLTemplate)?

        init(columns: [String]) {
            self.columns = columns
            parts = columns.map { column in { SQLTemplate("\($0).\(SQLText.identifier(column))") } }
        }

        /// Whether both relations' rows share the key; NULLs never do.
        func meets(_ left: String, _ right: String) -> SQLTemplate {
            var tests: [SQLTemplate] = parts.map { "\($0(left)) = \($0(right))" }
            if let predicate { tests += [predicate(left), predicate(right)] }
            return .joined(tests, separator: " and ")
        }

        /// Rows that can meet no other one.
        func isFree(_ relation: String) -> SQLTemplate {
            var tests: [SQLTemplate] = parts.map { "\($0(relation)) is null" }
            if let predicate { tests.append("\(predicate(relation)) is not true") }
            return .joined(tests, separator: " or ")
        }

        var isPlain: Bool { !columns.isEmpty && predicate == nil }
        var shown: String { columns.isEmpty ? "an expression" : columns.joined(separator: ", ") }
    }

    private func conflictKeys(
        _ conflict: InsertStatement.Conflict, _ name: QualifiedName, _ state: TableState
    ) throws -> [ConflictKey] {
        if let constraint = conflict.constraint {
            guard let found = state.catalog?.constraints.first(where: { $0.name == constraint }), !found.columns.isEmpty
            else { throw Refusal(code: .upsert, detail: "constraint '\(constraint)' is not a key of '\(name)'") }
            return [ConflictKey(columns: found.columns)]
        }
        if conflict.target.isEmpty {
            let indexes = state.catalog?.uniqueIndexes ?? []
            if indexes.contains(where: { $0.columns.isEmpty }) {
                throw Refusal(code: .upsert, detail: "'\(name)' has a unique index on an expression")
            }
            return try state.uniqueKeys.map { ConflictKey(columns: $0) }
                + indexes.filter { $0.predicate != nil }.map { try partialKey($0, state) }
        }
        let isPlain = conflict.target.allSatisfy { $0.count == 1 && source.isName($0.lowerBound) }
        let names = isPlain ? conflict.target.map { source.name($0.lowerBound) } : []
        if state.catalog?.constraints.contains(where: { $0.nullsNotDistinct && Set($0.columns) == Set(names) }) == true
        {
            throw Refusal(code: .upsert, detail: "the key of '\(name)' takes NULLs as equal")
        }
        let isFull = state.uniqueKeys.contains { Set($0) == Set(names) }
        if conflict.targetFilter != nil, !isFull {
            let found = (state.catalog?.uniqueIndexes ?? []).filter { index in
                index.predicate != nil && Set(index.columns) == Set(names)
            }
            guard isPlain, found.count == 1 else {
                throw Refusal(
                    code: .upsert, detail: "the partial unique index of ON CONFLICT on '\(name)' is not known")
            }
            return [try partialKey(found[0], state)]
        }
        var key = ConflictKey(columns: names)
        if !isPlain {
            let source = self.source
            key.parts = try conflict.target.map { piece in
                try overRelation(source, piece, state)
            }
        }
        return [key]
    }

    private func partialKey(_ index: UniqueIndex, _ state: TableState) throws -> ConflictKey {
        var key = ConflictKey(columns: index.columns)
        if let text = index.predicate {
            let source = SourceText(text, profile: .postgresql)
            let predicate = try overRelation(source, source.all, state)
            key.predicate = { "(\(predicate($0)))" }
        }
        return key
    }

    /// An expression over a table's columns, for any name of the relation.
    private func overRelation(
        _ source: SourceText, _ range: Range<Int>, _ state: TableState
    ) throws -> (String) -> SQLTemplate {
        let columns = Set(state.columns.map(\.name))
        // Once now, so that what can't be rendered is refused where it stands.
        func rendered(_ relation: String) throws -> SQLTemplate {
            var rewriter = Rewriter(self, source, scope: nil)
            rewriter.addAlias(relation, columns: Array(columns))
            rewriter.qualify(columns: columns, with: relation)
            return try rewriter.expression(range)
        }
        _ = try rendered("proposed")
        return { (try? rendered($0)) ?? "null" }
    }

    private func doNothing(
        _ keys: [ConflictKey], _ name: QualifiedName, _ state: TableState, rows: VersionID, alias: String
    ) throws -> WriteEffect {
        var current = rows
        let list = SQLText.list(state.columns.map(\.name))
        let open = keys.filter { key in
            key.columns.isEmpty
                || !versions[rows.rawValue].uniqueKeys.contains { Set($0).isSubset(of: Set(key.columns)) }
        }
        // A row that meets an existing one is not inserted and stands in nobody's way: those go first.
        for key in keys where !state.isEmpty && mutant != .conflictForgetsExisting {
            current = add(
                """
                select \(list) from \(current) as proposed where not exists (
                    select 1 from \(state.version) as existing where \(key.meets("existing", "proposed"))
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
    private func firstProposals(of rows: VersionID, _ keys: [ConflictKey], _ name: QualifiedName) -> VersionID {
        let list = SQLText.list(columns(rows).map(\.name))
        note(
            "several proposed rows may share a key (\(keys.map(\.shown).joined(separator: "; "))): the first in the query's order is kept",
            code: "P2D-302", range: currentStep, severity: .warning)
        let numbered = add(
            "select \(list), row_number() over () as proposal from \(rows)", name: "numbered_\(name.name)",
            columns: columns(rows) + [VersionColumn("proposal", "bigint")], isVolatile: true)
        guard keys.count == 1 else { return walked(numbered, columns(rows), keys, name) }
        let parts: SQLTemplate = .joined(keys[0].parts.map { $0("numbered") }, separator: ", ")
        let isFree = keys[0].isFree("numbered")
        let ranked = add(
            """
            select \(list), row_number() over (partition by \(parts), (\(isFree)) order by proposal) as occurrence, \
            (\(isFree)) as has_null_key from \(numbered) as numbered
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
        _ numbered: VersionID, _ columns: [VersionColumn], _ keys: [ConflictKey], _ name: QualifiedName
    ) -> VersionID {
        let taken = keys.indices.map { "taken_\($0 + 1)" }
        let walk = add(
            SQLTemplate(), name: "walked_\(name.name)",
            columns: [VersionColumn("proposal", "bigint"), VersionColumn("counts", "boolean")]
                + taken.map { VersionColumn($0, "text[]") }, isVolatile: true)
        // NULL when a part is NULL: such a key meets nothing.
        let texts = keys.map { key -> SQLTemplate in
            let parts: [SQLTemplate] = key.parts.map { "cast(\($0("p")) as text)" }
            return key.isPlain && key.columns.count == 1
                ? parts[0]
                : "case when not (\(key.isFree("p"))) then cast(array[\(.joined(parts, separator: ", "))] as text) end"
        }
        let meets: SQLTemplate = .joined(
            zip(texts, taken).map { "coalesce(\($0) = any(w.\($1)), false)" }, separator: " or ")
        let next: [SQLTemplate] = zip(texts, taken).map {
            "case when \(meets) then w.\($1) else w.\($1) || \($0) end"
        }
        let empty = taken.map { _ in "cast('{}' as text[])" }
        let start = taken.indices.map { "\(empty[$0]) as \(taken[$0])" }.joined(separator: ", ")
        versions[walk.rawValue].body = .query(
            """
            select cast(0 as bigint) as proposal, false as counts, \(start)
            union all
            select p.proposal, not (\(meets)), \(.joined(next, separator: ", ")) \
            from \(walk) as w inner join \(numbered) as p on p.proposal = w.proposal + 1
            """)
        versions[walk.rawValue].isRecursive = true
        let list = columns.map { "p.\(SQLText.identifier($0.name))" }.joined(separator: ", ")
        return add(
            "select \(list) from \(numbered) as p inner join \(walk) as w on w.proposal = p.proposal where w.counts",
            name: "first_\(name.name)", columns: columns, isVolatile: true)
    }

    private func doUpdate(
        _ update: [Assignment], _ filter: Range<Int>?, key: ConflictKey, _ statement: InsertStatement,
        _ name: QualifiedName,
        _ state: TableState, rows: VersionID
    ) throws -> WriteEffect {
        let alias = statement.target.exposedName
        let quoted = SQLText.identifier(alias)
        let names = state.columns.map(\.name)
        var rewriter = Rewriter(self, source, scope: scope)
        rewriter.addTarget(alias, columns: names)
        rewriter.addAlias("excluded", columns: names)
        rewriter.qualify(columns: Set(names), with: quoted)
        if let schema = statement.target.schema { rewriter.addQualified(QualifiedName(schema, statement.target.name)) }
        let condition = try filter.map { try rewriter.expression($0) }
        let values = try assignedValues(update, state, rewriter: &rewriter)
        let triggers = try rowTriggers(on: name, .update, setting: Set(update.flatMap(\.columns)))
        var taints: [String: Taint] = Dictionary(columns(rows).map { ($0.name, $0.taint) }, uniquingKeysWith: { $1 })
        for (column, _) in values { taints[column, default: []].formUnion(rewriter.taint) }
        let finder = ColumnFinder(self)
        let visible = [
            VisibleRelation(name: alias, columns: columns(state.version)),
            VisibleRelation(name: "excluded", columns: columns(rows)),
        ]
        for assignment in update {
            let taint = finder.taint(of: assignment.value, source: source, visible: visible, scope: scope)
            for column in assignment.columns { taints[column, default: []].formUnion(taint) }
        }
        let rows = key.isPlain ? rows : markProposed(rows, key, name)
        let hit: SQLTemplate = key.isPlain ? "\(key.parts[0]("excluded")) is not null" : "excluded.is_proposed"
        let applies: SQLTemplate =
            mutant == .conflictFilterDropped ? hit : condition.map { "\(hit) and (\($0))" } ?? hit
        let items: [SQLTemplate] = state.columns.map { column in
            let label = SQLText.identifier(column.name)
            guard let value = values[column.name], mutant != .conflictForgetsUpdate else { return "\(quoted).\(label)" }
            return "case when \(applies) then \(value) else \(quoted).\(label) end as \(label)"
        }
        let join: SQLTemplate =
            "\(state.version) as \(quoted) left join \(rows) as excluded on \(key.meets(quoted, "excluded"))"
        var body: SQLTemplate = "select \(.joined(items, separator: ", ")) from \(join)"
        let isUnique = versions[rows.rawValue].uniqueKeys.contains { Set($0).isSubset(of: Set(key.columns)) }
        if let condition, !isUnique, triggers.isEmpty {
            // Several proposals for a row are an error, which the built table's key reports, unless none of them changes it.
            // A row that no proposal meets stays, whatever its key: several may have NULL there, or stand outside the index.
            let met: SQLTemplate = "coalesce(\(hit), false)"
            let parts: SQLTemplate = .joined(key.parts.map { $0(quoted) } + [met], separator: ", ")
            body = """
                select \(SQLText.list(names)) from (
                    select \(.joined(items, separator: ", ")), row_number() over (partition by \(parts)) as copy,
                        bool_or(coalesce(\(condition), false)) over (partition by \(parts)) as is_changed,
                        \(met) as is_met
                    from \(join)
                ) as m where is_changed or copy = 1 or not is_met
                """
        }
        let loose = Set(columns(rows).filter(\.isLoose).map(\.name)).union(looseColumns(update, state, lifted: [:]))
        let outputs = versionColumns(state, taints: taints, loose: loose)
        let list = SQLText.list(names)
        var outputsNow = outputs
        if !triggers.isEmpty {
            guard triggers.after.isEmpty, statement.with == nil else {
                throw Refusal(
                    code: .trigger,
                    detail:
                        "trigger '\((triggers.after + triggers.before)[0].name)' acts on '\(name)' behind an ON CONFLICT"
                )
            }
            (body, outputsNow) = try upsertWithTriggers(
                triggers, name, state, rows: rows, key: key, alias: quoted, condition: condition, values: values,
                outputs: outputs)
        }
        let updated = try regenerate(
            body, name: name, state: state, versionName: "merged_\(name.name)", columns: outputsNow)
        body = updated.body
        let merged = add(
            body, name: "merged_\(name.name)", columns: outputsNow, isVolatile: rewriter.isVolatile,
            uniqueKeys: state.uniqueKeys)
        let fresh = add(
            """
            select \(list) from \(rows) as proposed where not exists (
                select 1 from \(state.version) as existing where \(key.meets("existing", "proposed"))
            )
            """, name: "unseen_\(name.name)", columns: columns(rows))
        let id = add(
            "select \(list) from \(merged)\nunion all\nselect \(list) from \(fresh)", name: "\(name.name)_after_upsert",
            columns: outputsNow, table: name, isVolatile: rewriter.isVolatile, uniqueKeys: state.uniqueKeys)
        if key.isPlain { versions[id.rawValue].upsert = Upsert(merged: merged, unseen: [fresh], key: key.columns) }
        setVersion(name, state, id)
        let touched: SQLTemplate =
            "(select count(*) from \(state.version) as \(quoted) inner join \(rows) as excluded on \(key.meets(quoted, "excluded"))"
            + (condition.map { " where \($0)" as SQLTemplate } ?? "") + ")"
        var returned: VersionID?
        if statement.returning != nil, key.isPlain {
            returned = upsertedRows(
                name, state, now: id, rows: rows, fresh: fresh, key: key, alias: quoted, condition: condition,
                columns: outputs)
        }
        return WriteEffect(rows: returned, count: "((select count(*) from \(fresh)) + \(touched))", alias: alias)
    }

    /// An expression says nothing about a row that is not there: proposed rows get a mark. No model keeps their key
    /// unique, so that two proposals for one row are a failure here.
    private func markProposed(_ rows: VersionID, _ key: ConflictKey, _ name: QualifiedName) -> VersionID {
        let line = source.line(currentStep.lowerBound)
        let parts: SQLTemplate = .joined(key.parts.map { $0("excluded") }, separator: ", ")
        let shared = add(
            """
            select count(*) as row_count from (
                select 1 from \(rows) as excluded where (\(key.isFree("excluded"))) is not true group by \(parts) having count(*) > 1
            ) as shared
            """, name: "shared_keys_line_\(line)", columns: [VersionColumn("row_count", "bigint")], isScalar: true)
        under("\(read(shared, column: "row_count")) > 0") {
            raise("'ON CONFLICT DO UPDATE command cannot affect row a second time'", state: "cardinality_violation")
        }
        return add(
            "select \(SQLText.list(columnNames(rows))), true as is_proposed from \(rows)",
            name: "proposed_\(name.name)", columns: columns(rows) + [VersionColumn("is_proposed", "boolean")])
    }

    /// RETURNING of an upsert: the rows as they are now, new ones and updated ones.
    ///
    /// `xmax = 0` tells them apart: PostgreSQL locks, and so marks, a row that it updates. The column is there for
    /// whoever asks.
    private func upsertedRows(
        _ name: QualifiedName, _ state: TableState, now: VersionID, rows: VersionID, fresh: VersionID, key: ConflictKey,
        alias: String, condition: SQLTemplate?, columns: [VersionColumn]
    ) -> VersionID {
        let list = SQLText.list(state.columns.map(\.name))
        let keyList = SQLText.list(key.columns)
        let isFresh: SQLTemplate = "(\(keyList)) in (select \(keyList) from \(fresh))"
        var touched: SQLTemplate = "(\(keyList)) in (select \(keyList) from \(rows))"
        if let condition {
            let own = key.columns.map { "\(alias).\(SQLText.identifier($0))" }.joined(separator: ", ")
            touched =
                "\(isFresh) or (\(keyList)) in (select \(own) from \(state.version) as \(alias) inner join \(rows) as excluded on \(key.meets(alias, "excluded")) where \(condition))"
        }
        guard statementMentions("xmax") else {
            return add(
                "select \(list) from \(now) where \(touched)", name: "upserted_\(name.name)", columns: columns)
        }
        return add(
            "select \(list), case when \(isFresh) then 0 else 1 end as xmax from \(now) where \(touched)",
            name: "upserted_\(name.name)", columns: columns + [VersionColumn("xmax", "integer")])
    }
}
