import Catalog
import Findings
import Steps
import Tokens
import Types

/// A loop as a chain of states, for bodies that no simpler rule takes: one recursive CTE whose row n holds what iteration n
/// has left behind, variables as columns and the tables that the loop reads and writes as JSON arrays of their rows.
///
/// The body is lowered like any other code, over the columns of the state before it; the versions that this makes become the
/// CTEs of one lateral step. Hence statements, nested loops, handlers and calls need no rules of their own here.
/// Precondition: what an iteration leaves behind is a value (no sequence, no table made inside). Refusal: P2D-105.
///
/// Source: PostgreSQL manual, "WITH Queries", "Recursive Queries": the recursive part sees the rows of the step before.
final class StateLoop {
    let loop: Loop
    let line: Int
    /// Alias of the state that an iteration starts with.
    let prior: String
    /// Alias of the row that drives an iteration.
    let row: String
    var driver = Lowerer.Driver()
    /// Versions from here on belong to the body.
    var start = 0
    var columns: [Column] = []
    var variables: [Carried] = []
    var tables: [Written] = []
    var results: [Returned] = []
    var batches: [BatchDelete] = []
    var raises: [(reach: Reach, raised: Raised, flag: String, message: String)] = []
    var leaves: [(reach: Reach, flag: String)] = []
    /// Conditions under which no further iteration runs.
    var stops: [SQLTemplate] = []
    var test: SQLTemplate?
    var outerGuard: SQLTemplate?
    var outcome: Diagnostics?
    private var names: Set<String> = ["iteration", "is_running", "row_count", "found"]

    /// A column of the state.
    struct Column {
        var name: String
        var type: String
        var initial: SQLTemplate
        var out: SQLTemplate
        /// Somebody behind the loop reads it.
        var isRead: Bool
    }

    /// A variable that the body changes.
    struct Carried {
        var variable: Variable
        var isTarget: Bool
        var before: (value: SQLTemplate, taint: Taint, fields: [Variable]?, validUnder: [SQLTemplate]?)
        /// Columns by field; a scalar's under the empty name.
        var columns: [String: String] = [:]
    }

    /// A table that the body writes.
    struct Written {
        var name: QualifiedName
        var before: TableState
        var column: String
        /// Only added to and not read inside: each state holds its own iteration's rows alone.
        var isEmitted: Bool
        var after: [VersionColumn] = []
        /// The body's last version of it.
        var version = VersionID(0)
    }

    /// Rows that the body returns.
    struct Returned {
        var frame: Frame
        var column: String
        var columns: [VersionColumn]
        var version: VersionID
    }

    /// Names of the body's versions as CTEs of a step.
    var stepNames: [VersionID: String] = [:]

    init(loop: Loop, line: Int, prior: String, row: String) {
        self.loop = loop
        self.line = line
        self.prior = prior
        self.row = row
    }

    /// A column name that is not taken.
    func unique(_ wanted: String) -> String {
        var name = wanted
        var number = 2
        while !names.insert(name).inserted {
            name = "\(wanted)_\(number)"
            number += 1
        }
        return name
    }

    /// A value of the state before.
    func old(_ column: String) -> SQLTemplate { SQLTemplate("\(prior).\(SQLText.identifier(column))") }
}

/// What a chain of states has to carry; found by lowering the body until nothing new comes.
struct StateCarry: Equatable {
    var variables: [ObjectIdentifier: [Field]] = [:]
    var tables: [QualifiedName: [VersionColumn]] = [:]

    /// A scalar (with an empty name) or a record's field.
    struct Field: Equatable {
        var name: String
        var type: String?
        var taint: Taint
        /// A loop inside has left it in a state that is not known.
        var isUnknown = false
    }
}

