import Catalog
import Findings
import Steps
import Tokens
import Types

extension Lowerer {
    /// The rows, series or condition that the loop's header names.
    func makeDriver(_ loop: Loop) throws -> Driver {
        switch loop.kind {
        case .query(let targets, let range):
            guard let query = readQuery(source, range) else {
                throw Refusal(code: .unreadable, detail: "the loop's query is not understood")
            }
            return try queryDriver(query, targets: targets, scope: scope)
        case .integers(let variable, let from, let to, let by, let reverse):
            return try seriesDriver(variable, from: from, to: to, by: by, reverse: reverse)
        case .array(let targets, let slice, let array):
            guard targets.count == 1 else { throw Refusal(code: .loop, detail: "FOREACH with several targets") }
            return try arrayDriver(targets[0], array, slice: slice ? sliceDepth(loop) : 0)
        case .cursor(let name, let cursor, let arguments):
            return try cursorDriver(name, cursor: cursor, arguments: arguments)
        case .while: return Driver()
        case .forever:
            if let fetched = fetchLoop(loop) { return try openDriver(fetched.cursor, targets: fetched.targets) }
            return Driver()
        case .dynamicQuery(let targets, let call):
            let dynamic = try dynamicQuery(call)
            return try queryDriver(dynamic.query, targets: targets, scope: dynamic.scope)
        }
    }

    private func queryDriver(_ query: Query, targets: [Range<Int>], scope queryScope: Scope?) throws -> Driver {
        binding(try rowsDriver(query, scope: queryScope), to: targets)
    }

    /// Rows of a cursor that OPEN has made and nobody has fetched from.
    private func openDriver(_ name: String, targets: [Range<Int>]) throws -> Driver {
        guard let open = scope.find(name)?.openCursor, open.position == 0, open.place == nil, !open.isLost,
            open.driver.shown == nil
        else {
            throw Refusal(code: .cursor, detail: "cursor '\(name)' is not open, or was fetched from before the loop")
        }
        var driver = binding(open.driver, to: targets)
        driver.finish = { [self] in scope.find(name)?.openCursor?.isLost = true }
        return driver
    }

    /// The driver with its columns put into the targets at each iteration.
    private func binding(_ plain: Driver, to targets: [Range<Int>]) -> Driver {
        var driver = plain
        let columns = driver.columns
        driver.keys.record = targets.first.map { source.name($0.lowerBound) } ?? ""
        driver.bind = { [self] in
            try assignValues(
                targets, values: columns.map { SQLTemplate("\(rowAlias).\(SQLText.identifier($0.name))") },
                columns: columns)
        }
        return driver
    }

    /// The query's rows, numbered in its order.
    func rowsDriver(_ query: Query, scope queryScope: Scope?) throws -> Driver {
        let body = try queryTemplate(query, scope: queryScope)
        guard let columns = body.columns else {
            throw Refusal(code: .unknownColumns, detail: "the columns of the loop's query could not be worked out")
        }
        var taken: Set<String> = ["iteration"]
        let named = columns.map { column -> VersionColumn in
            var copy = column
            if copy.name == "?column?" { copy.name = "value" }
            var number = 2
            let base = copy.name
            while !taken.insert(copy.name).inserted {
                copy.name = "\(base)_\(number)"
                number += 1
            }
            return copy
        }
        let labels = SQLText.list(named.map(\.name))
        let tail: SQLTemplate = guardCondition.map { "\nwhere \($0)" } ?? ""
        let rows = add(
            "select q.*, \(mutant == .iterationsReversed ? "-" : "")row_number() over () as iteration from (\(body.template)) as q (\(labels))"
                + tail,
            name: "rows_line_\(source.line(currentStep.lowerBound))",
            columns: named + [VersionColumn("iteration", "bigint")], isVolatile: true)
        var driver = Driver(rows: rows, columns: named)
        driver.isOrdered = !query.orderBy.isEmpty
        let sorted = Set(
            query.orderBy.compactMap { piece -> String? in
                let text = query.source
                guard var index = piece.first, text.isName(index) else { return nil }
                while text.kind(index + 1) == .dot { index += 2 }
                return text.kind(index + 1) == .leftParen ? nil : text.name(index)
            })
        driver.isTotal = body.uniqueKeys.contains { !$0.isEmpty && sorted.isSuperset(of: $0) }
        if query.arms.count == 1, case .select(let select) = query.arms[0], select.from.count == 1,
            case .function = select.from[0].kind, select.groupBy == nil, !select.isDistinct
        {
            // A series or the elements of an array come in their own order.
            driver.isOrdered = true
            driver.isTotal = true
        }
        driver.keys.keys = body.uniqueKeys
        return driver
    }

