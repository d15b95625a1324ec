import Catalog
import Findings
import Steps
import Tokens
import Types

/// Loops that read what they have written: `for r in .. loop select .. from t; update t ..; insert into t ..; end loop`.
///
/// Rule: the rows of such a table are one more value that an iteration takes over from the one before: a `jsonb` array.
/// Inside the body the table's current version is that array unpacked, so that every rule for statements (UPDATE .. FROM,
/// MERGE, ON CONFLICT, RETURNING, data-modifying WITH ..) holds as it does outside loops; behind a statement that wrote
/// the table its rows are packed again. The rows behind the last iteration are the table behind the loop.
///
/// Precondition: all columns have known types. Types whose JSON form may differ travel as text, whose input and output
/// are each other's inverse (PostgreSQL manual, "JSON Functions", jsonb_to_recordset; "Data Types", input and output).
/// Refused (P2D-105): writes that are not seen in the text of the loop or of the routines that it calls.
extension Lowerer {
    // MARK: which tables

    /// Tables that the loop writes and also reads or changes; with `all`, whatever it writes.
    func tablesToCarry(_ loop: Loop, all: Bool) -> Set<QualifiedName> {
        let effects = Effects(source: source, region: .loop(loop))
        let written = Set(effects.tables.compactMap { try? tableName($0) }).union(calleeWrites(loop))
        var result: Set<QualifiedName> = []
        var deletes = false
        func look(_ text: SourceText, _ range: Range<Int>) {
            for index in range {
                if text.keyword(index) == .delete || text.keyword(index) == .truncate { deletes = true }
                guard text.isName(index) else { continue }
                for name in written where name.name == text.name(index) {
                    let start = text.kind(index - 1) == .dot ? index - 2 : index
                    if start < index, text.name(start) != name.schema { continue }
                    let isInsert = text.keyword(start - 1) == .into && text.keyword(start - 2) == .insert
                    if !isInsert || !isPlainInsert(text, start - 2, range.upperBound) { result.insert(name) }
                }
                // A view shows what the loop writes.
                if text.kind(index - 1) != .dot || text.kind(index - 2) == .word,
                    let view = catalog.resolveTable(
                        schema: text.kind(index - 1) == .dot ? text.name(index - 2) : nil, name: text.name(index),
                        path: frame.searchPath),
                    catalog.table(view)?.kind == .view
                {
                    for name in written where viewReads(view, name, depth: 0) { result.insert(name) }
                }
            }
        }
        look(source, loop.range)
        for body in calledBodies(loop) { look(body, body.all) }
        if all { result = written }
        // What a foreign key's action changes is carried beside the table that it follows.
        var isGrowing = deletes
        while isGrowing {
            isGrowing = false
            for name in result {
                for child in catalog.foreignKeys(to: name)
                where ["cascade", "set null", "set default"].contains(child.constraint.onDelete ?? "") {
                    if result.insert(child.table).inserted { isGrowing = true }
                }
            }
        }
        return result
    }

    /// The texts of the routines that the loop calls, directly or through others.
    private func calledBodies(_ loop: Loop) -> [SourceText] {
        var result: [SourceText] = []
        var seen: Set<String> = []
        func visit(_ source: SourceText, _ range: Range<Int>, path: [String]?) {
            for index in range where source.isName(index) && source.kind(index + 1) == .leftParen {
                let schema = source.kind(index - 1) == .dot ? source.name(index - 2) : nil
                for routine in catalog.routines(schema: schema, name: source.name(index), path: path)
                where seen.insert(routine.signature).inserted {
                    let text = SourceText(routine.body, profile: .postgresql)
                    result.append(text)
                    visit(text, text.all, path: routine.settings["search_path"].map(CatalogIndex.schemas))
                }
            }
        }
        visit(source, loop.range, path: frame.searchPath)
        return result
    }

    /// INSERT without ON CONFLICT and RETURNING.
    private func isPlainInsert(_ text: SourceText, _ start: Int, _ limit: Int) -> Bool {
        let end = text.firstTopLevel(in: start..<limit) { text.kind($0) == .semicolon } ?? limit
        return !(start..<end).contains { text.keyword($0) == .returning || text.keyword($0) == .conflict }
    }

