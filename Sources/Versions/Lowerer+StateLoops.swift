import Catalog
import Findings
import Steps
import Tokens
import Types

/// Lowering the body of a chain of states until nothing new has to be carried.
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

    func stateAlias(_ name: String, _ loop: Loop) -> String {
        var alias = stateLoops == 0 ? name : "\(name)_\(stateLoops + 1)"
        let texts = [(source, loop.range)] + calledTexts(loop).map { ($0, $0.all) }
        while texts.contains(where: { text, range in range.contains { text.name($0) == alias } }) { alias += "_" }
        return alias
    }

    /// The texts of the routines that a loop calls, directly or through others.
    func calledTexts(_ loop: Loop) -> [SourceText] {
        var result: [SourceText] = []
        var seen: Set<String> = []
        func visit(_ text: SourceText, _ range: Range<Int>, path: [String]?) {
            for index in range where text.isName(index) && text.kind(index + 1) == .leftParen {
                let schema = text.kind(index - 1) == .dot ? text.name(index - 2) : nil
                for routine in catalog.routines(schema: schema, name: text.name(index), path: path)
                where seen.insert(routine.signature).inserted {
                    let inner = SourceText(routine.body, profile: .postgresql)
                    result.append(inner)
                    visit(inner, inner.all, path: routine.settings["search_path"].map(CatalogIndex.schemas))
                }
            }
        }
        visit(source, loop.range, path: frame.searchPath)
        return result
    }

    /// Variables in sight, each once.
    var variablesInSight: [(name: String, variable: Variable)] {
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

    func fields(of variable: Variable) -> [StateCarry.Field] {
        guard variable.isRecord || variable.fields != nil else {
            return [StateCarry.Field(name: "", type: variable.type, taint: variable.taint)]
        }
        return (variable.fields ?? []).map {
            StateCarry.Field(name: $0.name, type: $0.type, taint: $0.taint, isUnknown: $0.validUnder != nil)
        }
    }

    func firstGuess(_ loop: Loop) throws -> StateCarry {
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
    func lowerBody(_ pass: StateLoop, _ carry: StateCarry, mayForget: Bool) throws -> StateCarry {
        let loop = pass.loop
        switch loop.kind {
        case .while, .forever: break
        default: pass.driver = try makeDriver(loop)
        }
        pass.outerGuard = guardCondition
        let known = Set(variablesInSight.map { ObjectIdentifier($0.variable) })
        let sequencesBefore = sequences
        let drawnBefore = (drawnByDefault, lastDrawn)
        drawnByDefault = [:]
        lastDrawn = nil
        for name in carry.sequences.sorted() {
            let base = try nextBase(name, sequences[name])
            pass.sequences.append((name, pass.unique("\(name.name)_number"), base))
        }
        try bindTables(pass, carry)
        bindVariables(pass, carry)
        for (name, column, _) in pass.sequences {
            sequences[name] = SequenceState(last: pass.old(column), handedOut: true)
        }
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
            mayForget: mayForget && loopRefusal == nil, sequences: saved.sequences)
        try checkLeftovers(
            tables: saved.tables, sequences: saved.sequences, committed: saved.committed, cursors: saved.cursors, pass)
        if !drawnByDefault.isEmpty, isReadBehind("currval", loop) || isReadBehind("lastval", loop) {
            throw Refusal(code: .loop, detail: "the number that a loop has drawn last is read behind it")
        }
        collectOutcome(pass, diagnostics)
        tables = saved.tables
        temporary = saved.temporary
        viewCache = saved.views
        sequences = sequencesBefore
        (drawnByDefault, lastDrawn) = drawnBefore
        committed = saved.committed
        diagnostics = saved.diagnostics
        return next
    }

    func bindTables(_ pass: StateLoop, _ carry: StateCarry) throws {
        var settled: [StateLoop.Written] = []
        let changed = Set(variablesInSight.filter { carry.variables[ObjectIdentifier($0.variable)] != nil }.map(\.name))
        // What triggers read stands in no text of the loop.
        let fires = carry.tables.keys.contains { name in
            catalog.table(name)?.triggers.contains { isActive($0, on: name) } == true
        }
        for name in carry.tables.keys.sorted() {
            let reference = RelationReference(
                range: 0..<0, schema: name.schema == "pg_temp" ? nil : name.schema, name: name.name, alias: nil,
                only: false)
            let (_, state) = try stateForWriting(reference, event: .insert)
            guard state.columns.allSatisfy({ $0.type != nil && $0.type != "json" }) else {
                throw Refusal(code: .loop, detail: "'\(name)' has columns that a loop's state can't hold")
            }
            // A batch delete as a whole would fire no trigger.
            if !fires, let batch = try batchDelete(name, state, pass.loop, changed: changed) {
                pass.batches.append(batch)
                continue
            }
            settled.append(
                StateLoop.Written(
                    name: name, before: state, column: pass.unique("\(name.name)_rows"),
                    isEmitted: !fires && !isActedOn(name) && isOnlyAddedTo(name, pass.loop)
                        && !(isKeyed(name) && takesDoubledKeys(pass.loop)),
                    isGrowing: !fires && !isActedOn(name) && !carry.whole.contains(name)))
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
            } else if item.isGrowing {
                let list = SQLText.list(state.columns.map(\.name))
                let old: SQLTemplate = state.isEmpty ? "" : "select \(list) from \(state.version)\nunion all\n"
                state.version = add(
                    old + "select \(stateRows(pass.old(item.column), state, alias: "stored"))",
                    name: "\(item.name.name)_before", columns: columns, table: item.name, uniqueKeys: state.uniqueKeys)
                state.isEmpty = false
            } else {
                state.version = add(
                    "select \(stateRows(pass.old(item.column), state, alias: "stored"))",
                    name: "\(item.name.name)_before",
                    columns: columns, table: item.name, uniqueKeys: state.uniqueKeys)
                state.isEmpty = false
            }
            settled[index].input = state.version
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
    func stateRows(_ rows: SQLTemplate, _ state: TableState, alias: String) -> SQLTemplate {
        let list = state.columns.map { "\(alias).\(SQLText.identifier($0.name))" }.joined(separator: ", ")
        return
            "\(list) from jsonb_to_recordset(\(rows)) as \(alias) (\(recordColumns(state.columns.map { ($0.name, $0.type) })))"
    }

    func recordColumns(_ columns: [(name: String, type: String?)]) -> String {
        columns.map { "\(SQLText.identifier($0.name)) \(TypeName.assignmentCast($0.type ?? "text"))" }.joined(
            separator: ", ")
    }

    func bindVariables(_ pass: StateLoop, _ carry: StateCarry) {
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
}
