import Catalog
import Findings
import Steps
import Tokens
import Types

extension Lowerer {
    /// Tables that the loop writes and also reads, updates or deletes from: those that have to be followed by key.
    func keyedCandidates(_ loop: Loop, written: Set<QualifiedName>, rows: VersionID?) throws -> Set<QualifiedName> {
        guard rows != nil else { throw Refusal(code: .loop, detail: "only a loop over rows can be followed by key") }
        var result: Set<QualifiedName> = []
        let body = loop.header.upperBound..<loop.range.upperBound
        let hasHandler = body.contains { source.keyword($0) == .exception }
        for name in written {
            for index in body where source.isName(index) && source.name(index) == name.name {
                let start = source.kind(index - 1) == .dot ? index - 2 : index
                if start < index, source.name(start) != name.schema { continue }
                let before = source.keyword(start - 1)
                if before == .into, !hasHandler { continue }
                if [.from, .update, .join, .into, .only].contains(before) || source.kind(start - 1) == .comma {
                    result.insert(name)
                }
            }
        }
        return result
    }

    // MARK: finding the key

    /// What a WHERE clause says about a keyed table: its key's values, and whatever else it demands of the row.
    private struct Access {
        var table: KeyedTable
        /// The row is there and meets the rest of the clause.
        var applies: SQLTemplate
    }

    private func access(
        _ name: QualifiedName, _ state: TableState, alias: String, filter: Range<Int>?, in text: SourceText,
        scope: Scope?
    ) throws -> Access {
        guard let iteration = iterations.last, let filter else {
            throw Refusal(code: .loop, detail: "the loop touches all rows of '\(name)', which it reads and writes")
        }
        guard state.columns.allSatisfy({ $0.generated == nil && $0.type != nil }) else {
            throw Refusal(code: .loop, detail: "'\(name)' has generated or untyped columns")
        }
        sourceOverrides.append(text)
        defer { sourceOverrides.removeLast() }
        let own = Set(state.columns.map(\.name))
        var equated: [String: (value: Range<Int>, piece: Range<Int>)] = [:]
        let pieces = splitAtAnd(filter)
        func column(_ range: Range<Int>) -> String? {
            if range.count == 3, text.name(range.lowerBound) == alias, text.kind(range.lowerBound + 1) == .dot {
                return text.name(range.lowerBound + 2)
            }
            guard range.count == 1, text.isName(range.lowerBound) else { return nil }
            let word = text.name(range.lowerBound)
            return own.contains(word) && (scope?.find(word) == nil || frame.prefersColumns) ? word : nil
        }
        for piece in pieces {
            guard let equals = text.firstTopLevel(in: piece, where: { text.isSymbol($0, "=") }) else { continue }
            let sides = [piece.lowerBound..<equals, equals + 1..<piece.upperBound]
            for (left, right) in [(sides[0], sides[1]), (sides[1], sides[0])] {
                if let found = column(left), column(right) == nil, equated[found] == nil {
                    equated[found] = (right, piece)
                }
            }
        }
        let known = iteration.keyed[name]
        let keys = known.map { [$0.key] } ?? state.uniqueKeys
        guard let key = keys.first(where: { !$0.isEmpty && $0.allSatisfy { equated[$0] != nil } }) else {
            throw Refusal(
                code: .loop, detail: "the loop reads and writes '\(name)' by something that is not a unique key")
        }
        let values = try key.map { column -> SQLTemplate in
            guard let range = equated[column]?.value else { return "null" }
            let value = try expression(range)
            let target = state.columns.first { $0.name == column }?.type
            guard comparable(inferType(text, range, visible: [], scope: scope), target) else {
                throw Refusal(code: .loop, detail: "the key '\(column)' of '\(name)' is compared with another type")
            }
            return value.template
        }
        let table = try keyedTable(name, state, key: key, values: values, known: known, in: iteration)
        // The rest of the clause, over the row as it is now.
        let rest = pieces.filter { piece in !key.contains { equated[$0]?.piece == piece } }
        var rewriter = boundRewriter(table, alias: alias, text: text, scope: scope)
        var tests: [SQLTemplate] = [table.exists.value]
        // A row of a null key is met by nothing, not even by the iteration that has made it.
        for (column, value) in zip(key, values)
        where state.columns.first(where: { $0.name == column })?.notNull != true {
            tests.append("(\(value)) is not null")
        }
        for piece in rest { tests.append("(\(try rewriter.expression(piece)))") }
        if splitAtAnd(filter).isEmpty { throw Refusal(code: .loop, detail: "OR in a clause on '\(name)'") }
        return Access(table: table, applies: .joined(tests, separator: " and "))
    }