extension Lowerer {
    /// Lowers a loop as a chain of states.
    func runAsStates(_ loop: Loop) throws {
        guard iterations.isEmpty else { throw Refusal(code: .loop, detail: "a loop inside a loop over rows") }
        makePlaces(loop)
        var carry = try firstGuess(loop)
        let outerScope = scope
        for attempt in 0..<8 {
            let saved = snapshot()
            loopRefusal = nil
            let pass = StateLoop(
                loop: loop, line: source.line(loop.range.lowerBound), prior: stateAlias("prior", loop),
                row: stateAlias("this_row", loop))
            let next = try lowerBody(pass, carry, mayForget: attempt == 0)
            scope = outerScope
            if next == carry {
                if let failed = takeLoopRefusal() { throw failed }
                try close(pass)
                return
            }
            restore(saved)
            carry = next
        }
        throw Refusal(code: .loop, detail: "what the loop carries from one iteration to the next is not known")
    }

    private func stateAlias(_ name: String, _ loop: Loop) -> String {
        var alias = stateLoops == 0 ? name : "\(name)_\(stateLoops + 1)"
        while loop.range.contains(where: { source.isName($0) && source.name($0) == alias }) { alias += "_" }
        return alias
    }

    /// Variables in sight, each once.
    private var variablesInSight: [(name: String, variable: Variable)] {
        var result: [(String, Variable)] = []
        var seen: Set<ObjectIdentifier> = []
        var level: Scope? = scope
        while let current = level {
            for (name, variable) in current.variables.sorted(by: { $0.key < $1.key })
            where seen.insert(ObjectIdentifier(variable)).inserted {
                result.append((name, variable))
            }
            level = current.parent
        }
        if let value = frame.returnValue, seen.insert(ObjectIdentifier(value)).inserted { result.append(("", value)) }
        for (_, variable) in result {
            if let position = variable.openCursor?.place { result.append((position.name, position)) }
        }
        return result
    }

    private func fields(of variable: Variable) -> [StateCarry.Field] {
        guard variable.isRecord || variable.fields != nil else {
            return [StateCarry.Field(name: "", type: variable.type, taint: variable.taint)]
        }
        return (variable.fields ?? []).map {
            StateCarry.Field(name: $0.name, type: $0.type, taint: $0.taint, isUnknown: $0.validUnder != nil)
        }
    }

    private func firstGuess(_ loop: Loop) throws -> StateCarry {
        let effects = Effects(source: source, region: .loop(loop))
        var carry = StateCarry()
        for name in effects.variables.union(passedToCalls(loop)).union(loopTargets(loop)) {
            guard let variable = scope.find(name) else { continue }
            carry.variables[ObjectIdentifier(variable)] = fields(of: variable)
        }
        let written = Set(effects.tables.compactMap { try? tableName($0) }).union(calleeWrites(loop))
        for name in written where tables[name] != nil || catalog.table(name) != nil { carry.tables[name] = [] }
        return carry
    }

    // MARK: one pass over the body