    private func seriesDriver(
        _ name: String, from: Range<Int>, to: Range<Int>, by: Range<Int>?, reverse: Bool
    ) throws -> Driver {
        let first = try bound(from, "the lower bound of FOR")
        let last = try bound(to, "the upper bound of FOR")
        let step = try by.map { try bound($0, "the BY value of FOR") } ?? "1"
        let signed: SQLTemplate = reverse ? "-(\(step))" : "(\(step))"
        let tail: SQLTemplate = guardCondition.map { "\nwhere \($0)" } ?? ""
        let column = name == "iteration" ? "counter" : name
        let rows = add(
            """
            select cast(g.n as integer) as \(SQLText.identifier(column)), row_number() over () as iteration \
            from generate_series((\(first))::integer, (\(last))::integer, \(signed)::integer) with ordinality as g (n, position)
            """ + tail, name: "series_line_\(source.line(currentStep.lowerBound))",
            columns: [VersionColumn(column, "integer"), VersionColumn("iteration", "bigint")])
        var driver = Driver(rows: rows, columns: [VersionColumn(column, "integer")])
        let outer = scope
        driver.keys = LoopKeys(record: "", keys: [])
        driver.bind = { [self] in
            // An integer loop declares its variable.
            scope = Scope(label: nil, parent: outer)
            scope.variables[name] = Variable(
                name: name, type: "integer", value: SQLTemplate("\(rowAlias).\(SQLText.identifier(column))"))
        }
        driver.finish = { [self] in scope = outer }
        return driver
    }

    /// A bound of an integer loop. A null one is a failure in the original, hence one here: a text that is no number.
    ///
    /// Source: PostgreSQL manual, PL/pgSQL, "FOR (Integer Variant)"; the server says "lower bound of FOR loop cannot be null".
    private func bound(_ range: Range<Int>, _ what: String) throws -> SQLTemplate {
        let value = try expression(range).template
        if Int(source.text(range)) != nil { return value }
        if foretellsFailures {
            foretell(
                "(\(value)) is null", state: "null_value_not_allowed",
                message: SQLTemplate(SQLText.literal("\(what.dropFirst(4)) loop cannot be null")))
        }
        return whereReached(
            "cast(coalesce(cast(\(value) as text), to_char(clock_timestamp(), '\"\(what) is null\"')) as integer)")
    }

    /// Evaluated only where the loop is reached; the clock keeps the planner from working it out beforehand, to estimate
    /// rows.
    private func whereReached(_ value: SQLTemplate) -> SQLTemplate {
        guardCondition.map { "case when \($0) then \(value) end" } ?? value
    }

    private func arrayDriver(_ target: Range<Int>, _ array: Range<Int>, slice: Int) throws -> Driver {
        var range = array
        if source.keyword(range.lowerBound - 1) == .array, source.kind(range.lowerBound) == .leftBracket {
            range = range.lowerBound - 1..<range.upperBound
        }
        let value = try expression(range)
        guard let variable = variable(target), let type = variable.type else {
            throw Refusal(code: .variable, detail: "the loop variable '\(source.text(target))' is not a typed scalar")
        }
        let tail: SQLTemplate = guardCondition.map { "\nwhere \($0)" } ?? ""
        let isLiteral = source.keyword(range.lowerBound) == .array
        let elements = try isLiteral ? value.template : notNull(value)
        if slice > 0 { return try sliceDriver(variable, type: type, elements, depth: slice, tail: tail) }
        let rows = add(
            "select cast(u.element as \(type)) as element, u.position as iteration from unnest(\(elements)) with ordinality as u (element, position)"
                + tail, name: "elements_line_\(source.line(currentStep.lowerBound))",
            columns: [VersionColumn("element", type), VersionColumn("iteration", "bigint")])
        var driver = Driver(rows: rows, columns: [VersionColumn("element", type)])
        driver.bind = { [self] in variable.value = SQLTemplate("\(rowAlias).element") }
        return driver
    }

    /// FOREACH over NULL is a failure.
    private func notNull(_ array: Expression) throws -> SQLTemplate {
        guard let type = array.type else {
            throw Refusal(code: .unknownType, detail: "the type of the array of FOREACH is not known")
        }
        return whereReached(
            "cast(coalesce(cast(\(array.template) as text), concat('the array of FOREACH is null')) as \(type))")
    }

    /// The number behind SLICE.
    private func sliceDepth(_ loop: Loop) -> Int {
        loop.header.first { source.name($0) == "slice" }.flatMap { Int(source.text($0 + 1)) } ?? -1
    }

