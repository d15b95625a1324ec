import Catalog
import Findings
import Steps
import Tokens
import Types

/// A call of a routine whose body is known.
struct RoutineCall {
    var routine: Routine
    /// Argument expressions by parameter position; nil takes the default.
    var arguments: [Range<Int>?]
    /// Arguments that a VARIADIC parameter, the last one, gathers into an array; nil where it is given as one.
    var gathered: [Range<Int>]?
}

extension Lowerer {
    /// Reads `[schema.]name(args)` when the whole range is a call of a routine that has to be inlined.
    func routineCall(_ range: Range<Int>, anyLanguage: Bool = false) throws -> RoutineCall? {
        guard let name = QueryReader.functionName(source, range.lowerBound), source.kind(name.end) == .leftParen,
            source.closing(of: name.end) == range.upperBound - 1
        else { return nil }
        let candidates = catalog.routines(schema: name.schema, name: name.name, path: frame.searchPath)
        guard !candidates.isEmpty else { return nil }
        let pieces = source.inside(name.end).isEmpty ? [] : source.splitAtCommas(source.inside(name.end))
        let call = try choose(candidates, pieces, source: source, visible: [], scope: scope)
        let routine = call.routine
        guard
            routine.language == "plpgsql" || anyLanguage || routine.kind == .procedure || !effects(of: routine).isEmpty
        else { return nil }
        return call
    }

    /// CALL name(args).
    func lowerCall(_ range: Range<Int>) throws {
        guard let call = try routineCall(range, anyLanguage: true) else {
            throw Refusal(
                code: .call, detail: "'\(short(source.text(range)))' calls a routine that is not in the catalog")
        }
        // The server refuses it when the statement runs: "cannot use subquery in CALL argument".
        if range.contains(where: { source.keyword($0) == .select }) {
            throw Refusal(code: .defect, detail: "CALL takes no query as an argument; assign it to a variable first")
        }
        try callRoutine(call, returningInto: nil)
    }

    /// `v := f(args)`.
    func assignCall(_ target: Range<Int>, _ call: RoutineCall) throws {
        guard let variable = variable(target), variable.fields == nil, !variable.isRecord else {
            throw Refusal(code: .variable, detail: "'\(source.text(target))' takes the result of a call")
        }
        // The type of the result is cast to the variable's.
        let result = Variable(
            name: variable.name, type: call.routine.returnType.map { qualifiedType(TypeName.ofSignature($0)) },
            value: "null")
        try callRoutine(call, returningInto: result)
        store(
            Expression(template: result.value, taint: result.taint, isVolatile: false, type: result.type), in: variable)
    }

