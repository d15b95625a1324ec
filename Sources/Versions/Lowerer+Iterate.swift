import Catalog
import Findings
import Steps
import Tokens
import Types

/// The unique keys of the rows that a loop runs over, and the record that holds them.
struct LoopKeys {
    var record: String
    var keys: [[String]]
}

extension Lowerer {
    /// What drives the iterations.
    struct Driver {
        /// Rows with a column `iteration` counted from 1; nil for WHILE and LOOP.
        var rows: VersionID?
        var columns: [VersionColumn] = []
        /// Puts a row's values into the loop's variables.
        var bind: () throws -> Void = {}
        var isOrdered = true
        /// No two rows are equal for the order.
        var isTotal = true
        /// How many of the columns the routine's variables get; nil for all.
        var shown: Int?
        /// Columns of the table's key that the further columns hold, for WHERE CURRENT OF.
        var currentKey: [String] = []
        var keys = LoopKeys(record: "", keys: [])
        /// Takes the loop's variables out of sight again.
        var finish: () -> Void = {}
    }

    /// A variable that the body assigns and that lives outside the loop.
    private struct Carried {
        let variable: Variable
        /// Column of its value when an iteration starts.
        let column: String
        let initial: SQLTemplate
        let initialTaint: Taint
        var out: SQLTemplate = SQLTemplate()
        /// No variable of the routine's: a table's rows or a sequence's last number.
        var isHidden = false
    }

    /// Lowers the body once for all iterations.
    func iterate(_ loop: Loop, mode: LoopMode = .plain) throws {
        guard iterations.isEmpty else { throw Refusal(code: .loop, detail: "a loop inside a loop over rows") }
        try refuseDataFailures(loop)
        let effects = Effects(source: source, region: .loop(loop))
        try refuseTakenNames(source, loop.range)
        let driver = try makeDriver(loop)
        let written = Set(effects.tables.compactMap { try? tableName($0) }).union(calleeWrites(loop))
        let reserved = Set(driver.columns.map(\.name)).union(["iteration", "loop_active"])
        let id = add(SQLTemplate(), name: "iterations_line_\(source.line(loop.range.lowerBound))", columns: [])
        let iteration = Iteration(
            version: id, outerPath: path.count, outerReaches: reaches.count, written: written, names: reserved)
        let outerGuard = guardCondition
        iteration.driverColumns = reserved
        iteration.assigned = effects.variables.union(loopTargets(loop))
        switch mode {
        case .plain: break
        case .byKey: iteration.keyedCandidates = try keyedCandidates(loop, written: written, rows: driver.rows)
        case .carrying(let names):
            iteration.carries = true
            for name in names.sorted() { try carry(name, in: iteration, seeded: loopTaints[name] ?? [:]) }
        }
        let tablesBefore = tables

        // Values carried from one iteration to the next start from what they are now.
        var carried: [Carried] = []
        var targets = loopTargets(loop)
        var kept = headerVariables(loop).map { Kept($0, isTarget: true) }
        for name in effects.variables.union(passedToCalls(loop)).subtracting(
            declaredInside(loop).filter { scope.find($0) == nil }
        ).sorted() {
            guard let variable = scope.find(name), !targets.contains(name) else { continue }
            if variable.fields != nil || variable.isRecord {
                // A record's fields do not survive an iteration here: reading one before it is set is refused.
                kept.append(Kept(variable, isTarget: false))
                variable.fields = variable.isRecord ? [] : variable.fields
                for field in variable.fields ?? [] {
                    field.value = field.type.map { "cast(null as \($0))" } ?? "null"
                    field.validUnder = Variable.never
                }
                continue
            }
            guard variable.type != nil else {
                throw Refusal(code: .loop, detail: "the type of '\(name)', which the loop changes, is not known")
            }
            let column = iteration.unique("\(name)_at_start")
            carried.append(
                Carried(variable: variable, column: column, initial: variable.value, initialTaint: variable.taint))
            variable.value = SQLTemplate("it.\(SQLText.identifier(column))")
        }
        targets = []
        let active = Variable(name: "active", type: "boolean", value: "it.loop_active")
        let usesActive = leavesLoop(loop)
        let returned = Variable(name: "returned", type: "boolean", value: "false")

        iterations.append(iteration)
        loopKeys.append(driver.keys)
        let exit = Reach()
        let rest = Reach()
        reaches.append(exit)
        reaches.append(rest)
        let savedDiagnostics = diagnostics
        diagnostics = nil
        var test: SQLTemplate?
        do {
            defer {
                iterations.removeLast()
                loopKeys.removeLast()
                reaches.removeAll { $0 === exit || $0 === rest }
            }
            if case .while(let condition) = loop.kind {
                let value = try expression(condition)
                test = "coalesce((\(value.template)), false)"
                guard iteration.stages.isEmpty else {
                    throw Refusal(code: .loop, detail: "the condition of WHILE needs more than an expression")
                }
            }
            try driver.bind()
            loops.append(
                LoopFrame(
                    label: loop.label, exit: exit, iteration: rest, isUnrolled: false,
                    active: usesActive ? active : nil, range: loop.range, depth: frames.count))
            defer { loops.removeLast() }
            let reachesBefore = frame.reach.condition
            run(fetchLoop(loop).map { Array(loop.body.dropFirst($0.steps)) } ?? loop.body)
            for _ in 0..<(fetchLoop(loop)?.steps ?? 0) { count { $0.converted += 1 } }
            if frame.reach.condition != reachesBefore || frame.reach.isDead {
                throw Refusal(code: .loop, detail: "RETURN inside a loop over rows")
            }
            try refuseUnseenWrites(iteration, since: tablesBefore)
            for hidden in iteration.hidden {
                carried.append(
                    Carried(
                        variable: hidden.variable, column: hidden.column, initial: hidden.initial, initialTaint: [],
                        isHidden: true))
            }
            for index in carried.indices { carried[index].out = carried[index].variable.value }
            for index in kept.indices { kept[index].capture() }
        }
        _ = returned
        if let failed = loopRefusal {
            let line = source.line(failed.range.lowerBound)
            throw Refusal(code: failed.refusal.code, detail: "\(failed.refusal.detail) (line \(line))")
        }
        diagnostics = savedDiagnostics
        let failed = firstFailure(iteration)
        try close(
            loop, driver, iteration, carried: carried, kept: kept, active: usesActive ? active : nil, test: test,
            outerGuard: outerGuard)
        raiseBehind(iteration, failed)
    }

