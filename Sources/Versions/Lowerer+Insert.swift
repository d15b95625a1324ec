import Catalog
import Findings
import Steps
import Tokens

extension Lowerer {
    /// INSERT: `T@i` union all the query's rows, columns mapped, defaults filled, cast to the column types.
    ///
    /// Source: PostgreSQL manual, INSERT; a column that is not listed takes its default, a listed one is assigned.
    func lowerInsert(_ statement: InsertStatement) throws -> WriteEffect {
        let (name, before) = try stateForWriting(statement.target, reads: false, event: .insert)
        let triggers = try rowTriggers(on: name, .insert, takesStatement: true)
        var lifted = withScope.last ?? [:]
        if let iteration = iterations.last, iteration.keyedCandidates.contains(name),
            let effect = try keyedInsert(iteration, statement, name, before)
        {
            return effect
        }
        let effects = try lowerWith(statement.with, lifted: &lifted)
        var rows = try insertedRows(statement, name, before, lifted: lifted)
        if isCarried(name) {
            let isOne = statement.query.map(isOneRow) ?? true
            rows = keepRows(rows, name, before, isOne: isOne)
            putAtRisk(name, givenColumns(statement, before))
            if foretellsFailures { try refuse(constraintsAtRisk(statement, before).withoutKeys, of: name) }
        }
        if let partition = before.partition {
            guard statement.conflict == nil, effects == nil else {
                throw Refusal(code: .upsert, detail: "ON CONFLICT or WITH of an INSERT into a partition")
            }
            refuseRowsOutside(partition, rows, line: source.line(currentStep.lowerBound))
        }
        if effects == nil { try foretellConstraints(statement, rows: rows, name: name, before: before) }
        var state = before
        if statement.conflict == nil, let changed = effects?.changed[name] ?? pendingParts[name] {
            // A part of the same statement changed the table: the rows were computed from the snapshot, and both hold.
            state = changed
        }
        if let iteration = loop(writing: name) {
            let effect = try insertInLoop(iteration, statement, name, state, rows: rows)
            try finishWith(effects, changed: [])
            return effect
        }
        let effect: WriteEffect
        if let conflict = statement.conflict {
            if !triggers.after.isEmpty {
                throw Refusal(
                    code: .trigger,
                    detail: "trigger '\(triggers.after[0].name)' acts on '\(name)' behind an ON CONFLICT")
            }
            effect = try lowerConflict(conflict, statement, name, state, rows: rows)
            if effects == nil { try foretellConflictOutcome(conflict, name: name) }
        } else {
            let version = append(rows, to: name, state)
            if (effects?.changed[name] ?? pendingParts[name]) != nil { appendedOverParts.insert(version) }
            added(rows, to: name, as: version)
            setVersion(name, state, version)
            if !triggers.after.isEmpty {
                try refuseTriggersInWith(effects)
                try fireAfter(triggers.after, .insert, on: name, state, TriggerRows(version: rows, new: { $0 }))
            }
            effect = WriteEffect(
                rows: rows, count: "(select count(*) from \(rows))", alias: statement.target.exposedName)
        }
        rememberNumbers(statement, before, rows: rows)
        if !triggers.statement.isEmpty { try refuseTriggersInWith(effects) }
        try finishWith(effects, changed: [name])
        try fireStatement(triggers.statement, .insert, on: name, state)
        return effect
    }

    /// Triggers act behind the whole statement, with what its other parts have done.
    func refuseTriggersInWith(_ effects: WithEffects?) throws {
        if effects != nil || !pendingParts.isEmpty {
            throw Refusal(code: .trigger, detail: "a trigger acts on a table that a WITH part writes")
        }
    }

