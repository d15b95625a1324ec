import Catalog
import Findings
import Steps
import Tokens

extension Lowerer {
    /// A statement that the server itself runs.
    func lowerSQL(_ range: Range<Int>) throws -> Outcome {
        if let spelled = spelledOut(range) ?? withoutRowAddress(range) {
            let step = currentStep
            sourceOverrides.append(spelled)
            currentStep = spelled.all
            defer {
                sourceOverrides.removeLast()
                currentStep = step
            }
            return try lowerSQL(spelled.all)
        }
        if [.select, .values].contains(source.keyword(range.lowerBound)) || isWithSelect(range) {
            return try lowerSelect(range)
        }
        switch readStatement(source, range) {
        case .select: return try lowerSelect(range)
        case .insert(let statement):
            let effect = try writing(statement.target, alone: statement.with == nil) { try lowerInsert(statement) }
            try finish(effect, returning: statement.returning)
        case .update(let statement):
            let isOne = isOneRow(statement.target, statement.filter)
            let effect = try writing(statement.target, alone: statement.with == nil) { try lowerUpdate(statement) }
            try finish(effect, returning: statement.returning, isOneRow: isOne)
        case .delete(let statement):
            let isOne = isOneRow(statement.target, statement.filter)
            let effect = try writing(statement.target, alone: statement.with == nil) { try lowerDelete(statement) }
            try finish(effect, returning: statement.returning, isOneRow: isOne)
        case .merge(let statement):
            let effect = try writing(statement.target, alone: statement.with == nil) { try lowerMerge(statement) }
            try finish(effect, returning: statement.returning)
        case .truncate(let tables, let restart, let cascade):
            try lowerTruncate(tables, restart: restart, cascade: cascade)
            setRowCount("0")
        case .createTableAs(let statement): try lowerCreateTableAs(statement)
        case .createTable(let statement): try lowerCreateTable(statement)
        case .dropTable(let references): return try lowerDrop(references)
        case .refreshMaterializedView(let reference):
            try lowerRefresh(reference)
        case .withoutRows(let words):
            return .noted(code: "P2D-206", "\(words) changes no rows and is dropped")
        case .unknown where source.keyword(range.lowerBound) == .alter: return try lowerAlter(range)
        case .unknown where isPartitionCreated(source, range):
            return .noted(code: "P2D-206", "CREATE TABLE .. PARTITION OF makes room for rows and is dropped")
        case .unknown:
            if try lowerAlterTable(range) { return .converted }
            let first = source.text(range.lowerBound).uppercased()
            let code: RefusalCode = ["ALTER", "CREATE", "DROP"].contains(first) ? .ddl : .unreadable
            throw Refusal(code: code, detail: "'\(short(source.text(range)))' is not understood")
        }
        return .converted
    }

    /// WITH .. SELECT (INTO may hide it from the query reader).
    private func isWithSelect(_ range: Range<Int>) -> Bool {
        guard source.keyword(range.lowerBound) == .with else { return false }
        let body = source.firstTopLevel(in: range) { index in
            [.select, .insert, .update, .delete, .merge, .values].contains(source.keyword(index))
        }
        return body.map { source.keyword($0) == .select } ?? false
    }

    /// FOUND, ROW_COUNT and RETURNING .. INTO of a write.
    ///
    /// Several rows for RETURNING .. INTO are an error, STRICT or not (manual, "Executing a Command with a Single-Row
    /// Result"): looked for unless the condition equates a unique key.
    private func finish(_ effect: WriteEffect, returning: Returning?, isOneRow: Bool = true) throws {
        if effect.isCountUnknown { diagnostics = .unknown } else { setDiagnostics(count: effect.count, found: nil) }
        guard let returning, !returning.into.isEmpty else { return }
        if let keyed = effect.keyed {
            try keyedReturning(returning, keyed, alias: effect.alias, hit: effect.keyedHit)
            return
        }
        guard let rows = effect.rows else {
            throw Refusal(code: .variable, detail: "RETURNING of this statement is not followed")
        }
        if !isOneRow, iterations.isEmpty {
            under("(select count(*) from \(rows)) > 1") {
                raise("'query returned more than one row'", state: "too_many_rows")
            }
        }
        try intoFromRows(returning, rows: rows, alias: effect.alias)
    }

