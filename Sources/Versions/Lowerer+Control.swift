import Catalog
import Findings
import Steps
import Tokens
import Types

extension Lowerer {
    // MARK: blocks and handlers

    /// BEGIN .. END: names in a scope of their own; with handlers, what an explicit failure takes back.
    ///
    /// Source: PostgreSQL manual, PL/pgSQL, "Trapping Errors": a block with handlers is a subtransaction, variables keep
    /// their values.
    func lower(_ block: Block) throws {
        let outer = scope
        scope = Scope(label: block.label, parent: outer)
        defer { scope = outer }
        try declare(block.declarations)
        guard !block.handlers.isEmpty else {
            run(block.body)
            return
        }
        if let iteration = iterations.last {
            try runHandlersInLoop(block, iteration)
            return
        }
        let reach = Reach()
        reach.catches = true
        reach.handlerNames = Set(
            block.handlers.flatMap { handler in handler.range.filter(source.isName).map(source.name) })
        reaches.append(reach)
        let before = tables
        run(block.body)
        reaches.removeAll { $0 === reach }
        if reach.raises.isEmpty {
            try refuseExpectedFailures(block)
            for handler in block.handlers {
                note(
                    "EXCEPTION WHEN \(handler.conditions.joined(separator: " or ")) is dropped: where a statement of the block fails, dbt stops with its error instead of running the handler",
                    code: "P2D-204", range: handler.range, severity: .warning)
                for region in handler.body { countLeaves(region) { $0.noted += 1 } }
            }
            return
        }
        try runHandlers(block, reach: reach, before: before)
    }

    /// A handler that names a failure of the data is part of the plan, not a safety net: without a predicate for that
    /// failure the block can't be converted.
    func refuseExpectedFailures(_ block: Block) throws {
        for handler in block.handlers {
            let named = handler.conditions.filter {
                !["others", "raise_exception", "no_data_found", "too_many_rows"].contains($0)
            }
            guard let first = named.first else { continue }
            throw Refusal(
                code: .handler,
                detail: "EXCEPTION WHEN \(first): the rows for which the block fails can't be written as a predicate")
        }
    }

    private func runHandlers(_ block: Block, reach: Reach, before: [QualifiedName: TableState]) throws {
        for raised in reach.raises {
            let failed = raised.condition
            guard
                let handler = block.handlers.first(where: { handler in
                    handler.conditions.contains { $0 == "others" || $0 == raised.state }
                })
            else {
                // Nobody here catches it: it goes on to the next block outside.
                under(failed ?? "true") { raise(raised.message, state: raised.state) }
                continue
            }
            currentStep = handler.range.lowerBound..<handler.range.lowerBound + 1
            rollBack(to: before, where: failed)
            let outer = scope
            scope = Scope(label: nil, parent: outer)
            scope.variables["sqlerrm"] = Variable(name: "sqlerrm", type: "text", value: raised.message)
            scope.variables["sqlstate"] = Variable(
                name: "sqlstate", type: "text", value: SQLTemplate(SQLText.literal(raised.sqlState)))
            if let failed { under(failed) { run(handler.body) } } else { run(handler.body) }
            scope = outer
        }
        for handler in block.handlers
        where !reach.raises.contains(where: { raised in
            handler.conditions.contains { $0 == "others" || $0 == raised.state }
        }) {
            for region in handler.body { countLeaves(region) { $0.noted += 1 } }
        }
        note(
            "handlers run for the failures that the code raises itself; where a statement fails on its data, dbt stops with its error instead",
            code: "P2D-204", range: block.handlers[0].range, severity: .warning)
    }

    /// Gives every table that changed since `before` its old rows back where `failed` holds.
    private func rollBack(to before: [QualifiedName: TableState], where failed: SQLTemplate?) {
        for (name, state) in tables.sorted(by: { $0.key < $1.key }) where before[name]?.version != state.version {
            var old = before[name]?.version
            if old == nil, !state.isTemporary { old = inputVersion(name, table: catalog.table(name)) }
            guard let old else { continue }
            guard let failed else {
                var restored = state
                restored.version = old
                restored.isEmpty = before[name]?.isEmpty ?? false
                tables[name] = restored
                continue
            }
            let list = SQLText.list(state.columns.map(\.name))
            let id = add(
                "select \(list) from \(state.version) where not \(failed)\nunion all\nselect \(list) from \(old) where \(failed)",
                name: "\(name.name)_after_rollback", columns: versionColumns(state), table: name,
                uniqueKeys: state.uniqueKeys)
            setVersion(name, state, id)
        }
    }

