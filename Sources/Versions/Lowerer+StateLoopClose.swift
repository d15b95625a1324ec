import Catalog
import Findings
import Steps
import Tokens
import Types

/// Writing a chain of states down: the recursive CTE, and what variables and tables hold behind it.
extension Lowerer {
    func close(_ pass: StateLoop) throws {
        if let rows = pass.driver.rows, isIndependent(pass) {
            try closeIndependent(pass, rows)
            return
        }
        let state = try writeStates(pass)
        let after = add(
            "select * from \(state) order by iteration desc limit 1", name: "after_line_\(pass.line)",
            columns: columns(state), isScalar: true)
        func last(_ column: String) -> SQLTemplate { read(after, column: column) }
        let kept = Set(columnNames(state))

        for item in pass.variables { handOn(item, pass, kept: kept, last: last) }
        for failure in pass.raises {
            let raised = failure.raised
            var again = Raised(
                condition: last(failure.flag), message: last(failure.message), state: raised.state, fallback: committed)
            again.names = raised.names
            if raised.detail?.plainText != "''" { again.detail = failure.detail.map(last) }
            if raised.hint?.plainText != "''" { again.hint = failure.hint.map(last) }
            failure.reach.raises.append(again)
        }
        for (reach, flag) in pass.leaves {
            let stays: SQLTemplate = "not \(last(flag))"
            reach.condition = reach.condition.map { "\($0) and \(stays)" } ?? stays
        }
        for (name, column, _) in pass.sequences {
            sequences[name] = SequenceState(last: last(column), handedOut: true)
        }
        for item in pass.tables { try putBack(item, pass, states: state, after: after) }
        for batch in pass.batches { putBack(batch, left: last(batch.column)) }
        try settleCommits(pass.loop, written: pass.tables.map(\.name) + pass.batches.map(\.name))
        for item in pass.results {
            let (frame, column, columns) = (item.frame, item.column, item.columns)
            let list = columns.map { "stored.\(SQLText.identifier($0.name))" }.joined(separator: ", ")
            let types = columns.map {
                "\(SQLText.identifier($0.name)) \(TypeName.assignmentCast($0.type ?? "text"))"
            }.joined(separator: ", ")
            frame.returnedRows.append(
                add(
                    "select \(list) from \(state) as states cross join lateral jsonb_to_recordset(states.\(column)) as stored (\(types))",
                    name: "\(frame.routine.name.name)_rows", columns: columns))
        }
        setOutcome(pass, last: last)
    }

    // MARK: iterations that leave nothing to each other

    /// Nothing goes from one iteration to the next, and all that is left are rows.
    private func isIndependent(_ pass: StateLoop) -> Bool {
        guard pass.stops.isEmpty, pass.batches.isEmpty else { return false }
        let names = Set(pass.tables.filter(\.isEmitted).map(\.column) + pass.results.map(\.column))
        let read = pass.columns.filter(\.isRead)
        guard read.allSatisfy({ names.contains($0.name) }) else { return false }
        let outs = read.map(\.out)
        let texts = outs + reachable(outs, bodyVersions(pass)).map { text(of: $0) }
        return !texts.contains { template in
            template.parts.contains { part in
                if case .text(let text) = part { return Self.mentions(text, pass.prior + ".") }
                return false
            }
        }
    }

    /// Each row drives its iteration by itself: a lateral join instead of a recursion.
    private func closeIndependent(_ pass: StateLoop, _ rows: VersionID) throws {
        let locals = bodyVersions(pass)
        func all(_ version: VersionID, _ columns: [VersionColumn], name: String, isOrdered: Bool = false) -> VersionID {
            let plain: SQLTemplate = "select \(SQLText.list(columns.map(\.name))) from \(version)"
            let body = reachable([plain], locals)
            let with = stepList(pass, body)
            let items = columns.map { "step.\(SQLText.identifier($0.name))" }.joined(separator: ", ")
            let order = isOrdered ? "\norder by \(pass.row).iteration" : ""
            return add(
                "select \(items)\nfrom \(rows) as \(pass.row)\ncross join lateral (\(with)\(inStep(plain, pass))) as step\(order)",
                name: name, columns: columns, isVolatile: body.contains { versions[$0.rawValue].isVolatile })
        }
        for item in pass.variables {
            item.variable.value = item.before.value
            item.variable.taint = item.before.taint
            item.variable.fields = item.before.fields
        }
        for item in pass.tables {
            let new = all(
                item.version, typed(item), name: "new_\(item.name.name)",
                isOrdered: item.before.columns.contains(where: isNumbered))
            addRows(item, try numbered(item, new))
        }
        try settleCommits(pass.loop, written: pass.tables.map(\.name))
        for item in pass.results {
            item.frame.returnedRows.append(
                all(item.version, item.columns, name: "\(item.frame.routine.name.name)_rows"))
        }
        let before = diagnostics
        setDiagnostics(count: before?.rowCount ?? "0", found: "(exists (select 1 from \(rows)))")
        diagnostics?.knowsCount = false
    }