    private func viewReads(_ view: QualifiedName, _ table: QualifiedName, depth: Int) -> Bool {
        guard depth < 20, let text = catalog.table(view)?.viewQuery else { return false }
        let source = SourceText(text, profile: .postgresql)
        return source.all.contains { index in
            guard source.isName(index), let reference = readRelationName(source, index),
                let name = catalog.resolveTable(schema: reference.schema, name: reference.name, path: nil)
            else { return false }
            return name == table
                || catalog.table(name)?.kind == .view && name != view
                    && viewReads(name, table, depth: depth + 1)
        }
    }

    // MARK: attempts

    /// First only the tables that the loop reads back, then all that it writes.
    func tablesToCarry(_ loop: Loop) -> [Set<QualifiedName>] {
        let some = tablesToCarry(loop, all: false)
        let all = tablesToCarry(loop, all: true)
        return all == some ? [some] : [some, all]
    }

    /// Lowers the loop with these tables carried.
    ///
    /// What a column depends on can travel round the loop: it is lowered again until nothing is added.
    func iterate(_ loop: Loop, carrying names: Set<QualifiedName>, from saved: LowererSnapshot) throws {
        let outerScope = scope
        loopTaints = [:]
        for round in 0..<4 {
            try iterate(loop, mode: .carrying(names))
            if let failed = takeLoopRefusal() { throw failed }
            guard let carried = lastTaints, carried != loopTaints, round < 3 else { break }
            loopTaints = carried
            scope = outerScope
            restore(saved)
        }
        for name in names.sorted() {
            note(
                "the loop reads what it writes to '\(name)': each iteration hands all its rows on to the next, which takes time with many iterations over a large table",
                code: "P2D-310", range: loop.header, severity: .warning)
        }
    }

    /// Nothing but the carried tables may have changed while the body was lowered, and what it wrote unseen must not have
    /// been read.
    func refuseUnseenWrites(_ iteration: Iteration, since before: [QualifiedName: TableState]) throws {
        for (name, state) in tables where iteration.tables[name] == nil && before[name]?.version != state.version {
            throw Refusal(code: .loop, detail: "the loop changes '\(name)' in a way that is not followed")
        }
        for name in iteration.writeOrder where !iteration.written.contains(name) && iteration.reads.contains(name) {
            throw Refusal(code: .loop, detail: "the loop reads '\(name)', which it writes itself")
        }
        lastTaints = iteration.tables.mapValues(\.taints)
        guard iteration.rowCounters.isEmpty else {
            throw Refusal(code: .loop, detail: "numbers of a sequence for the rows of a query inside a loop")
        }
    }

    /// Puts the queries of the iteration's own versions where they are read.
    func spellOut(_ local: LocalVersions, _ iteration: Iteration) {
        for index in (iteration.version.rawValue + 1)..<versions.count where !local.contains(versions[index].id) {
            if case .query(let body) = versions[index].body { versions[index].body = .query(local.expand(body)) }
        }
        for index in iteration.stages.indices {
            for column in iteration.stages[index].columns.indices {
                let expression = iteration.stages[index].columns[column].expression
                iteration.stages[index].columns[column].expression = local.expand(expression)
            }
            iteration.stages[index].lateral = iteration.stages[index].lateral.map(local.expand)
        }
        for name in iteration.writeOrder {
            iteration.writes[name] = iteration.writes[name]?.map { write in
                switch write {
                case .insert: write
                case .delete(let alias, let predicate): .delete(alias: alias, predicate: local.expand(predicate))
                case .update(let alias, let predicate, let values, let taints):
                    .update(
                        alias: alias, predicate: local.expand(predicate), values: values.mapValues(local.expand),
                        taints: taints)
                }
            }
        }
        // Nobody reads them any more.
        for index in (iteration.version.rawValue + 1)..<versions.count where local.contains(versions[index].id) {
            versions[index].body = .query("select 1")
        }
    }

    // MARK: packing and unpacking

