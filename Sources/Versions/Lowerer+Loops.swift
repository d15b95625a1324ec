import Catalog
import Findings
import Steps
import Tokens
import Types

/// A loop around the current step: what EXIT and CONTINUE switch.
struct LoopFrame {
    var label: String?
    /// Switched by EXIT: no further iteration runs.
    var exit: Reach
    /// Switched by CONTINUE: the rest of this iteration does not run.
    var iteration: Reach
    /// The body is lowered once for each of a few known iterations.
    var isUnrolled: Bool
    /// The loop is a chain of states.
    var isChain = false
    /// State column that EXIT clears, for loops lowered for all iterations at once.
    var active: Variable?
    /// The loop's tokens, and how many routines deep it stands.
    var range: Range<Int>
    var depth: Int
}

extension Lowerer {
    /// The ladder: literal lists and constant bounds are unrolled; loops over rows, series and conditions become one row
    /// an iteration, with recursion only where a value is carried from one to the next.
    func lower(_ loop: Loop) throws {
        let saved = snapshot()
        let outerScope = scope
        defer { scope = outerScope }
        // What a loop around has found already stays.
        let earlier = loopRefusal
        defer { loopRefusal = earlier ?? loopRefusal }
        var refusals: [Refusal] = []
        func succeeds(_ attempt: () throws -> Void) -> Bool {
            loopRefusal = nil
            do {
                try attempt()
                if let failed = takeLoopRefusal() { throw failed }
                return true
            } catch {
                refusals.append(
                    error as? Refusal ?? Refusal(code: .loop, detail: "\(error)"))
                loopRefusal = nil
                scope = outerScope
                restore(saved)
                return false
            }
        }
        let steps = knownIterations(loop)
        if let steps, succeeds({ try unroll(loop, steps) }) { return }
        if iterations.isEmpty {
            if succeeds({ try iterate(loop) }) { return }
            // What reads its own writes may still do so one row at a time, by key.
            if succeeds({ try iterate(loop, mode: .byKey) }) { return }
            for names in tablesToCarry(loop) {
                if succeeds({ try iterate(loop, carrying: names, from: saved) }) { return }
            }
            if succeeds({ try runAsStates(loop) }) { return }
        }
        // Of a loop over known values the first attempt says what is the matter with its body.
        throw (steps == nil ? refusals.last : refusals.first)
            ?? Refusal(code: .loop, detail: "a loop inside a loop over rows")
    }

    func takeLoopRefusal() -> Refusal? {
        guard let found = loopRefusal else { return nil }
        loopRefusal = nil
        let line = source.line(found.range.lowerBound)
        return Refusal(code: found.refusal.code, detail: "\(found.refusal.detail) (line \(line), inside a loop)")
    }

    // MARK: EXIT and CONTINUE

    func lowerJump(_ kind: StepKind) throws -> Outcome {
        let label: String?
        let condition: Range<Int>?
        let isExit: Bool
        switch kind {
        case .exit(let name, let when): (label, condition, isExit) = (name, when, true)
        case .continue(let name, let when): (label, condition, isExit) = (name, when, false)
        default: return .converted
        }
        guard let position = label.map({ name in loops.lastIndex { $0.label == name } }) ?? loops.indices.last else {
            throw Refusal(code: .loop, detail: "EXIT or CONTINUE without a loop that is followed")
        }
        let target = loops[position]
        let isFollowed = loops[position...].dropLast().allSatisfy { $0.isUnrolled || $0.isChain }
        if position != loops.count - 1, !isFollowed || iterations.count > 0 && !target.isUnrolled {
            throw Refusal(code: .loop, detail: "EXIT or CONTINUE of an outer loop")
        }
        func jump() throws {
            if isExit {
                if let active = target.active {
                    store(Expression(template: "false", taint: [], isVolatile: false, type: "boolean"), in: active)
                    leave(target.iteration, name: "continues_after_line_\(source.line(currentStep.lowerBound))")
                } else {
                    leave(target.exit, name: "continues_after_line_\(source.line(currentStep.lowerBound))")
                }
            } else {
                leave(target.iteration, name: "continues_after_line_\(source.line(currentStep.lowerBound))")
            }
        }
        guard let condition else {
            try jump()
            return .converted
        }
        let value = try expression(condition)
        let test = self.condition(
            value.template, name: "leaves_line_\(source.line(currentStep.lowerBound))", taint: value.taint,
            isVolatile: value.isVolatile)
        path.append(test)
        defer { path.removeLast() }
        try jump()
        return .converted
    }

    // MARK: writes inside a loop

    func record(_ write: LoopWrite, on name: QualifiedName, in iteration: Iteration) {
        if iteration.writes[name] == nil { iteration.writeOrder.append(name) }
        iteration.writes[name, default: []].append(write)
    }