    /// What an iteration leaves to the next one depends on their order.
    func noteOrder(_ driver: Driver, _ loop: Loop) {
        guard !driver.isOrdered || !driver.isTotal else { return }
        note(
            driver.isOrdered
                ? "the order of the loop's rows matters, and rows that are equal for its ORDER BY come in any order: add a key"
                : "the order of the loop's rows matters and is not defined: give its query an ORDER BY on a key",
            code: "P2D-309", range: loop.header, severity: driver.isOrdered ? .note : .warning)
    }

    /// Variables that the loop's header fills and that live outside it.
    private func headerVariables(_ loop: Loop) -> [Variable] {
        switch loop.kind {
        case .query(let targets, _), .dynamicQuery(let targets, _), .array(let targets, _, _):
            targets.compactMap { variable($0) }
        case .forever: (fetchLoop(loop)?.targets ?? []).compactMap { variable($0) }
        default: []
        }
    }

    /// Fills in the iterations' relation, puts the writes in force and hands the carried values on.
    private func close(
        _ loop: Loop, _ driver: Driver, _ iteration: Iteration, carried: [Carried], kept: [Kept],
        active: Variable?, test: SQLTemplate?, outerGuard: SQLTemplate?
    ) throws {
        var (carried, kept, test) = (carried, kept, test)
        if iteration.carries {
            let local = LocalVersions(iteration.version, in: versions)
            spellOut(local, iteration)
            for index in carried.indices { carried[index].out = local.expand(carried[index].out) }
            for part in kept.flatMap(\.after) { part.value = local.expand(part.value) }
            if let active { active.value = local.expand(active.value) }
            test = test.map(local.expand)
        }
        dropUnread(iteration, carried: carried, kept: kept, active: active, test: test)
        let needed = neededState(loop, iteration, carried: carried, kept: kept, active: active, test: test)
        if !iteration.keyed.isEmpty {
            guard active == nil, iteration.chances.isEmpty else {
                throw Refusal(
                    code: .loop, detail: "the loop may end early beside a table that it reads and writes by key")
            }
        }
        let line = source.line(loop.range.lowerBound)
        var state: VersionID?
        var driver = driver
        if !iteration.keyed.isEmpty, !needed.isEmpty, let rows = driver.rows {
            // First the tables by key, then what is counted over their iterations.
            let layers = try splitByKey(iteration, needed: needed)
            iteration.stages = layers.byKey
            let base = try foldByKey(iteration, rows: rows, columns: driver.columns, line: line)
            let found = iteration.keyedOrder.flatMap { iteration.keyed[$0]?.initialColumns ?? [] }
            let computed = layers.byKey.flatMap { $0.columns.map(\.name) }
            driver.columns += (found + computed).map { VersionColumn($0, nil) }
            driver.rows = add(
                iteration.nested(over: base), name: "rows_kept_by_key_line_\(line)",
                columns: driver.columns + [VersionColumn("iteration", "bigint")])
            iteration.stages = layers.behind
        }
        try computeRankings(iteration, &driver, needed: needed, active: active, line: line)
        let start: [(name: String, type: String, initial: SQLTemplate, out: SQLTemplate)] =
            carried.filter { needed.contains($0.column) }.map {
                ($0.column, $0.variable.type ?? "text", $0.initial, $0.out)
            } + (active.map { [("loop_active", "boolean", SQLTemplate("true"), $0.value)] } ?? [])
        // What is never the same twice is computed by the state alone and read from it.
        let chances = iteration.chances.filter { chance in
            iteration.stages.contains { $0.columns.contains { $0.name == chance.column } }
        }
        let drawn: [(name: String, type: String, initial: SQLTemplate, out: SQLTemplate)] =
            start.isEmpty && driver.rows != nil
            ? []
            : chances.map {
                (
                    iteration.unique($0.column + "_kept"), $0.type, "cast(null as \($0.type))",
                    SQLTemplate("it.\(SQLText.identifier($0.column))")
                )
            }
        if !chances.isEmpty { versions[iteration.version.rawValue].isVolatile = true }
        if !start.isEmpty || driver.rows == nil {
            if !start.isEmpty { noteOrder(driver, loop) }
            state = recursion(driver, iteration, start + drawn, test: test, outerGuard: outerGuard, line: line)
            if let state, !drawn.isEmpty {
                guard driver.rows != nil else {
                    throw Refusal(code: .loop, detail: "a random value in a loop that runs while something holds")
                }
                versions[state.rawValue].isVolatile = true
                for index in iteration.stages.indices {
                    iteration.stages[index].columns.removeAll { column in
                        chances.contains { $0.column == column.name }
                    }
                }
                iteration.stages.removeAll(where: \.columns.isEmpty)
            }
        }
        // One row an iteration: the row that drives it, the values it starts with, all that it computes.
        let base: SQLTemplate
        let rowList = driver.columns.map { "r.\(SQLText.identifier($0.name))" }
        let stateList = start.map { "s.\(SQLText.identifier($0.name))" }
        if !iteration.keyed.isEmpty, needed.isEmpty, let rows = driver.rows {
            base = try foldByKey(iteration, rows: rows, columns: driver.columns, line: line)
        } else if let rows = driver.rows {
            if let state {
                let drawnList = zip(drawn, chances).map {
                    "n.\(SQLText.identifier($0.name)) as \(SQLText.identifier($1.column))"
                }
                let list = (["r.iteration"] + rowList + stateList + drawnList).joined(separator: ", ")
                let activeTest: SQLTemplate = active == nil ? "" : " where s.loop_active"
                let after: SQLTemplate =
                    drawn.isEmpty ? "" : " inner join \(state) as n on n.iteration = r.iteration"
                base =
                    "select \(list) from \(rows) as r inner join \(state) as s on s.iteration = r.iteration - 1" + after
                    + activeTest
            } else {
                base = "select \((["r.iteration"] + rowList).joined(separator: ", ")) from \(rows) as r"
            }
        } else {
            guard let state else { throw Refusal(code: .loop, detail: "the loop has nothing that ends it") }
            var tests: [SQLTemplate] = active == nil ? [] : ["it.loop_active"]
            if let test { tests.append(test) }
            // The state has its first row also where the loop does not run at all.
            if let outerGuard { tests.append(outerGuard) }
            let list = (["it.iteration + 1 as iteration"] + start.map { "it.\(SQLText.identifier($0.name))" }).joined(
                separator: ", ")
            base =
                "select \(list) from \(state) as it where \(tests.isEmpty ? "true" : .joined(tests, separator: " and "))"
        }
        versions[iteration.version.rawValue].body = .query(iteration.nested(over: base))
        // All columns that a reader may want, should the iterations become a model of their own.
        versions[iteration.version.rawValue].columns =
            [VersionColumn("iteration", "bigint")] + driver.columns
            + (iteration.keyed.isEmpty || !needed.isEmpty
                ? start.map { VersionColumn($0.name, $0.type) }
                : iteration.keyedOrder.flatMap {
                    (iteration.keyed[$0]?.initialColumns ?? []).map { VersionColumn($0, nil) }
                })
            + iteration.stages.flatMap { $0.columns.map { VersionColumn($0.name, nil) } }
        try applyWrites(iteration)
        if let state { putTablesInForce(iteration, state: state, line: line) }

        // What the variables hold behind the loop.
        for item in carried where !item.isHidden {
            let value: SQLTemplate
            if needed.contains(item.column), let state {
                value = "(select \(SQLText.identifier(item.column)) from \(state) order by iteration desc limit 1)"
            } else {
                let last: SQLTemplate =
                    "(select \(item.out) from \(iteration.version) as it order by it.iteration desc limit 1)"
                value = "case when exists (select 1 from \(iteration.version)) then \(last) else \(item.initial) end"
            }
            item.variable.taint = item.variable.taint.union(item.initialTaint)
            // The loop ran only where the outer conditions hold; elsewhere there were no iterations.
            item.variable.value = scalar(
                value, name: item.variable.name, type: item.variable.type, taint: item.variable.taint)
        }
        driver.finish()
        try settleCommits(loop, written: iteration.writeOrder)
        for item in kept where isReadFirst(item.variable.name, behind: loop) {
            if let part = item.after.first(where: { $0.validUnder != nil }) {
                throw Refusal(
                    code: .loop,
                    detail: "'\(item.variable.name).\(part.name)' is read behind the loop, which may not have set it")
            }
        }
        handOn(kept, loop, iteration, active: active)
        let any: SQLTemplate = "exists (select 1 from \(iteration.version))"
        setOutcome(of: loop, found: any, leaves: active != nil)
    }

