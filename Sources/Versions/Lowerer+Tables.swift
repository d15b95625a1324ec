import Catalog
import Findings
import Steps
import Tokens
import Types

extension Lowerer {
    // MARK: finding tables

    /// The full name that a reference means here: a temp table, a table the routine made, or one of the catalog's.
    func tableName(_ reference: RelationReference) throws -> QualifiedName {
        if reference.schema == nil || reference.schema == "pg_temp", let name = temporary[reference.name],
            tables[name]?.isDropped == false
        {
            return name
        }
        if let name = catalog.resolveTable(
            schema: reference.schema, name: reference.name, path: frames.last?.searchPath)
        {
            return name
        }
        if let schema = reference.schema, tables[QualifiedName(schema, reference.name)] != nil {
            return QualifiedName(schema, reference.name)
        }
        let shown = (reference.schema.map { $0 + "." } ?? "") + reference.name
        throw Refusal(
            code: .unknownTable,
            detail:
                "table '\(shown)' is not in the catalog: is its schema extracted, is it made by a part that was refused?"
        )
    }

    /// The version of a relation that is current for a reader.
    func read(_ reference: RelationReference) throws -> VersionID {
        let name = try tableName(reference)
        iterations.last?.reads.insert(name)
        if iterations.contains(where: { $0.written.contains(name) && $0.tables[name] == nil }) {
            throw Refusal(code: .loop, detail: "the loop reads '\(name)', which it writes itself")
        }
        try refuseInheritance(reference, name, changesRows: false)
        if let state = tables[name], !state.isDropped, mutant != .readerSeesOldest || state.isTemporary {
            return withRowAddress(settle(name, state).version)
        }
        guard let table = catalog.table(name) else {
            throw Refusal(code: .unknownTable, detail: "table '\(name)' is not in the catalog")
        }
        if table.kind == .view { return try view(table) }
        if table.partitionBound != nil { return try readPartition(table) }
        return withRowAddress(inputVersion(name, table: table))
    }

    /// A view over tables that are written is its query at the current versions; any other view is a source.
    private func view(_ table: Table) throws -> VersionID {
        guard dependsOnWritten(table.name, depth: 0), let text = table.viewQuery else {
            return inputVersion(table.name, table: table)
        }
        let viewSource = SourceText(text, profile: .postgresql)
        var end = viewSource.count
        if end > 0, viewSource.kind(end - 1) == .semicolon { end -= 1 }
        guard let query = readQuery(viewSource, 0..<end) else {
            throw Refusal(code: .unreadable, detail: "the query of view '\(table.name)' is not understood")
        }
        var inputs: [VersionID] = []
        for name in baseRelations(viewSource) {
            guard let reference = try? resolved(name) else { continue }
            inputs.append(reference)
        }
        let key = ViewKey(view: table.name, inputs: inputs)
        if let known = viewCache[key] { return known }
        let saved = currentComments
        currentComments = ["view \(table.name)"]
        defer { currentComments = saved }
        let body = try queryTemplate(query, scope: nil)
        let id = add(
            body.template, name: table.name.name,
            // A catalog out of files does not know a view's columns.
            columns: table.columns.isEmpty
                ? body.columns ?? []
                : table.columns.enumerated().map { position, column in
                    VersionColumn(
                        column.name, column.type, taint: body.columns?[safe: position]?.taint ?? body.taint)
                }, isVolatile: body.isVolatile)
        viewCache[key] = id
        return id
    }

    /// REFRESH MATERIALIZED VIEW: its query at the current versions; it is a table that this statement fills.
    ///
    /// Source: PostgreSQL manual, REFRESH MATERIALIZED VIEW.
    func lowerRefresh(_ reference: RelationReference) throws {
        guard iterations.isEmpty else { throw Refusal(code: .loop, detail: "REFRESH MATERIALIZED VIEW inside a loop") }
        let name = try tableName(reference)
        guard let table = catalog.table(name), table.kind == .materializedView, let text = table.viewQuery else {
            throw Refusal(code: .unknownTable, detail: "'\(name)' is no materialized view of the catalog")
        }
        let viewSource = SourceText(text, profile: .postgresql)
        var end = viewSource.count
        if end > 0, viewSource.kind(end - 1) == .semicolon { end -= 1 }
        guard let query = readQuery(viewSource, 0..<end) else {
            throw Refusal(code: .unreadable, detail: "the query of view '\(table.name)' is not understood")
        }
        let before = tables[name]?.version
        let body = try queryTemplate(
            query, scope: nil,
            naming: ColumnNaming(names: table.columns.map(\.name), casts: table.columns.map(\.type)))
        let outputs = table.columns.enumerated().map { position, column in
            VersionColumn(column.name, column.type, taint: body.columns?[safe: position]?.taint ?? body.taint)
        }
        var id = add(
            body.template, name: name.name, columns: outputs, table: name, isVolatile: body.isVolatile,
            uniqueKeys: Lowerer.uniqueKeys(table))
        if let condition = guardCondition {
            let list = SQLText.list(table.columns.map(\.name))
            let old = before ?? inputVersion(name, table: table)
            id = add(
                "select \(list) from \(id) where \(condition)\nunion all\nselect \(list) from \(old) where not (\(condition))",
                name: name.name, columns: outputs, table: name, uniqueKeys: Lowerer.uniqueKeys(table))
        }
        let state = TableState(
            version: id, columns: table.columns.map(tableColumn), isTemporary: false, catalog: table,
            uniqueKeys: Lowerer.uniqueKeys(table))
        setVersion(name, state, id)
    }

