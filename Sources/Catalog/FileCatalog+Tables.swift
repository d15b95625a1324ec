import Tokens

// CREATE TABLE and what stands in its parentheses.
extension FileCatalog {
    /// `create table` has been read; the name is next.
    mutating func readTable(_ cursor: inout TokenCursor, kind: Table.Kind = .table, isTemporary: Bool) -> Bool {
        let line = cursor.line
        let ifNotExists = cursor.accept("if not exists")
        guard let name = name(&cursor) else { return false }
        // A temporary table belongs to a session, not to the catalog.
        if isTemporary || name.name.hasPrefix("#") { return true }
        if tables[name] != nil {
            if ifNotExists { return true }
            report(.replacedObject, name.description, line, "")
        }
        var table = Table(name: name, kind: kind)
        if cursor.accept("partition of") {
            guard let parent = self.name(&cursor) else { return false }
            table.kind = .partition
            table.parents = [parent]
            inherit(from: parent, into: &table)
        }
        if var inside = cursor.parenthesized() {
            while !inside.isAtEnd {
                let start = inside.position
                readElement(&inside, &table)
                _ = inside.accept(.comma)
                if inside.position == start { inside.skip() }
            }
        } else if table.kind != .partition, !cursor.areWords("as"), !cursor.areWords("like"), !cursor.areWords("clone")
        {
            report(.unreadTablePart, name.description, cursor.line, "It has no list of columns.")
        }
        readTableTail(&cursor, &table)
        tables[name] = table
        return true
    }

    private mutating func readTableTail(_ cursor: inout TokenCursor, _ table: inout Table) {
        while !cursor.isAtEnd {
            if cursor.accept("inherits") {
                guard var inside = cursor.parenthesized() else { continue }
                while let parent = name(&inside) {
                    table.parents.append(parent)
                    let own = table.columns
                    table.columns = []
                    inherit(from: parent, into: &table)
                    table.columns += own.filter { column in !table.columns.contains { $0.name == column.name } }
                    _ = inside.accept(.comma)
                }
            } else if cursor.accept("partition by") {
                if table.kind == .table { table.kind = .partitioned }
                // The key may be written as `range (a)`; nothing of it is needed.
                if cursor.kind() == .word { cursor.position += 1 }
            } else if cursor.keyword() == .as {
                if table.columns.isEmpty {
                    report(
                        .unknownColumnTypes, table.name.description, cursor.line, "Extract from the database itself.")
                }
                return
            } else if cursor.isWord("like") || cursor.isWord("clone") {
                readLike(&cursor, &table)
            } else if cursor.isWord("comment"), table.comment == nil {
                cursor.position += 1
                _ = cursor.acceptOperator("=")
                table.comment = cursor.string()
            } else {
                cursor.skip()
            }
        }
    }

    /// Columns come with their defaults; constraints but checks do not.
    private func inherit(from parent: QualifiedName, into table: inout Table) {
        guard let source = tables[parent] else { return }
        table.columns += source.columns.filter { column in !table.columns.contains { $0.name == column.name } }
        table.constraints += source.constraints.filter { $0.kind == .check }
    }

    // MARK: Elements

    private static let constraintStarts: Set<Keyword> = [.constraint, .primary, .unique, .check, .foreign]

    /// A column, a constraint or LIKE; the cursor ends at the comma or behind the last token.
    mutating func readElement(_ cursor: inout TokenCursor, _ table: inout Table) {
        // A column may be called `key` or `unique` in some dialects only when quoted, so the word decides.
        if cursor.kind() == .word {
            if Self.constraintStarts.contains(cursor.keyword()) || cursor.isWord("exclude") {
                readConstraint(&cursor, &table, column: nil)
                return skipElement(&cursor)
            }
            if cursor.isWord("like") {
                readLike(&cursor, &table)
                return skipElement(&cursor)
            }
            // Reserved words in MySQL and T-SQL, good names for columns elsewhere.
            let indexWords = ["index", "key", "fulltext", "spatial", "period"]
            if profile.folding == .keep, !isBigQuery, indexWords.contains(where: { cursor.isWord($0) }) {
                return skipElement(&cursor)
            }
        }
        readColumn(&cursor, &table)
        skipElement(&cursor)
    }

    private func skipElement(_ cursor: inout TokenCursor) {
        while !cursor.isAtEnd, cursor.kind() != .comma { cursor.skip() }
    }

    private mutating func readLike(_ cursor: inout TokenCursor, _ table: inout Table) {
        let line = cursor.line
        cursor.position += 1
        guard let other = name(&cursor) else { return }
        guard let source = tables[other] else {
            report(.unknownTable, other.description, line, "It is the model of \(table.name).")
            return
        }
        var defaults = false
        var constraints = false
        while cursor.isWord("including") || cursor.isWord("excluding") {
            let including = cursor.isWord("including")
            cursor.position += 1
            if cursor.isWord("all") || cursor.isWord("defaults") { defaults = including }
            if cursor.isWord("all") || cursor.isWord("constraints") { constraints = including }
            cursor.position += 1
        }
        for var column in source.columns {
            if !defaults && isPostgreSQL { column.defaultExpression = nil }
            column.identity = nil
            column.sequence = nil
            table.columns.append(column)
        }
        if constraints { table.constraints += source.constraints.filter { $0.kind == .check } }
    }

    /// A column definition from its name on.
    mutating func readColumn(_ cursor: inout TokenCursor, _ table: inout Table) {
        let line = cursor.line
        guard let name = cursor.identifier() else {
            report(.unreadTablePart, table.name.description, line, "No column name at \(cursor.text().prefix(40)).")
            return
        }
        var column = Column(name: name, type: "")
        if cursor.keyword() != .as, cursor.kind() == .word || cursor.kind() == .quotedIdentifier {
            column.type = TypeNames.read(&cursor, postgresql: isPostgreSQL) ?? ""
        }
        if isPostgreSQL { applySerial(&column, table.name) }
        if let index = table.columns.firstIndex(where: { $0.name == name }) {
            // A partition or child may repeat a column, or name it only to add to it.
            if column.type.isEmpty { column = table.columns[index] }
            table.columns.remove(at: index)
            table.columns.insert(column, at: index)
        } else {
            table.columns.append(column)
        }
        readColumnOptions(&cursor, &table, name)
    }

    /// serial is not a type but an integer, a sequence and a default.
    private mutating func applySerial(_ column: inout Column, _ table: QualifiedName) {
        let types = [
            "serial": "integer", "serial4": "integer", "bigserial": "bigint", "serial8": "bigint",
            "smallserial": "smallint", "serial2": "smallint",
        ]
        guard let type = types[column.type] else { return }
        column.type = type
        column.notNull = true
        let sequence = ownedSequence(table, column.name, type)
        column.sequence = sequence
        let parts =
            sequence.schema == "public" || sequence.schema.isEmpty ? [sequence.name] : [sequence.schema, sequence.name]
        column.defaultExpression = "nextval('\(parts.map(TypeNames.quoted).joined(separator: "."))'::regclass)"
    }

    /// The sequence that the server makes for a serial or identity column.
    mutating func ownedSequence(_ table: QualifiedName, _ column: String, _ type: String) -> QualifiedName {
        var sequence = Sequence(name: QualifiedName(table.schema, ObjectNames.made(table.name, column, "seq")))
        sequence.type = type
        sequence.maximum = ObjectNames.maximum(type)
        sequence.ownedByTable = table
        sequence.ownedByColumn = column
        sequences[sequence.name] = sequence
        return sequence.name
    }
}