    private func handOn(
        _ item: StateLoop.Carried, _ pass: StateLoop, kept: Set<String>, last: (String) -> SQLTemplate
    ) {
        let variable = item.variable
        guard variable.isRecord || variable.fields != nil else {
            guard let column = item.columns[""], kept.contains(column) else {
                variable.value = item.before.value
                return
            }
            variable.value = emptied(item, pass, last(column), last)
            return
        }
        variable.fields = (variable.fields ?? []).map { field in
            let part = Variable(name: field.name, type: field.type, value: "null", taint: field.taint)
            if let column = item.columns[field.name], kept.contains(column), field.validUnder == nil {
                part.value = emptied(item, pass, last(column), last)
            } else {
                part.validUnder = Variable.never
            }
            return part
        }
    }

    /// A FOR over a query without any row makes its variables null.
    private func emptied(
        _ item: StateLoop.Carried, _ pass: StateLoop, _ value: SQLTemplate, _ last: (String) -> SQLTemplate
    ) -> SQLTemplate {
        switch pass.loop.kind {
        case .query where item.isTarget, .dynamicQuery where item.isTarget:
            let none: SQLTemplate = pass.outerGuard.map { " and \($0)" } ?? ""
            return "(case when not (\(last("iteration")) = 0\(none)) then \(value) end)"
        default: return value
        }
    }

    /// The recursive CTE: row 0 before the loop, row n behind iteration n.
    private func writeStates(_ pass: StateLoop) throws -> VersionID {
        var columns = pass.columns
        if !pass.stops.isEmpty {
            columns.append(
                StateLoop.Column(
                    name: "is_running", type: "boolean", initial: "true",
                    out: "not (\(.joined(pass.stops, separator: " or ")))", isRead: true))
        } else if pass.driver.rows == nil, pass.test == nil {
            throw Refusal(code: .loop, detail: "the loop has nothing that ends it")
        }
        let locals = bodyVersions(pass)
        columns = neededColumns(pass, columns, locals)
        let unknown = columns.map(\.out) + (pass.test.map { [$0] } ?? [])
        let body = reachable(unknown, locals)
        if pass.outcome == nil,
            ["found", "row_count"].contains(where: { name in
                (unknown + body.map { text(of: $0) }).contains { mentions($0, pass.prior, name) }
            })
        {
            throw Refusal(code: .loop, detail: "FOUND of a statement whose outcome is not followed")
        }
        let with = stepList(pass, body)
        func local(_ template: SQLTemplate) -> SQLTemplate { inStep(template, pass) }
        let outs: [SQLTemplate] = columns.map {
            "cast(\(local($0.out)) as \($0.type)) as \(SQLText.identifier($0.name))"
        }
        let list: SQLTemplate = outs.isEmpty ? "1 as step" : .joined(outs, separator: ", ")
        let test: SQLTemplate = pass.test.map { " where \(local($0))" } ?? ""

        let id = add(
            SQLTemplate(), name: "states_line_\(pass.line)",
            columns: [VersionColumn("iteration", "bigint")] + columns.map { VersionColumn($0.name, $0.type) })
        let initial: [SQLTemplate] = columns.map {
            "cast(\($0.initial) as \($0.type)) as \(SQLText.identifier($0.name))"
        }
        let anchor: SQLTemplate = "select \(.joined(["cast(0 as bigint) as iteration"] + initial, separator: ", "))"
        let prior = pass.prior
        var conditions: [SQLTemplate] = pass.stops.isEmpty ? [] : ["\(prior).is_running"]
        var from: SQLTemplate = "\(id) as \(prior)"
        if let rows = pass.driver.rows {
            from.append(
                " inner join \(rows) as \(pass.row) on \(pass.row).iteration = \(prior).iteration + 1" as SQLTemplate)
        } else if let outerGuard = pass.outerGuard {
            conditions.append(outerGuard)
        }
        let items = columns.map { "step.\(SQLText.identifier($0.name))" }
        let filter: SQLTemplate = conditions.isEmpty ? "" : "\nwhere \(.joined(conditions, separator: " and "))"
        let step: SQLTemplate =
            "select \((["\(prior).iteration + 1"] + items).joined(separator: ", "))\nfrom \(from)\ncross join lateral (\(with)select \(list)\(test)) as step"
        versions[id.rawValue].body = .query("\(anchor)\nunion all\n\(step)\(filter)")
        versions[id.rawValue].isRecursive = true
        versions[id.rawValue].isVolatile = body.contains { versions[$0.rawValue].isVolatile }
        let isCarried = columns.contains { column in
            column.type != "jsonb" || pass.tables.contains { $0.column == column.name && !$0.isEmitted }
        }
        if isCarried { noteOrder(pass.driver, pass.loop) }
        return id
    }