    /// Values that are equal as one type are equal as the other.
    private func comparable(_ one: String?, _ two: String?) -> Bool {
        guard let one, let two else { return false }
        let integers: Set<String> = ["smallint", "integer", "bigint"]
        func isText(_ type: String) -> Bool { type == "text" || type.hasPrefix("character varying") }
        return one == two || integers.contains(one) && integers.contains(two) || isText(one) && isText(two)
            || one.hasPrefix("numeric") && two == "numeric"
    }

    private func keyedTable(
        _ name: QualifiedName, _ state: TableState, key: [String], values: [SQLTemplate], known: KeyedTable?,
        in iteration: Iteration
    ) throws -> KeyedTable {
        if let known {
            guard known.values == values else {
                throw Refusal(code: .loop, detail: "the loop reaches '\(name)' by different keys")
            }
            return known
        }
        for other in iteration.keyed.values where other.values != values {
            throw Refusal(code: .loop, detail: "the loop follows two tables by different keys")
        }
        for value in values {
            for case .text(let text) in value.parts {
                for piece in text.split(separator: "it.").dropFirst() where text.contains("it.") {
                    let column = piece.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
                    guard iteration.driverColumns.contains(String(column)) else {
                        throw Refusal(code: .loop, detail: "the key of '\(name)' is computed inside the loop")
                    }
                }
            }
        }
        let prefix = name.name
        func carried(_ suffix: String, _ type: String) -> Variable {
            let column = iteration.unique("\(prefix)__\(suffix)")
            return Variable(name: column, type: type, value: SQLTemplate("it.\(SQLText.identifier(column))"))
        }
        let table = KeyedTable(
            name: name, state: state, key: key, values: values, exists: carried("exists", "boolean"),
            columns: state.columns.map { carried($0.name, TypeName.assignmentCast($0.type ?? "text")) })
        iteration.keyed[name] = table
        iteration.keyedOrder.append(name)
        return table
    }

    private func boundRewriter(_ table: KeyedTable, alias: String, text: SourceText, scope: Scope?) -> Rewriter {
        var rewriter = Rewriter(self, text, scope: scope)
        let values = Dictionary(
            zip(table.state.columns.map(\.name), table.columns.map(\.value)), uniquingKeysWith: { first, _ in first })
        rewriter.bind(alias: alias, columns: values)
        return rewriter
    }

    private func isCandidate(_ name: QualifiedName) -> Bool { iterations.last?.keyedCandidates.contains(name) ?? false }

    // MARK: statements