    /// Lowers the body over the columns of the state before it; gives what it has to carry.
    private func lowerBody(_ pass: StateLoop, _ carry: StateCarry, mayForget: Bool) throws -> StateCarry {
        let loop = pass.loop
        switch loop.kind {
        case .while, .forever: break
        default: pass.driver = try makeDriver(loop)
        }
        pass.outerGuard = guardCondition
        let known = Set(variablesInSight.map { ObjectIdentifier($0.variable) })
        try bindTables(pass, carry)
        bindVariables(pass, carry)
        let saved = (
            path: path, tables: tables, temporary: temporary, views: viewCache, committed: committed,
            diagnostics: diagnostics, sequences: sequences, returned: frames.map { $0.returnedRows.count },
            reaches: reaches.map { ($0, $0.condition, $0.isDead, $0.raises.count) },
            cursors: variablesInSight.compactMap { $0.variable.openCursor.map(\.driver.rows) },
            values: variablesInSight.map { ($0.variable, $0.variable.value, fields(of: $0.variable)) }
        )
        pass.outcome = diagnostics ?? Diagnostics(rowCount: "0", found: "false")
        path = []
        for reach in reaches { (reach.condition, reach.isDead) = (nil, false) }
        diagnostics = Diagnostics(rowCount: pass.old("row_count"), found: pass.old("found"))
        let exit = Reach()
        let rest = Reach()
        reaches += [exit, rest]
        loops.append(
            LoopFrame(
                label: loop.label, exit: exit, iteration: rest, isUnrolled: false, isChain: true, active: nil,
                range: loop.range, depth: frames.count))
        stateLoops += 1
        let outerScope = scope
        func finish() {
            stateLoops -= 1
            loops.removeLast()
            reaches.removeAll { $0 === exit || $0 === rest }
            pass.driver.finish()
            scope = outerScope
            path = saved.path
        }
        defer { for batch in pass.batches { batchDeletes[batch.name] = nil } }
        do {
            if case .while(let condition) = loop.kind {
                pass.test = "coalesce((\(try expression(condition).template)), false)"
            }
            rowAlias = pass.row
            defer { rowAlias = "it" }
            try pass.driver.bind()
        } catch {
            finish()
            throw error
        }
        run(loop.body)
        finish()
        for batch in pass.batches {
            batchDeletes[batch.name] = nil
            pass.columns.append(
                StateLoop.Column(
                    name: batch.column, type: "bigint", initial: batch.initial, out: batch.left.value, isRead: true))
        }

        if exit.isDead {
            pass.stops.append("true")
        } else if let left = exit.condition {
            pass.stops.append("not (\(left))")
        }
        for (reach, condition, isDead, count) in saved.reaches {
            collectRaises(pass, reach, from: count)
            let left: SQLTemplate? =
                reach.isDead ? SQLTemplate("true") : reach.condition.map { "not (\($0))" as SQLTemplate }
            (reach.condition, reach.isDead) = (condition, isDead)
            guard let left else { continue }
            let flag = pass.unique("leaves")
            pass.columns.append(
                StateLoop.Column(name: flag, type: "boolean", initial: "false", out: left, isRead: true))
            pass.leaves.append((reach, flag))
            pass.stops.append(left)
        }
        try collectResults(pass, saved.returned)
        let next = try collectChanges(
            pass, carry, before: saved.tables, values: saved.values, known: known,
            mayForget: mayForget && loopRefusal == nil)
        try checkLeftovers(
            tables: saved.tables, sequences: saved.sequences, committed: saved.committed, cursors: saved.cursors, pass)
        collectOutcome(pass, diagnostics)
        tables = saved.tables
        temporary = saved.temporary
        viewCache = saved.views
        committed = saved.committed
        diagnostics = saved.diagnostics
        return next
    }

    private func bindTables(_ pass: StateLoop, _ carry: StateCarry) throws {
        var settled: [StateLoop.Written] = []
        let changed = Set(variablesInSight.filter { carry.variables[ObjectIdentifier($0.variable)] != nil }.map(\.name))
        for name in carry.tables.keys.sorted() {
            let reference = RelationReference(
                range: 0..<0, schema: name.schema == "pg_temp" ? nil : name.schema, name: name.name, alias: nil,
                only: false)
            let (_, state) = try stateForWriting(reference)
            guard state.columns.allSatisfy({ $0.type != nil && $0.type != "json" }) else {
                throw Refusal(code: .loop, detail: "'\(name)' has columns that a loop's state can't hold")
            }
            if let batch = try batchDelete(name, state, pass.loop, changed: changed) {
                pass.batches.append(batch)
                continue
            }
            settled.append(
                StateLoop.Written(
                    name: name, before: state, column: pass.unique("\(name.name)_rows"),
                    isEmitted: isOnlyAddedTo(name, pass.loop)))
        }
        pass.start = versions.count
        for index in settled.indices {
            let item = settled[index]
            let known = carry.tables[item.name] ?? []
            var state = item.before
            let columns = versionColumns(state).map { column in
                var result = column
                if let earlier = known.first(where: { $0.name == column.name }) {
                    result.taint.formUnion(earlier.taint)
                    result.isLoose = earlier.isLoose
                }
                return result
            }
            if item.isEmitted {
                let empty = state.columns.map {
                    "cast(null as \(TypeName.assignmentCast($0.type ?? "text"))) as \(SQLText.identifier($0.name))"
                }
                state.version = add(
                    SQLTemplate("select \(empty.joined(separator: ", ")) where false"), name: item.name.name,
                    columns: columns, table: item.name)
                state.isEmpty = true
            } else {
                state.version = add(
                    "select \(stateRows(pass.old(item.column), state, alias: "stored"))",
                    name: "\(item.name.name)_before",
                    columns: columns, table: item.name, uniqueKeys: state.uniqueKeys)
                state.isEmpty = false
            }
            tables[item.name] = state
        }
        pass.tables = settled
        for index in pass.batches.indices {
            pass.batches[index].column = pass.unique(pass.batches[index].left.name)
            pass.batches[index].left.value = pass.old(pass.batches[index].column)
            batchDeletes[pass.batches[index].name] = pass.batches[index]
        }
    }

