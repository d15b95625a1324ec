import Catalog
import Steps
import Tokens

extension Lowerer {
    /// A block with handlers inside a loop over rows: each row that fails runs the handler, the others the block.
    ///
    /// Precondition: the block writes with one INSERT of one row, and nothing raises behind it, so that a row that fails
    /// has written nothing that would have to be taken back; the failures are those that the code raises itself, those of
    /// the row's own values (divisions, casts), and the constraints that `foretellRowConstraints` follows.
    ///
    /// - Returns: false when the block is another one.
    func runRowHandlers(_ block: Block, _ iteration: Iteration) throws -> Bool {
        let steps = block.body.flatMap(leaves)
        let writes = steps.indices.filter { position in
            switch steps[position].kind {
            case .sql: ![.select, .with, .values].contains(source.keyword(steps[position].range.lowerBound))
            case .call, .execute, .perform, .returnNext, .returnQuery, .returnQueryDynamic: true
            default: false
            }
        }
        let raises = steps.indices.filter { if case .raise("exception", _) = steps[$0].kind { true } else { false } }
        guard let write = writes.first, writes.count == 1, source.keyword(steps[write].range.lowerBound) == .insert,
            raises.allSatisfy({ $0 < write }), !block.handlers.contains(where: asksForContext),
            !block.body.contains(where: { if case .loop = $0 { true } else { false } }),
            case .insert(let statement) = readStatement(source, steps[write].range), statement.conflict == nil,
            let query = statement.query, query.arms.count == 1, isOneRow(query.arms[0]),
            let name = try? tableName(statement.target), !iteration.keyedCandidates.contains(name)
        else { return false }
        let named = block.handlers.flatMap(\.conditions)
        let reach = Reach()
        reach.catches = true
        reach.handled = named
        reaches.append(reach)
        iteration.foretellsConstraints = true
        run(block.body)
        iteration.foretellsConstraints = false
        reaches.removeAll { $0 === reach }
        guard reach.raises.count == iteration.raisesAtInsert else {
            throw Refusal(code: .handler, detail: "a block of the loop's body may fail behind its INSERT")
        }
        var rest = reach.raises
        for handler in block.handlers {
            func takes(_ raised: Raised) -> Bool {
                handler.conditions.contains { FailureCodes.takes($0, raised.state) }
            }
            let taken = rest.filter(takes)
            rest.removeAll(where: takes)
            guard !taken.isEmpty else {
                for region in handler.body { countLeaves(region) { $0.noted += 1 } }
                continue
            }
            let conditions = taken.compactMap(\.condition)
            guard conditions.count == taken.count else {
                throw Refusal(code: .handler, detail: "every row of the loop fails")
            }
            currentStep = handler.range.lowerBound..<handler.range.lowerBound + 1
            let failed =
                conditions.count == 1
                ? conditions[0]
                : iteration.compute(
                    .joined(conditions, separator: " or "),
                    name: "caught_line_\(source.line(handler.range.lowerBound))")
            let outer = scope
            scope = Scope(label: nil, parent: outer)
            declareFailure(taken)
            handledFailures.append(taken)
            under(failed) { run(handler.body) }
            handledFailures.removeLast()
            scope = outer
        }
        guard rest.isEmpty else {
            throw Refusal(code: .handler, detail: "no handler of the block takes \(rest[0].state)")
        }
        note(
            "handlers run for the failures that the code raises itself or that can be foretold from the row; where a statement fails otherwise, dbt stops with its error instead",
            code: "P2D-204", range: block.handlers[0].range, severity: .warning)
        return true
    }

    private func isOneRow(_ arm: Query.Arm) -> Bool {
        switch arm {
        case .values(let rows, _, _): rows.count == 1
        case .select(let select): select.from.isEmpty && select.filter == nil
        default: false
        }
    }
}
