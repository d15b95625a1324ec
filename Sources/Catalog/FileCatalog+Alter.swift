import Tokens

// ALTER TABLE, action by action.
extension FileCatalog {
    /// ALTER TABLE has been read.
    mutating func readAlterTable(_ cursor: inout TokenCursor) -> Bool {
        _ = cursor.accept("if exists")
        _ = cursor.accept("only")
        guard let name = knownTable(&cursor) else { return true }
        guard var table = tables[name] else { return true }
        _ = cursor.acceptOperator("*")
        // T-SQL: WITH CHECK ADD CONSTRAINT ..
        var validated = true
        if cursor.accept("with nocheck") { validated = false } else { _ = cursor.accept("with check") }
        while !cursor.isAtEnd {
            let before = cursor.position
            let constraints = table.constraints.count
            readAction(&cursor, &table)
            if !validated {
                for index in constraints..<max(constraints, table.constraints.count) {
                    table.constraints[index].validated = false
                }
            }
            while !cursor.isAtEnd, cursor.kind() != .comma { cursor.skip() }
            _ = cursor.accept(.comma)
            if cursor.position == before { cursor.skip() }
        }
        tables[name] = nil
        tables[table.name] = table
        return true
    }

    private mutating func readAction(_ cursor: inout TokenCursor, _ table: inout Table) {
        if cursor.accept("add column") {
            _ = cursor.accept("if not exists")
            addColumns(&cursor, &table)
        } else if cursor.accept("add") {
            addColumns(&cursor, &table)
        } else if cursor.accept("alter column") || cursor.accept("alter") || cursor.accept("modify column")
            || cursor.accept("modify")
        {
            alterColumn(&cursor, &table)
        } else if cursor.accept("drop") {
            drop(&cursor, &table)
        } else if cursor.accept("rename") {
            rename(&cursor, &table)
        } else if cursor.accept("set schema"), let schema = cursor.identifier() {
            table.name.schema = schema
        } else if cursor.accept("attach partition"), let child = name(&cursor) {
            tables[child]?.kind = .partition
            tables[child]?.parents = [table.name]
        } else if cursor.accept("inherit"), let parent = name(&cursor) {
            table.parents.append(parent)
        } else if cursor.accept("enable row level security") {
            table.rowSecurity = true
        } else if cursor.accept("disable row level security") {
            table.rowSecurity = false
        } else if cursor.isWord("enable") || cursor.isWord("disable") {
            toggleTrigger(&cursor, &table)
        } else if !Self.harmless.contains(where: { cursor.areWords($0) }) {
            report(.unreadTablePart, table.name.description, cursor.line, "An action at \(cursor.text().prefix(40)).")
        }
    }

    /// Actions that change no shape.
    private static let harmless = [
        "owner to", "cluster on", "replica identity", "set", "reset", "validate constraint", "detach partition",
        "no inherit",
        "force row", "no force", "check constraint", "nocheck constraint", "engine", "auto_increment", "comment",
    ]

    /// One column or constraint, or Oracle's and T-SQL's several: `ADD (a int, b int)`, `ADD a int, b int`.
    private mutating func addColumns(_ cursor: inout TokenCursor, _ table: inout Table) {
        if var inside = cursor.parenthesized() {
            while !inside.isAtEnd {
                let start = inside.position
                readElement(&inside, &table)
                _ = inside.accept(.comma)
                if inside.position == start { inside.skip() }
            }
            return
        }
        readElement(&cursor, &table)
        while profile.name == LexicalProfile.tsql.name, cursor.accept(.comma) { readElement(&cursor, &table) }
    }

