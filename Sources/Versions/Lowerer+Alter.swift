import Catalog
import Findings
import Steps
import Tokens
import Types

extension Lowerer {
    /// ALTER: of a table that the routine itself has made, columns come, go and change; of any other object only what
    /// leaves rows and columns as they are (owners, storage, constraints that come back). Anything else is refused
    /// (P2D-118).
    ///
    /// Source: PostgreSQL manual, ALTER TABLE. A column that is added has its default in the rows that are there.
    func lowerAlter(_ range: Range<Int>) throws -> Outcome {
        let kind = source.text(range.lowerBound + 1).lowercased()
        let words = "ALTER \(kind.uppercased())"
        switch kind {
        case "table": break
        case "sequence", "index":
            return .noted(code: "P2D-206", "\(words) changes no rows and is dropped")
        default: throw Refusal(code: .ddl, detail: "'\(short(source.text(range)))' is not understood")
        }
        guard iterations.isEmpty else { throw Refusal(code: .loop, detail: "ALTER TABLE inside a loop") }
        var index = range.lowerBound + 2
        if source.keyword(index) == .if { index += 2 }
        if source.keyword(index) == .only { index += 1 }
        guard let reference = readRelationName(source, index) else {
            throw Refusal(code: .ddl, detail: "'\(short(source.text(range)))' is not understood")
        }
        let name = try tableName(reference)
        var isConverted = false
        for action in source.splitAtCommas(reference.range.upperBound..<range.upperBound) {
            if try alter(name, reference, action, in: range) { isConverted = true }
        }
        return isConverted
            ? .converted : .noted(code: "P2D-206", "\(words) changes no rows and is dropped")
    }

    /// Carries out one action; false when it changes neither rows nor columns.
    private func alter(
        _ name: QualifiedName, _ reference: RelationReference, _ action: Range<Int>, in statement: Range<Int>
    ) throws -> Bool {
        let refusal = Refusal(code: .ddl, detail: "'\(short(source.text(statement)))' is not understood")
        var words = action.prefix(4).map { source.text($0).lowercased() }
        while words.count < 4 { words.append("") }
        var index = action.lowerBound + 1
        let second = words[1]
        switch words[0] {
        case "owner", "cluster", "replica", "reset", "validate": return false
        case "set" where ["logged", "unlogged", "tablespace", "("].contains(second): return false
        case "set" where second == "without": return false
        case "disable", "enable":
            guard second == "trigger" else { throw refusal }
            try toggleTriggers(name, words[2], enabled: words[0] == "enable")
            return false
        case "rename":
            guard second == "to" else {
                if second == "column" { index += 1 }
                guard source.keyword(index + 1) == .to || source.text(index + 1).lowercased() == "to" else {
                    throw refusal
                }
                try changeColumns(name, refusal) { columns in
                    columns.map { $0.name == source.name(index) ? ($0, source.name(index + 2)) : ($0, $0.name) }
                }
                return true
            }
            try renameTable(name, reference, to: source.name(index + 1), refusal)
            return true
        case "add" where ["constraint", "primary", "unique", "check", "foreign", "exclude"].contains(second):
            try changeConstraint(name, action, refusal)
            return false
        case "drop" where second == "constraint":
            guard isOwnTable(name) || comesBack(action) else { throw refusal }
            return false
        case "add":
            if second == "column" { index += 1 }
            var mayExist = false
            if source.keyword(index) == .if {
                mayExist = true
                index += 3
            }
            if mayExist, columnsNow(name).contains(where: { $0.name == source.name(index) }) { return false }
            try addColumn(name, index..<action.upperBound, refusal)
            return true
        case "drop":
            if second == "column" { index += 1 }
            if source.keyword(index) == .if { index += 2 }
            let column = source.name(index)
            guard columnsNow(name).contains(where: { $0.name == column }) else { return false }
            try changeColumns(name, refusal) { columns in columns.filter { $0.name != column }.map { ($0, $0.name) } }
            return true
        case "alter":
            if second == "column" { index += 1 }
            return try alterColumn(name, source.name(index), index + 1..<action.upperBound, refusal)
        default: throw refusal
        }
    }

    /// The routine itself has made it, and nobody outside sees its columns before the call's end.
    private func isOwnTable(_ name: QualifiedName) -> Bool {
        tables[name].map { !$0.isDropped && ($0.isTemporary || $0.catalog == nil) } ?? false
    }

    private func columnsNow(_ name: QualifiedName) -> [TableColumn] {
        tables[name]?.columns ?? catalog.table(name)?.columns.map(tableColumn) ?? []
    }