    /// The condition equates a unique key of the written table.
    private func isOneRow(_ target: RelationReference, _ filter: Range<Int>?) -> Bool {
        guard let filter, let name = try? tableName(target) else { return false }
        let keys = tables[name]?.uniqueKeys ?? catalog.table(name).map(Lowerer.uniqueKeys) ?? []
        let own = tables[name]?.columns.map(\.name) ?? catalog.table(name)?.columns.map(\.name) ?? []
        return equates(keys, of: target.exposedName, own: Set(own), filter: filter)
    }

    /// `RETURNING items INTO targets` over the affected rows.
    private func intoFromRows(_ returning: Returning, rows: VersionID, alias: String) throws {
        var rewriter = Rewriter(self, source, scope: scope)
        rewriter.addAlias(alias, columns: columnNames(rows))
        var items: [(template: SQLTemplate, column: VersionColumn)] = []
        let finder = ColumnFinder(self)
        let visible = [VisibleRelation(name: alias, columns: columns(rows))]
        for item in returning.items {
            if item.star != nil {
                items += columns(rows).map { (SQLTemplate(SQLText.identifier($0.name)), $0) }
                continue
            }
            let template = try rewriter.expression(item.expression)
            let type = inferType(source, item.expression, visible: visible, scope: scope)
            let taint = finder.taint(of: item.expression, source: source, visible: visible, scope: scope)
            items.append(
                (template, VersionColumn(item.alias ?? inferName(source, item.expression), type, taint: taint)))
        }
        if let iteration = iterations.last {
            try intoInLoop(iteration, returning, items, rows: rows, alias: alias)
            return
        }
        let labels = items.indices.map { "value_\($0 + 1)" }
        let list = zip(items, labels).map { item, label -> SQLTemplate in "\(item.template) as \(label)" }
        let picked = add(
            "select \(.joined(list, separator: ", ")) from \(rows) as \(SQLText.identifier(alias)) limit 1",
            name: "returned_row",
            columns: zip(items, labels).map { VersionColumn($1, $0.column.type, taint: $0.column.taint) },
            isVolatile: versions[rows.rawValue].isVolatile)
        try assignRow(
            returning.into, from: picked,
            names: items.map(\.column.name), labels: labels, columns: columns(picked))
    }

    /// The same for every iteration of a loop: a lateral lookup, nulls where the statement met no row.
    private func intoInLoop(
        _ iteration: Iteration, _ returning: Returning, _ items: [(template: SQLTemplate, column: VersionColumn)],
        rows: VersionID, alias: String
    ) throws {
        let line = source.line(currentStep.lowerBound)
        let labels = items.indices.map { "value_\($0 + 1)" }
        let list = zip(items, labels).map { item, label -> SQLTemplate in "\(item.template) as \(label)" }
        let names = items.map {
            iteration.unique("\($0.column.name == "?column?" ? "value" : $0.column.name)_line_\(line)")
        }
        var stage = Iteration.Stage(columns: zip(names, labels).map { ($0, SQLTemplate("lookup.\($1)")) }, lateral: nil)
        let tail: SQLTemplate = guardCondition.map { " where \($0)" } ?? ""
        stage.lateral =
            "select \(.joined(list, separator: ", ")) from \(rows) as \(SQLText.identifier(alias))" + tail + " limit 1"
        iteration.add(stage)
        try assignValues(
            returning.into, values: names.map { SQLTemplate("it.\(SQLText.identifier($0))") },
            columns: items.map(\.column))
    }