    /// `with a as (..), b as (..) `, or nothing.
    private func stepList(_ pass: StateLoop, _ body: [VersionID]) -> SQLTemplate {
        for id in body where pass.stepNames[id] == nil { pass.stepNames[id] = stepName(versions[id.rawValue].name) }
        let parts: [SQLTemplate] = body.map { id in
            let clauses = versions[id.rawValue].recursionClauses
            let name = SQLText.identifier(pass.stepNames[id] ?? "step")
            let part: SQLTemplate = "\(name) as (\(inStep(text(of: id), pass)))"
            return clauses.isEmpty ? part : part + SQLTemplate(" " + clauses)
        }
        guard !parts.isEmpty else { return "" }
        let isRecursive = body.contains { versions[$0.rawValue].isRecursive }
        return "with \(isRecursive ? "recursive " : "")\(.joined(parts, separator: ", ")) "
    }

    /// A text of the body with the names that its versions have inside a step.
    private func inStep(_ template: SQLTemplate, _ pass: StateLoop) -> SQLTemplate {
        template.parts.reduce(into: SQLTemplate()) { result, part in
            if case .relation(let id) = part, let name = pass.stepNames[id] {
                result.append(SQLText.identifier(name))
            } else {
                result.append(part)
            }
        }
    }

    /// A name for a CTE inside a step: it must hide nothing that the step reads from outside.
    private func stepName(_ name: String) -> String {
        let base = "step_\(name)"
        var result = base
        var number = 2
        func isTaken() -> Bool {
            stateNames.contains(result) || versions.contains { $0.name == result }
                || catalog.snapshot.tables.contains { $0.name.name == result }
        }
        while isTaken() {
            result = "\(base)_\(number)"
            number += 1
        }
        stateNames.insert(result)
        return result
    }

    private func text(of id: VersionID) -> SQLTemplate {
        if case .query(let template) = versions[id.rawValue].body { template } else { SQLTemplate() }
    }

    /// Versions of the body that depend on the state or the row, or have to be evaluated anew each time.
    private func bodyVersions(_ pass: StateLoop) -> Set<VersionID> {
        var result: Set<VersionID> = []
        var grows = true
        while grows {
            grows = false
            for version in versions[pass.start...] where !result.contains(version.id) {
                guard case .query(let template) = version.body else { continue }
                let depends =
                    version.isVolatile || template.relations.contains { result.contains($0) }
                    || template.parts.contains { part in
                        if case .text(let text) = part {
                            return Self.mentions(text, pass.prior + ".") || Self.mentions(text, pass.row + ".")
                        }
                        return false
                    }
                if depends {
                    result.insert(version.id)
                    grows = true
                }
            }
        }
        return result
    }

    /// The body's versions that some texts need, inputs first.
    private func reachable(_ texts: [SQLTemplate], _ locals: Set<VersionID>) -> [VersionID] {
        var order: [VersionID] = []
        var seen: Set<VersionID> = []
        func visit(_ template: SQLTemplate) {
            for id in template.relations where locals.contains(id) && seen.insert(id).inserted {
                visit(text(of: id))
                order.append(id)
            }
        }
        texts.forEach(visit)
        return order
    }

    /// Columns that somebody reads, behind the loop or in the next iteration.
    private func neededColumns(
        _ pass: StateLoop, _ columns: [StateLoop.Column], _ locals: Set<VersionID>
    ) -> [StateLoop.Column] {
        var needed = Set(columns.filter(\.isRead).map(\.name))
        var grows = true
        while grows {
            grows = false
            let outs = columns.filter { needed.contains($0.name) }.map(\.out) + (pass.test.map { [$0] } ?? [])
            let texts = outs + reachable(outs, locals).map { text(of: $0) }
            for column in columns where !needed.contains(column.name) {
                if texts.contains(where: { mentions($0, pass.prior, column.name) }) {
                    needed.insert(column.name)
                    grows = true
                }
            }
        }
        return columns.filter { needed.contains($0.name) }
    }

    private func mentions(_ template: SQLTemplate, _ alias: String, _ column: String) -> Bool {
        template.parts.contains { part in
            if case .text(let text) = part { return Self.mentions(text, "\(alias).\(SQLText.identifier(column))") }
            return false
        }
    }