    func keyedUpdate(
        _ iteration: Iteration, _ statement: UpdateStatement, _ name: QualifiedName, _ state: TableState
    ) throws -> WriteEffect? {
        guard isCandidate(name) else { return nil }
        guard statement.with == nil, statement.from.isEmpty else {
            throw Refusal(code: .loop, detail: "UPDATE with FROM of '\(name)', which the loop reads, too")
        }
        let alias = statement.target.exposedName
        let access = try access(name, state, alias: alias, filter: statement.filter, in: source, scope: scope)
        let hit = iteration.compute("coalesce(\(access.applies), false)", name: "\(name.name)_found")
        var rewriter = boundRewriter(access.table, alias: alias, text: source, scope: scope)
        let values = try assignedValues(statement.assignments, state, rewriter: &rewriter)
        guard !rewriter.isVolatile else {
            throw Refusal(code: .loop, detail: "a random value for '\(name)' inside a loop")
        }
        // All new values see the old row.
        let changed = state.columns.filter { values[$0.name] != nil }
        guard !changed.contains(where: { access.table.key.contains($0.name) }) else {
            throw Refusal(code: .loop, detail: "the loop changes the key of '\(name)' by which it reaches the row")
        }
        let news = changed.map { column -> SQLTemplate in
            iteration.compute(
                guardedBy(hit, values[column.name] ?? "null", old: access.table.column(column.name)?.value ?? "null"),
                name: "\(name.name)__\(column.name)")
        }
        for (column, value) in zip(changed, news) {
            access.table.column(column.name)?.value = value
            access.table.column(column.name)?.taint.formUnion(rewriter.taint)
        }
        let done = guarded(hit, else: "false")
        _ = done
        return WriteEffect(
            rows: nil, count: "(case when \(hit) then 1 else 0 end)", alias: alias, keyed: access.table,
            keyedHit: hit)
    }

    /// `case when <conditions> and hit then new else old end`
    private func guardedBy(_ hit: SQLTemplate, _ new: SQLTemplate, old: SQLTemplate) -> SQLTemplate {
        let all = [guardCondition, hit].compactMap { $0 }
        return "case when \(.joined(all, separator: " and ")) then \(new) else \(old) end"
    }

    func keyedDelete(
        _ iteration: Iteration, _ statement: DeleteStatement, _ name: QualifiedName, _ state: TableState
    ) throws -> WriteEffect? {
        guard isCandidate(name) else { return nil }
        guard statement.with == nil, statement.using.isEmpty, statement.returning == nil else {
            throw Refusal(code: .loop, detail: "DELETE with USING or RETURNING on '\(name)', which the loop reads, too")
        }
        let alias = statement.target.exposedName
        let access = try access(name, state, alias: alias, filter: statement.filter, in: source, scope: scope)
        let hit = iteration.compute("coalesce(\(access.applies), false)", name: "\(name.name)_found")
        access.table.exists.value = iteration.compute(
            guardedBy(hit, "false", old: access.table.exists.value), name: "\(name.name)__exists")
        return WriteEffect(rows: nil, count: "(case when \(hit) then 1 else 0 end)", alias: alias)
    }

    /// INSERT of one row whose key is the iteration's.
    func keyedInsert(
        _ iteration: Iteration, _ statement: InsertStatement, _ name: QualifiedName, _ state: TableState
    ) throws -> WriteEffect? {
        guard isCandidate(name) else { return nil }
        guard statement.with == nil, let query = statement.query, query.with.isEmpty, query.arms.count == 1 else {
            throw Refusal(
                code: .loop, detail: "INSERT into '\(name)', which the loop reads, in a form that is not followed")
        }
        var items: [Range<Int>]
        switch query.arms[0] {
        case .values(let rows, _, _) where rows.count == 1: items = rows[0]
        case .select(let select) where select.from.isEmpty && select.filter == nil:
            items = select.items.map(\.expression)
        default: throw Refusal(code: .loop, detail: "INSERT of several rows into '\(name)', which the loop reads, too")
        }
        let names = statement.columns.isEmpty ? Array(state.columns.map(\.name).prefix(items.count)) : statement.columns
        guard names.count == items.count else {
            throw Refusal(code: .defect, detail: "INSERT has another number of values")
        }
        var given: [String: SQLTemplate] = [:]
        var taints: [String: Taint] = [:]
        var raw: [String: SQLTemplate] = [:]
        for (column, item) in zip(names, items) {
            guard let target = state.columns.first(where: { $0.name == column }) else {
                throw Refusal(code: .defect, detail: "table '\(name)' has no column '\(column)'")
            }
            if item.count == 1, source.keyword(item.lowerBound) == .default { continue }
            let value = try expression(item)
            guard !value.isVolatile else {
                throw Refusal(code: .loop, detail: "a random value for '\(name)' inside a loop")
            }
            raw[column] = value.template
            given[column] = try assigned(value.template, to: target, from: nil)
            taints[column] = value.taint
        }
        let known = iteration.keyed[name]
        let keys = known.map { [$0.key] } ?? state.uniqueKeys
        guard let key = keys.first(where: { $0.allSatisfy { raw[$0] != nil } }) else {
            throw Refusal(code: .loop, detail: "INSERT into '\(name)' does not give the key by which the loop reads it")
        }
        let table = try keyedTable(
            name, state, key: key, values: key.compactMap { raw[$0] }, known: known, in: iteration)
        if foretellsFailures {
            var risks = constraintsAtRisk(statement, state)
            risks.keys.removeAll { $0.columns == key }
            try refuse(risks, of: name)
        }
        guard let conflict = statement.conflict else {
            raiseUnlessFree(table, iteration)
            try write(table, given, taints, iteration, where: nil)
            return WriteEffect(rows: nil, count: "1", alias: statement.target.exposedName, keyed: table)
        }
        guard conflict.update == nil,
            conflict.target.allSatisfy({ $0.count == 1 && key.contains(source.name($0.lowerBound)) })
        else { throw Refusal(code: .loop, detail: "ON CONFLICT DO UPDATE inside a loop") }
        let free = iteration.compute("not coalesce(\(table.exists.value), false)", name: "\(name.name)_is_new")
        try write(table, given, taints, iteration, where: free)
        return WriteEffect(
            rows: nil, count: "(case when \(free) then 1 else 0 end)", alias: statement.target.exposedName)
    }