    /// What currval gives behind an INSERT of one row.
    private func rememberNumbers(_ statement: InsertStatement, _ state: TableState, rows: VersionID) {
        guard statement.conflict == nil else { return }
        if let query = statement.query {
            guard query.arms.count == 1, query.tail.isEmpty else { return }
            switch query.arms[0] {
            case .values(let rows, _, _) where rows.count == 1: break
            case .select(let select) where select.from.isEmpty && select.filter == nil: break
            default: return
            }
        }
        for column in state.columns where statement.query == nil || !statement.columns.contains(column.name) {
            if !statement.columns.isEmpty || statement.query == nil { drew(column, for: rows) }
        }
    }

    /// `T@i` union all the rows.
    private func append(_ rows: VersionID, to name: QualifiedName, _ state: TableState) -> VersionID {
        let list = SQLText.list(state.columns.map(\.name))
        let taints = Dictionary(columns(rows).map { ($0.name, $0.taint) }, uniquingKeysWith: { $1 })
        let loose = Set(columns(rows).filter(\.isLoose).map(\.name))
        let columns = versionColumns(state, taints: taints, loose: loose)
        if state.isEmpty || mutant == .insertForgetsOldRows {
            return add(
                "select \(list) from \(rows)", name: "\(name.name)_after_insert", columns: columns, table: name,
                uniqueKeys: state.keysAreDeclared ? state.uniqueKeys : versions[rows.rawValue].uniqueKeys)
        }
        let union = mutant == .insertIsUnion ? "union" : "union all"
        let id = add(
            "select \(list) from \(state.version)\n\(union)\nselect \(list) from \(rows)",
            name: "\(name.name)_after_insert", columns: columns, table: name,
            uniqueKeys: state.keysKeptByAdding)
        versions[id.rawValue].appendBase = state.version
        return id
    }

    /// The rows to insert with all columns of the table, guarded, defaults filled.
    private func insertedRows(
        _ statement: InsertStatement, _ name: QualifiedName, _ state: TableState, lifted: [String: VersionID]
    ) throws -> VersionID {
        var targets: [TableColumn] = []
        if statement.columns.isEmpty {
            targets = state.columns
        } else {
            for column in statement.columns {
                guard let found = state.columns.first(where: { $0.name == column }) else {
                    throw Refusal(code: .defect, detail: "table '\(name)' has no column '\(column)'")
                }
                targets.append(found)
            }
        }
        guard let query = statement.query else {
            guard loop(writing: name) == nil else {
                throw Refusal(code: .loop, detail: "INSERT DEFAULT VALUES inside a loop")
            }
            return try complete(nil, given: [], name, state, volatile: false)
        }
        var naming = ColumnNaming(
            names: targets.map(\.name),
            casts: try targets.map { column in
                guard let type = column.type else {
                    if state.isTemporary, state.isEmpty { return nil }
                    throw Refusal(
                        code: .unknownType,
                        detail: "the type of column '\(column.name)' of '\(name.name)' could not be inferred")
                }
                return type
            })
        naming.defaultValue = { [self] position in
            try defaultValue(targets[position], name: name, ordinal: "row_number() over ()")
        }
        naming.allowsMissing = statement.columns.isEmpty
        let body = try queryTemplate(
            query, scope: scope, lifted: lifted, naming: naming, targets: targets.map(\.type))
        guard let produced = body.columns else {
            throw Refusal(code: .unknownColumns, detail: "the columns of the inserted query could not be worked out")
        }
        let own = try sourceColumns(query, lifted: lifted, expected: targets.count)
        var given = Array(produced.prefix(own.count))
        for position in given.indices {
            given[position].isLoose = !fits(own[position].type, targets[position].type)
        }
        if body.taint.contains(.clock) || body.taint.contains(.chance) || body.taint.contains(.surrogate) {
            // The finder sees through names; what it could not see is in the taint of the whole.
            if given.allSatisfy({ $0.taint.isEmpty }), given.count == 1 { given[0].taint = body.taint }
        }
        if let iteration = loop(writing: name) {
            iteration.lastBody = body.template
            let stored = try foretellRowConstraints(
                iteration, statement, name, state, body: body.template, given: given)
            iteration.raisesAtInsert = reaches.last(where: \.catches)?.raises.count ?? 0
            let rows = loopRows(
                iteration, stored ?? body.template, name: "new_\(name.name)", columns: given,
                isVolatile: body.isVolatile)
            return try complete(rows, given: given, name, state, volatile: body.isVolatile)
        }
        let rows = add(
            body.template, name: "new_\(name.name)", columns: given, isVolatile: body.isVolatile,
            uniqueKeys: body.uniqueKeys)
        return try complete(rows, given: given, name, state, volatile: body.isVolatile)
    }