    /// What FOUND and ROW_COUNT are after a statement; under a condition the old values survive.
    func setDiagnostics(count: SQLTemplate, found: SQLTemplate?, taint: Taint = []) {
        let newFound: SQLTemplate = found ?? "(\(count) > 0)"
        guard guardCondition != nil else {
            diagnostics = Diagnostics(rowCount: count, found: newFound, taint: taint)
            if let iteration = iterations.last, iteration.carries, !count.relations.isEmpty {
                // Counted once, whoever asks.
                let line = source.line(currentStep.lowerBound)
                let stored = iteration.compute(count, name: "row_count_line_\(line)")
                diagnostics = Diagnostics(rowCount: stored, found: found ?? "(\(stored) > 0)", taint: taint)
            }
            return
        }
        guard let old = diagnostics, old.knowsCount, old.knowsFound else {
            let isKnown = diagnostics == nil && iterations.isEmpty
            diagnostics = Diagnostics(
                rowCount: guarded(count, else: "0"), found: "(\(guarded(newFound, else: "false")))", taint: taint,
                validUnder: isKnown ? nil : path)
            return
        }
        let validUnder = old.validUnder.map { path.starts(with: $0) ? $0 : path }
        // Branches nest: keep the expression short by storing it.
        if let iteration = iterations.last {
            let line = source.line(currentStep.lowerBound)
            diagnostics = Diagnostics(
                rowCount: iteration.compute(guarded(count, else: old.rowCount), name: "row_count_line_\(line)"),
                found: iteration.compute(guarded(newFound, else: old.found), name: "found_line_\(line)"),
                taint: taint.union(old.taint), validUnder: validUnder)
            return
        }
        let stored = add(
            "select \(guarded(count, else: old.rowCount)) as row_count, \(guarded(newFound, else: old.found)) as found",
            name: "outcome_line_\(source.line(currentStep.lowerBound))",
            columns: [
                VersionColumn("row_count", "bigint", taint: taint), VersionColumn("found", "boolean", taint: taint),
            ],
            isScalar: true)
        diagnostics = Diagnostics(
            rowCount: read(stored, column: "row_count"), found: read(stored, column: "found"),
            taint: taint.union(old.taint), validUnder: validUnder)
    }

    /// A statement that counts its rows and leaves FOUND as it was.
    func setRowCount(_ count: SQLTemplate) {
        let before = diagnostics
        setDiagnostics(count: count, found: nil)
        guard var after = diagnostics else { return }
        if let before {
            after.found = before.found
            after.knowsFound = before.knowsFound
            if let conditions = before.validUnder { after.validUnder = conditions }
        } else if iterations.isEmpty {
            after.found = "false"
        } else {
            after.knowsFound = false
        }
        diagnostics = after
    }

    private func holds(_ conditions: [SQLTemplate]?) -> Bool { conditions.map { path.starts(with: $0) } ?? true }

    /// FOUND as an operand; false before the first statement.
    func found() -> SQLTemplate? {
        if mutant == .foundAlwaysTrue { return "true" }
        guard let diagnostics else { return everythingRefused == nil && iterations.isEmpty ? "false" : nil }
        return diagnostics.knowsFound && holds(diagnostics.validUnder) ? diagnostics.found : nil
    }

    /// GET DIAGNOSTICS.
    func lowerDiagnostics(stacked: Bool, _ items: [DiagnosticsItem]) throws {
        for item in items {
            if stacked, let value = scope.find("\u{1}\(item.item)") {
                try assign(
                    target: item.target,
                    Expression(template: value.value, taint: [], isVolatile: false, type: "text"))
                continue
            }
            guard !stacked, item.item == "row_count" else {
                if isStoredInVain(item.target.lowerBound + 2, assignedTo: item.target.lowerBound) {
                    scope.find(source.name(item.target.lowerBound))?.unanswered = Refusal(
                        code: .handler, detail: "the context of a failure is not known to the models")
                    continue
                }
                if [
                    "pg_context", "message_text", "returned_sqlstate", "pg_exception_detail", "pg_exception_hint",
                    "pg_exception_context", "column_name", "constraint_name", "table_name", "schema_name",
                    "pg_datatype_name",
                ].contains(item.item) {
                    throw Refusal(
                        code: .handler, detail: "GET DIAGNOSTICS \(item.item.uppercased()) has no counterpart")
                }
                throw Refusal(code: .unreadable, detail: "GET DIAGNOSTICS \(item.item) is not understood")
            }
            guard let diagnostics, diagnostics.knowsCount, holds(diagnostics.validUnder) else {
                throw Refusal(code: .variable, detail: "ROW_COUNT of a statement that was not followed")
            }
            try assign(
                target: item.target,
                Expression(
                    template: mutant == .rowCountIsOne ? "1" : diagnostics.rowCount, taint: diagnostics.taint,
                    isVolatile: false, type: "bigint"))
        }
    }

