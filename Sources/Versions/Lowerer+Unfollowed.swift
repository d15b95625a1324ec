import Steps

extension Lowerer {
    /// Loops are refused as a whole.
    func lower(_ loop: Loop) throws {
        throw Refusal(code: .loop, detail: "the loop '\(short(source.text(loop.header)))' is not followed")
    }

    /// OPEN, FETCH and CLOSE outside a loop.
    func lowerCursorStep(_ step: Step) throws -> Outcome {
        throw Refusal(code: .cursor, detail: "'\(short(source.text(step.range)))' is not followed")
    }

    /// EXIT and CONTINUE outside a loop that is followed.
    func lowerJump(_ kind: StepKind) throws -> Outcome {
        throw Refusal(code: .loop, detail: "EXIT or CONTINUE of a loop that is not followed")
    }
}
