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
            if try runRowHandlers(block, iteration) { return }
            try runHandlersInLoop(block, iteration)
            return
        }
        if runWithoutContext(block) { return }
        let reach = Reach()
        reach.catches = true
        reach.handlerNames = Set(
            block.handlers.flatMap { handler in handler.range.filter(source.isName).map(source.name) })
        reach.handled = block.handlers.flatMap(\.conditions)
        if block.handlers.contains(where: asksForContext) { reach.handled = [] }
        reaches.append(reach)
        let before = tables
        run(block.body)
        reaches.removeAll { $0 === reach }
        if reach.raises.isEmpty {
            try refuseExpectedFailures(block)
            for handler in block.handlers { noteDropped(handler) }
            return
        }
        try runHandlers(block, reach: reach, before: before)
    }

    /// A handler that names a failure which is never foretold is part of the plan, not a safety net: without a predicate
    /// the block can't be converted. Failures of concurrency and of missing objects never come in a build.
    func refuseExpectedFailures(_ block: Block) throws {
        let never: Set<String> = [
            "lock_not_available", "deadlock_detected", "serialization_failure", "query_canceled", "undefined_table",
            "undefined_column", "undefined_object", "undefined_function", "duplicate_table", "duplicate_object",
            "duplicate_column", "invalid_cursor_state", "insufficient_privilege", "admin_shutdown", "disk_full",
            "out_of_memory", "too_many_connections", "connection_exception",
        ]
        for handler in block.handlers {
            let named = handler.conditions.filter { condition in
                condition != "others" && !never.contains(condition)
                    && !FailureCodes.foretold.contains { FailureCodes.takes(condition, $0) }
            }
            guard let first = named.first else { continue }
            throw Refusal(
                code: .handler,
                detail: "EXCEPTION WHEN \(first): the rows for which the block fails can't be written as a predicate")
        }
    }

    private func runHandlers(_ block: Block, reach: Reach, before: [QualifiedName: TableState]) throws {
        var rest = reach.raises
        var groups: [(handler: Handler, failures: [Raised])] = []
        for handler in block.handlers {
            let taken = rest.filter { raised in handler.conditions.contains { FailureCodes.takes($0, raised.state) } }
            rest.removeAll { raised in handler.conditions.contains { FailureCodes.takes($0, raised.state) } }
            if taken.isEmpty {
                for region in handler.body { countLeaves(region) { $0.noted += 1 } }
            } else {
                groups.append((handler, taken))
            }
        }
        currentStep = block.handlers[0].range.lowerBound..<block.handlers[0].range.lowerBound + 1
        currentComments = []
        let anything = anyFailed(reach.raises, name: "block_failed")
        rollBack(to: before, where: anything)
        for (handler, failures) in groups {
            currentStep = handler.range.lowerBound..<handler.range.lowerBound + 1
            currentComments = []
            let failed = failures.count == reach.raises.count ? anything : anyFailed(failures, name: "caught")
            let outer = scope
            scope = Scope(label: nil, parent: outer)
            declareFailure(failures)
            handledFailures.append(failures)
            if let failed { under(failed) { run(handler.body) } } else { run(handler.body) }
            handledFailures.removeLast()
            scope = outer
        }
        for raised in rest {
            // Nobody here catches it: it goes on to the next block outside.
            under(raised.condition ?? "true") { raise(raised) }
        }
        note(
            "handlers run for the failures that the code raises itself or that can be foretold from the rows; where a statement fails otherwise, dbt stops with its error instead",
            code: "P2D-204", range: block.handlers[0].range, severity: .warning)
    }

    /// Whether one of the failures has happened; nil: always.
    func anyFailed(_ failures: [Raised], name: String) -> SQLTemplate? {
        let conditions = failures.compactMap(\.condition)
        guard conditions.count == failures.count else { return nil }
        guard conditions.count > 1 else { return conditions[0] }
        let line = source.line(currentStep.lowerBound)
        return scalar(.joined(conditions, separator: " or "), name: "\(name)_line_\(line)", type: "boolean")
    }

    /// SQLERRM, SQLSTATE and what GET STACKED DIAGNOSTICS gives.
    func declareFailure(_ failures: [Raised]) {
        func declare(_ name: String, _ value: (Raised) -> SQLTemplate?) {
            let all = failures.map(value)
            guard let first = all.first, let only = first, all.allSatisfy({ $0 != nil }) else { return }
            var template = only
            if !all.allSatisfy({ $0 == only }) {
                let arms = zip(failures, all).map { failure, value -> SQLTemplate in
                    "when \(failure.condition ?? "true") then \(value ?? "null")"
                }
                template = "(case \(.joined(arms, separator: " ")) end)"
            }
            scope.variables[name] = Variable(name: name, type: "text", value: template)
        }
        declare("sqlerrm") { $0.message }
        declare("sqlstate") { SQLTemplate(SQLText.literal($0.sqlState)) }
        declare("\u{1}message_text") { $0.message }
        declare("\u{1}returned_sqlstate") { SQLTemplate(SQLText.literal($0.sqlState)) }
        declare("\u{1}pg_exception_detail") { $0.detail }
        declare("\u{1}pg_exception_hint") { $0.hint }
        for item in ["constraint_name", "column_name", "table_name", "schema_name", "pg_datatype_name"] {
            declare("\u{1}\(item)") { SQLTemplate(SQLText.literal($0.names[item] ?? "")) }
        }
    }

    /// Gives every table that changed since `before` its old rows back where `failed` holds.
    private func rollBack(to before: [QualifiedName: TableState], where failed: SQLTemplate?) {
        if mutant == .handlerKeepsWrites { return }
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
        if arguments.isEmpty {
            try raiseAgain()
            return .converted
        }
        var raised = Raised(
            condition: nil, message: message(arguments), state: failureState(arguments), fallback: committed)
        raised.detail = option("detail", of: arguments) ?? "''"
        raised.hint = option("hint", of: arguments) ?? "''"
        raise(raised)
        return .converted
    }

    /// `RAISE;` hands on the failure that the handler is there for.
    private func raiseAgain() throws {
        guard let failures = handledFailures.last else {
            throw Refusal(code: .defect, detail: "RAISE without arguments stands outside a handler")
        }
        guard failures.count > 1 else {
            raise(failures[0])
            return
        }
        for failure in failures { under(failure.condition ?? "true") { raise(failure) } }
    }

    /// `USING option = expression`.
    private func option(_ name: String, of arguments: Range<Int>) -> SQLTemplate? {
        guard let using = source.firstTopLevel(in: arguments, where: { source.keyword($0) == .using }) else {
            return nil
        }
        for piece in source.splitAtCommas(using + 1..<arguments.upperBound)
        where piece.count > 2 && source.name(piece.lowerBound) == name && source.isSymbol(piece.lowerBound + 1, "=") {
            return (try? plainExpression(piece.lowerBound + 2..<piece.upperBound, in: source, scope: scope)).map {
                "cast(\($0.template) as text)"
            }
        }
        return nil
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

    /// What RAISE shows of a value: NULL as `<NULL>`, anything else as its type prints it.
    private func shown(_ value: Expression, _ range: Range<Int>) -> SQLTemplate {
        if range.count == 1, [.string, .number].contains(source.kind(range.lowerBound)) { return value.template }
        switch value.type.map(TypeName.base) {
        case "text", "character varying": return "coalesce(\(value.template), '<NULL>')"
        case "integer", "bigint", "smallint", "numeric", "date":
            return "coalesce(cast(\(value.template) as text), '<NULL>')"
        default:
            return
                "case when (\(value.template)) is null then '<NULL>' else format('%s', \(value.template)) end"
        }
    }

    /// The message with its arguments filled in.
    private func message(_ arguments: Range<Int>) -> SQLTemplate {
        var end = arguments.upperBound
        if let using = source.firstTopLevel(in: arguments, where: { source.keyword($0) == .using }) { end = using }
        let pieces = source.splitAtCommas(arguments.lowerBound..<end)
        guard let first = pieces.first, first.count == 1, source.kind(first.lowerBound) == .string else {
            if let text = option("message", of: arguments) { return text }
            let state = failureState(arguments)
            if state != "raise_exception", end == arguments.lowerBound + 1 {
                // RAISE division_by_zero: the message is the condition's name.
                return SQLTemplate(SQLText.literal(state))
            }
            return SQLTemplate(SQLText.literal("raised at line \(source.line(arguments.lowerBound))"))
        }
        let values = pieces.dropFirst().map { piece -> SQLTemplate in
            (try? expression(piece)).map { shown($0, piece) } ?? "null"
        }
        guard !values.isEmpty else { return SQLTemplate(source.text(first)) }
        // `%` of RAISE is `%s` of format(), and `%%` stays.
        let text = source.text(first).replacing("%%", with: "\u{1}").replacing("%", with: "%s").replacing(
            "\u{1}", with: "%%")
        return "format(\(text), \(.joined(values, separator: ", ")))"
    }

    func raise(_ message: SQLTemplate, state: String = "raise_exception", isImplied: Bool = false) {
        var failure = Raised(condition: nil, message: message, state: state, fallback: committed)
        // The server says more of a failure of its own than is known here.
        if isImplied { failure.detail = nil }
        raise(failure, isImplied: isImplied)
    }

    /// Control leaves the block (or the routine) with a failure wherever the current conditions hold.
    ///
    /// - Parameter isImplied: a statement fails on its data. A handler inside the loop's body takes that; for one outside
    ///   of it dbt stops with the error, as it does for any other statement.
    func raise(_ failure: Raised, isImplied: Bool = false) {
        // A statement of a loop whose condition is put around its effect fails only where that condition holds.
        let hides = hidesGuard
        hidesGuard = false
        defer { hidesGuard = hides }
        let catching = reaches.indices.last { reaches[$0].catches }
        var target = catching.map { reaches[$0] } ?? reaches.first
        if isImplied, let catching, catching < iterations.last?.outerReaches ?? 0 { target = reaches.first }
        guard let target else { return }
        if let iteration = iterations.last {
            raiseInLoop(iteration, failure, target: target, isImplied: isImplied)
            return
        }
        var raised = failure
        raised.fallback = committed
        raised.condition = nil
        guard let condition = guardCondition else {
            target.raises.append(raised)
            target.isDead = true
            return
        }
        let line = source.line(currentStep.lowerBound)
        let failed = scalar(condition, name: "raised_line_\(line)", type: "boolean")
        raised.condition = failed
        target.raises.append(raised)
        // Behind a failure that nobody catches nothing counts any more: the last versions are taken back as a whole.
        guard target.catches else { return }
        target.condition = target.condition.map { "\($0) and not \(failed)" } ?? "not \(failed)"
    }

    /// STRICT: anything but one row is a failure.
    func strict(_ query: SQLTemplate, line: Int) throws {
        if mutant == .strictIgnored { return }
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
            if routine.returnType == "trigger" {
                try lowerTriggerReturn(value)
            } else if let variable = frame.returnValue, routine.returnType != "void" {
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
            let body = try queryTemplate(query, scope: scope, targets: [variable.type])
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
        if mutant == .returnNotGuarded { return }
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
        let body = try queryTemplate(query, scope: dynamic ?? scope, naming: naming, targets: columns.map(\.type))
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
