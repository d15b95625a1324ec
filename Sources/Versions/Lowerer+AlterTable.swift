import Catalog
import Findings
import Steps
import Tokens
import Types

extension Lowerer {
    /// ALTER TABLE of a table that the routine has made: a key is checked against the rows that are there, a new column
    /// holds its default, a dropped one goes.
    ///
    /// Rule: `T@i` with other columns; a key that the rows break makes the call fail. Refused (P2D-118): anything else,
    /// and any table that was there before. Source: PostgreSQL manual, ALTER TABLE.
    /// - Returns: false when the statement is no ALTER TABLE of such a table.
    func lowerAlterTable(_ range: Range<Int>) throws -> Bool {
        var index = range.lowerBound
        guard source.keyword(index) == .alter, source.keyword(index + 1) == .table else { return false }
        index += 2
        if source.keyword(index) == .if { index += 2 }
        if source.keyword(index) == .only { index += 1 }
        guard let reference = readRelationName(source, index), let name = try? tableName(reference),
            let made = tables[name], made.isTemporary, !made.isDropped
        else { return false }
        guard loop(writing: name) == nil, !isCarried(name), guardCondition == nil else {
            throw Refusal(code: .ddl, detail: "ALTER TABLE '\(name.name)' inside a loop or under a condition")
        }
        for action in source.splitAtCommas(reference.range.upperBound..<range.upperBound) {
            let (_, state) = try stateForWriting(reference)
            try alter(name, state, action)
        }
        return true
    }

    private func alter(_ name: QualifiedName, _ state: TableState, _ action: Range<Int>) throws {
        var index = action.lowerBound
        let verb = source.text(index).lowercased()
        index += 1
        var word = source.text(index).lowercased()
        if word == "constraint", verb == "add" {
            index += 2
            word = source.text(index).lowercased()
        }
        switch (verb, word) {
        case ("add", "primary"), ("add", "unique"):
            guard let open = (index..<action.upperBound).first(where: { source.kind($0) == .leftParen }) else { break }
            let key = source.splitAtCommas(source.inside(open)).map { source.name($0.lowerBound) }
            addKey(key, name, state, isPrimary: word == "primary")
            return
        case ("add", "check"), ("add", "foreign"), ("add", "exclude"): break
        case ("add", _):
            if word == "column" { index += 1 }
            if source.keyword(index) == .if { index += 3 }
            try addColumn(index..<action.upperBound, name, state)
            return
        case ("drop", _):
            if word == "column" { index += 1 }
            if source.keyword(index) == .if { index += 2 }
            guard word != "constraint" else { break }
            dropColumn(source.name(index), name, state)
            return
        default: break
        }
        throw Refusal(code: .ddl, detail: "'ALTER TABLE .. \(short(source.text(action)))' is not followed")
    }

    private func addKey(_ key: [String], _ name: QualifiedName, _ state: TableState, isPrimary: Bool) {
        let known = versions[state.version.rawValue].uniqueKeys
        let isUnique = known.contains { !$0.isEmpty && Set($0).isSubset(of: Set(key)) }
        if !isUnique {
            let list = SQLText.list(key)
            let isSet = key.map { "\(SQLText.identifier($0)) is not null" }.joined(separator: " and ")
            let doubled: SQLTemplate =
                "exists (select 1 from \(state.version) where \(isSet) group by \(list) having count(*) > 1)"
            let fails = scalar(doubled, name: "\(name.name)_is_doubled", type: "boolean")
            under(fails) {
                raise(
                    SQLTemplate(SQLText.literal("could not create a unique index on \"\(name.name)\"")),
                    state: "unique_violation", isImplied: true)
            }
        }
        if isPrimary {
            let isNull = key.map { "\(SQLText.identifier($0)) is null" }.joined(separator: " or ")
            let fails = scalar(
                "exists (select 1 from \(state.version) where \(isNull))", name: "\(name.name)_key_is_null",
                type: "boolean")
            under(fails) {
                raise(
                    SQLTemplate(SQLText.literal("a column of the key of \"\(name.name)\" contains null values")),
                    state: "not_null_violation", isImplied: true)
            }
        }
        tables[name]?.uniqueKeys.append(key)
        if !versions[state.version.rawValue].uniqueKeys.contains(key) {
            versions[state.version.rawValue].uniqueKeys.append(key)
        }
    }

    private func addColumn(_ range: Range<Int>, _ name: QualifiedName, _ state: TableState) throws {
        guard source.isName(range.lowerBound), range.count >= 2 else {
            throw Refusal(code: .ddl, detail: "'\(short(source.text(range)))' is not understood")
        }
        let label = source.name(range.lowerBound)
        if state.columns.contains(where: { $0.name == label }) { return }
        func isStop(_ index: Int) -> Bool {
            [.not, .null, .default, .primary, .unique, .check, .references, .constraint, .collate].contains(
                source.keyword(index)) || source.text(index).lowercased() == "generated"
        }
        let stop = source.firstTopLevel(in: range.lowerBound + 2..<range.upperBound, where: isStop)
        let raw = source.text(range.lowerBound + 1..<(stop ?? range.upperBound))
        let type = qualifiedType(TypeName.normalized(raw))
        guard !["serial", "bigserial", "smallserial"].contains(raw.lowercased().trimmed) else {
            throw Refusal(code: .ddl, detail: "a numbered column added to '\(name.name)'")
        }
        var value: SQLTemplate = "null"
        var taint: Taint = []
        var text: String?
        var notNull = false
        if let stop {
            if source.keyword(stop) == .default {
                let end =
                    source.firstTopLevel(in: stop + 2..<max(stop + 2, range.upperBound), where: isStop)
                    ?? range.upperBound
                let expression = try expression(stop + 1..<end)
                guard !expression.isVolatile else {
                    throw Refusal(code: .ddl, detail: "a column with a random default added to '\(name.name)'")
                }
                (value, taint) = (expression.template, expression.taint)
                text = source.text(stop + 1..<end)
                notNull = (end..<range.upperBound).contains { source.keyword($0) == .not }
            } else if source.keyword(stop) != .null {
                throw Refusal(code: .ddl, detail: "'\(short(source.text(range)))' is not followed")
            }
        }
        let list = SQLText.list(state.columns.map(\.name))
        var after = state
        after.columns.append(
            TableColumn(
                name: label, type: type, notNull: notNull, defaultExpression: text, generated: nil, isIdentity: false))
        let id = add(
            "select \(list), \(cast(value, to: type)) as \(SQLText.identifier(label)) from \(state.version)",
            name: "\(name.name)_with_\(label)",
            columns: versionColumns(state) + [VersionColumn(label, type, taint: taint)], table: name,
            uniqueKeys: versions[state.version.rawValue].uniqueKeys)
        setVersion(name, after, id, isEmpty: state.isEmpty)
    }

    private func dropColumn(_ label: String, _ name: QualifiedName, _ state: TableState) {
        var after = state
        after.columns.removeAll { $0.name == label }
        after.uniqueKeys.removeAll { $0.contains(label) }
        let id = add(
            "select \(SQLText.list(after.columns.map(\.name))) from \(state.version)",
            name: "\(name.name)_without_\(label)",
            columns: versionColumns(state).filter { $0.name != label }, table: name, uniqueKeys: after.uniqueKeys)
        setVersion(name, after, id, isEmpty: state.isEmpty)
    }
}
