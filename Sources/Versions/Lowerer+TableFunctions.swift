import Catalog
import Findings
import Steps
import Tokens
import Types

extension Lowerer {
    /// The set-returning function of the user's that a FROM item calls; nil for built-ins.
    func tableFunction(
        _ name: (schema: String?, name: String, end: Int), source: SourceText, visible: [VisibleRelation], scope: Scope?
    ) throws -> RoutineCall? {
        let candidates = catalog.routines(schema: name.schema, name: name.name, path: frames.last?.searchPath)
        guard !candidates.isEmpty, source.kind(name.end) == .leftParen else { return nil }
        let inside = source.inside(name.end)
        return try choose(
            candidates, inside.isEmpty ? [] : source.splitAtCommas(inside), source: source, visible: visible,
            scope: scope)
    }

    /// The columns of such a call; a set of plain values has one column, named by the alias.
    func tableFunctionColumns(_ routine: Routine, alias: String) throws -> [VersionColumn] {
        let columns = try resultColumns(routine).map { VersionColumn($0.name, $0.type.map(qualifiedType)) }
        let hasOutputs = routine.parameters.contains { [.table, .out, .inout].contains($0.mode) }
        guard columns.count == 1, columns[0].name == routine.name.name, !hasOutputs else { return columns }
        return [VersionColumn(alias, columns[0].type)]
    }

    /// A call in FROM as a query in parentheses: the function's one query with the arguments in place of its parameters.
    func inlineTableFunction(
        _ rewriter: inout Rewriter, name: (schema: String?, name: String, end: Int), call: Range<Int>, alias: String?
    ) throws -> SQLTemplate? {
        let source = rewriter.source
        guard
            let found = try tableFunction(name, source: source, visible: rewriter.visible, scope: rewriter.scope)
        else { return nil }
        let routine = found.routine
        func refusal(_ why: String) -> Refusal {
            Refusal(
                code: .function, detail: "the function '\(routine.name)' \(why), so its call in FROM can't be inlined")
        }
        guard routine.kind == .function, routine.returnsSet else { throw refusal("returns no set") }
        guard source.keyword(call.upperBound) != .with else { throw refusal("is called WITH ORDINALITY") }
        guard !frames.contains(where: { $0.routine.signature == routine.signature }), frames.count < 20 else {
            throw refusal("calls itself")
        }
        guard found.gathered == nil else { throw refusal("is variadic") }
        let exposed = alias ?? name.name
        let columns = try tableFunctionColumns(routine, alias: exposed)
        var values: [SQLTemplate] = []
        for (position, parameter) in callParameters(routine).enumerated() {
            let type = qualifiedType(TypeName.ofSignature(parameter.type))
            if let argument = found.arguments[position] {
                values.append(cast(try rewriter.argument(argument), to: type))
            } else {
                values.append(cast(try catalogExpression(parameter.defaultExpression ?? "null").template, to: type))
            }
        }
        do {
            let (result, isLateral) = try inlineQueries(
                &rewriter, found, values, columns: columns, isLateral: source.keyword(call.lowerBound - 1) == .lateral,
                refusal: refusal)
            return
                "\(isLateral ? "lateral " : "")(\(result))\(alias == nil ? " as \(SQLText.identifier(exposed))" : "")"
        } catch let refusal as Refusal {
            guard refusal.code == .function, let reach = reach(of: routine),
                let kept = keptCall(routine, values, reach, because: refusal.detail)
            else { throw refusal }
            rewriter.absorb(taint: reach.taint, isVolatile: reach.isVolatile)
            return "\(kept)\(alias == nil ? " as \(SQLText.identifier(exposed))" : "")"
        }
    }