    /// COMMIT: what comes before survives a later failure, and temp tables made with ON COMMIT do as they were told.
    func lowerCommit() throws {
        for (name, state) in tables.sorted(by: { $0.key < $1.key }) where state.isTemporary && !state.isDropped {
            if state.dropsOnCommit, guardCondition == nil { tables[name]?.isDropped = true }
            guard state.emptiesOnCommit else { continue }
            let reference = RelationReference(range: 0..<0, schema: nil, name: name.name, alias: nil, only: false)
            try lowerTruncate([reference], restart: false, cascade: false)
        }
        guard guardCondition == nil else { return }
        for (name, state) in tables where !state.isTemporary { committed[name] = state.version }
    }

    // MARK: RAISE

    func lowerRaise(_ level: String, _ arguments: Range<Int>) throws -> Outcome {
        guard level == "exception" else {
            return .noted(code: "P2D-207", "RAISE \(level.uppercased()) is a message and is dropped")
        }
        raise(message(arguments), state: failureState(arguments))
        return .converted
    }

    /// The condition that RAISE names, or that USING ERRCODE gives: as a handler writes it.
    private func failureState(_ arguments: Range<Int>) -> String {
        if let code = arguments.first(where: { source.name($0) == "errcode" && source.isSymbol($0 + 1, "=") }),
            source.kind(code + 2) == .string
        {
            let text = source.text(code + 2).lowercased()
            let name = text.filter { $0 != "'" }
            return name.count == 5 ? FailureCodes.name(of: name) ?? "sqlstate \(text)" : name
        }
        guard source.kind(arguments.lowerBound) == .word, !arguments.isEmpty else { return "raise_exception" }
        if source.keyword(arguments.lowerBound) == .sqlstate {
            return "sqlstate \(source.text(arguments.lowerBound + 1).lowercased())"
        }
        let name = source.name(arguments.lowerBound)
        return name == "using" ? "raise_exception" : name
    }

    /// The message with its arguments filled in.
    private func message(_ arguments: Range<Int>) -> SQLTemplate {
        var end = arguments.upperBound
        if let using = source.firstTopLevel(in: arguments, where: { source.keyword($0) == .using }) { end = using }
        let pieces = source.splitAtCommas(arguments.lowerBound..<end)
        guard let first = pieces.first, first.count == 1, source.kind(first.lowerBound) == .string else {
            return SQLTemplate(SQLText.literal("raised at line \(source.line(arguments.lowerBound))"))
        }
        let values = pieces.dropFirst().map { piece -> SQLTemplate in
            (try? expression(piece)).map { "\($0.template)" } ?? "null"
        }
        guard !values.isEmpty else { return SQLTemplate(source.text(first)) }
        // `%` of RAISE is `%s` of format(), and `%%` stays.
        let text = source.text(first).replacing("%%", with: "\u{1}").replacing("%", with: "%s").replacing(
            "\u{1}", with: "%%")
        return "format(\(text), \(.joined(values, separator: ", ")))"
    }

    /// Control leaves the block (or the routine) with a failure wherever the current conditions hold.
    ///
    /// - Parameter isImplied: a statement fails on its data. A handler inside the loop's body takes that; for one outside
    ///   of it dbt stops with the error, as it does for any other statement.
    func raise(_ message: SQLTemplate, state: String = "raise_exception", isImplied: Bool = false) {
        let catching = reaches.indices.last { reaches[$0].catches }
        var target = catching.map { reaches[$0] } ?? reaches.first
        if isImplied, let catching, catching < iterations.last?.outerReaches ?? 0 { target = reaches.first }
        guard let target else { return }
        if let iteration = iterations.last {
            raiseInLoop(iteration, message, state: state, target: target, isImplied: isImplied)
            return
        }
        guard let condition = guardCondition else {
            target.raises.append(Raised(condition: nil, message: message, state: state, fallback: committed))
            target.isDead = true
            return
        }
        let line = source.line(currentStep.lowerBound)
        let failed = scalar(condition, name: "raised_line_\(line)", type: "boolean")
        target.raises.append(Raised(condition: failed, message: message, state: state, fallback: committed))
        // Behind a failure that nobody catches nothing counts any more: the last versions are taken back as a whole.
        guard target.catches else { return }
        target.condition = target.condition.map { "\($0) and not \(failed)" } ?? "not \(failed)"
    }