    /// `stored.a, stored.b from jsonb_to_recordset(..) as stored (a integer, b text)`
    private func stateRows(_ rows: SQLTemplate, _ state: TableState, alias: String) -> SQLTemplate {
        let list = state.columns.map { "\(alias).\(SQLText.identifier($0.name))" }.joined(separator: ", ")
        return
            "\(list) from jsonb_to_recordset(\(rows)) as \(alias) (\(recordColumns(state.columns.map { ($0.name, $0.type) })))"
    }

    private func recordColumns(_ columns: [(name: String, type: String?)]) -> String {
        columns.map { "\(SQLText.identifier($0.name)) \(TypeName.assignmentCast($0.type ?? "text"))" }.joined(
            separator: ", ")
    }

    private func bindVariables(_ pass: StateLoop, _ carry: StateCarry) {
        let targets = loopTargets(pass.loop)
        for (name, variable) in variablesInSight {
            guard let fields = carry.variables[ObjectIdentifier(variable)] else { continue }
            var item = StateLoop.Carried(
                variable: variable, isTarget: targets.contains(name),
                before: (variable.value, variable.taint, variable.fields, variable.validUnder))
            if variable.isRecord || variable.fields != nil {
                let old = variable.fields ?? []
                variable.fields = fields.map { field in
                    let column = pass.unique("\(name)_\(field.name)")
                    item.columns[field.name] = column
                    let part = Variable(
                        name: field.name, type: field.type, value: pass.old(column),
                        taint: field.taint.union(old.first { $0.name == field.name }?.taint ?? []))
                    if field.isUnknown { part.validUnder = Variable.never }
                    return part
                }
            } else {
                let column = pass.unique(name.isEmpty ? "returned_value" : name)
                item.columns[""] = column
                variable.value = pass.old(column)
                variable.taint = variable.taint.union(fields.first?.taint ?? [])
            }
            pass.variables.append(item)
        }
    }

    // MARK: what the body leaves behind

    private func collectRaises(_ pass: StateLoop, _ reach: Reach, from count: Int) {
        for raised in reach.raises.dropFirst(count) {
            let flag = pass.unique("raised")
            let message = pass.unique("message")
            let condition = raised.condition ?? "true"
            pass.columns.append(
                StateLoop.Column(name: flag, type: "boolean", initial: "false", out: condition, isRead: true))
            pass.columns.append(
                StateLoop.Column(
                    name: message, type: "text", initial: "null",
                    out: "case when \(condition) then \(raised.message) end", isRead: true))
            pass.raises.append((reach, raised, flag, message))
            pass.stops.append("(\(condition))")
        }
        reach.raises.removeLast(reach.raises.count - count)
    }

    private func collectResults(_ pass: StateLoop, _ counts: [Int]) throws {
        for (frame, count) in zip(frames, counts) {
            for rows in frame.returnedRows.dropFirst(count) {
                let columns = self.columns(rows)
                guard columns.allSatisfy({ $0.type != nil && $0.type != "json" }) else {
                    throw Refusal(code: .loop, detail: "the rows that the loop returns have columns of unknown types")
                }
                let column = pass.unique("returned_rows")
                pass.columns.append(
                    StateLoop.Column(
                        name: column, type: "jsonb", initial: "'[]'", out: rowsAsState(rows), isRead: true))
                pass.results.append(
                    StateLoop.Returned(frame: frame, column: column, columns: columns, version: rows))
            }
            frame.returnedRows.removeLast(frame.returnedRows.count - count)
        }
    }