    /// FOUND behind FOR and FOREACH says whether there was an iteration; WHILE and LOOP leave it to their statements.
    private func setOutcome(of loop: Loop, found: SQLTemplate, leaves: Bool) {
        let before = diagnostics
        func sets(_ region: Region) -> Bool {
            switch region {
            case .step(let step):
                switch step.kind {
                case .assignment, .null, .exit, .continue, .raise, .getDiagnostics, .assert: false
                default: true
                }
            case .branch(let branch):
                branch.arms.contains { $0.body.contains(where: sets) }
                    || (branch.otherwise ?? []).contains(where: sets)
            case .loop: true
            case .block(let block): block.body.contains(where: sets) || block.handlers.contains { !$0.body.isEmpty }
            }
        }
        let changes = loop.body.contains(where: sets)
        switch loop.kind {
        case .while: diagnostics = changes ? .unknown : before
        case .forever:
            guard changes else { return }
            // A loop over FETCH ends with the FETCH that finds nothing, unless another EXIT ends it.
            if fetchLoop(loop) != nil, !leaves {
                setDiagnostics(count: "0", found: "false")
            } else {
                diagnostics = .unknown
            }
        default:
            setDiagnostics(count: before?.rowCount ?? "0", found: found)
            if changes || before?.knowsCount == false || before?.validUnder != nil { diagnostics?.knowsCount = false }
        }
    }

