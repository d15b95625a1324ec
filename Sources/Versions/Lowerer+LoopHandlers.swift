import Catalog
import Findings
import Steps
import Tokens

extension Lowerer {
    /// A block with handlers inside a loop's body: an iteration that fails goes back to the rows from before the block.
    ///
    /// Precondition: the loop follows by key, or carries, whatever the block writes; otherwise refused (P2D-110).
    func runHandlersInLoop(_ block: Block, _ iteration: Iteration) throws {
        guard !iteration.keyedCandidates.isEmpty || iteration.carries else {
            throw Refusal(code: .handler, detail: "an exception handler inside a loop over rows")
        }
        let reach = Reach()
        reach.catches = true
        reaches.append(reach)
        let writes = iteration.writes.values.reduce(0) { $0 + $1.count }
        let before = iteration.keyed.mapValues { $0.variables.map(\.value) }
        let rowsBefore = iteration.tables.mapValues(\.rows.value)
        run(block.body)
        reaches.removeAll { $0 === reach }
        guard !reach.raises.isEmpty else {
            try refuseExpectedFailures(block)
            for handler in block.handlers {
                note(
                    "EXCEPTION WHEN \(handler.conditions.joined(separator: " or ")) is dropped: where a statement of the block fails, dbt stops with its error instead of running the handler",
                    code: "P2D-204", range: handler.range, severity: .warning)
                for region in handler.body { countLeaves(region) { $0.noted += 1 } }
            }
            return
        }
        guard iteration.writes.values.reduce(0, { $0 + $1.count }) == writes else {
            throw Refusal(code: .handler, detail: "a block that may fail writes other tables, too")
        }
        var ran: Set<Int> = []
        for raised in reach.raises {
            guard let failed = raised.condition else {
                throw Refusal(code: .handler, detail: "a block of a loop that fails in any case")
            }
            let position = block.handlers.firstIndex { handler in
                handler.conditions.contains { $0 == "others" || $0 == raised.state }
            }
            guard let position else {
                // Nobody here catches it: it goes on to the next block outside.
                under(failed) { raise(raised.message, state: raised.state) }
                continue
            }
            let handler = block.handlers[position]
            currentStep = handler.range.lowerBound..<handler.range.lowerBound + 1
            takeBack(iteration, keyed: before, rows: rowsBefore, where: failed)
            let outer = scope
            scope = Scope(label: nil, parent: outer)
            scope.variables["sqlerrm"] = Variable(name: "sqlerrm", type: "text", value: raised.message)
            scope.variables["sqlstate"] = Variable(
                name: "sqlstate", type: "text", value: SQLTemplate(SQLText.literal(raised.sqlState)))
            let counts = frame.countsSteps
            frame.countsSteps = counts && ran.insert(position).inserted
            under(failed) { run(handler.body) }
            frame.countsSteps = counts
            scope = outer
        }
        for (position, handler) in block.handlers.enumerated() where !ran.contains(position) {
            for region in handler.body { countLeaves(region) { $0.noted += 1 } }
        }
        note(
            "handlers run for the failures that the code raises itself and for doubled keys; where a statement fails on its data otherwise, dbt stops with its error instead",
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
