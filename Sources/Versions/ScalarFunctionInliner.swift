import Catalog
import Steps
import Tokens
import Types

/// Turns a call of a scalar function into an expression: SQL functions by substitution, PL/pgSQL functions whose body
/// only assigns, branches and returns by following them symbolically into CASE expressions.
///
/// Precondition: the body writes nothing and does not loop; anything else stays a function where it may
/// (`Lowerer.keptCall`), or is refused (P2D-111).
struct ScalarFunctionInliner {
    let lowerer: Lowerer
    let routine: Routine

    init(_ lowerer: Lowerer, routine: Routine) {
        self.lowerer = lowerer
        self.routine = routine
    }

    /// The function's value for these arguments, which are already cast to the parameters' types.
    func inline(_ arguments: [SQLTemplate], argumentNames: Set<String>) throws -> Lowerer.Expression {
        guard !lowerer.frames.contains(where: { $0.routine.signature == routine.signature }), lowerer.frames.count < 20
        else {
            throw refusal("calls itself")
        }
        guard routine.language == "sql" || routine.language == "plpgsql" else {
            throw refusal("is written in \(routine.language)")
        }
        let returnType = lowerer.qualifiedType(TypeName.ofSignature(routine.returnType ?? "text"))
        let saved = (
            scope: lowerer.scope, path: lowerer.path, reaches: lowerer.reaches, diagnostics: lowerer.diagnostics,
            overrides: lowerer.sourceOverrides
        )
        let frame = lowerer.makeFrame(routine)
        let bound: BoundArguments
        if !argumentNames.isEmpty, BoundArguments.hasFromClause(frame.source) {
            // A window function would be computed anew inside the function's queries.
            guard !argumentNames.contains("over") else { throw refusal("gets a window function for an argument") }
            bound = .derived(lowerer, routine, arguments, taken: argumentNames)
        } else {
            bound = .direct(lowerer, routine, arguments)
        }
        let scope = bound.scope
        frame.countsSteps = false
        lowerer.scope = scope
        // FOUND is the function's own.
        lowerer.diagnostics = Diagnostics(rowCount: "0", found: "false")
        lowerer.frames.append(frame)
        lowerer.inliningDepth += 1
        defer {
            lowerer.inliningDepth -= 1
            lowerer.frames.removeLast()
            (lowerer.scope, lowerer.path, lowerer.reaches, lowerer.diagnostics, lowerer.sourceOverrides) = saved
        }
        lowerer.sourceOverrides = []
        var result: Lowerer.Expression
        if routine.language == "sql" {
            result = try sqlBody(frame.source)
        } else {
            result = try plpgsqlBody(frame.source)
        }
        if let derived = bound.derived { result.template = "(select \(result.template) from \(derived))" }
        result.template = "cast(\(result.template) as \(returnType))"
        if routine.isStrict, !arguments.isEmpty {
            let nulls = arguments.map { "(\($0)) is null" as SQLTemplate }
            result.template = "case when \(.joined(nulls, separator: " or ")) then null else \(result.template) end"
        }
        result.template = "(\(result.template))"
        if !lowerer.routines.contains(routine.name.description) { lowerer.routines.append(routine.name.description) }
        lowerer.inlinedFunctions.insert(routine.name.description)
        return result
    }

    private func refusal(_ why: String) -> Refusal {
        Refusal(code: .function, detail: "the function '\(routine.name)' \(why), so its calls in SQL can't be inlined")
    }

    /// The body without its last semicolon and the words around a SQL-standard one.
    static func sqlBounds(_ source: SourceText) -> (Int, Int) {
        var end = source.count
        if end > 0, source.kind(end - 1) == .semicolon { end -= 1 }
        var start = 0
        if source.keyword(0) == .begin, source.keyword(1) == .atomic {
            start = 2
            if source.keyword(end - 1) == .end { end -= 1 }
            if source.kind(end - 1) == .semicolon { end -= 1 }
        }
        return (start, end)
    }

    /// The only statement of a SQL function; nil when there are several.
    static func sqlQuery(_ source: SourceText) -> Range<Int>? {
        let (start, end) = sqlBounds(source)
        guard start < end, source.firstTopLevel(in: start..<end, where: { source.kind($0) == .semicolon }) == nil else {
            return nil
        }
        return start..<end
    }