    /// The columns that the query has by itself.
    private func sourceColumns(_ query: Query, lifted: [String: VersionID], expected: Int) throws -> [VersionColumn] {
        var inner = lifted
        for table in query.with where inner[table.name] == nil {
            // Parts that became versions under their name.
            inner[table.name] = versions.last { $0.name == table.name }?.id
        }
        let finder = ColumnFinder(self, lifted: inner)
        guard let columns = finder.columns(of: query.withoutWith, scope: scope) else {
            throw Refusal(code: .unknownColumns, detail: "the columns of the inserted query could not be worked out")
        }
        if columns.count > expected {
            throw Refusal(code: .defect, detail: "INSERT has more expressions than target columns")
        }
        return columns
    }

    /// Adds defaults for the columns that are not given, the guard, and generated columns.
    private func complete(
        _ rows: VersionID?, given: [VersionColumn], _ name: QualifiedName, _ state: TableState, volatile: Bool
    ) throws -> VersionID {
        // Inside a loop the rows are guarded already, and carry the number of their iteration.
        let inLoop = loop(writing: name) != nil
        let condition = inLoop ? nil : guardCondition
        let names = Set(given.map(\.name))
        let missing = state.columns.filter { !names.contains($0.name) }
        let triggers = inLoop ? [] : try rowTriggers(on: name, .insert, takesStatement: true).before
        if let rows, missing.isEmpty, condition == nil, triggers.isEmpty { return rows }
        var taints: [String: Taint] = Dictionary(given.map { ($0.name, $0.taint) }, uniquingKeysWith: { $1 })
        var isVolatile = volatile
        let items: [SQLTemplate] = try state.columns.map { column in
            let label = SQLText.identifier(column.name)
            if names.contains(column.name) { return SQLTemplate(label) }
            if column.generated != nil { return "cast(null as \(column.type ?? "text")) as \(label)" }
            let value = try defaultValue(column, name: name, ordinal: "row_number() over ()")
            if column.isIdentity || column.defaultExpression?.contains("nextval(") == true {
                taints[column.name] = .surrogate
                isVolatile = true
            } else if let text = column.defaultExpression {
                let expression = try catalogExpression(text)
                taints[column.name] = expression.taint
                isVolatile = isVolatile || expression.isVolatile
            }
            return "\(value) as \(label)"
        }
        var body: SQLTemplate = "select \(.joined(items, separator: ", "))"
        if inLoop {
            guard state.columns.allSatisfy({ $0.generated == nil }), rows != nil else {
                throw Refusal(code: .loop, detail: "a loop inserts into a table with generated columns")
            }
            body.append(", loop_iteration")
        }
        if let rows { body.append(" from \(rows)" as SQLTemplate) }
        if let condition { body.append("\nwhere \(condition)" as SQLTemplate) }
        let columns = state.columns.map { column in
            var result = VersionColumn(column.name, column.type, taint: taints[column.name] ?? [])
            result.isLoose = given.first { $0.name == column.name }?.isLoose ?? false
            return result
        }
        if !triggers.isEmpty {
            let raw = add(
                body, name: "new_\(name.name)", columns: columns, isVolatile: isVolatile,
                uniqueKeys: rows.map { versions[$0.rawValue].uniqueKeys } ?? [])
            let fired = try fireBefore(
                triggers, .insert, on: name, state, TriggerRows(version: raw, new: { $0 }))
            let done = try regenerate(
                "select \(SQLText.list(state.columns.map(\.name))) from \(fired.rows)", name: name, state: state,
                versionName: "new_\(name.name)", columns: self.columns(fired.rows))
            return add(
                done.body, name: "new_\(name.name)_rows", columns: done.columns, isVolatile: isVolatile,
                uniqueKeys: versions[fired.rows.rawValue].uniqueKeys)
        }
        let generated = try regenerate(
            body, name: name, state: state, versionName: "new_\(name.name)", columns: columns)
        return add(
            generated.body, name: "new_\(name.name)_rows", columns: generated.columns, isVolatile: isVolatile,
            uniqueKeys: rows.map { versions[$0.rawValue].uniqueKeys } ?? [])
    }

