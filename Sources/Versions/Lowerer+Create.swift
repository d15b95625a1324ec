import Catalog
import Findings
import Steps
import Tokens
import Types

extension Lowerer {
    /// CREATE TABLE .. AS: the query is the table.
    func lowerCreateTableAs(_ statement: CreateTableAsStatement) throws {
        let full = newName(statement.table, isTemporary: statement.isTemporary)
        guard iterations.isEmpty else { throw Refusal(code: .loop, detail: "CREATE TABLE inside a loop") }
        if statement.ifNotExists {
            if let state = tables[full], !state.isDropped { return }
            if !statement.isTemporary, catalog.table(full) != nil, tables[full] == nil { return }
            guard statement.isTemporary || tables[full] != nil else {
                throw Refusal(
                    code: .ddl, detail: "'\(full)' is made only when it is not there, and the catalog does not know it")
            }
        }
        try checkCreate(full, statement.table, isTemporary: statement.isTemporary)
        var naming: ColumnNaming?
        if !statement.columns.isEmpty {
            let known = ColumnFinder(self).columns(of: statement.query, scope: scope)
            let rest = (known ?? []).dropFirst(statement.columns.count).map(\.name)
            naming = ColumnNaming(names: statement.columns + rest, casts: nil)
        }
        let body = try queryTemplate(statement.query, scope: scope, naming: naming, targets: [])
        guard let columns = body.columns else {
            throw Refusal(
                code: .unknownColumns, detail: "the columns of '\(statement.table.name)' could not be worked out")
        }
        let list = SQLText.list(columns.map(\.name))
        var id = add(
            body.template, name: statement.table.name, columns: columns, table: full, isVolatile: body.isVolatile,
            uniqueKeys: body.uniqueKeys)
        if !statement.withData {
            id = add("select \(list) from \(id) where false", name: statement.table.name, columns: columns, table: full)
        }
        var keys = body.uniqueKeys
        if let condition = guardCondition {
            // The other arm's rows, when both arms make the table.
            var inner: SQLTemplate = "select \(list) from \(id) where \(condition)"
            if let old = tables[full], !old.isDropped, old.columns.map(\.name) == columns.map(\.name) {
                inner = "select \(list) from \(old.version)\nunion all\n\(inner)"
                keys = []
            }
            id = add(inner, name: statement.table.name, columns: columns, table: full)
        }
        var state = TableState(
            version: id,
            columns: columns.map {
                TableColumn(
                    name: $0.name, type: $0.type, notNull: false, defaultExpression: nil, generated: nil,
                    isIdentity: false)
            }, isTemporary: statement.isTemporary, catalog: nil, uniqueKeys: keys)
        state.dropsOnCommit = statement.dropsOnCommit
        state.keysAreDeclared = false
        register(full, state)
        setRowCount("(select count(*) from \(id))")
    }