    /// Takes out computed columns that nothing reads: outcomes that the body never asks for.
    private func dropUnread(
        _ iteration: Iteration, carried: [Carried], kept keptValues: [Kept], active: Variable?, test: SQLTemplate?
    ) {
        var texts = outsideTexts(iteration, active: active, test: test) + carried.map(\.out)
        texts += keptValues.flatMap { $0.after.map(\.value) }
        texts += iteration.keyed.values.flatMap { $0.variables.map(\.value) }
        var kept: [Iteration.Stage] = []
        for stage in iteration.stages.reversed() {
            guard stage.columns.contains(where: { column in texts.contains { mentions($0, column.name) } }) else {
                continue
            }
            texts += stage.columns.map(\.expression) + [stage.lateral].compactMap { $0 }
            kept.append(stage)
        }
        iteration.stages = kept.reversed()
    }

    /// What is made of the iterations outside their own columns.
    private func outsideTexts(_ iteration: Iteration, active: Variable?, test: SQLTemplate?) -> [SQLTemplate] {
        var texts = [test, active?.value].compactMap { $0 }
        for version in versions[(iteration.version.rawValue + 1)...] {
            if case .query(let template) = version.body { texts.append(template) }
        }
        for write in iteration.writes.values.joined() {
            switch write {
            case .insert: break
            case .delete(_, let predicate): texts.append(predicate)
            case .update(_, let predicate, let values, _): texts += [predicate] + values.values
            }
        }
        return texts
    }