    /// The function's queries with the arguments in place of its parameters, and whether they need LATERAL.
    private func inlineQueries(
        _ rewriter: inout Rewriter, _ found: RoutineCall, _ values: [SQLTemplate], columns: [VersionColumn],
        isLateral: Bool, refusal: (String) -> Refusal
    ) throws -> (SQLTemplate, Bool) {
        let routine = found.routine
        let source = rewriter.source
        let outer = freeNames(found.arguments.compactMap { $0 }, source: source, scope: rewriter.scope)
        let bound: BoundArguments =
            outer.isEmpty ? .direct(self, routine, values) : .derived(self, routine, values, taken: outer)
        let frame = makeFrame(routine)
        frame.countsSteps = false
        let saved = (
            scope: scope, path: path, reaches: reaches, comments: currentComments, overrides: sourceOverrides
        )
        sourceOverrides = []
        scope = bound.scope
        path = []
        reaches = []
        frames.append(frame)
        inliningDepth += 1
        defer {
            inliningDepth -= 1
            frames.removeLast()
            (scope, path, reaches, currentComments, sourceOverrides) = saved
        }
        let queries = try onlyQueries(frame, refusal: refusal)
        var bodies: [SQLTemplate] = []
        for query in queries {
            // A part of WITH becomes a version of its own, which sees nothing of the query around the call.
            guard outer.isEmpty || query.with.isEmpty else { throw refusal("has a WITH list") }
            let naming = ColumnNaming(names: columns.map(\.name), casts: columns.map(\.type))
            let body = try queryTemplate(query, scope: bound.scope, naming: naming)
            rewriter.absorb(taint: body.taint, isVolatile: body.isVolatile)
            bodies.append(body.template)
        }
        var result: SQLTemplate =
            bodies.count == 1 ? bodies[0] : .joined(bodies.map { "(\($0))" }, separator: "\nunion all\n")
        if routine.isStrict, !bound.values.isEmpty {
            let tests = bound.values.map { "\($0) is not null" as SQLTemplate }
            result = "select * from (\(result)) as q where \(.joined(tests, separator: " and "))"
        }
        if let derived = bound.derived { result = "select q.* from \(derived) cross join lateral (\(result)) as q" }
        if !routines.contains(routine.name.description) { routines.append(routine.name.description) }
        inlinedFunctions.insert(routine.name.description)
        return (result, !outer.isEmpty && !isLateral)
    }

    /// Names in the arguments that are no variables: columns of the query around the call.
    private func freeNames(_ arguments: [Range<Int>], source: SourceText, scope: Scope?) -> Set<String> {
        var names: Set<String> = []
        for argument in arguments {
            for index in argument where source.isName(index) && source.kind(index + 1) != .leftParen {
                let isType = source.text(index - 1) == "::" || source.keyword(index - 1) == .as
                let isWord = source.kind(index) == .word && [.null, .true, .false].contains(source.keyword(index))
                if isType || isWord { continue }
                if source.kind(index) == .word, source.kind(index + 1) == .string { continue }  // date '..'
                // Inside a loop over rows a variable may be a column of the row.
                if iterations.isEmpty {
                    if source.kind(index - 1) != .dot, scope?.find(source.name(index)) != nil { continue }
                    if source.kind(index - 1) == .dot, scope?.find(source.name(index - 2)) != nil { continue }
                }
                names.insert(source.name(index))
            }
        }
        return names
    }

    /// The queries whose rows the function returns, one after the other.
    private func onlyQueries(_ frame: Frame, refusal: (String) -> Refusal) throws -> [Query] {
        let source = frame.source
        if frame.routine.language == "sql" {
            guard let body = ScalarFunctionInliner.sqlQuery(source), let query = readQuery(source, body) else {
                throw refusal("is not one query")
            }
            return [query]
        }
        guard frame.routine.language == "plpgsql" else { throw refusal("is written in \(frame.routine.language)") }
        let block = readPLpgSQL(source)
        guard block.declarations.isEmpty, block.handlers.isEmpty else { throw refusal("does more than return queries") }
        var queries: [Query] = []
        for region in block.body {
            guard case .step(let step) = region else { throw refusal("does more than return queries") }
            switch step.kind {
            case .returnQuery(let range):
                guard let query = readQuery(source, range) else { throw refusal("has a query that is not understood") }
                queries.append(query)
            case .returnValue(nil): return queries
            case .null: continue
            default: throw refusal("does more than return queries")
            }
        }
        guard !queries.isEmpty else { throw refusal("returns nothing") }
        return queries
    }
}