    // MARK: SELECT

    /// SELECT .. INTO; a bare SELECT is an error in PL/pgSQL.
    private func lowerSelect(_ range: Range<Int>) throws -> Outcome {
        guard let into = intoClause(range) else {
            throw Refusal(code: .defect, detail: "the query has no destination for its rows: the original fails here")
        }
        let text = blankOut(range, into.range)
        guard let query = readQuery(text, text.all) else {
            throw Refusal(code: .unreadable, detail: "'\(short(source.text(range)))' is not understood")
        }
        if try selectCall(query, targets: into.targets) { return .converted }
        try selectInto(query, targets: into.targets, isStrict: into.isStrict)
        return .converted
    }

    /// INTO [STRICT] a, b.c, .. anywhere at the top level: the list ends at the first name without a comma behind it,
    /// as PL/pgSQL reads it (so `SELECT INTO a, b x, y` has two targets).
    func intoClause(_ range: Range<Int>) -> (range: Range<Int>, targets: [Range<Int>], isStrict: Bool)? {
        let found = source.firstTopLevel(in: range) { index in
            source.keyword(index) == .into && source.keyword(index - 1) != .insert
                && source.keyword(index - 1) != .merge
        }
        guard let at = found else { return nil }
        var index = at + 1
        let isStrict = source.keyword(index) == .strict
        if isStrict { index += 1 }
        var targets: [Range<Int>] = []
        while index < range.upperBound {
            let start = index
            guard source.isName(index) || source.kind(index) == .parameter else { return nil }
            index += 1
            while index < range.upperBound, source.kind(index) == .dot || source.kind(index) == .leftBracket {
                index = source.kind(index) == .dot ? index + 2 : source.closing(of: index) + 1
            }
            targets.append(start..<index)
            guard index < range.upperBound, source.kind(index) == .comma else { break }
            index += 1
        }
        return (at..<index, targets, isStrict)
    }

    /// The text of a range with some tokens blanked, lines kept.
    func blankOut(_ range: Range<Int>, _ hole: Range<Int>) -> SourceText {
        let before = range.lowerBound < hole.lowerBound ? source.text(range.lowerBound..<hole.lowerBound) : ""
        let middle = source.text(hole).filter(\.isNewline)
        let after = hole.upperBound < range.upperBound ? source.text(hole.upperBound..<range.upperBound) : ""
        // A line comment at the end of the first piece must not swallow the rest.
        return SourceText(
            before + " " + middle + source.triviaBeforeOrEmpty(hole.upperBound, in: range) + after,
            profile: .postgresql,
            lineOffset: source.line(range.lowerBound) - 1)
    }

    /// Puts the first row of a query into variables; NULLs when there is none.
    ///
    /// - Parameter scope: names that the query sees, when they are not the routine's.
    func selectInto(_ query: Query, targets: [Range<Int>], isStrict: Bool, scope dynamic: Scope? = nil) throws {
        if dynamic == nil, try keyedSelect(query, targets: targets) { return }
        let body = try queryTemplate(
            query, scope: dynamic ?? scope, targets: targets.map { variable($0)?.type })
        guard let columns = body.columns else {
            throw Refusal(code: .unknownColumns, detail: "the columns of SELECT INTO could not be worked out")
        }
        if iterations.last != nil {
            try lookUp(query, body, columns: columns, targets: targets, isStrict: isStrict)
            return
        }
        let labels = columns.indices.map { "value_\($0 + 1)" }
        let hasLimit = query.tail.contains { [.limit, .fetch].contains(query.source.keyword($0)) }
        // A renaming wrapper: the query's own names may repeat.
        let rows: SQLTemplate =
            "select * from (\(body.template)) as q (\(labels.joined(separator: ", ")))" + (hasLimit ? "" : " limit 1")
        let line = source.line(currentStep.lowerBound)
        let picked = add(
            rows, name: "row_line_\(line)",
            columns: zip(columns, labels).map { VersionColumn($1, $0.type, taint: $0.taint) },
            isVolatile: body.isVolatile)
        if !hasLimit, query.orderBy.isEmpty, !isAtMostOneRow(query), !isFoundByKey(query) {
            note(
                "SELECT INTO takes the first of possibly several rows in no defined order", code: "P2D-305",
                range: currentStep, severity: isStrict ? .note : .warning)
        }
        if isStrict { try strict(body.template, line: line) }
        let found: SQLTemplate = "(exists (select 1 from \(picked)))"
        try assignRow(targets, from: picked, names: columns.map(\.name), labels: labels, columns: self.columns(picked))
        setDiagnostics(count: "(select count(*) from \(picked))", found: found)
    }