    private func resolved(_ name: QualifiedName) throws -> VersionID {
        try read(RelationReference(range: 0..<0, schema: name.schema, name: name.name, alias: nil, only: false))
    }

    /// Whether a view reads, directly or through other views, a table that some pipeline writes.
    func dependsOnWritten(_ name: QualifiedName, depth: Int) -> Bool {
        if written.contains(name) { return true }
        guard depth < 20, let table = catalog.table(name), table.kind == .view, let text = table.viewQuery else {
            return false
        }
        return baseRelations(SourceText(text, profile: .postgresql)).contains { dependsOnWritten($0, depth: depth + 1) }
    }

    /// Qualified names in a view's text that the catalog knows. Views print all their relations qualified.
    private func baseRelations(_ source: SourceText) -> [QualifiedName] {
        var names: [QualifiedName] = []
        for index in source.all where source.isName(index) && source.kind(index - 1) != .dot {
            guard let reference = readRelationName(source, index) else { continue }
            if let name = catalog.resolveTable(schema: reference.schema, name: reference.name, path: nil),
                !names.contains(name)
            {
                names.append(name)
            }
        }
        return names
    }

    // MARK: writing

    /// A column without a default of its own takes its domain's.
    func domainDefault(_ type: String) -> String? {
        let name = type.replacing("\"", with: "")
        return catalog.snapshot.types.first { $0.kind == .domain && $0.name.description == name }?.defaultExpression
    }

    func tableColumn(_ column: Column) -> TableColumn {
        TableColumn(
            name: column.name, type: column.type, notNull: column.notNull,
            defaultExpression: column.defaultExpression ?? domainDefault(column.type),
            generated: column.generatedExpression, isIdentity: column.identity != nil, sequence: column.sequence)
    }

    /// The state of a table that is about to be written, after checking that writing to it means what it says.
    ///
    /// - Parameters:
    ///   - reads: the statement looks at the rows that are there.
    ///   - event: what the caller follows the triggers of; with nil a table with triggers is refused.
    func stateForWriting(
        _ reference: RelationReference, reads: Bool = true, event: TriggerDefinition.Event? = nil
    ) throws -> (QualifiedName, TableState) {
        let name = try tableName(reference)
        if event == nil {
            try refuseTriggers(on: name, [.insert, .update, .delete], what: "this write fires no trigger here")
        }
        try refuseInheritance(reference, name, changesRows: reads)
        if let state = tables[name], !state.isDropped {
            return (name, reads ? addressedState(settle(name, state)) : state)
        }
        guard let table = catalog.table(name) else {
            throw Refusal(code: .unknownTable, detail: "table '\(name)' is not in the catalog")
        }
        if table.partitionBound != nil { return try partitionState(table, reads: reads, event: event) }
        switch table.kind {
        case .table, .partitioned: break
        case .view, .materializedView, .partition, .foreign:
            throw Refusal(code: .unwritable, detail: "'\(name)' is a \(table.kind.rawValue), not a plain table")
        }
        if !table.parents.isEmpty, table.partitionBound == nil {
            throw Refusal(code: .unwritable, detail: "'\(name)' inherits from another table")
        }
        if table.hasRules { throw Refusal(code: .trigger, detail: "a rule rewrites statements on '\(name)'") }
        if table.rowSecurity {
            note(
                "row security is on for '\(name)': the conversion reads and writes all rows", code: "P2D-301",
                range: currentStep, severity: .warning)
        }
        let state = TableState(
            version: inputVersion(name, table: table), columns: table.columns.map(tableColumn), isTemporary: false,
            catalog: table, uniqueKeys: Lowerer.uniqueKeys(table))
        return (name, reads ? addressedState(state) : state)
    }

    /// A trigger that acts now.
    func isActive(_ trigger: Trigger, on table: QualifiedName) -> Bool {
        switchedTriggers["\(table) \(trigger.name)"] ?? trigger.enabled
    }

    private func addressedState(_ state: TableState) -> TableState {
        var addressed = state
        addressed.version = withRowAddress(state.version)
        return addressed
    }

