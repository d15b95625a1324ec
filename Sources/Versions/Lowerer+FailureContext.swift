import Steps
import Tokens

/// PG_EXCEPTION_CONTEXT and PG_CONTEXT: texts about the place of a failure or a call, which only the server has.
extension Lowerer {
    /// A handler that stores where the failure happened wants a text that only the server has.
    func asksForContext(_ handler: Handler) -> Bool {
        handler.range.contains { index in
            ["pg_exception_context", "pg_context"].contains(source.name(index))
                && !isStoredInVain(index, assignedTo: index - 2)
        }
    }

    /// Whether `v := pg_exception_context` or `v = pg_exception_context` fills a variable that nobody reads.
    func isStoredInVain(_ item: Int, assignedTo target: Int) -> Bool {
        let text = frame.source
        guard sourceOverrides.isEmpty, text.isName(target),
            text.isSymbol(item - 1, "=") || text.isSymbol(item - 1, ":=")
        else { return false }
        let name = text.name(target)
        guard !frame.routine.parameters.contains(where: { $0.name == name }) else { return false }
        return text.all.allSatisfy { index in
            guard text.isName(index), text.name(index) == name else { return true }
            let isDeclared = [.semicolon].contains(text.kind(index - 1)) || text.keyword(index - 1) == .declare
            return isDeclared && !text.isSymbol(index + 1, ":=") && !text.isSymbol(index + 1, "=")
                || ["pg_exception_context", "pg_context"].contains(text.name(index + 2))
        }
    }

    /// A block whose only handler, for OTHERS, stores where a failure happened, and that raises none itself: the handler
    /// stays out, and failures stop the build. Handlers that name what they expect are part of the plan.
    func runWithoutContext(_ block: Block) -> Bool {
        let raises = block.body.flatMap(leaves).contains { step in
            switch step.kind {
            case .raise("exception", _), .call, .perform: true
            default: false
            }
        }
        guard block.handlers.allSatisfy({ $0.conditions == ["others"] }),
            block.handlers.contains(where: asksForContext), !raises, !reaches.contains(where: \.catches)
        else {
            return false
        }
        run(block.body)
        for handler in block.handlers { noteDropped(handler) }
        return true
    }

    func noteDropped(_ handler: Handler) {
        note(
            "EXCEPTION WHEN \(handler.conditions.joined(separator: " or ")) is dropped: where a statement of the block fails, dbt stops with its error instead of running the handler",
            code: "P2D-204", range: handler.range, severity: .warning)
        for region in handler.body { countLeaves(region) { $0.noted += 1 } }
    }
}