    private func sqlBody(_ source: SourceText) throws -> Lowerer.Expression {
        let (start, end) = Self.sqlBounds(source)
        if source.keyword(start) == .return {
            return try lowerer.expression(start + 1..<end)
        }
        guard start < end, let query = readQuery(source, start..<end), query.arms.count == 1, query.with.isEmpty,
            case .select(let select) = query.arms[0]
        else { throw refusal("is not one plain SELECT") }
        guard select.items.count == 1, select.items[0].star == nil else {
            throw refusal("returns more than one column")
        }
        if select.from.isEmpty, select.filter == nil, query.tail.isEmpty, select.groupBy == nil {
            return try lowerer.expression(select.items[0].expression)
        }
        // A lookup: a correlated subquery.
        let body = try lowerer.queryTemplate(query, scope: lowerer.scope)
        let isAggregate = lowerer.isAtMostOneRow(query)
        let limit = isAggregate || !query.tail.isEmpty ? "" : " limit 1"
        let taint = (body.columns ?? []).reduce(body.taint) { $0.union($1.taint) }
        return Lowerer.Expression(
            template: "(select * from (\(body.template)) as q\(limit))", taint: taint, isVolatile: body.isVolatile,
            type: nil)
    }

    // MARK: PL/pgSQL

    /// Follows the body: each path ends in a RETURN, and the paths' conditions become one CASE.
    private func plpgsqlBody(_ source: SourceText) throws -> Lowerer.Expression {
        let block = readPLpgSQL(source)
        var state = State()
        let outputs = routine.parameters.filter { $0.mode == .out || $0.mode == .inout }
        guard outputs.count <= 1 else { throw refusal("has several OUT parameters") }
        if let only = outputs.first, only.mode == .out {
            let type = lowerer.qualifiedType(TypeName.ofSignature(only.type))
            lowerer.scope.variables[only.name] = Variable(name: only.name, type: type, value: "cast(null as \(type))")
        }
        state.output = outputs.first.flatMap { lowerer.scope.variables[$0.name] }
        let rest = try follow([.block(block)], &state, then: [])
        guard let rest else { throw refusal("can end without RETURN") }
        return Lowerer.Expression(template: rest, taint: state.taint, isVolatile: state.isVolatile, type: nil)
    }

    private struct State {
        var taint: Taint = []
        var isVolatile = false
        var steps = 0
        /// The OUT parameter: its value at the end is the result.
        var output: Variable?
    }

    /// The value that the statements return; `then` is what follows them.
    private func follow(_ regions: [Region], _ state: inout State, then: [Region]) throws -> SQLTemplate? {
        state.steps += 1
        guard state.steps < 400 else { throw refusal("has too many paths") }
        guard let first = regions.first else {
            return then.isEmpty ? state.output?.value : try follow(then, &state, then: [])
        }
        let rest = Array(regions.dropFirst()) + then
        switch first {
        case .block(let block):
            guard block.handlers.isEmpty else { throw refusal("has an exception handler") }
            let outer = lowerer.scope
            lowerer.scope = Scope(label: block.label, parent: outer)
            defer { lowerer.scope = outer }
            for declaration in block.declarations { try declare(declaration, &state) }
            return try follow(block.body, &state, then: rest)
        case .loop: throw refusal("loops")
        case .branch(let branch):
            var arms: [SQLTemplate] = []
            for arm in branch.arms {
                var tests: [SQLTemplate] = []
                for condition in arm.conditions {
                    let value = try expression(condition, &state)
                    if let subject = branch.subject {
                        tests.append("(\(try expression(subject, &state))) = (\(value))")
                    } else {
                        tests.append(value)
                    }
                }
                let value = try onCopy { try follow(arm.body, &state, then: rest) }
                arms.append("when \(.joined(tests, separator: " or ")) then \(value ?? "null")")
            }
            if branch.otherwise == nil, branch.isCase { throw refusal("has a CASE without ELSE") }
            let other = try onCopy { try follow(branch.otherwise ?? [], &state, then: rest) }
            return "case \(.joined(arms, separator: " ")) else \(other ?? "null") end"
        case .step(let step):
            switch step.kind {
            case .returnValue(let value?): return "(\(try expression(value, &state)))"
            case .returnValue(nil): return state.output?.value
            case .assignment(let target, let value):
                guard let variable = lowerer.variable(target), variable.fields == nil, !variable.isRecord,
                    let type = variable.type
                else { throw refusal("assigns to something that is no scalar variable") }
                let new = try expression(value, &state)
                let old = variable.value
                variable.value = "(\(lowerer.cast(new, to: type)))"
                guard variable.value.parts.count < 400, (variable.value.plainText?.count ?? 0) < 4000 else {
                    throw refusal("grows too large")
                }
                defer { variable.value = old }
                return try follow(rest, &state, then: [])
            case .sql:
                let saved = try lookUp(step.range, &state)
                defer {
                    for old in saved {
                        old.variable.value = old.value
                        old.variable.fields = old.fields
                    }
                }
                return try follow(rest, &state, then: [])
            case .null: return try follow(rest, &state, then: [])
            case .raise(let level, _) where level != "exception": return try follow(rest, &state, then: [])
            default: throw refusal("does more than compute")
            }
        }
    }