    private func rowsAsState(_ version: VersionID) -> SQLTemplate {
        "(select coalesce(jsonb_agg(to_jsonb(table_row)), '[]') from \(version) as table_row)"
    }

    private func collectChanges(
        _ pass: StateLoop, _ carry: StateCarry, before: [QualifiedName: TableState],
        values: [(Variable, SQLTemplate, [StateCarry.Field])], known: Set<ObjectIdentifier>, mayForget: Bool
    ) throws -> StateCarry {
        var next = StateCarry()
        for (variable, value, parts) in values {
            let id = ObjectIdentifier(variable)
            let now = fields(of: variable)
            let item = pass.variables.first { $0.variable === variable }
            let isChanged =
                variable.isRecord || variable.fields != nil
                ? now != parts
                    || zip(now, variable.fields ?? []).contains { field, part in
                        part.value != (item?.columns[field.name].map { pass.old($0) } ?? part.value)
                    }
                : variable.value != value
            if isChanged || (!mayForget && carry.variables[id] != nil) {
                next.variables[id] = now.map { field in
                    var result = field
                    if let earlier = carry.variables[id]?.first(where: { $0.name == field.name }) {
                        result.taint.formUnion(earlier.taint)
                        result.isUnknown = result.isUnknown || earlier.isUnknown
                    }
                    return result
                }
            }
        }
        for (name, state) in tables where before[name]?.version != state.version && !state.isDropped {
            next.tables[name] = columns(state.version)
        }
        if !mayForget {
            for name in carry.tables.keys where next.tables[name] == nil { next.tables[name] = carry.tables[name] }
        }
        for batch in pass.batches { next.tables[batch.name] = carry.tables[batch.name] }
        // Values of the state.
        for item in pass.variables {
            let isRead = isReadBehind(item.variable, pass.loop)
            for part in item.variable.fields ?? (item.variable.isRecord ? [] : [item.variable]) {
                let key = part === item.variable ? "" : part.name
                guard let column = item.columns[key], part.validUnder == nil || part === item.variable else { continue }
                guard let type = part.type else {
                    if loopRefusal == nil, isRead {
                        loopRefusal = (
                            Refusal(code: .unknownType, detail: "the type of '\(item.variable.name)' is not known"),
                            pass.loop.header
                        )
                    }
                    continue
                }
                let initial =
                    key.isEmpty ? item.before.value : item.before.fields?.first { $0.name == key }?.value ?? "null"
                pass.columns.append(
                    StateLoop.Column(name: column, type: type, initial: initial, out: part.value, isRead: isRead))
            }
        }
        for index in pass.tables.indices {
            guard let state = tables[pass.tables[index].name] else { continue }
            let item = pass.tables[index]
            pass.tables[index].after = columns(state.version)
            pass.tables[index].version = state.version
            pass.columns.append(
                StateLoop.Column(
                    name: item.column, type: "jsonb",
                    initial: item.isEmitted ? "'[]'" : rowsAsState(item.before.version),
                    out: rowsAsState(state.version), isRead: true))
        }
        return next
    }

    /// Refuses what a state can't hold.
    private func checkLeftovers(
        tables before: [QualifiedName: TableState], sequences old: [QualifiedName: SequenceState],
        committed oldCommitted: [QualifiedName: VersionID], cursors: [VersionID?], _ pass: StateLoop
    ) throws {
        for (name, state) in tables where before[name] == nil && !state.isDropped && state.isTemporary {
            throw Refusal(code: .loop, detail: "the loop makes the table '\(name.name)' and leaves it")
        }
        for (name, state) in sequences where old[name]?.last != state.last {
            throw Refusal(code: .loop, detail: "the loop takes numbers from the sequence '\(name)'")
        }
        if committed != oldCommitted, !pass.raises.isEmpty {
            throw Refusal(code: .loop, detail: "the loop commits and may fail afterwards")
        }
        let open = variablesInSight.compactMap { $0.variable.openCursor.map(\.driver.rows) }
        guard open == cursors else {
            throw Refusal(code: .cursor, detail: "the loop leaves another cursor open than it found")
        }
    }