    /// CREATE TABLE with columns: no rows yet.
    func lowerCreateTable(_ statement: CreateTableStatement) throws {
        let full = newName(statement.table, isTemporary: statement.isTemporary)
        guard iterations.isEmpty else { throw Refusal(code: .loop, detail: "CREATE TABLE inside a loop") }
        if statement.ifNotExists {
            if let state = tables[full], !state.isDropped { return }
            if !statement.isTemporary, catalog.table(full) != nil { return }
        }
        try checkCreate(full, statement.table, isTemporary: statement.isTemporary)
        var columns: [TableColumn] = []
        for reference in statement.like {
            let name = try tableName(reference)
            let source = tables[name]?.columns ?? catalog.table(name)?.columns.map(tableColumn) ?? []
            columns += source.map { column in
                var copy = column
                if !statement.likeIncludesDefaults { copy.defaultExpression = nil }
                copy.generated = nil
                copy.isIdentity = false
                return copy
            }
        }
        for column in statement.columns {
            let raw = source.text(column.type)
            let type = qualifiedType(TypeName.normalized(raw))
            let isSerial = ["serial", "bigserial", "smallserial"].contains(raw.lowercased().trimmed)
            columns.append(
                TableColumn(
                    name: column.name, type: type, notNull: column.notNull,
                    defaultExpression: column.defaultExpression.map { source.text($0) } ?? domainDefault(type),
                    generated: column.generated.map { source.text($0) }, isIdentity: column.isIdentity || isSerial))
        }
        var state = TableState(
            version: VersionID(0), columns: columns, isTemporary: statement.isTemporary, catalog: nil,
            uniqueKeys: statement.primaryKey.isEmpty ? [] : [statement.primaryKey])
        if let old = tables[full], !old.isDropped, guardCondition != nil, old.columns.map(\.name) == columns.map(\.name)
        {
            return  // the other arm has made the same table, empty where this arm runs
        }
        if statement.ifNotExists, !statement.isTemporary, catalog.table(full) == nil, tables[full] == nil {
            // From the second call on the rows of the first one are there.
            state.version = stateVersion(full, columns: columns.map { VersionColumn($0.name, $0.type) })
        } else {
            state.version = emptyVersion(full, state)
            versions[state.version.rawValue].name = statement.table.name
            state.isEmpty = true
        }
        state.emptiesOnCommit = statement.emptiesOnCommit
        state.dropsOnCommit = statement.dropsOnCommit
        register(full, state)
    }

    private func newName(_ reference: RelationReference, isTemporary: Bool) -> QualifiedName {
        if isTemporary { return QualifiedName("pg_temp", reference.name) }
        if let known = catalog.resolveTable(schema: reference.schema, name: reference.name, path: frame.searchPath) {
            return known
        }
        let fallback =
            frame.searchPath?.first
            ?? CatalogIndex.schemas(in: catalog.snapshot.settings["search_path"] ?? "public").first
        return QualifiedName(reference.schema ?? fallback ?? "public", reference.name)
    }

    private func checkCreate(_ full: QualifiedName, _ reference: RelationReference, isTemporary: Bool) throws {
        if isTemporary { return }
        if let state = tables[full] {
            if state.isDropped { return }
            guard guardCondition != nil else {
                throw Refusal(code: .defect, detail: "CREATE TABLE '\(full)', but it is there already")
            }
            return
        }
        if catalog.table(full) != nil {
            throw Refusal(code: .defect, detail: "CREATE TABLE '\(full)', but the catalog has it already")
        }
        note(
            "'\(full)' is made by the routine itself: it becomes a model without a contract", code: "P2D-306",
            range: currentStep, severity: .warning)
    }

    private func register(_ full: QualifiedName, _ state: TableState) {
        tables[full] = state
        temporary[full.name] = full
        markWritten(full)
    }

    /// DROP TABLE of a temp table ends it; of a persisted one only when the routine makes it anew.
    func lowerDrop(_ references: [RelationReference]) throws -> Outcome {
        guard iterations.isEmpty else { throw Refusal(code: .loop, detail: "DROP TABLE inside a loop") }
        var dropped: [String] = []
        for reference in references {
            if let name = temporary[reference.name], reference.schema == nil || reference.schema == name.schema,
                let state = tables[name]
            {
                if state.isTemporary {
                    guard guardCondition == nil else { continue }
                    tables[name]?.isDropped = true
                } else {
                    tables[name]?.isDropped = true
                    writeOrder.removeAll { $0 == name }
                }
                dropped.append(reference.name)
                continue
            }
            if let name = catalog.resolveTable(schema: reference.schema, name: reference.name, path: frame.searchPath),
                let table = catalog.table(name), table.kind == .table
            {
                guard guardCondition == nil else {
                    throw Refusal(code: .ddl, detail: "DROP TABLE '\(name)' under a condition")
                }
                let state = TableState(
                    version: inputVersion(name, table: table), columns: table.columns.map(tableColumn),
                    isTemporary: false,
                    catalog: table, isDropped: true)
                tables[name] = state
                dropped.append(reference.name)
                continue
            }
            dropped.append(reference.name)
        }
        return .noted(
            code: "P2D-209", "DROP TABLE \(dropped.joined(separator: ", ")): nothing of it is left in the project")
    }
}
