import Catalog
import Findings
import Steps
import Tokens
import Types

extension Lowerer {
    // MARK: functions inside SQL

    /// What a call of the user's own function becomes; nil for built-ins.
    func inlineFunction(
        _ rewriter: inout Rewriter, schema: String?, name: String, at nameRange: Range<Int>
    ) throws -> (Int, SQLTemplate)? {
        let candidates = catalog.routines(schema: schema, name: name, path: frames.last?.searchPath)
        guard !candidates.isEmpty else { return nil }
        let source = rewriter.source
        let open = nameRange.upperBound
        let end = source.closing(of: open) + 1
        let pieces = source.inside(open).isEmpty ? [] : source.splitAtCommas(source.inside(open))
        let call = try choose(
            candidates, pieces, source: source, visible: candidates.count > 1 ? rewriter.visible : [],
            scope: rewriter.scope)
        let routine = call.routine
        guard routine.kind == .function else {
            throw Refusal(code: .function, detail: "'\(routine.name)' is no function")
        }
        guard !routine.returnsSet else {
            throw Refusal(code: .function, detail: "'\(routine.name)' returns rows inside an expression")
        }
        var arguments: [SQLTemplate] = []
        for (position, parameter) in callParameters(routine).enumerated() {
            let type = qualifiedType(TypeName.ofSignature(parameter.type))
            if parameter.mode == .variadic, let pieces = call.gathered {
                let values = try pieces.map { try rewriter.render($0) }
                arguments.append(cast("array[\(SQLTemplate.joined(values, separator: ", "))]", to: type))
            } else if let piece = call.arguments[position] {
                arguments.append(cast(try rewriter.render(piece), to: type))
            } else if let text = parameter.defaultExpression {
                arguments.append(cast(try catalogExpression(text).template, to: type))
            }
        }
        let names = Set(pieces.flatMap { piece in piece.filter { source.isName($0) }.map { source.name($0) } })
        do {
            let value = try ScalarFunctionInliner(self, routine: routine).inline(arguments, argumentNames: names)
            rewriter.absorb(taint: value.taint, isVolatile: value.isVolatile)
            return (end, value.template)
        } catch let refusal as Refusal {
            guard refusal.code == .function, let reach = reach(of: routine) else { throw refusal }
            // It changes nothing: the call can stay where the function is there.
            rewriter.absorb(taint: reach.taint, isVolatile: reach.isVolatile)
            if let kept = keptCall(routine, arguments, reach, because: refusal.detail) { return (end, kept) }
            guard reach.tables.isEmpty else { throw refusal }
            note(
                "\(refusal.detail); it reads no table, so the call stays: the function must exist in the target database",
                code: "P2D-308", range: currentStep, severity: .warning)
            let label = "\(SQLText.identifier(routine.name.schema)).\(SQLText.identifier(routine.name.name))"
            return (end, "\(label)(\(.joined(arguments, separator: ", ")))")
        }
    }

    /// What a function's value depends on besides its arguments: a key that it looks up is a number from a sequence wherever
    /// it is stored.
    func functionTaint(_ source: SourceText, _ index: Int) -> Taint {
        let schema = source.kind(index - 1) == .dot ? source.name(index - 2) : nil
        let candidates = catalog.routines(schema: schema, name: source.name(index), path: frames.last?.searchPath)
        guard candidates.count == 1, let routine = candidates.first, routine.kind == .function, !routine.returnsSet,
            // A word or a condition that is worked out with the help of such a number is none.
            ["smallint", "integer", "bigint", "numeric", "uuid"].contains(
                TypeName.base(TypeName.ofSignature(routine.returnType ?? ""))),
            !frames.contains(where: { $0.routine.signature == routine.signature })
        else { return [] }
        if let known = functionTaints[routine.signature], known.stamp == versions.count { return known.taint }
        functionTaints[routine.signature] = (versions.count, [])
        let arguments = callParameters(routine).map { parameter -> SQLTemplate in
            cast("null", to: qualifiedType(TypeName.ofSignature(parameter.type)))
        }
        let value = try? ScalarFunctionInliner(self, routine: routine).inline(arguments, argumentNames: [])
        let taint = (value?.taint ?? []).intersection(.surrogate)
        functionTaints[routine.signature] = (versions.count, taint)
        return taint
    }
}