    /// A query's rows for every iteration for which the current conditions hold, with the iteration's number.
    func loopRows(
        _ iteration: Iteration, _ body: SQLTemplate, name: String, columns: [VersionColumn], isVolatile: Bool
    ) -> VersionID {
        let list = columns.map { "q.\(SQLText.identifier($0.name))" }.joined(separator: ", ")
        let tail: SQLTemplate = guardCondition.map { "\nwhere \($0)" } ?? ""
        return add(
            "select \(list), it.iteration as loop_iteration from \(iteration.version) as it cross join lateral (\(body)) as q"
                + tail + "\norder by it.iteration",
            name: name, columns: columns + [VersionColumn("loop_iteration", "bigint")], isVolatile: isVolatile)
    }

    func insertInLoop(
        _ iteration: Iteration, _ statement: InsertStatement, _ name: QualifiedName, _ state: TableState,
        rows: VersionID
    ) throws -> WriteEffect {
        guard statement.conflict == nil else { throw Refusal(code: .loop, detail: "ON CONFLICT inside a loop") }
        guard statement.returning == nil else {
            throw Refusal(code: .loop, detail: "INSERT .. RETURNING inside a loop")
        }
        record(.insert(rows), on: name, in: iteration)
        // VALUES and a SELECT without FROM give one row wherever they run.
        if let query = statement.query, isOneRow(query) {
            return WriteEffect(rows: nil, count: "1", alias: statement.target.exposedName)
        }
        let asks = source.all.contains { ["row_count", "found"].contains(source.name($0)) }
        if asks, let body = iteration.lastBody {
            return WriteEffect(
                rows: nil, count: "(select count(*) from (\(body)) as q)", alias: statement.target.exposedName)
        }
        return WriteEffect(
            rows: nil, count: "cast(null as bigint)", alias: statement.target.exposedName, isCountUnknown: true)
    }

    func isOneRow(_ query: Query) -> Bool {
        guard query.arms.count == 1, query.tail.isEmpty else { return false }
        switch query.arms[0] {
        case .values(let rows, _, _): return rows.count == 1
        case .select(let select):
            let text = query.source
            // A function among the items may give any number of rows.
            let isPlain = select.items.allSatisfy { item in
                item.expression.allSatisfy { index in
                    guard text.isName(index), text.kind(index + 1) == .leftParen else { return true }
                    let name = text.name(index)
                    let setReturning = ["generate_", "unnest", "regexp_", "json", "string_to_", "_pg_expandarray"]
                    return !setReturning.contains { name.hasPrefix($0) } && text.kind(index - 1) != .dot
                        && catalog.routines(schema: nil, name: name, path: frame.searchPath).isEmpty
                }
            }
            return select.from.isEmpty && select.filter == nil && isPlain
        default: return false
        }
    }

    func updateInLoop(
        _ iteration: Iteration, _ statement: UpdateStatement, _ name: QualifiedName, _ state: TableState,
        lifted: [String: VersionID]
    ) throws -> WriteEffect {
        guard statement.from.isEmpty, statement.returning == nil else {
            throw Refusal(code: .loop, detail: "UPDATE with FROM or RETURNING inside a loop")
        }
        if let effect = try keyedUpdate(iteration, statement, name, state) { return effect }
        let alias = statement.target.exposedName
        var rewriter = targetRewriter(statement.target, state, lifted: lifted)
        let filter = try statement.filter.map { try rewriter.expression($0) }
        let values = try assignedValues(statement.assignments, state, rewriter: &rewriter)
        var conditions: [SQLTemplate] = []
        if let condition = guardCondition { conditions.append(condition) }
        if let filter { conditions.append("(\(filter))") }
        let finder = ColumnFinder(self)
        var taints: [String: Taint] = [:]
        for assignment in statement.assignments {
            let taint = finder.taint(of: assignment.value, source: source, visible: [], scope: scope)
            for column in assignment.columns { taints[column] = taint }
        }
        // Reading what other iterations may have written: only if no row meets two of them.
        let changed = Set(statement.assignments.flatMap(\.columns))
        let reads = statement.assignments.map(\.value) + [statement.filter].compactMap { $0 }
        try refuseBareOuterColumns(reads, state, iteration)
        let readsOwn = reads.contains { range in
            range.contains { index in
                source.isName(index) && changed.contains(source.name(index)) && source.kind(index + 1) != .leftParen
                    && (source.kind(index - 1) != .dot || source.name(index - 2) == alias)
            }
        }
        if readsOwn, !meetsOneIteration(statement, alias: alias) {
            throw Refusal(
                code: .loop,
                detail: "UPDATE of '\(name)' reads columns that other iterations of the loop may have changed")
        }
        record(
            .update(
                alias: SQLText.identifier(alias),
                predicate: conditions.isEmpty ? "true" : .joined(conditions, separator: " and "), values: values,
                taints: taints), on: name, in: iteration)
        diagnostics = nil
        return WriteEffect(rows: nil, count: "cast(null as bigint)", alias: alias, isCountUnknown: true)
    }