    /// One relation, a unique key of which is equated with something else.
    private func isFoundByKey(_ query: Query) -> Bool {
        guard query.with.isEmpty, query.arms.count == 1, case .select(let select) = query.arms[0] else { return false }
        sourceOverrides.append(query.source)
        defer { sourceOverrides.removeLast() }
        return isMatchUnique(select.from, filter: select.filter, lifted: [:])
    }

    /// An aggregate without GROUP BY, or no FROM at all.
    func isAtMostOneRow(_ query: Query) -> Bool {
        guard query.arms.count == 1, case .select(let select) = query.arms[0] else { return false }
        if select.from.isEmpty { return true }
        guard select.groupBy == nil else { return false }
        let aggregates: Set<String> = [
            "count", "sum", "min", "max", "avg", "string_agg", "array_agg", "bool_and", "bool_or", "every", "json_agg",
            "jsonb_agg", "jsonb_object_agg", "stddev", "variance", "percentile_cont", "percentile_disc", "mode",
        ]
        let source = query.source
        return select.items.contains { item in
            item.expression.contains { index in
                source.kind(index + 1) == .leftParen && aggregates.contains(source.name(index))
                    && source.keyword(source.closing(of: index + 1) + 1) != .over
            }
        }
    }

    /// SELECT INTO for every iteration of a loop: a lateral lookup.
    private func lookUp(
        _ query: Query, _ body: RewrittenQuery, columns: [VersionColumn], targets: [Range<Int>], isStrict: Bool
    ) throws {
        guard let iteration = iterations.last else { return }
        let line = source.line(currentStep.lowerBound)
        if isStrict {
            let count = iteration.compute(
                "(select count(*) from (\(body.template)) as q)", name: "row_count_line_\(line)")
            under("\(count) = 0") { raise("'query returned no rows'", state: "no_data_found", isImplied: true) }
            under("\(count) > 1") {
                raise("'query returned more than one row'", state: "too_many_rows", isImplied: true)
            }
        }
        let labels = columns.indices.map { "value_\($0 + 1)" }
        let hasLimit = query.tail.contains { [.limit, .fetch].contains(query.source.keyword($0)) }
        let names = columns.map { iteration.unique("\($0.name == "?column?" ? "value" : $0.name)_line_\(line)") }
        let found = iteration.unique("found_line_\(line)")
        var stage = Iteration.Stage(columns: [], lateral: nil)
        stage.columns = zip(names, labels).map { ($0, SQLTemplate("lookup.\($1)")) }
        stage.columns.append((found, "coalesce(lookup.is_found, false)"))
        stage.lateral =
            "select q.*, true as is_found from (\(body.template)) as q (\(labels.joined(separator: ", ")))"
            + (hasLimit ? "" : " limit 1")
        iteration.add(stage)
        if !hasLimit, query.orderBy.isEmpty, !isAtMostOneRow(query), !isFoundByKey(query) {
            note(
                "SELECT INTO takes the first of possibly several rows in no defined order", code: "P2D-305",
                range: currentStep, severity: .warning)
        }
        let values = names.map { SQLTemplate("it.\(SQLText.identifier($0))") }
        try assignValues(targets, values: values, columns: columns)
        let foundValue = SQLTemplate("it.\(SQLText.identifier(found))")
        setDiagnostics(count: "(case when \(foundValue) then 1 else 0 end)", found: foundValue)
    }