    /// Starts to carry a table: inside the body its current version is what the iteration starts with.
    func carry(_ name: QualifiedName, in iteration: Iteration, seeded: [String: Taint]) throws {
        let reference = RelationReference(
            range: 0..<0, schema: name.schema == "pg_temp" ? nil : name.schema, name: name.name, alias: nil, only: false
        )
        let (full, state) = try stateForWriting(reference)
        guard full == name else { throw Refusal(code: .loop, detail: "'\(name)' is hidden by another table") }
        guard state.columns.allSatisfy({ $0.type != nil }) else {
            throw Refusal(code: .loop, detail: "the loop reads and writes '\(name)', whose columns have no known types")
        }
        let column = iteration.unique("\(name.name)_rows_at_start")
        let rows = Variable(
            name: "\(name.name)_rows", type: "jsonb", value: SQLTemplate("it.\(SQLText.identifier(column))"))
        iteration.hidden.append(HiddenState(variable: rows, column: column, initial: packed(state)))
        var taints = seeded
        for column in columns(state.version) { taints[column.name, default: []].formUnion(column.taint) }
        let table = LoopTable(name: name, before: state, rows: rows, version: state.version, taints: taints)
        iteration.tables[name] = table
        iteration.tableOrder.append(name)
        unpack(table, state)
    }

    /// Types whose values are the same when they come back from JSON.
    private func isPlainInJSON(_ type: String) -> Bool {
        let plain = [
            "smallint", "integer", "bigint", "numeric", "text", "character varying", "character(", "boolean", "date",
            "timestamp", "uuid",
        ]
        return !type.hasSuffix("[]") && plain.contains { type.hasPrefix($0) }
    }

    /// The rows of a version as one value.
    private func packed(_ state: TableState) -> SQLTemplate {
        let known = columns(state.version)
        let items: [String] = state.columns.map { column in
            let label = SQLText.identifier(column.name)
            guard let type = column.type, isPlainInJSON(type) else { return "cast(\(label) as text) as \(label)" }
            guard known.first(where: { $0.name == column.name })?.isLoose == true, let length = TypeName.length(type)
            else { return label }
            // Blanks beyond the length go, as they do on assignment; what is too long stays so for the table to refuse.
            return
                "case when char_length(rtrim(\(label))) > \(length) then \(label) else cast(\(label) as \(type)) end as \(label)"
        }
        if items == state.columns.map({ SQLText.identifier($0.name) }), known.map(\.name) == state.columns.map(\.name) {
            return "(select coalesce(jsonb_agg(q.*), '[]') from \(state.version) as q)"
        }
        return
            "(select coalesce(jsonb_agg(q.*), '[]') from (select \(items.joined(separator: ", ")) from \(state.version)) as q)"
    }

    /// `select .. from jsonb_to_recordset(rows) as t (columns)`.
    private func unpacked(_ rows: SQLTemplate, _ columns: [TableColumn]) -> SQLTemplate {
        let definitions = columns.map { column -> String in
            let type = column.type ?? "text"
            return "\(SQLText.identifier(column.name)) \(isPlainInJSON(type) ? TypeName.assignmentCast(type) : "text")"
        }
        let items = columns.map { column -> String in
            let label = SQLText.identifier(column.name)
            guard let type = column.type, !isPlainInJSON(type) else { return label }
            return "cast(\(label) as \(type)) as \(label)"
        }
        return
            "select \(items.joined(separator: ", ")) from jsonb_to_recordset(\(rows)) as t (\(definitions.joined(separator: ", ")))"
    }

    private func unpack(_ table: LoopTable, _ state: TableState) {
        table.version = add(
            unpacked(table.rows.value, state.columns), name: table.name.name,
            columns: state.columns.map { VersionColumn($0.name, $0.type, taint: table.taints[$0.name] ?? []) },
            table: table.name, uniqueKeys: state.uniqueKeys)
        var state = state
        state.version = table.version
        state.isEmpty = false
        tables[table.name] = state
    }

    /// Gives a carried table other rows.
    func replaceRows(of table: LoopTable, with rows: SQLTemplate, in iteration: Iteration) {
        guard let state = tables[table.name] else { return }
        table.rows.value = iteration.compute(rows, name: "\(table.name.name)_rows")
        unpack(table, state)
    }

    /// Whether the innermost loop carries a table.
    func isCarried(_ name: QualifiedName) -> Bool { iterations.last?.tables[name] != nil }

    /// The loop whose writes are put in force behind it: none for a table that it carries.
    func loop(writing name: QualifiedName) -> Iteration? { isCarried(name) ? nil : iterations.last }

    // MARK: statements

