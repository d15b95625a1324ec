import Catalog
import Findings
import Steps
import Tokens

/// A failure inside a loop that a handler around the loop takes.
struct LoopFailure {
    var condition: SQLTemplate
    var message: SQLTemplate
    var state: String
    var target: Reach
    var line: Int
    var raised: Raised
}

extension Lowerer {
    // MARK: handlers around the loop

    /// A handler around the loop that names failures of values, such as division_by_zero, expects them from the loop's
    /// expressions: which iteration fails first is for the chain of states to see.
    func refuseDataFailures(_ loop: Loop) throws {
        let named = reaches.filter(\.catches).flatMap(\.handled).filter { $0 != "others" }
        func takes(_ state: String) -> Bool { named.contains { FailureCodes.takes($0, state) } }
        let body = loop.header.upperBound..<loop.range.upperBound
        let divides = body.contains { source.isSymbol($0, "/") || source.isSymbol($0, "%") }
        let casts = body.contains { source.isSymbol($0, "::") || source.keyword($0) == .cast }
        let ofCasts = ["invalid_text_representation", "invalid_datetime_format", "datetime_field_overflow"]
        if divides && takes("division_by_zero") || casts && ofCasts.contains(where: takes) {
            throw Refusal(code: .loop, detail: "a handler around the loop takes failures of its expressions")
        }
    }

    /// The first iteration that fails, with the place and message of its failure: no later one runs.
    func firstFailure(_ iteration: Iteration) -> VersionID? {
        guard let first = iteration.failures.first else { return nil }
        let failures = iteration.failures
        let places = failures.enumerated().map { "when \($1.condition) then \($0)" as SQLTemplate }
        let messages = failures.map { "when \($0.condition) then \($0.message)" as SQLTemplate }
        let tests = failures.map { "(\($0.condition))" as SQLTemplate }
        return add(
            """
            select case \(.joined(places, separator: " ")) end as place, case \(.joined(messages, separator: " ")) end as message \
            from \(iteration.version) as it where \(.joined(tests, separator: " or ")) order by it.iteration limit 1
            """, name: "first_failure_line_\(first.line)",
            columns: [VersionColumn("place", "integer"), VersionColumn("message", "text")])
    }

    /// Control leaves the block around the loop where an iteration has failed.
    func raiseBehind(_ iteration: Iteration, _ failed: VersionID?) {
        guard let failed else { return }
        for (place, failure) in iteration.failures.enumerated() {
            let condition = scalar(
                "exists (select 1 from \(failed) where place = \(place))", name: "raised_line_\(failure.line)",
                type: "boolean")
            let message = scalar("(select message from \(failed))", name: "message_line_\(failure.line)", type: "text")
            var again = failure.raised
            (again.condition, again.message, again.fallback) = (condition, message, committed)
            // What depends on the iteration is gone by then.
            if again.detail?.plainText != "''" { again.detail = nil }
            if again.hint?.plainText != "''" { again.hint = nil }
            failure.target.raises.append(again)
            failure.target.condition =
                failure.target.condition.map { "\($0) and not \(condition)" } ?? "not \(condition)"
        }
    }

    // MARK: handlers in the body

    /// A block with handlers inside a loop's body: an iteration that fails goes back to the rows from before the block.
    ///
    /// Precondition: the loop follows by key, or carries, whatever the block writes; otherwise refused (P2D-110).
    func runHandlersInLoop(_ block: Block, _ iteration: Iteration) throws {
        guard !iteration.keyedCandidates.isEmpty || iteration.carries else {
            throw Refusal(code: .handler, detail: "an exception handler inside a loop over rows")
        }
        // Leaving the loop from a handler is for the chain of states.
        let steps = block.handlers.flatMap { $0.body.flatMap { self.leaves($0) } }
        if steps.contains(where: { if case .exit = $0.kind { true } else { false } }) {
            throw Refusal(code: .handler, detail: "EXIT in an exception handler inside a loop over rows")
        }
        let reach = Reach()
        reach.catches = true
        reach.handled = block.handlers.flatMap(\.conditions)
        if block.handlers.contains(where: asksForContext) { reach.handled = [] }
        reach.handlerNames = Set(
            block.handlers.flatMap { handler in handler.range.filter(source.isName).map(source.name) })
        reaches.append(reach)
        let writes = iteration.writes.values.reduce(0) { $0 + $1.count }
        let before = iteration.keyed.mapValues { $0.variables.map(\.value) }
        let rowsBefore = iteration.tables.mapValues(\.rows.value)
        run(block.body)
        reaches.removeAll { $0 === reach }
        guard !reach.raises.isEmpty else {
            try refuseExpectedFailures(block)
            for handler in block.handlers {
                noteDropped(handler)
            }
            return
        }
        guard iteration.writes.values.reduce(0, { $0 + $1.count }) == writes else {
            throw Refusal(code: .handler, detail: "a block that may fail writes other tables, too")
        }
        var rest = reach.raises
        for handler in block.handlers {
            let taken = rest.filter { raised in handler.conditions.contains { FailureCodes.takes($0, raised.state) } }
            rest.removeAll { raised in handler.conditions.contains { FailureCodes.takes($0, raised.state) } }
            guard !taken.isEmpty else {
                for region in handler.body { countLeaves(region) { $0.noted += 1 } }
                continue
            }
            currentStep = handler.range.lowerBound..<handler.range.lowerBound + 1
            guard let failed = anyFailed(taken, name: "caught") else {
                throw Refusal(code: .handler, detail: "a block of a loop that fails in any case")
            }
            takeBack(iteration, keyed: before, rows: rowsBefore, where: failed)
            let outer = scope
            scope = Scope(label: nil, parent: outer)
            declareFailure(taken)
            handledFailures.append(taken)
            under(failed) { run(handler.body) }
            handledFailures.removeLast()
            scope = outer
        }
        for raised in rest {
            // Nobody here catches it: it goes on to the next block outside.
            under(raised.condition ?? "true") { raise(raised) }
        }
        note(
            "handlers run for the failures that the code raises itself or that can be foretold from the rows; where a statement fails otherwise, dbt stops with its error instead",
            code: "P2D-204", range: block.handlers[0].range, severity: .warning)
    }

    /// The rows from before the block, where it failed.
    private func takeBack(
        _ iteration: Iteration, keyed before: [QualifiedName: [SQLTemplate]], rows: [QualifiedName: SQLTemplate],
        where failed: SQLTemplate
    ) {
        for (name, table) in iteration.keyed {
            for (position, variable) in table.variables.enumerated() {
                let old = before[name]?[position] ?? "it.\(SQLText.identifier(variable.name))"
                guard old != variable.value else { continue }
                variable.value = iteration.compute(
                    "case when \(failed) then \(old) else \(variable.value) end", name: variable.name)
            }
        }
        for name in iteration.tableOrder {
            guard let table = iteration.tables[name], let old = rows[name], old != table.rows.value else { continue }
            replaceRows(
                of: table, with: "case when \(failed) then \(old) else \(table.rows.value) end", in: iteration)
        }
    }
}