    private func collectOutcome(_ pass: StateLoop, _ after: Diagnostics?) {
        guard let before = pass.outcome else { return }
        let isRead = isReadBehind("found", pass.loop) || isReadBehind("row_count", pass.loop)
        guard let after, after.knowsFound, after.knowsCount, after.validUnder == nil else {
            pass.outcome = nil
            return
        }
        guard before.knowsFound, before.knowsCount, before.validUnder == nil else {
            pass.outcome = nil
            return
        }
        pass.columns.append(
            StateLoop.Column(
                name: "row_count", type: "bigint", initial: before.rowCount, out: after.rowCount, isRead: isRead))
        pass.columns.append(
            StateLoop.Column(name: "found", type: "boolean", initial: before.found, out: after.found, isRead: isRead))
        pass.outcome = after
    }

    // MARK: what the text says

    /// Whether all that the loop, with what it calls, does to a table is adding rows, without a look at them.
    private func isOnlyAddedTo(_ name: QualifiedName, _ loop: Loop) -> Bool {
        var seen: Set<String> = []
        let numbered = Set(
            (tables[name]?.columns ?? catalog.table(name)?.columns.map(tableColumn) ?? []).filter {
                $0.isIdentity || $0.defaultExpression?.contains("nextval(") == true
            }.map(\.name))
        func visit(_ text: SourceText, _ range: Range<Int>, path: [String]?) -> Bool {
            for index in range where text.isName(index) {
                if text.name(index) == name.name {
                    let start = text.kind(index - 1) == .dot ? index - 2 : index
                    if text.keyword(start - 1) == .into, text.keyword(start - 2) == .insert {
                        let end =
                            text.firstTopLevel(in: index..<text.count) { text.kind($0) == .semicolon } ?? text.count
                        if (index..<end).contains(where: {
                            text.keyword($0) == .returning || text.keyword($0) == .conflict
                        }) {
                            return false
                        }
                        // Numbers are given behind the loop, unless the statement has its own.
                        if !numbered.isEmpty {
                            guard text.kind(index + 1) == .leftParen,
                                !text.inside(index + 1).contains(where: { numbered.contains(text.name($0)) })
                            else { return false }
                        }
                    } else if text.kind(index + 1) != .dot || text.kind(index - 1) == .dot {
                        return false
                    }
                    continue
                }
                let schema = text.kind(index - 1) == .dot ? text.name(index - 2) : nil
                if text.kind(index + 1) == .leftParen {
                    for routine in catalog.routines(schema: schema, name: text.name(index), path: path)
                    where seen.insert(routine.signature).inserted {
                        let inner = SourceText(routine.body, profile: .postgresql)
                        if !visit(inner, inner.all, path: routine.settings["search_path"].map(CatalogIndex.schemas)) {
                            return false
                        }
                    }
                } else if let full = catalog.resolveTable(schema: schema, name: text.name(index), path: path),
                    catalog.table(full)?.kind == .view, dependsOnWritten(full, depth: 0)
                {
                    return false
                }
            }
            // Dynamic texts are not looked into here.
            return !range.contains { text.keyword($0) == .execute }
        }
        return visit(source, loop.range, path: frame.searchPath)
    }

    private func isReadBehind(_ variable: Variable, _ loop: Loop) -> Bool {
        if variable === frame.returnValue || frame.routine.parameters.contains(where: { $0.name == variable.name }) {
            return true
        }
        var names: Set<String> = [variable.name]
        var level: Scope? = scope
        while let current = level {
            for (name, other) in current.variables where other === variable || other.openCursor?.place === variable {
                names.insert(name)
            }
            level = current.parent
        }
        return names.contains { isReadBehind($0, loop) }
    }

    /// Whether a name stands behind the loop, or in a loop around it.
    private func isReadBehind(_ name: String, _ loop: Loop) -> Bool {
        var range = loop.range.upperBound..<max(loop.range.upperBound, frame.source.count)
        if let outer = loops.first(where: { $0.depth == frames.count }) {
            range = min(outer.range.lowerBound, loop.range.lowerBound)..<range.upperBound
        }
        return range.contains {
            !loop.range.contains($0) && frame.source.name($0) == name
        }
    }
}