    /// A statement on a carried table is lowered as if nothing stood around it: its condition is put around the rows that
    /// it leaves.
    func writing<Effect>(
        _ target: RelationReference, alone: Bool, _ body: () throws -> Effect
    ) throws -> Effect {
        guard alone, let name = try? tableName(target), isCarried(name) else { return try body() }
        let saved = hidesGuard
        hidesGuard = true
        defer { hidesGuard = saved }
        return try body()
    }

    /// The condition around the current step, whether or not it is hidden from the statement.
    private func withGuard<Result>(_ body: () throws -> Result) rethrows -> Result {
        let saved = hidesGuard
        hidesGuard = false
        defer { hidesGuard = saved }
        return try body()
    }

    /// New rows of a carried table, computed once: they are added, looked at for doubled keys and returned.
    func keepRows(_ rows: VersionID, _ name: QualifiedName, _ state: TableState, isOne: Bool) -> VersionID {
        guard let iteration = iterations.last, let table = iteration.tables[name] else { return rows }
        var fresh = state
        fresh.version = rows
        let value = withGuard { guarded(packed(fresh), else: "'[]'::jsonb") }
        let stored = iteration.compute(
            value, name: "new_\(name.name)_rows", chance: isByChance(rows) ? "jsonb" : nil)
        for counter in iteration.rowCounters {
            counter.value = iteration.compute("\(counter.value) + jsonb_array_length(\(stored))", name: counter.name)
        }
        iteration.rowCounters = []
        let columns = self.columns(rows)
        let id = add(
            unpacked(stored, state.columns), name: "new_\(name.name)",
            columns: state.columns.map { column in
                VersionColumn(column.name, column.type, taint: columns.first { $0.name == column.name }?.taint ?? [])
            }, uniqueKeys: isOne ? [[]] : versions[rows.rawValue].uniqueKeys)
        table.appended[id] = stored
        return id
    }

    /// Remembers that a statement has made `version` of a carried table by adding rows.
    func added(_ rows: VersionID, to name: QualifiedName, as version: VersionID) {
        guard let table = iterations.last?.tables[name], let stored = table.appended[rows],
            versions[version.rawValue].appendBase == table.version
        else { return }
        table.appended[version] = stored
    }

    /// Packs the rows of every table that the step has changed.
    func packTables() {
        guard let iteration = iterations.last else { return }
        for name in iteration.tableOrder {
            guard let table = iteration.tables[name], let state = tables[name], state.version != table.version else {
                continue
            }
            for column in columns(state.version) { table.taints[column.name, default: []].formUnion(column.taint) }
            let value = table.appended[state.version].map { "\(table.rows.value) || \($0)" } ?? packed(state)
            let isFixed = table.appended[state.version] != nil || !isByChance(state.version)
            table.rows.value = iteration.compute(
                guarded(value, else: table.rows.value), name: "\(name.name)_rows", chance: isFixed ? nil : "jsonb")
            unpack(table, state)
            let keys = table.keysAtRisk
            table.keysAtRisk = []
            // What a handler of the body takes has been foretold, but for partial indexes.
            for key in keys where key.predicate != nil || !foretellsFailures { refuseDoubled(key, table, iteration) }
        }
    }

    /// Whether the rows of a version could be others the next time, numbers of rows aside.
    private func isByChance(_ id: VersionID) -> Bool {
        let version = versions[id.rawValue]
        if version.columns.contains(where: { $0.taint.contains(.chance) }), version.isVolatile { return true }
        guard case .query(let body) = version.body, let loop = iterations.last?.version else { return false }
        return body.relations.contains { $0 != id && $0 > loop && isByChance($0) }
    }

    // MARK: keys

    /// Unique keys of a table that a statement may break: those with a column among `columns`.
    func putAtRisk(_ name: QualifiedName, _ columns: [String]) {
        guard let table = iterations.last?.tables[name], let catalog = table.before.catalog else { return }
        var keys: [LoopKey] = catalog.constraints.filter {
            ($0.kind == .primaryKey || $0.kind == .unique) && !$0.columns.isEmpty
        }.map { LoopKey(name: $0.name, columns: $0.columns, nullsAreEqual: $0.nullsNotDistinct) }
        keys += catalog.uniqueIndexes.filter { !$0.columns.isEmpty }.map {
            LoopKey(name: $0.name, columns: $0.columns, predicate: $0.predicate)
        }
        table.keysAtRisk = keys.filter { key in
            !Set(key.columns).isDisjoint(with: columns) || key.predicate != nil
        }
    }