    /// STRICT: anything but one row is a failure.
    func strict(_ query: SQLTemplate, line: Int) throws {
        let rows = add(
            "select count(*) as row_count from (\(query)) as q", name: "row_count_line_\(line)",
            columns: [VersionColumn("row_count", "bigint")], isScalar: true)
        let count = read(rows, column: "row_count")
        under("\(count) = 0") { raise("'query returned no rows'", state: "no_data_found") }
        under("\(count) > 1") { raise("'query returned more than one row'", state: "too_many_rows") }
    }

    // MARK: RETURN

    func lowerReturn(_ value: Range<Int>?) throws {
        if let value {
            let routine = frame.routine
            let isTrigger = routine.returnType == "trigger"
            if let variable = frame.returnValue, !isTrigger, routine.returnType != "void" {
                try assignReturn(value, to: variable)
            }
        }
        leave(frame.reach, name: "continues_after_line_\(source.line(currentStep.lowerBound))")
    }

    private func assignReturn(_ value: Range<Int>, to variable: Variable) throws {
        if let call = try routineCall(value) {
            try callRoutine(call, returningInto: variable)
            return
        }
        if source.firstTopLevel(
            in: value, where: { source.keyword($0) == .from && source.keyword($0 - 1) != .distinct }) != nil
        {
            let text = SourceText(
                "select " + source.text(value), profile: .postgresql, lineOffset: source.line(value.lowerBound) - 1)
            guard let query = readQuery(text, text.all) else {
                throw Refusal(code: .unreadable, detail: "'\(short(source.text(value)))' is not understood")
            }
            let body = try queryTemplate(query, scope: scope)
            store(
                Expression(template: "(\(body.template))", taint: body.taint, isVolatile: body.isVolatile, type: nil),
                in: variable)
            return
        }
        if value.count == 1, let record = scope.find(source.name(value.lowerBound)), record.fields != nil {
            throw Refusal(code: .result, detail: "RETURN of a whole record is not followed")
        }
        store(try expression(value), in: variable)
    }

    /// Nothing behind this point of the routine (or loop) runs where the current conditions hold.
    func leave(_ reach: Reach, name: String) {
        guard let condition = guardCondition else {
            reach.isDead = true
            return
        }
        let left =
            condition.relations.isEmpty && iterations.last?.carries != true
            ? "(\(condition))"
            : scalar(condition, name: name.replacing("continues_after", with: "left_at"), type: "boolean")
        reach.condition = reach.condition.map { "\($0) and not \(left)" } ?? "not \(left)"
    }

    /// RETURN QUERY: rows of the result, in the order of the statements.
    func lowerReturnQuery(_ range: Range<Int>) throws {
        guard let query = readQuery(source, range) else {
            throw Refusal(code: .unreadable, detail: "'\(short(source.text(range)))' is not understood")
        }
        try returnRows(query)
    }

    func returnRows(_ query: Query, scope dynamic: Scope? = nil) throws {
        let columns = try resultColumns(frame.routine)
        let naming = ColumnNaming(names: columns.map(\.name), casts: columns.map(\.type))
        let body = try queryTemplate(query, scope: dynamic ?? scope, naming: naming)
        let list = SQLText.list(columns.map(\.name))
        if let iteration = iterations.last {
            frame.returnedRows.append(
                loopRows(
                    iteration, body.template, name: "\(frame.routine.name.name)_rows", columns: body.columns ?? columns,
                    isVolatile: body.isVolatile))
            diagnostics = nil
            return
        }
        let rows = add(
            body.template, name: "\(frame.routine.name.name)_rows", columns: body.columns ?? columns,
            isVolatile: body.isVolatile)
        var last = rows
        if let condition = guardCondition {
            last = add(
                "select \(list) from \(rows) where \(condition)", name: "\(frame.routine.name.name)_guarded_rows",
                columns: body.columns ?? columns)
        }
        frame.returnedRows.append(last)
        setDiagnostics(count: "(select count(*) from \(last))", found: nil)
    }