    /// A second row of the same key is a unique violation: whether the conditions rule it out is for the data to say.
    private func raiseUnlessFree(_ table: KeyedTable, _ iteration: Iteration) {
        let taken = iteration.compute("coalesce(\(table.exists.value), false)", name: "\(table.name.name)_is_taken")
        path.append(taken)
        let constraint = table.state.catalog.flatMap { keys(of: $0).first { $0.columns == table.key }?.name }
        let place = constraint.map { " \"\($0)\"" } ?? ""
        raise(
            SQLTemplate(SQLText.literal("duplicate key value violates unique constraint\(place)")),
            state: "unique_violation", isImplied: true)
        path.removeLast()
    }

    private func write(
        _ table: KeyedTable, _ given: [String: SQLTemplate], _ taints: [String: Taint], _ iteration: Iteration,
        where free: SQLTemplate?
    ) throws {
        if let free { path.append(free) }
        defer { if free != nil { path.removeLast() } }
        for (column, variable) in zip(table.state.columns, table.columns) {
            let value: SQLTemplate
            if let written = given[column.name] {
                value = written
                variable.taint.formUnion(taints[column.name] ?? [])
            } else if column.isIdentity || column.defaultExpression?.contains("nextval(") == true {
                let outer = iterations
                iterations = []
                let base = try surrogateBase(column, table: table.name)
                iterations = outer
                value = "cast(\(base) + it.iteration as \(column.type ?? "bigint"))"
                variable.taint.insert(.surrogate)
            } else {
                value = try defaultValue(column, name: table.name, ordinal: "it.iteration")
                if let text = column.defaultExpression {
                    let expression = try catalogExpression(text)
                    guard !expression.isVolatile else {
                        throw Refusal(code: .loop, detail: "a random default of '\(table.name)' inside a loop")
                    }
                    variable.taint.formUnion(expression.taint)
                }
            }
            variable.value = iteration.compute(
                guarded(value, else: variable.value), name: "\(table.name.name)__\(column.name)")
        }
        table.exists.value = iteration.compute(
            guarded("true", else: table.exists.value), name: "\(table.name.name)__exists")
    }

    // MARK: reads

    private func keyedRelation(_ query: Query) -> (QualifiedName, RelationReference, Select)? {
        guard query.with.isEmpty, query.arms.count == 1, case .select(let select) = query.arms[0],
            select.from.count == 1,
            select.groupBy == nil, select.having == nil, case .relation(let reference) = select.from[0].kind,
            let name = try? tableName(reference), isCandidate(name)
        else { return nil }
        return (name, reference, select)
    }