    /// One arm; what it assigns is taken back by `follow`, FOUND here.
    private func onCopy(_ body: () throws -> SQLTemplate?) rethrows -> SQLTemplate? {
        let saved = lowerer.diagnostics
        defer { lowerer.diagnostics = saved }
        return try body()
    }

    /// `SELECT a, b INTO x, y FROM ..`: each target is a subquery; gives the targets' old values.
    private func lookUp(_ range: Range<Int>, _ state: inout State) throws -> [Old] {
        guard let into = lowerer.intoClause(range), !into.isStrict else { throw refusal("does more than compute") }
        let text = lowerer.blankOut(range, into.range)
        guard let query = readQuery(text, text.all), query.with.isEmpty else {
            throw refusal("has a query that is not understood")
        }
        let body = try lowerer.queryTemplate(query, scope: lowerer.scope)
        guard let columns = body.columns else { throw refusal("has a query with unknown columns") }
        let record = into.targets.count == 1 ? lowerer.variable(into.targets[0]) : nil
        let isRecord = record.map { $0.isRecord || $0.fields != nil } ?? false
        guard isRecord || columns.count == into.targets.count else {
            throw refusal("selects into other variables than its query has columns")
        }
        state.taint.formUnion(columns.reduce(body.taint) { $0.union($1.taint) })
        state.isVolatile = state.isVolatile || body.isVolatile
        guard !body.isVolatile || columns.count == 1 else {
            throw refusal("selects chance values into several variables")
        }
        let isOne =
            lowerer.isAtMostOneRow(query) || query.tail.contains { [.limit, .fetch].contains(text.keyword($0)) }
        let labels = SQLText.list(columns.indices.map { "value_\($0 + 1)" })
        var saved: [Old] = []
        var values: [(Variable, SQLTemplate)] = []
        if let record, isRecord {
            guard record.isRecord || record.fields?.count == columns.count else {
                throw refusal("selects another row than its row variable has")
            }
            saved.append(Old(variable: record, value: record.value, fields: record.fields))
            record.fields = columns.enumerated().map { position, column in
                let type = record.isRecord ? column.type : record.fields?[position].type
                let name = record.isRecord ? column.name : record.fields?[position].name ?? column.name
                let value: SQLTemplate =
                    "(select value_\(position + 1) from (\(body.template)) as q (\(labels))\(isOne ? "" : " limit 1"))"
                return Variable(name: name, type: type, value: type.map { "\(lowerer.cast(value, to: $0))" } ?? value)
            }
        }
        for (position, target) in into.targets.enumerated() where !isRecord {
            guard let variable = lowerer.variable(target), variable.fields == nil, !variable.isRecord,
                let type = variable.type
            else { throw refusal("selects into something that is no scalar variable") }
            let value: SQLTemplate =
                "(select value_\(position + 1) from (\(body.template)) as q (\(labels))\(isOne ? "" : " limit 1"))"
            values.append((variable, "(\(lowerer.cast(value, to: type)))"))
            saved.append(Old(variable: variable, value: variable.value, fields: nil))
        }
        for (variable, value) in values { variable.value = value }
        lowerer.diagnostics = Diagnostics(
            rowCount: "(select count(*) from (\(body.template)) as q)",
            found: "(exists (select 1 from (\(body.template)) as q))")
        return saved
    }

    /// What a variable was before a query put its row into it.
    private struct Old {
        var variable: Variable
        var value: SQLTemplate
        var fields: [Variable]?
    }

    private func declare(_ declaration: Declaration, _ state: inout State) throws {
        guard case .variable(let type, _, _, let initial) = declaration.kind else { throw refusal("declares a cursor") }
        let variable = try lowerer.makeVariable(declaration.name, type: type)
        if variable.fields != nil || variable.isRecord {
            guard initial == nil else { throw refusal("declares a record with a value") }
            lowerer.scope.variables[declaration.name] = variable
            return
        }
        guard let name = variable.type else { throw refusal("declares a variable of an unknown type") }
        if let initial { variable.value = "(\(lowerer.cast(try expression(initial, &state), to: name)))" }
        lowerer.scope.variables[declaration.name] = variable
    }

    private func expression(_ range: Range<Int>, _ state: inout State) throws -> SQLTemplate {
        guard
            lowerer.source.firstTopLevel(
                in: range,
                where: { index in
                    lowerer.source.keyword(index) == .from && lowerer.source.keyword(index - 1) != .distinct
                }) == nil
        else { throw refusal("assigns from a query without parentheses") }
        let value = try lowerer.expression(range)
        state.taint.formUnion(value.taint)
        state.isVolatile = state.isVolatile || value.isVolatile
        return value.template
    }
}