    /// Columns of a routine's result: its OUT and TABLE parameters, or the row type it returns.
    func resultColumns(_ routine: Routine) throws -> [VersionColumn] {
        let outputs = routine.parameters.filter { [.table, .out, .inout].contains($0.mode) }
        if !outputs.isEmpty { return outputs.map { VersionColumn($0.name, TypeName.ofSignature($0.type)) } }
        guard var type = routine.returnType else { return [] }
        if type.uppercased().hasPrefix("SETOF ") { type = String(type.dropFirst(6)).trimmed }
        let parts = type.split(separator: ".", maxSplits: 1).map { $0.replacing("\"", with: "") }
        let schema = parts.count == 2 ? String(parts[0]) : nil
        let name = String(parts.last ?? "")
        if let full = catalog.resolveTable(schema: schema, name: name, path: nil), let table = catalog.table(full) {
            return table.columns.map { VersionColumn($0.name, $0.type) }
        }
        if let composite = catalog.snapshot.types.first(where: {
            $0.name.name == name && (schema == nil || $0.name.schema == schema) && $0.kind == .composite
        }) {
            return composite.attributes.map { VersionColumn($0.name, $0.type) }
        }
        if ["record", "refcursor", "trigger"].contains(type) {
            throw Refusal(code: .result, detail: "a result of type \(type) has no known columns")
        }
        return [VersionColumn(routine.name.name, TypeName.ofSignature(type))]
    }

    /// RETURN NEXT outside a loop: one row.
    func lowerReturnNext(_ value: Range<Int>?) throws {
        let columns = try resultColumns(frame.routine)
        var items: [SQLTemplate] = []
        if let value {
            if value.count == 1, let record = scope.find(source.name(value.lowerBound)), let fields = record.fields {
                guard fields.count == columns.count else {
                    throw Refusal(code: .result, detail: "RETURN NEXT of a record with other columns")
                }
                for field in fields { try refuseUnlessSet(field, of: record.name) }
                items = zip(fields, columns).map {
                    "\(cast($0.value, to: $1.type ?? "text")) as \(SQLText.identifier($1.name))"
                }
            } else {
                let expression = try expression(value)
                items = [
                    "\(cast(expression.template, to: columns[0].type ?? "text")) as \(SQLText.identifier(columns[0].name))"
                ]
            }
        } else {
            items = columns.map { column in
                let current = scope.find(column.name)?.value ?? "null"
                return "\(cast(current, to: column.type ?? "text")) as \(SQLText.identifier(column.name))"
            }
        }
        if let iteration = iterations.last {
            frame.returnedRows.append(
                loopRows(
                    iteration, "select \(.joined(items, separator: ", "))", name: "\(frame.routine.name.name)_rows",
                    columns: columns, isVolatile: false))
            return
        }
        let tail: SQLTemplate = guardCondition.map { " where \($0)" } ?? ""
        let row = add(
            "select \(.joined(items, separator: ", "))" + tail, name: "\(frame.routine.name.name)_row", columns: columns
        )
        frame.returnedRows.append(row)
    }
}

/// A failure that the code raises.
struct Raised {
    /// nil: whenever control gets there.
    var condition: SQLTemplate?
    var message: SQLTemplate
    /// Condition name in lower case.
    var state: String
    /// What the tables go back to: the versions of the last COMMIT.
    var fallback: [QualifiedName: VersionID]

    var sqlState: String {
        if state.hasPrefix("sqlstate '") { return state.dropFirst(10).filter { $0 != "'" }.uppercased() }
        return FailureCodes.code(of: state) ?? "P0001"
    }
}

/// Condition names and their codes. Source: PostgreSQL manual, Appendix A.
enum FailureCodes {
    private static let codes = [
        "raise_exception": "P0001", "no_data_found": "P0002", "too_many_rows": "P0003", "unique_violation": "23505",
        "foreign_key_violation": "23503", "not_null_violation": "23502", "check_violation": "23514",
        "division_by_zero": "22012", "numeric_value_out_of_range": "22003", "invalid_text_representation": "22P02",
        "string_data_right_truncation": "22001", "data_exception": "22000", "invalid_parameter_value": "22023",
        "null_value_not_allowed": "22004", "case_not_found": "20000", "assert_failure": "P0004",
    ]

    static func code(of name: String) -> String? { codes[name] }

    /// The name of a lower-case code.
    static func name(of code: String) -> String? { codes.first { $0.value.lowercased() == code }?.key }
}