    /// Makes a version the table's current one.
    func setVersion(_ name: QualifiedName, _ state: TableState, _ version: VersionID, isEmpty: Bool = false) {
        var state = state
        state.version = version
        state.isEmpty = isEmpty
        state.partition = nil
        // Keys that no constraint guards are those that the rows happen to have.
        if !state.keysAreDeclared { state.uniqueKeys = versions[version.rawValue].uniqueKeys }
        tables[name] = state
        markWritten(name)
    }

    /// Before somebody reads what was assigned to a `character varying(n)`: blanks beyond the length go, as they do on
    /// assignment; what is too long otherwise stays too long, so that the built table refuses it.
    ///
    /// Source: PostgreSQL manual, "Character Types": excess blanks are cut silently, anything else is an error.
    func settle(_ name: QualifiedName, _ state: TableState) -> TableState {
        let known = columns(state.version)
        guard iterations.isEmpty, known.contains(where: \.isLoose) else { return state }
        let items: [String] = state.columns.map { column in
            let label = SQLText.identifier(column.name)
            guard known.first(where: { $0.name == column.name })?.isLoose == true, let type = column.type,
                let length = TypeName.length(type)
            else { return label }
            return
                "case when char_length(rtrim(\(label))) > \(length) then \(label) else cast(\(label) as \(type)) end as \(label)"
        }
        let id = add(
            SQLTemplate("select \(items.joined(separator: ", ")) from ") + SQLTemplate(.relation(state.version)),
            name: "\(name.name)_as_stored",
            columns: known.map { VersionColumn($0.name, $0.type, taint: $0.taint) }, table: name,
            uniqueKeys: versions[state.version.rawValue].uniqueKeys)
        var settled = state
        settled.version = id
        tables[name] = settled
        return settled
    }

    /// Columns of a table as version columns, with the taint that the new rows bring and those that were assigned.
    func versionColumns(
        _ state: TableState, taints: [String: Taint] = [:], loose: Set<String> = []
    ) -> [VersionColumn] {
        let old = Dictionary(columns(state.version).map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        return state.columns.map { column in
            var result = VersionColumn(
                column.name, column.type, taint: (old[column.name]?.taint ?? []).union(taints[column.name] ?? []))
            result.isLoose = loose.contains(column.name) || !state.isEmpty && old[column.name]?.isLoose == true
            return result
        }
    }

    /// Whether a value of `type` always fits a `character varying(n)` column.
    func fits(_ type: String?, _ target: String?) -> Bool {
        guard let target, target.hasPrefix("character varying("), let limit = TypeName.length(target) else {
            return true
        }
        guard let type, let length = TypeName.length(type), type.hasPrefix("character") else { return false }
        return length <= limit
    }

    /// `cast(expression as type)` for an assignment to a column; unknown types are refused, never guessed.
    func assigned(_ expression: SQLTemplate, to column: TableColumn, from type: String?) throws -> SQLTemplate {
        guard let target = column.type else {
            throw Refusal(
                code: .unknownType,
                detail:
                    "the type of column '\(column.name)' could not be inferred, so an assignment to it can't be typed")
        }
        if type == target, !target.hasPrefix("character varying(") { return expression }
        if mutant == .assignmentCastDropped { return expression }
        return cast(expression, to: target)
    }

    func cast(_ expression: SQLTemplate, to type: String) -> SQLTemplate {
        "cast(\(expression) as \(TypeName.assignmentCast(type)))"
    }

    /// Recomputes generated columns over a version that holds the others.
    func regenerate(
        _ body: SQLTemplate, name: QualifiedName, state: TableState, versionName: String, columns: [VersionColumn]
    )
        throws -> (body: SQLTemplate, columns: [VersionColumn])
    {
        let generated = state.columns.filter { $0.generated != nil }
        guard !generated.isEmpty, mutant != .generatedColumnStale else { return (body, columns) }
        // The generated ones are there, too, with values of before or NULL.
        let raw = add(
            body, name: versionName + "_values",
            columns: state.columns.compactMap { column in columns.first { $0.name == column.name } }, table: nil)
        let items: [SQLTemplate] = try state.columns.map { column in
            guard let text = column.generated else { return SQLTemplate(SQLText.identifier(column.name)) }
            let expression = try catalogExpression(text)
            return "\(try assigned(expression.template, to: column, from: nil)) as \(SQLText.identifier(column.name))"
        }
        return ("select \(.joined(items, separator: ", ")) from \(raw) as \(SQLText.identifier(name.name))", columns)
    }

    /// An expression of the catalog's (default, generated column): no variables, functions followed.
    func catalogExpression(_ text: String) throws -> Expression {
        let source = SourceText(text, profile: .postgresql)
        var rewriter = Rewriter(self, source, scope: nil)
        let template = try rewriter.expression(source.all)
        return Expression(template: template, taint: rewriter.taint, isVolatile: rewriter.isVolatile, type: nil)
    }
}

extension Array {
    /// The element at an index, or nil past the end.
    subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
