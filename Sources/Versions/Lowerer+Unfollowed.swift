import Steps

extension Lowerer {
    /// OPEN, FETCH and CLOSE outside a loop.
    func lowerCursorStep(_ step: Step) throws -> Outcome {
        throw Refusal(code: .cursor, detail: "'\(short(source.text(step.range)))' is not followed")
    }
}