    /// A second row of a key fails as in the original.
    private func refuseDoubled(_ key: LoopKey, _ table: LoopTable, _ iteration: Iteration) {
        let list = SQLText.list(key.columns)
        var tests: [String] = key.nullsAreEqual ? [] : key.columns.map { "\(SQLText.identifier($0)) is not null" }
        if let predicate = key.predicate { tests.append("(\(predicate))") }
        let filter = tests.isEmpty ? "" : " where \(tests.joined(separator: " and "))"
        let doubled = iteration.compute(
            guarded(
                "exists (select 1 from \(table.version)\(filter) group by \(list) having count(*) > 1)", else: "false"),
            name: "\(table.name.name)_is_doubled")
        guardOverride = doubled
        raise(
            SQLTemplate(
                SQLText.literal("duplicate key value violates unique constraint \"\(key.name)\"")),
            state: "unique_violation", isImplied: true)
        guardOverride = nil
    }

    // MARK: numbers

    /// The last number of a sequence inside a loop, as a value that the iterations hand on.
    func loopCounter(
        _ key: String, name: String, initial: () throws -> SQLTemplate
    ) throws -> Variable? {
        guard let iteration = iterations.last, iteration.carries else { return nil }
        if let known = iteration.counters[key] { return known }
        let outer = iterations
        iterations = []
        let start = try initial()
        iterations = outer
        let column = iteration.unique("\(name)_at_start")
        let counter = Variable(
            name: name, type: "bigint", value: SQLTemplate("it.\(SQLText.identifier(column))"), taint: .surrogate)
        iteration.hidden.append(HiddenState(variable: counter, column: column, initial: start))
        iteration.counters[key] = counter
        return counter
    }

    /// The next numbers of a carried table's column: `last + ordinal`, and the counter goes on by the rows that are kept.
    func nextInLoop(_ column: TableColumn, _ name: QualifiedName, ordinal: String) throws -> SQLTemplate? {
        guard let iteration = iterations.last, let table = iteration.tables[name] else { return nil }
        let key = column.sequence?.description ?? "\(name).\(column.name)"
        let counter = try loopCounter(key, name: "last_\(name.name)_\(column.name)") {
            let own = try surrogateBase(column, table: name, state: table.before)
            guard let sequence = column.sequence, let last = sequences[sequence]?.last else { return own }
            return "greatest(\(own), \(last))"
        }
        guard let counter else { return nil }
        if !iteration.rowCounters.contains(where: { $0 === counter }) { iteration.rowCounters.append(counter) }
        return "cast(\(counter.value) + \(ordinal) as \(column.type ?? "bigint"))"
    }

    // MARK: behind the loop

    /// The rows that the last iteration has left are the table's.
    func putTablesInForce(_ iteration: Iteration, state: VersionID, line: Int) {
        for name in iteration.tableOrder {
            guard let table = iteration.tables[name],
                let hidden = iteration.hidden.first(where: { $0.variable === table.rows })
            else { continue }
            let label = SQLText.identifier(hidden.column)
            let last = add(
                "select \(label) from \(state) order by iteration desc limit 1",
                name: "last_\(name.name)_line_\(line)", columns: [VersionColumn(hidden.column, "jsonb")], isScalar: true
            )
            let loose = Set(
                table.before.columns.filter { $0.type?.hasPrefix("character varying(") == true }.map(\.name))
            var before = table.before
            before.isEmpty = false
            let id = add(
                unpacked("(select \(label) from \(last))", before.columns), name: "\(name.name)_after_loop",
                columns: versionColumns(before, taints: table.taints, loose: loose), table: name,
                uniqueKeys: before.isTemporary ? [] : before.uniqueKeys)
            setVersion(name, before, id)
        }
        for (key, counter) in iteration.counters.sorted(by: { $0.key < $1.key }) {
            guard let hidden = iteration.hidden.first(where: { $0.variable === counter }),
                let sequence = catalog.snapshot.sequences.first(where: { $0.name.description == key })
            else { continue }
            sequences[sequence.name] = SequenceState(
                last: "(select \(SQLText.identifier(hidden.column)) from \(state) order by iteration desc limit 1)",
                handedOut: true)
        }
    }
}