    /// SELECT .. INTO from a table that is followed by key.
    func keyedSelect(_ query: Query, targets: [Range<Int>]) throws -> Bool {
        guard let iteration = iterations.last, let (name, reference, select) = keyedRelation(query) else {
            return false
        }
        let (_, state) = try stateForWriting(reference, reads: false)
        guard !isAggregate(select, query.source) else {
            throw Refusal(code: .loop, detail: "the loop aggregates '\(name)', which it writes")
        }
        let access = try access(
            name, state, alias: reference.exposedName, filter: select.filter, in: query.source, scope: scope)
        let hit = iteration.compute("coalesce(\(access.applies), false)", name: "\(name.name)_found")
        var rewriter = boundRewriter(access.table, alias: reference.exposedName, text: query.source, scope: scope)
        var values: [SQLTemplate] = []
        var columns: [VersionColumn] = []
        for item in select.items {
            if item.star != nil {
                for (column, variable) in zip(state.columns, access.table.columns) {
                    values.append("(case when \(hit) then \(variable.value) end)")
                    columns.append(VersionColumn(column.name, column.type, taint: variable.taint))
                }
                continue
            }
            values.append("(case when \(hit) then \(try rewriter.expression(item.expression)) end)")
            let visible = [VisibleRelation(name: reference.exposedName, columns: self.columns(state.version))]
            columns.append(
                VersionColumn(
                    item.alias ?? inferName(query.source, item.expression),
                    inferType(query.source, item.expression, visible: visible, scope: scope),
                    taint: access.table.columns.reduce([]) { $0.union($1.taint) }))
        }
        let stored = zip(values, columns).map { value, column in
            iteration.compute(value, name: "\(column.name)_line_\(source.line(currentStep.lowerBound))")
        }
        try assignValues(targets, values: stored, columns: columns)
        setDiagnostics(count: "(case when \(hit) then 1 else 0 end)", found: hit)
        return true
    }

    private func isAggregate(_ select: Select, _ text: SourceText) -> Bool {
        let names: Set<String> = [
            "count", "sum", "min", "max", "avg", "array_agg", "string_agg", "bool_or", "bool_and",
        ]
        return select.items.contains { item in
            item.expression.contains { text.kind($0 + 1) == .leftParen && names.contains(text.name($0)) }
        }
    }

    /// `[NOT] EXISTS (SELECT .. FROM keyed WHERE ..)`: the tokens from EXISTS on, and what they mean.
    func keyedExists(_ query: Query, source text: SourceText, scope: Scope?) throws -> (Range<Int>, SQLTemplate)? {
        guard !iterations.isEmpty, let (name, reference, select) = keyedRelation(query) else { return nil }
        var open = query.range.lowerBound - 1
        while open > 0, text.kind(open) == .leftParen, text.kind(open - 1) == .leftParen { open -= 1 }
        guard text.keyword(open - 1) == .exists else { return nil }
        let (_, state) = try stateForWriting(reference, reads: false)
        let access = try access(
            name, state, alias: reference.exposedName, filter: select.filter, in: text, scope: scope)
        return (open - 1..<text.closing(of: open) + 1, "coalesce(\(access.applies), false)")
    }

    /// RETURNING .. INTO of a row that was written by key.
    func keyedReturning(
        _ returning: Returning, _ table: KeyedTable, alias: String, hit: SQLTemplate?
    ) throws {
        var rewriter = boundRewriter(table, alias: alias, text: source, scope: nil)
        var values: [SQLTemplate] = []
        var columns: [VersionColumn] = []
        for item in returning.items {
            guard item.star == nil else { throw Refusal(code: .loop, detail: "RETURNING * inside a loop") }
            let value = try rewriter.expression(item.expression)
            values.append(hit.map { "(case when \($0) then \(value) end)" } ?? value)
            let name = item.alias ?? inferName(source, item.expression)
            columns.append(VersionColumn(name, nil, taint: table.columns.reduce([]) { $0.union($1.taint) }))
        }
        try assignValues(returning.into, values: values, columns: columns)
    }
}