    /// Columns of carried values that something reads: the rest needs no recursion.
    private func neededState(
        _ loop: Loop, _ iteration: Iteration, carried: [Carried], kept: [Kept], active: Variable?, test: SQLTemplate?
    ) -> Set<String> {
        var texts =
            outsideTexts(iteration, active: active, test: test)
            + iteration.stages.flatMap { stage in stage.columns.map(\.expression) + [stage.lateral].compactMap { $0 } }
        for item in kept where isReadLater(item.variable.name, behind: loop) { texts += item.after.map(\.value) }
        var needed: Set<String> = []
        var changed = true
        func mark(_ text: SQLTemplate) {
            for item in carried where !needed.contains(item.column) && mentions(text, item.column) {
                needed.insert(item.column)
                changed = true
            }
        }
        for item in carried where item.isHidden { needed.insert(item.column) }
        changed = !needed.isEmpty
        for text in texts { mark(text) }
        // Behind the loop a value that keeps itself in some iterations needs its own past.
        for item in carried
        where mentions(item.out, item.column) || carried.contains(where: { mentions(item.out, $0.column) }) {
            if isReadLater(item.variable.name, behind: loop), !needed.contains(item.column) {
                needed.insert(item.column)
                changed = true
            }
        }
        while changed {
            changed = false
            for item in carried where needed.contains(item.column) { mark(item.out) }
        }
        return needed
    }

    private func mentions(_ template: SQLTemplate, _ column: String) -> Bool { template.mentions("it", column) }

    /// Values from iteration to iteration: row 0 holds the initial ones, row n those behind iteration n.
    private func recursion(
        _ driver: Driver, _ iteration: Iteration,
        _ start: [(name: String, type: String, initial: SQLTemplate, out: SQLTemplate)],
        test: SQLTemplate?, outerGuard: SQLTemplate?, line: Int
    ) -> VersionID {
        let columns = [VersionColumn("iteration", "bigint")] + start.map { VersionColumn($0.name, $0.type) }
        let id = add(SQLTemplate(), name: "state_line_\(line)", columns: columns)
        let initial: [SQLTemplate] = start.map { "cast(\($0.initial) as \($0.type)) as \(SQLText.identifier($0.name))" }
        let anchor: SQLTemplate = "select \(.joined(["cast(0 as bigint) as iteration"] + initial, separator: ", "))"
        let base: SQLTemplate
        let stateList = start.map { "s.\(SQLText.identifier($0.name))" }
        if let rows = driver.rows {
            let rowList = driver.columns.map { "r.\(SQLText.identifier($0.name))" }
            let list = (["r.iteration"] + rowList + stateList).joined(separator: ", ")
            base = "select \(list) from \(id) as s inner join \(rows) as r on r.iteration = s.iteration + 1"
        } else {
            var tests: [SQLTemplate] = start.contains { $0.name == "loop_active" } ? ["it.loop_active"] : []
            if let test { tests.append(test) }
            if let outerGuard { tests.append(outerGuard) }
            let list = (["it.iteration + 1 as iteration"] + start.map { "it.\(SQLText.identifier($0.name))" }).joined(
                separator: ", ")
            base =
                "select \(list) from \(id) as it where \(tests.isEmpty ? "true" : .joined(tests, separator: " and "))"
        }
        let isActive = start.contains { $0.name == "loop_active" } && driver.rows != nil
        let outs: [SQLTemplate] = start.map { column in
            let label = SQLText.identifier(column.name)
            // Iterations behind an EXIT change nothing.
            let value: SQLTemplate =
                isActive ? "case when it.loop_active then \(column.out) else it.\(label) end" : column.out
            return "cast(\(value) as \(column.type)) as \(label)"
        }
        let step: SQLTemplate =
            "select \(.joined(["it.iteration"] + outs, separator: ", ")) from (\(iteration.nested(over: base))) as it"
        versions[id.rawValue].body = .query("\(anchor)\nunion all\n\(step)")
        versions[id.rawValue].isRecursive = true
        return id
    }
}
