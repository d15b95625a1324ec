import Catalog
import Findings
import Steps
import Tokens
import Types

extension Lowerer {
    /// `SELECT f(..) INTO v` of a function that writes: the call is inlined, as in `v := f(..)`.
    func selectWritingCall(_ query: Query, into targets: [Range<Int>]) throws -> Bool {
        guard targets.count == 1, query.arms.count == 1, query.with.isEmpty, query.tail.isEmpty,
            case .select(let select) = query.arms[0], select.from.isEmpty, select.filter == nil,
            select.items.count == 1, let variable = variable(targets[0]), variable.fields == nil, !variable.isRecord
        else { return false }
        let result = Variable(name: variable.name, type: variable.type, value: "null")
        do {
            sourceOverrides.append(query.source)
            let step = currentStep
            currentStep = query.source.all
            defer {
                sourceOverrides.removeLast()
                currentStep = step
            }
            guard let call = try routineCall(select.items[0].expression, anyLanguage: true),
                !effects(of: call.routine).isEmpty
            else { return false }
            let returned = Variable(
                name: variable.name, type: call.routine.returnType.map { qualifiedType(TypeName.ofSignature($0)) },
                value: "null")
            try callRoutine(call, returningInto: returned)
            store(
                Expression(template: returned.value, taint: returned.taint, isVolatile: false, type: returned.type),
                in: result)
        }
        try assign(
            target: targets[0],
            Expression(template: result.value, taint: result.taint, isVolatile: false, type: result.type))
        setDiagnostics(count: "1", found: "true")
        return true
    }

    /// Tables that a routine writes, with all that it calls.
    func effects(of routine: Routine) -> Set<QualifiedName> {
        var result: Set<QualifiedName> = []
        var seen: Set<String> = []
        var open = [routine]
        while let next = open.popLast() {
            guard seen.insert(next.signature).inserted else { continue }
            result.formUnion(writtenTables(by: next, catalog: catalog))
            let called = calledRoutines(by: next, catalog: catalog)
            open += catalog.snapshot.routines.filter { called.contains($0.signature) }
        }
        return result
    }

    /// `PERFORM f(a, b) FROM t ..` is `FOR r IN SELECT a, b FROM t .. LOOP PERFORM f(r.a, r.b)`.
    func performForEachRow(_ body: Range<Int>, call start: Int) throws -> Bool {
        var first = start
        if source.kind(first - 1) == .dot { first -= 2 }
        guard first == body.lowerBound, iterations.isEmpty, source.kind(start + 1) == .leftParen else { return false }
        let open = start + 1
        let behind = source.closing(of: open) + 1
        guard behind < body.upperBound, source.keyword(behind) == .from else { return false }
        let pieces = source.inside(open).isEmpty ? [] : source.splitAtCommas(source.inside(open))
        guard pieces.allSatisfy({ piece in !piece.contains { source.text($0) == "=>" } }) else { return false }
        let items = pieces.enumerated().map { "\(source.text($1)) as argument_\($0 + 1)" }
        let arguments = pieces.indices.map { "called_row.argument_\($0 + 1)" }
        let text = SourceText(
            "declare called_row record; begin for called_row in select "
                + (items.isEmpty ? "1 as argument_1" : items.joined(separator: ", ")) + " "
                + source.text(behind..<body.upperBound) + " loop perform " + source.text(first..<open)
                + "(\(arguments.joined(separator: ", "))); end loop; end", profile: .postgresql,
            lineOffset: source.line(body.lowerBound) - 1)
        let step = currentStep
        let counted = frame.countsSteps
        sourceOverrides.append(text)
        frame.countsSteps = false
        defer {
            sourceOverrides.removeLast()
            frame.countsSteps = counted
            currentStep = step
        }
        let before = findings.count
        run([.block(readPLpgSQL(text))])
        if let failed = findings[before...].first(where: { $0.severity == .error }) {
            throw Refusal(code: .call, detail: failed.message)
        }
        return true
    }
}