    /// Whether a row of the written table can meet one iteration at most: the loop's rows have a key all of whose fields
    /// are equated with something that does not come from the loop.
    private func meetsOneIteration(_ statement: UpdateStatement, alias: String) -> Bool {
        guard let filter = statement.filter, let keys = loopKeys.last else { return false }
        var equated: Set<String> = []
        for piece in splitAtAnd(filter) {
            guard let equals = source.firstTopLevel(in: piece, where: { source.isSymbol($0, "=") }) else { continue }
            let sides = [
                (piece.lowerBound..<equals, equals + 1..<piece.upperBound),
                (equals + 1..<piece.upperBound, piece.lowerBound..<equals),
            ]
            for (side, other) in sides where side.count == 3 && source.kind(side.lowerBound + 1) == .dot {
                guard source.name(side.lowerBound) == keys.record else { continue }
                // A variable may hold the loop's own value.
                let mentionsLoop = other.contains { index in
                    guard source.isName(index), source.kind(index - 1) != .dot, source.name(index) != alias else {
                        return false
                    }
                    return source.name(index) == keys.record || scope.find(source.name(index)) != nil
                }
                if !mentionsLoop { equated.insert(source.name(side.lowerBound + 2)) }
            }
        }
        return keys.keys.contains { !$0.isEmpty && equated.isSuperset(of: $0) }
    }

    /// RAISE EXCEPTION inside a loop: the call fails when any iteration gets there.
    func raiseInLoop(
        _ iteration: Iteration, _ failure: Raised, target: Reach, isImplied: Bool = false
    ) {
        let (message, state) = (failure.message, failure.state)
        let condition = guardCondition ?? "true"
        let line = source.line(currentStep.lowerBound)
        if target.catches, let index = reaches.firstIndex(where: { $0 === target }), index >= iteration.outerReaches {
            // A handler inside the body: the failure is one of this iteration only.
            let failed = iteration.compute("(\(condition))", name: "raised_line_\(line)")
            let text = iteration.compute(message, name: "message_line_\(line)")
            var again = failure
            (again.condition, again.message, again.fallback) = (failed, text, [:])
            if let detail = failure.detail, detail.plainText != "''" {
                again.detail = iteration.compute(detail, name: "detail_line_\(line)")
            }
            if let hint = failure.hint, hint.plainText != "''" {
                again.hint = iteration.compute(hint, name: "hint_line_\(line)")
            }
            target.raises.append(again)
            target.condition = target.condition.map { "\($0) and not \(failed)" } ?? "not \(failed)"
            return
        }
        if target.catches {
            // The handler takes back all that the block did; what the variables held by then is not followed.
            guard iteration.assigned.isDisjoint(with: target.handlerNames) else {
                let refusal = Refusal(
                    code: .loop,
                    detail: "RAISE inside a loop, whose handler reads a variable that the loop changes")
                loopRefusal = loopRefusal ?? (refusal, currentStep)
                return
            }
            let asked: Set<String> = ["pg_exception_detail", "pg_exception_hint"]
            let hasMore = failure.detail?.plainText != "''" || failure.hint?.plainText != "''"
            if hasMore, !asked.isDisjoint(with: target.handlerNames) {
                let refusal = Refusal(
                    code: .loop, detail: "RAISE inside a loop, whose handler asks for its DETAIL or HINT")
                loopRefusal = loopRefusal ?? (refusal, currentStep)
                return
            }
            iteration.failures.append(
                LoopFailure(
                    condition: condition, message: message, state: state, target: target, line: line, raised: failure))
            if let frame = loops.last { leave(frame.iteration, name: "continues_after_line_\(line)") }
            return
        }
        let saved = iterations
        iterations = []
        let failed = scalar(
            "exists (select 1 from \(iteration.version) as it where \(condition))", name: "raised_line_\(line)",
            type: "boolean")
        let text = scalar(
            "(select \(message) from \(iteration.version) as it where \(condition) order by it.iteration limit 1)",
            name: "message_line_\(line)", type: "text")
        iterations = saved
        target.raises.append(Raised(condition: failed, message: text, state: state, fallback: committed))
        // The build fails: what the rest of the iteration makes of it does not matter.
        if isImplied { return }
        if let frame = loops.last { leave(frame.iteration, name: "continues_after_line_\(line)") }
    }
}