    private mutating func alterColumn(_ cursor: inout TokenCursor, _ table: inout Table) {
        if cursor.kind() == .leftParen, var inside = cursor.parenthesized() { return alterColumn(&inside, &table) }
        if cursor.accept("index") || cursor.accept("constraint") { return }
        _ = cursor.accept("if exists")
        let line = cursor.line
        guard let name = cursor.identifier(), let index = table.columns.firstIndex(where: { $0.name == name }) else {
            report(.unreadTablePart, table.name.description, line, "A change to a column it does not have.")
            return
        }
        if cursor.accept("set default") {
            table.columns[index].defaultExpression = cursor.expression { $0.kind() == .comma }
        } else if cursor.accept("drop default") {
            table.columns[index].defaultExpression = nil
        } else if cursor.accept("set not null") {
            table.columns[index].notNull = true
        } else if cursor.accept("drop not null") {
            table.columns[index].notNull = false
        } else if cursor.accept("set data type") || cursor.accept("type") {
            table.columns[index].type = TypeNames.read(&cursor, postgresql: isPostgreSQL) ?? table.columns[index].type
        } else if cursor.accept("add generated") {
            let identity: Column.Identity = cursor.accept("by default") ? .byDefault : .always
            _ = cursor.accept("always")
            guard cursor.accept("as identity") else { return }
            let tableName = table.name
            setIdentity(identity, &cursor, &table.columns[index], tableName)
        } else if cursor.accept("drop identity") {
            table.columns[index].identity = nil
        } else if cursor.accept("drop expression") {
            table.columns[index].generatedExpression = nil
        } else if !isPostgreSQL {
            // `ALTER COLUMN c int NOT NULL`: the type anew. Without NOT NULL the column takes NULLs.
            if !cursor.isWord("not"), !cursor.isWord("null"), !cursor.isWord("default") {
                table.columns[index].type = TypeNames.read(&cursor, postgresql: false) ?? table.columns[index].type
                if profile.folding == .keep { table.columns[index].notNull = false }
            }
            readColumnOptions(&cursor, &table, name)
        }
    }

    private func drop(_ cursor: inout TokenCursor, _ table: inout Table) {
        if cursor.accept("constraint") {
            _ = cursor.accept("if exists")
            guard let name = cursor.identifier() else { return }
            table.constraints.removeAll { $0.name == name }
        } else if cursor.accept("primary key") {
            table.constraints.removeAll { $0.kind == .primaryKey }
        } else {
            _ = cursor.accept("column")
            _ = cursor.accept("if exists")
            guard let name = cursor.identifier() else { return }
            table.columns.removeAll { $0.name == name }
            table.constraints.removeAll { $0.columns.contains(name) }
            table.uniqueIndexes.removeAll { $0.columns.contains(name) }
        }
    }

    private func rename(_ cursor: inout TokenCursor, _ table: inout Table) {
        if cursor.accept("to") {
            if let name = cursor.nameParts()?.last { table.name.name = name }
            return
        }
        if cursor.accept("constraint") {
            guard let old = cursor.identifier(), cursor.accept("to"), let new = cursor.identifier() else { return }
            for index in table.constraints.indices where table.constraints[index].name == old {
                table.constraints[index].name = new
            }
            return
        }
        _ = cursor.accept("column")
        guard let old = cursor.identifier(), cursor.accept("to"), let new = cursor.identifier() else { return }
        func renamed(_ names: [String]) -> [String] { names.map { $0 == old ? new : $0 } }
        change(&table, old) { $0.name = new }
        for index in table.constraints.indices {
            table.constraints[index].columns = renamed(table.constraints[index].columns)
        }
        for index in table.uniqueIndexes.indices {
            table.uniqueIndexes[index].columns = renamed(table.uniqueIndexes[index].columns)
        }
    }

    private func toggleTrigger(_ cursor: inout TokenCursor, _ table: inout Table) {
        let enabled = cursor.isWord("enable")
        cursor.position += 1
        _ = cursor.accept("always") || cursor.accept("replica")
        guard cursor.accept("trigger") else { return }
        let isAll = cursor.isWord("all") || cursor.isWord("user")
        let name = cursor.identifier()
        for index in table.triggers.indices where isAll || table.triggers[index].name == name {
            table.triggers[index].enabled = enabled
        }
    }
}