    private func ownState(_ name: QualifiedName, _ refusal: Refusal) throws -> TableState {
        guard isOwnTable(name), let state = tables[name], guardCondition == nil else { throw refusal }
        return settle(name, state)
    }

    // MARK: columns

    private func addColumn(_ name: QualifiedName, _ definition: Range<Int>, _ refusal: Refusal) throws {
        var state = try ownState(name, refusal)
        guard let read = readColumnDefinition(source, definition), read.generated == nil, !read.isIdentity else {
            throw refusal
        }
        let raw = source.text(read.type)
        guard !["serial", "bigserial", "smallserial"].contains(raw.lowercased().trimmed) else { throw refusal }
        let type = qualifiedType(TypeName.normalized(raw))
        let column = TableColumn(
            name: read.name, type: type, notNull: read.notNull,
            defaultExpression: read.defaultExpression.map { source.text($0) } ?? domainDefault(type), generated: nil,
            isIdentity: false)
        let value = try defaultValue(column, name: name, ordinal: "row_number() over ()")
        let list = state.columns.map { SQLTemplate(SQLText.identifier($0.name)) }
        state.columns.append(column)
        let id = add(
            "select \(.joined(list + ["\(value) as \(SQLText.identifier(column.name))"], separator: ", ")) from \(state.version)",
            name: "\(name.name)_with_\(column.name)", columns: versionColumns(state), table: name,
            uniqueKeys: versions[state.version.rawValue].uniqueKeys)
        setVersion(name, state, id, isEmpty: state.isEmpty)
    }