    /// Columns whose values an INSERT decides: those that are not numbered.
    private func givenColumns(_ statement: InsertStatement, _ state: TableState) -> [String] {
        let named = statement.columns.isEmpty ? state.columns.map(\.name) : statement.columns
        return state.columns.filter { column in
            let text = column.defaultExpression
            let isNumbered =
                column.isIdentity || text?.contains("nextval(") == true
                || text.flatMap { try? catalogExpression($0) }?.isVolatile == true
            return !isNumbered || named.contains(column.name) && statement.query != nil
        }.map(\.name)
    }

    /// What DEFAULT is for a column: the next number, the catalog's expression, or NULL.
    func defaultValue(_ column: TableColumn, name: QualifiedName, ordinal: String) throws -> SQLTemplate {
        if column.isIdentity || column.defaultExpression?.contains("nextval(") == true {
            if let next = try nextInLoop(column, name, ordinal: ordinal) { return next }
            let base = try surrogateBase(column, table: name)
            let steps = stepsOf(column.sequence ?? sequenceOfDefault(column.defaultExpression))
            let isPlain = ordinal.allSatisfy { $0.isLetter || $0.isNumber || "_.() ".contains($0) }
            return "cast(\(base) + \(steps)\(isPlain ? ordinal : "(\(ordinal))") as \(column.type ?? "bigint"))"
        }
        guard let text = column.defaultExpression, mutant != .defaultsDropped else {
            return "cast(null as \(column.type ?? "text"))"
        }
        let expression = try catalogExpression(text)
        return try assigned(expression.template, to: column, from: nil)
    }

    /// The highest number a table's surrogate column holds, also that of rows which the call has deleted: a sequence
    /// never goes back.
    func surrogateBase(_ column: TableColumn, table: QualifiedName, state: TableState? = nil) throws -> SQLTemplate {
        let current = state ?? tables[table]
        let label = SQLText.identifier(column.name)
        var sources: [VersionID] = []
        if let state = current, state.isTemporary {
            sources = [state.version]
        } else {
            if current?.restartsIdentity != true { sources.append(inputVersion(table, table: catalog.table(table))) }
            if let version = current?.version, !sources.contains(version), current?.isEmpty != true {
                sources.append(version)
            }
        }
        let floor = shape(of: column.sequence ?? sequenceOfDefault(column.defaultExpression)).floor
        let maxima: [SQLTemplate] = sources.map { "coalesce((select max(\(label)) from \($0)), \(floor))" }
        if maxima.isEmpty { return SQLTemplate("\(floor)") }
        return Self.highest(maxima, floor: floor)
    }
}

/// What a write did, for RETURNING, FOUND and ROW_COUNT.
struct WriteEffect {
    /// The affected rows with the table's columns: new values for INSERT and UPDATE, old ones for DELETE.
    var rows: VersionID?
    /// How many, as a bigint expression.
    var count: SQLTemplate
    /// The name by which RETURNING may qualify columns.
    var alias: String
    /// The row that a loop has written by key.
    var keyed: KeyedTable?
    /// Whether it met that row at all; nil: always.
    var keyedHit: SQLTemplate?
    /// Inside a loop the number of rows depends on other iterations.
    var isCountUnknown = false
}