    /// FOREACH .. SLICE 1: the rows of an array of two dimensions, or an array of one as a whole. One without any is a
    /// failure, as in the original.
    private func sliceDriver(
        _ variable: Variable, type: String, _ array: SQLTemplate, depth: Int, tail: SQLTemplate
    ) throws -> Driver {
        guard depth == 1 else { throw Refusal(code: .loop, detail: "FOREACH .. SLICE other than 1") }
        let line = source.line(currentStep.lowerBound)
        let whole = add(
            """
            select cast(case when array_ndims(given.elements) >= 1 then cast(given.elements as text) \
            else concat('FOREACH .. SLICE of an empty array') end as \(type)) as elements
            from (select \(array) as elements\(tail)) as given
            """, name: "array_line_\(line)",
            columns: [VersionColumn("elements", type)])
        let rows = add(
            """
            select cast(array(select a.elements[s.i][t.j] from generate_subscripts(a.elements, 2) as t (j) order by t.j) as \(type)) as element, \
            row_number() over (order by s.i) as iteration
            from \(whole) as a cross join lateral generate_subscripts(a.elements, 1) as s (i)
            where array_ndims(a.elements) = 2
            union all
            select a.elements, 1 from \(whole) as a where array_ndims(a.elements) = 1
            """, name: "slices_line_\(line)",
            columns: [VersionColumn("element", type), VersionColumn("iteration", "bigint")])
        var driver = Driver(rows: rows, columns: [VersionColumn("element", type)])
        driver.bind = { [self] in variable.value = SQLTemplate("\(rowAlias).element") }
        return driver
    }

    private func cursorDriver(_ name: String, cursor: String, arguments: Range<Int>?) throws -> Driver {
        guard let definition = scope.find(cursor)?.cursor else {
            throw Refusal(code: .cursor, detail: "cursor '\(cursor)' is not bound to a query")
        }
        let inner = try cursorScope(definition, arguments: arguments)
        guard let query = readQuery(definition.source, definition.query) else {
            throw Refusal(code: .unreadable, detail: "the query of cursor '\(cursor)' is not understood")
        }
        var driver = try cursorRows(query, name: cursor, scope: inner)
        let columns = Array(driver.columns.prefix(driver.shown ?? driver.columns.count))
        let hidden = Array(driver.columns.dropFirst(columns.count))
        let rowKey = driver.currentKey
        let outer = scope
        driver.keys.record = name
        driver.bind = { [self] in
            // A cursor loop declares its record.
            let record = Variable(name: name, type: nil, value: "null")
            record.isRecord = true
            record.fields = columns.map {
                Variable(
                    name: $0.name, type: $0.type, value: SQLTemplate("\(rowAlias).\(SQLText.identifier($0.name))"),
                    taint: $0.taint)
            }
            scope = Scope(label: nil, parent: outer)
            scope.variables[name] = record
            guard !rowKey.isEmpty else { return }
            let current = Variable(name: Self.rowName(of: cursor), type: nil, value: "null")
            current.fields = zip(rowKey, hidden).map {
                Variable(
                    name: $0, type: $1.type, value: SQLTemplate("\(rowAlias).\(SQLText.identifier($1.name))"))
            }
            scope.variables[current.name] = current
        }
        driver.finish = { [self] in scope = outer }
        return driver
    }

    /// A scope in which a cursor's parameters have their arguments.
    func cursorScope(_ definition: CursorDefinition, arguments: Range<Int>?) throws -> Scope {
        let inner = Scope(label: nil, parent: scope)
        guard let parameters = definition.parameters else { return inner }
        let pieces = arguments.map { source.splitAtCommas($0) } ?? []
        for (position, parameter) in definition.source.splitAtCommas(parameters).enumerated() {
            var piece = position < pieces.count ? pieces[position] : nil
            if let range = piece, source.text(range.lowerBound + 1) == ":=" || source.text(range.lowerBound + 1) == "=>"
            {
                piece = range.lowerBound + 2..<range.upperBound
            }
            guard let range = piece else { throw Refusal(code: .cursor, detail: "a cursor's argument is missing") }
            let name = definition.source.name(parameter.lowerBound)
            let typeStart =
                definition.source.keyword(parameter.lowerBound + 1) == .in
                ? parameter.lowerBound + 2 : parameter.lowerBound + 1
            let type = qualifiedType(TypeName.normalized(definition.source.text(typeStart..<parameter.upperBound)))
            let value = try expression(range)
            let variable = Variable(
                name: name, type: type, value: "(\(cast(value.template, to: type)))", taint: value.taint)
            inner.variables[name] = variable
        }
        return inner
    }
}