    /// Inlines a routine: arguments bound, its steps run, OUT parameters and the result handed back.
    ///
    /// - Returns: the routine's variables as it left them.
    @discardableResult
    func callRoutine(_ call: RoutineCall, returningInto result: Variable?) throws -> Scope {
        let routine = call.routine
        guard !frames.contains(where: { $0.routine.signature == routine.signature }) else {
            throw Refusal(code: .call, detail: "'\(routine.name)' calls itself")
        }
        guard frames.count < 30 else { throw Refusal(code: .call, detail: "calls are nested too deep") }
        guard routine.language == "plpgsql" || routine.language == "sql" else {
            throw Refusal(code: .call, detail: "'\(routine.name)' is written in \(routine.language)")
        }
        guard !routine.returnsSet else {
            throw Refusal(code: .call, detail: "'\(routine.name)' returns rows and is called for its effect")
        }
        let inner = Scope(label: routine.name.name, parent: nil)
        var outputs: [(target: Range<Int>, variable: Variable)] = []
        let parameters = callParameters(routine)
        for (position, parameter) in parameters.enumerated() {
            let type = qualifiedType(TypeName.ofSignature(parameter.type))
            var variable = Variable(
                name: parameter.name.isEmpty ? "$\(position + 1)" : parameter.name, type: type,
                value: "cast(null as \(type))")
            let argument = call.arguments[position]
            if parameter.mode != .out {
                let gathered = parameter.mode == .variadic ? call.gathered : nil
                if let value = try gathered.map({ try array(of: $0) }) ?? argument.map({ try expression($0) }) {
                    if type.hasPrefix("any") {
                        // `anyelement` and its like take the argument's type; a literal has none yet.
                        let isLiteral = argument.map { $0.count == 1 && source.kind($0.lowerBound) == .string } ?? false
                        guard let known = value.type, known != "unknown", !isLiteral else {
                            throw Refusal(
                                code: .call,
                                detail: "the type that '\(parameter.name)' of '\(routine.name)' takes is not known")
                        }
                        variable = Variable(name: variable.name, type: known, value: "cast(null as \(known))")
                    }
                    // Evaluated where the call stands; the parameter is new, so no older value matters.
                    let saved = (path, reaches)
                    path = []
                    reaches = []
                    store(value, in: variable)
                    (path, reaches) = saved
                } else if let text = parameter.defaultExpression {
                    let value = try catalogExpression(mutant == .defaultArgumentIsNull ? "null" : text)
                    variable.value = "(\(cast(value.template, to: type)))"
                    variable.taint = value.taint
                } else {
                    throw Refusal(code: .defect, detail: "'\(routine.name)' needs the argument '\(parameter.name)'")
                }
            }
            inner.variables[variable.name] = variable
            inner.variables["$\(position + 1)"] = variable
            if parameter.mode == .out || parameter.mode == .inout, let argument { outputs.append((argument, variable)) }
        }
        for parameter in routine.parameters where parameter.mode == .out && routine.kind == .function {
            let type = qualifiedType(TypeName.ofSignature(parameter.type))
            inner.variables[parameter.name] = Variable(name: parameter.name, type: type, value: "cast(null as \(type))")
        }
        if !iterations.isEmpty {
            let text = SourceText(routine.body, profile: .postgresql)
            try refuseTakenNames(text, text.all)
        }
        let saved = (scope: scope, diagnostics: diagnostics, step: currentStep)
        let first = !routines.contains(routine.name.description)
        let callee = makeFrame(routine)
        callee.countsSteps = first
        callee.returnValue = result
        if first { routines.append(routine.name.description) }
        scope = inner
        frames.append(callee)
        reaches.append(callee.reach)
        diagnostics = nil
        // The callee reads its own text, whatever piece of the caller's stands for the call.
        let pieces = sourceOverrides
        sourceOverrides = []
        runBody(callee)
        sourceOverrides = pieces
        frames.removeLast()
        reaches.removeAll { $0 === callee.reach }
        scope = saved.scope
        diagnostics = saved.diagnostics
        currentStep = saved.step
        if let result, routine.kind == .function {
            let outs = routine.parameters.filter { $0.mode == .out || $0.mode == .inout }
            if outs.count == 1, let only = inner.variables[outs[0].name] {
                result.value = only.value
                result.taint = only.taint
            }
        }
        for (target, variable) in outputs where mutant != .outArgumentForgotten {
            guard self.variable(target) != nil else {
                throw Refusal(code: .variable, detail: "OUT argument '\(source.text(target))' is not a variable")
            }
            try assign(
                target: target,
                Expression(template: variable.value, taint: variable.taint, isVolatile: false, type: variable.type))
        }
        return inner
    }

    /// What a VARIADIC parameter gets: the arguments as one array.
    private func array(of pieces: [Range<Int>]) throws -> Expression {
        let values = try pieces.map { try expression($0) }
        return Expression(
            template: "array[\(SQLTemplate.joined(values.map(\.template), separator: ", "))]",
            taint: values.reduce(into: []) { $0.formUnion($1.taint) },
            isVolatile: values.contains { $0.isVolatile }, type: nil)
    }

    func makeFrame(_ routine: Routine) -> Frame {
        let source = SourceText(routine.body, profile: .postgresql, lineOffset: routine.bodyLineOffset)
        let path = routine.settings["search_path"].map(CatalogIndex.schemas)
        let options = routine.body.prefix(2000).lowercased()
        let server = catalog.snapshot.settings["plpgsql.variable_conflict"] ?? "error"
        let setting = routine.settings["plpgsql.variable_conflict"] ?? server
        let named =
            ["use_column", "use_variable", "error"].first { options.contains("#variable_conflict \($0)") } ?? setting
        let frame = Frame(
            routine: routine, source: source, searchPath: path,
            // In SQL functions a column wins over a parameter of its name.
            prefersColumns: routine.language == "sql" || named == "use_column")
        frame.refusesConflicts = routine.language == "plpgsql" && named == "error"
        return frame
    }