    /// Whether a text holds a name, not as a part of a longer one.
    private static func mentions(_ text: String, _ name: String) -> Bool {
        func isWord(_ byte: UInt8) -> Bool {
            byte == 0x5F || byte == 0x24 || byte >= 0x80 || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x61...0x7A).contains(byte)
        }
        let bytes = Array(text.utf8)
        let wanted = Array(name.utf8)
        guard bytes.count >= wanted.count else { return false }
        for start in 0...(bytes.count - wanted.count) where bytes[start] == wanted[0] {
            guard bytes[start..<start + wanted.count].elementsEqual(wanted) else { continue }
            if start > 0, isWord(bytes[start - 1]) { continue }
            let end = start + wanted.count
            if end < bytes.count, isWord(wanted[wanted.count - 1]), isWord(bytes[end]) { continue }
            return true
        }
        return false
    }

    // MARK: behind the loop

    private func putBack(_ item: StateLoop.Written, _ pass: StateLoop, states: VersionID, after: VersionID) throws {
        let name = item.name
        let state = item.before
        let outputs = typed(item)
        let types = state.columns.map {
            "\(SQLText.identifier($0.name)) \(TypeName.assignmentCast($0.type ?? "text"))"
        }.joined(separator: ", ")
        let column = SQLText.identifier(item.column)
        let plain = state.columns.map { "stored.\(SQLText.identifier($0.name))" }.joined(separator: ", ")
        if item.isGrowing, !item.isEmitted {
            addRows(
                item,
                add(
                    "select \(plain) from \(after) as states cross join lateral jsonb_to_recordset(states.\(column)) as stored (\(types))",
                    name: "new_\(name.name)", columns: outputs))
            return
        }
        guard item.isEmitted else {
            if !state.isTemporary, stateLoops == 0 {
                note(
                    "the loop hands all rows of '\(name)' on from one iteration to the next: that is slow where they are many",
                    code: "P2D-310", range: pass.loop.header, severity: .warning)
            }
            let id = add(
                "select \(plain) from \(after) as states cross join lateral jsonb_to_recordset(states.\(column)) as stored (\(types))",
                name: "\(name.name)_after_loop", columns: outputs, table: name, uniqueKeys: state.uniqueKeys)
            setVersion(name, state, id)
            return
        }
        let order = state.columns.contains(where: isNumbered) ? "\norder by states.iteration" : ""
        let rows = add(
            "select \(plain) from \(states) as states cross join lateral jsonb_to_recordset(states.\(column)) as stored (\(types))\(order)",
            name: "new_\(name.name)", columns: outputs)
        addRows(item, try numbered(item, rows))
    }

    private func typed(_ item: StateLoop.Written) -> [VersionColumn] {
        item.after.map { column in
            var result = column
            result.type = item.before.columns.first { $0.name == column.name }?.type ?? column.type
            return result
        }
    }

    /// Rows that a loop adds, with the numbers of a sequence in the order of the iterations.
    private func numbered(_ item: StateLoop.Written, _ rows: VersionID) throws -> VersionID {
        guard item.before.columns.contains(where: isNumbered) else { return rows }
        let items = try item.before.columns.map { column -> SQLTemplate in
            let label = SQLText.identifier(column.name)
            guard isNumbered(column) else { return SQLTemplate(label) }
            let number = try surrogateBase(column, table: item.name, state: item.before)
            return "cast(\(number) + row_number() over () as \(column.type ?? "bigint")) as \(label)"
        }
        return add(
            "select \(.joined(items, separator: ", ")) from \(rows)", name: "new_\(item.name.name)_rows",
            columns: typed(item))
    }

    private func isNumbered(_ column: TableColumn) -> Bool {
        column.isIdentity || column.defaultExpression?.contains("nextval(") == true
    }

    private func addRows(_ item: StateLoop.Written, _ rows: VersionID) {
        let state = item.before
        let list = SQLText.list(state.columns.map(\.name))
        let id = add(
            state.isEmpty
                ? "select \(list) from \(rows)"
                : "select \(list) from \(state.version)\nunion all\nselect \(list) from \(rows)",
            name: "\(item.name.name)_after_loop", columns: typed(item), table: item.name,
            uniqueKeys: state.uniqueKeys)
        if !state.isEmpty { versions[id.rawValue].appendBase = state.version }
        setVersion(item.name, state, id)
    }

    private func setOutcome(_ pass: StateLoop, last: (String) -> SQLTemplate) {
        let before = diagnostics
        switch pass.loop.kind {
        case .while, .forever:
            guard pass.outcome != nil else {
                diagnostics = .unknown
                return
            }
            let columns = Set(pass.columns.filter(\.isRead).map(\.name))
            guard columns.contains("found") else { return }
            diagnostics = Diagnostics(rowCount: last("row_count"), found: last("found"), taint: before?.taint ?? [])
        default:
            setDiagnostics(count: before?.rowCount ?? "0", found: "(\(last("iteration")) > 0)")
            diagnostics?.knowsCount = false
        }
    }
}