    /// Values into variables, or a record that takes their names.
    func assignValues(_ targets: [Range<Int>], values: [SQLTemplate], columns: [VersionColumn]) throws {
        if targets.count == 1, let record = variable(targets[0]), record.isRecord || record.fields != nil {
            if let fields = record.fields, !record.isRecord {
                guard fields.count == values.count else {
                    throw Refusal(
                        code: .defect, detail: "the row variable '\(record.name)' has other columns than the query")
                }
                for (position, field) in fields.enumerated() {
                    store(
                        Expression(
                            template: values[position], taint: columns[position].taint, isVolatile: false, type: nil,
                            known: columns[position].type),
                        in: field)
                }
                return
            }
            let old = record.fields
            record.fields = zip(columns, values).map { column, value in
                let earlier = old?.first { $0.name == column.name }
                let before = earlier?.value
                let field = Variable(name: column.name, type: column.type, value: value, taint: column.taint)
                field.validUnder = validity(of: earlier)
                if guardCondition != nil {
                    field.value = "(\(guarded(value, else: before ?? "null")))"
                    remember(value, in: field)
                }
                return field
            }
            return
        }
        for (position, target) in targets.enumerated() {
            guard let variable = variable(target), variable.fields == nil, !variable.isRecord else {
                throw Refusal(code: .variable, detail: "INTO target '\(source.text(target))' is not a known variable")
            }
            let value: SQLTemplate = position < values.count ? values[position] : "null"
            let taint: Taint = position < columns.count ? columns[position].taint : []
            let known = position < columns.count ? columns[position].type : nil
            store(Expression(template: value, taint: taint, isVolatile: false, type: nil, known: known), in: variable)
        }
    }

    /// Values of one row into variables or a record.
    func assignRow(
        _ targets: [Range<Int>], from row: VersionID, names: [String], labels: [String], columns: [VersionColumn]
    ) throws {
        if targets.count == 1, let record = variable(targets[0]), record.isRecord || record.fields != nil {
            try assignRecord(record, from: row, names: names, labels: labels, columns: columns)
            return
        }
        let count = min(targets.count, labels.count)
        var values: [(Variable, SQLTemplate, Taint, String?)] = []
        for (position, target) in targets.enumerated() {
            guard let variable = variable(target), variable.fields == nil, !variable.isRecord else {
                throw Refusal(code: .variable, detail: "INTO target '\(source.text(target))' is not a known variable")
            }
            let taint: Taint = position < count ? columns[position].taint : []
            let value: SQLTemplate =
                position < count ? read(row, column: labels[position]) : "null"
            values.append((variable, value, taint, position < count ? columns[position].type : nil))
        }
        for (variable, value, taint, known) in values {
            store(Expression(template: value, taint: taint, isVolatile: false, type: nil, known: known), in: variable)
        }
    }

    private func assignRecord(
        _ record: Variable, from row: VersionID, names: [String], labels: [String], columns: [VersionColumn]
    ) throws {
        if let fields = record.fields, !record.isRecord {
            guard fields.count == labels.count else {
                throw Refusal(
                    code: .defect, detail: "the row variable '\(record.name)' has other columns than the query")
            }
            for (position, field) in fields.enumerated() {
                store(
                    Expression(
                        template: read(row, column: labels[position]), taint: columns[position].taint,
                        isVolatile: false, type: nil, known: columns[position].type), in: field)
            }
            return
        }
        let old = record.fields
        record.fields = names.enumerated().map { position, name in
            let field = Variable(
                name: name, type: columns[position].type, value: "null", taint: columns[position].taint)
            let value = read(row, column: labels[position])
            let before = old?.first { $0.name == name }
            field.value = guardCondition == nil ? value : "(\(guarded(value, else: before?.value ?? "null")))"
            if let before { field.taint.formUnion(before.taint) }
            field.validUnder = validity(of: before)
            return field
        }
    }
}