    /// Runs the body of the innermost frame.
    func runBody(_ frame: Frame) {
        if frame.routine.language == "sql" {
            runSQLBody(frame)
            return
        }
        run([.block(readPLpgSQL(frame.source))])
    }

    /// A SQL routine is statements with semicolons, in BEGIN ATOMIC .. END where it is written the standard's way; the
    /// last query of a function is its result.
    private func runSQLBody(_ frame: Frame) {
        let source = frame.source
        var (start, end) = ScalarFunctionInliner.sqlBounds(source)
        var pieces: [Range<Int>] = []
        var index = start
        while index <= end {
            if index == end || source.kind(index) == .semicolon {
                if start < index { pieces.append(start..<index) }
                start = index + 1
            }
            index = index < end ? source.next(index) : index + 1
        }
        for (position, piece) in pieces.enumerated() {
            let isLast = position == pieces.count - 1
            let isQuery =
                [.select, .values, .with].contains(source.keyword(piece.lowerBound)) && readQuery(source, piece) != nil
            var kind = StepKind.sql
            if source.keyword(piece.lowerBound) == .return {
                kind = .returnValue(piece.lowerBound + 1..<piece.upperBound)
            } else if isQuery {
                if isLast, frame.routine.kind == .function, frame.routine.returnType != "void" {
                    // RETURN takes what follows SELECT.
                    kind =
                        frame.routine.returnsSet
                        ? .returnQuery(piece) : .returnValue(piece.lowerBound + 1..<piece.upperBound)
                } else {
                    kind = .perform(piece)
                }
            }
            run(.step(Step(kind: kind, range: piece, comments: source.comments(before: piece.lowerBound))))
        }
    }

    /// PERFORM and SELECT f(..): the call is inlined when it changes something, else dropped.
    func lowerPerform(_ range: Range<Int>) throws -> Outcome {
        var body = range
        if source.keyword(body.lowerBound) == .select { body = body.lowerBound + 1..<body.upperBound }
        if isSetval(body) {
            diagnostics = Diagnostics(rowCount: "1", found: "true")
            return .noted(code: "P2D-206", "setval is dropped: numbers go on behind those that the tables hold")
        }
        if let call = try routineCall(body, anyLanguage: true) {
            let result = Variable(name: "result", type: nil, value: "null")
            try callRoutine(call, returningInto: result)
            diagnostics = Diagnostics(rowCount: "1", found: "true")
            return .converted
        }
        for index in body where source.isName(index) && source.kind(index + 1) == .leftParen {
            let schema = source.kind(index - 1) == .dot ? source.name(index - 2) : nil
            let name = source.name(index)
            if !catalog.routines(schema: schema, name: name, path: frame.searchPath).isEmpty {
                if try performForEachRow(body, call: index) { return .converted }
                throw Refusal(code: .call, detail: "PERFORM calls '\(name)' for each row")
            }
            if ["dblink", "dblink_exec", "lo_import", "lo_export"].contains(name) {
                throw Refusal(code: .sideEffect, detail: "\(name) works outside the database")
            }
        }
        let text = SourceText(
            "select " + source.text(body), profile: .postgresql, lineOffset: source.line(body.lowerBound) - 1)
        if let query = readQuery(text, text.all),
            source.firstTopLevel(in: body, where: { source.keyword($0) == .from }) != nil
        {
            // Only FOUND and ROW_COUNT are left of it.
            let rewritten = try queryTemplate(query, scope: scope)
            let count: SQLTemplate = "(select count(*) from (\(rewritten.template)) as q)"
            setDiagnostics(count: count, found: nil)
            return .converted
        }
        diagnostics = Diagnostics(rowCount: "1", found: "true")
        return .noted(code: "P2D-208", "PERFORM without effect on tables is dropped")
    }
}
