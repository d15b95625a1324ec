import Catalog
import Findings
import Steps
import Tokens

/// WHERE CURRENT OF: the row that the cursor stands on, found again by a unique key of its table.
///
/// The cursor's rows get the key as further columns, which the routine's own variables never see, and the condition becomes
/// an equation with them. Precondition: the cursor runs over the rows of one table (joins aside), without grouping, and the
/// table has a key. Refusal: P2D-106.
///
/// Source: PostgreSQL manual, UPDATE and DELETE, "WHERE CURRENT OF": the row most recently fetched from the cursor.
extension Lowerer {
    /// The record that holds the key of a cursor's current row.
    static func rowName(of cursor: String) -> String { "current_of_\(cursor)" }

    /// A cursor's rows, with the key of the table whose rows are written through it.
    func cursorRows(_ query: Query, name: String, scope queryScope: Scope?) throws -> Driver {
        guard let target = writtenThrough(name) else { return try rowsDriver(query, scope: queryScope) }
        guard query.arms.count == 1, case .select(let select) = query.arms[0], select.groupBy == nil,
            !select.isDistinct, select.having == nil
        else { throw Refusal(code: .cursor, detail: "WHERE CURRENT OF '\(name)', whose rows are no table's") }
        let items = select.from.compactMap { item -> (String, QualifiedName)? in
            guard case .relation(let reference) = item.kind, let table = try? tableName(reference),
                table.name == target
            else { return nil }
            return (item.alias ?? reference.exposedName, table)
        }
        guard items.count == 1, let (alias, table) = items.first else {
            throw Refusal(code: .cursor, detail: "WHERE CURRENT OF '\(name)', which does not read '\(target)' once")
        }
        let keys = tables[table]?.uniqueKeys ?? catalog.table(table).map(Lowerer.uniqueKeys) ?? []
        let known = tables[table]?.columns ?? catalog.table(table)?.columns.map(tableColumn) ?? []
        guard
            let key = keys.first(where: { columns in
                columns.allSatisfy { name in known.first { $0.name == name }?.notNull == true }
            })
        else { throw Refusal(code: .cursor, detail: "WHERE CURRENT OF '\(name)': '\(table)' has no key") }
        let source = query.source
        let end = select.list.upperBound
        let extra = key.map {
            ", \(SQLText.identifier(alias)).\(SQLText.identifier($0)) as \(SQLText.identifier("key_" + $0))"
        }
        let text = SourceText(
            source.text(query.range.lowerBound..<end) + extra.joined() + " "
                + source.text(end..<query.range.upperBound),
            profile: .postgresql, lineOffset: source.line(query.range.lowerBound) - 1)
        guard let wider = readQuery(text, text.all) else {
            throw Refusal(code: .unreadable, detail: "the query of cursor '\(name)' is not understood")
        }
        var driver = try rowsDriver(wider, scope: queryScope)
        driver.shown = driver.columns.count - key.count
        driver.currentKey = key
        return driver
    }

    /// Declares the record that holds the current row's key, beside the cursor.
    func declareRow(of cursor: String, _ driver: Driver) {
        guard let shown = driver.shown else { return }
        let record = Variable(name: Self.rowName(of: cursor), type: nil, value: "null")
        record.fields = zip(driver.currentKey, driver.columns.dropFirst(shown)).map { key, column in
            Variable(name: key, type: column.type, value: column.type.map { "cast(null as \($0))" } ?? "null")
        }
        var level: Scope? = scope
        while let current = level, current.variables[cursor] == nil { level = current.parent }
        (level ?? scope).variables[record.name] = record
    }

    /// The table that the routine writes WHERE CURRENT OF a cursor.
    private func writtenThrough(_ cursor: String) -> String? {
        let text = frame.source
        for index in text.all where text.name(index) == cursor && text.keyword(index - 1) == .of {
            guard text.name(index - 2) == "current" else { continue }
            var start = index
            while start > 0, text.kind(start) != .semicolon, ![.update, .delete].contains(text.keyword(start)) {
                start -= 1
            }
            let at = text.keyword(start) == .delete ? start + 2 : start + 1
            if let reference = readRelationName(text, text.keyword(at) == .only ? at + 1 : at) { return reference.name }
        }
        return nil
    }

    /// The statement with an equation in place of WHERE CURRENT OF.
    func lowerCurrentOf(_ cursor: String, _ range: Range<Int>, target: RelationReference) throws -> WriteEffect {
        let record = Self.rowName(of: cursor)
        guard let fields = scope.find(record)?.fields, !fields.isEmpty else {
            throw Refusal(code: .cursor, detail: "WHERE CURRENT OF '\(cursor)', whose row is not known")
        }
        guard
            let place = range.first(where: {
                source.name($0) == "current" && source.keyword($0 + 1) == .of && source.name($0 + 2) == cursor
            })
        else { throw Refusal(code: .cursor, detail: "WHERE CURRENT OF '\(cursor)' is not understood") }
        let tests = fields.map { field in
            "\(SQLText.identifier(target.exposedName)).\(SQLText.identifier(field.name)) = "
                + "\(SQLText.identifier(record)).\(SQLText.identifier(field.name))"
        }
        let text = SourceText(
            source.text(range.lowerBound..<place) + " " + tests.joined(separator: " and ") + " "
                + source.text(place + 3..<range.upperBound),
            profile: .postgresql, lineOffset: source.line(range.lowerBound) - 1)
        sourceOverrides.append(text)
        let step = currentStep
        currentStep = text.all
        defer {
            sourceOverrides.removeLast()
            currentStep = step
        }
        switch readStatement(text, text.all) {
        case .update(let statement) where statement.cursor == nil: return try lowerUpdate(statement)
        case .delete(let statement) where statement.cursor == nil: return try lowerDelete(statement)
        default: throw Refusal(code: .cursor, detail: "WHERE CURRENT OF '\(cursor)' is not understood")
        }
    }
}