    /// Keeps, drops and renames columns.
    private func changeColumns(
        _ name: QualifiedName, _ refusal: Refusal, _ change: ([TableColumn]) -> [(TableColumn, String)]
    ) throws {
        var state = try ownState(name, refusal)
        let kept = change(state.columns)
        let old = Dictionary(columns(state.version).map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        let items = kept.map { column, label in
            column.name == label
                ? SQLText.identifier(label) : "\(SQLText.identifier(column.name)) as \(SQLText.identifier(label))"
        }
        let names = Dictionary(kept.map { ($0.0.name, $0.1) }, uniquingKeysWith: { $1 })
        let keys = state.uniqueKeys.compactMap { key -> [String]? in
            let renamed = key.compactMap { names[$0] }
            return renamed.count == key.count ? renamed : nil
        }
        let outputs = kept.map { column, label in
            VersionColumn(label, column.type, taint: old[column.name]?.taint ?? [])
        }
        let id = add(
            SQLTemplate("select \(items.joined(separator: ", ")) from ") + SQLTemplate(.relation(state.version)),
            name: "\(name.name)_altered", columns: outputs, table: name, uniqueKeys: keys)
        state.columns = kept.map { column, label in
            var copy = column
            copy.name = label
            return copy
        }
        state.uniqueKeys = keys
        setVersion(name, state, id, isEmpty: state.isEmpty)
    }

    private func alterColumn(
        _ name: QualifiedName, _ column: String, _ rest: Range<Int>, _ refusal: Refusal
    ) throws -> Bool {
        var words = rest.prefix(3).map { source.text($0).lowercased() }
        while words.count < 3 { words.append("") }
        if words[1] == "statistics" || words[1] == "storage" || words[1] == "compression" { return false }
        var state = try ownState(name, refusal)
        guard let position = state.columns.firstIndex(where: { $0.name == column }) else { throw refusal }
        var start = rest.lowerBound + 1
        if words[0] == "set" || words[0] == "drop" {
            switch words[1] {
            case "not": state.columns[position].notNull = words[0] == "set"
            case "default":
                state.columns[position].defaultExpression =
                    words[0] == "set" ? source.text(rest.lowerBound + 2..<rest.upperBound) : nil
            case "data" where words[2] == "type":
                start = rest.lowerBound + 3
                return try changeType(name, position, start..<rest.upperBound, state)
            default: throw refusal
            }
            tables[name] = state
            return true
        }
        guard words[0] == "type" else { throw refusal }
        return try changeType(name, position, start..<rest.upperBound, state)
    }

    private func changeType(
        _ name: QualifiedName, _ position: Int, _ range: Range<Int>, _ old: TableState
    ) throws -> Bool {
        var state = old
        let using = source.firstTopLevel(in: range) { source.keyword($0) == .using }
        let type = qualifiedType(TypeName.normalized(source.text(range.lowerBound..<(using ?? range.upperBound))))
        let label = SQLText.identifier(state.columns[position].name)
        var value = SQLTemplate(label)
        if let using {
            var rewriter = Rewriter(self, source, scope: nil)
            rewriter.addAlias(name.name, columns: state.columns.map(\.name))
            value = try rewriter.expression(using + 1..<range.upperBound)
        }
        state.columns[position].type = type
        let items: [SQLTemplate] = state.columns.enumerated().map { number, column in
            number == position ? "cast(\(value) as \(type)) as \(label)" : SQLTemplate(SQLText.identifier(column.name))
        }
        let id = add(
            "select \(.joined(items, separator: ", ")) from \(state.version)", name: "\(name.name)_altered",
            columns: versionColumns(state), table: name, uniqueKeys: state.uniqueKeys)
        setVersion(name, state, id, isEmpty: state.isEmpty)
        return true
    }

    // MARK: constraints and triggers

    /// A key of a table of the routine's own helps later statements; one of the catalog's must have been dropped before.
    private func changeConstraint(_ name: QualifiedName, _ action: Range<Int>, _ refusal: Refusal) throws {
        if isOwnTable(name) {
            let isKey = action.contains { source.keyword($0) == .primary || source.keyword($0) == .unique }
            if isKey, guardCondition == nil, let open = action.first(where: { source.kind($0) == .leftParen }) {
                let key = source.inside(open).filter { source.isName($0) }.map { source.name($0) }
                tables[name]?.uniqueKeys.append(key)
            }
            return
        }
        let known = catalog.table(name)?.constraints.map(\.name) ?? []
        guard source.keyword(action.lowerBound + 1) == .constraint, known.contains(source.name(action.lowerBound + 2))
        else { throw refusal }
    }

    /// DROP CONSTRAINT before a load, ADD CONSTRAINT of the same name behind it.
    private func comesBack(_ action: Range<Int>) -> Bool {
        guard
            let last = action.last(where: { source.isName($0) && ![.cascade, .restrict].contains(source.keyword($0)) })
        else { return false }
        let name = source.name(last)
        let text = sourceOverrides.isEmpty ? source : frame.source
        return text.all.contains { index in
            text.text(index).lowercased() == "add" && text.keyword(index + 1) == .constraint
                && text.name(index + 2) == name
        }
    }

    /// DISABLE TRIGGER [ALL | USER | name] and back.
    private func toggleTriggers(_ name: QualifiedName, _ word: String, enabled: Bool) throws {
        guard guardCondition == nil else {
            throw Refusal(code: .ddl, detail: "triggers of '\(name)' are switched under a condition")
        }
        for trigger in catalog.table(name)?.triggers ?? []
        where ["all", "user"].contains(word) || trigger.name == word.replacing("\"", with: "") {
            switchedTriggers["\(name) \(trigger.name)"] = enabled
        }
    }

    // MARK: names

    /// RENAME TO: the way to swap a new table in for an old one.
    ///
    /// A table of the catalog's may take the name of a new table only when its columns are the same.
    private func renameTable(
        _ name: QualifiedName, _ reference: RelationReference, to newName: String, _ refusal: Refusal
    ) throws {
        guard guardCondition == nil else {
            throw Refusal(code: .ddl, detail: "RENAME of '\(name)' under a condition")
        }
        let full = QualifiedName(name.schema, newName)
        if let there = tables[full], !there.isDropped {
            throw Refusal(code: .defect, detail: "RENAME TO '\(full)', but it is there already")
        }
        if tables[full] == nil, catalog.table(full) != nil {
            throw Refusal(code: .defect, detail: "RENAME TO '\(full)', but it is there already")
        }
        var state: TableState
        if let known = tables[name] {
            state = settle(name, known)
        } else {
            (_, state) = try stateForWriting(reference)
        }
        var gone = state
        gone.isDropped = true
        tables[name] = gone
        temporary = temporary.filter { $0.value != name }
        writeOrder.removeAll { $0 == name && gone.catalog == nil }
        if let table = catalog.table(full) {
            let wanted = table.columns.map { "\($0.name) \($0.type)" }
            let given = state.columns.map { "\($0.name) \($0.type ?? "?")" }
            guard wanted == given else {
                throw Refusal(
                    code: .ddl,
                    detail: "the table that becomes '\(full)' has other columns: \(given.joined(separator: ", "))")
            }
            state.catalog = table
            state.columns = table.columns.map(tableColumn)
            state.uniqueKeys = Lowerer.uniqueKeys(table)
        } else {
            state.catalog = nil
            temporary[newName] = full
        }
        state.isDropped = false
        setVersion(full, state, state.version, isEmpty: state.isEmpty)
    }
}
