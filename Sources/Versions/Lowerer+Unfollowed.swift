import Steps

extension Lowerer {
    /// EXECUTE: only a text that is fully known can be read.
    func lowerExecute(_ call: DynamicCall) throws -> Outcome {
        throw Refusal(code: .dynamicSQL, detail: "EXECUTE '\(short(source.text(call.text)))' is not followed")
    }

    /// RETURN QUERY EXECUTE.
    func lowerReturnDynamic(_ call: DynamicCall) throws {
        throw Refusal(code: .dynamicSQL, detail: "RETURN QUERY EXECUTE '\(short(source.text(call.text)))' is not followed")
    }

    /// OPEN, FETCH and CLOSE outside a loop.
    func lowerCursorStep(_ step: Step) throws -> Outcome {
        throw Refusal(code: .cursor, detail: "'\(short(source.text(step.range)))' is not followed")
    }
}
