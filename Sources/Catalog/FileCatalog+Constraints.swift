import Tokens

// Constraints of tables and columns, and unique indexes.
extension FileCatalog {
    /// A constraint from CONSTRAINT or its kind on; `column` is the one it stands behind, if any.
    mutating func readConstraint(_ cursor: inout TokenCursor, _ table: inout Table, column: String?) {
        let line = cursor.line
        var name: String?
        if cursor.accept("constraint") {
            name = cursor.identifier()
            // CONSTRAINT c NOT NULL and T-SQL's CONSTRAINT c DEFAULT are read as options of the column.
            if column != nil, [.not, .null, .default].contains(cursor.keyword()) { return }
        }
        switch cursor.keyword() {
        case .primary, .unique: readKey(&cursor, &table, name, column)
        case .check: readCheck(&cursor, &table, name, column)
        case .foreign, .references: readForeignKey(&cursor, &table, name, column)
        default:
            if cursor.accept("exclude") {
                let rest = cursor.rest()
                addConstraint(&table, name, .exclusion, [], definition: "EXCLUDE " + rest)
                cursor.position = cursor.end
            } else if cursor.accept("default") {
                readDefaultConstraint(&cursor, &table)
            } else {
                report(.unreadTablePart, table.name.description, line, "A constraint at \(cursor.text().prefix(40)).")
                cursor.skip()
            }
        }
    }

    /// T-SQL: `DEFAULT expression FOR column`.
    private func readDefaultConstraint(_ cursor: inout TokenCursor, _ table: inout Table) {
        let expression = cursor.expression { $0.keyword() == .for || $0.kind() == .comma }
        guard cursor.accept("for"), let column = cursor.identifier() else { return }
        change(&table, column) { $0.defaultExpression = expression }
    }

    private mutating func readKey(
        _ cursor: inout TokenCursor, _ table: inout Table, _ name: String?, _ column: String?
    ) {
        let line = cursor.line
        let isPrimary = cursor.accept("primary key")
        if !isPrimary { cursor.position += 1 }
        _ = cursor.accept("key") || cursor.accept("index")
        var nullsNotDistinct = false
        if cursor.accept("nulls not distinct") { nullsNotDistinct = true } else { _ = cursor.accept("nulls distinct") }
        _ = cursor.accept("clustered") || cursor.accept("nonclustered")
        var name = name
        if cursor.accept("using index") {
            useIndex(&cursor, &table, name, isPrimary)
            return
        }
        // MySQL's UNIQUE KEY name (..).
        if column == nil, cursor.kind() == .word || cursor.kind() == .quotedIdentifier, cursor.kind(1) == .leftParen {
            name = cursor.identifier()
        }
        let columns = column.map { [$0] } ?? cursor.columnList() ?? []
        if columns.isEmpty { report(.unreadTablePart, table.name.description, line, "A key without plain columns.") }
        let list = "(" + columns.map(TypeNames.quoted).joined(separator: ", ") + ")"
        let nulls = nullsNotDistinct ? "NULLS NOT DISTINCT " : ""
        addConstraint(
            &table, name, isPrimary ? .primaryKey : .unique, columns,
            definition: isPrimary ? "PRIMARY KEY \(list)" : "UNIQUE \(nulls)\(list)")
        if nullsNotDistinct { table.constraints[table.constraints.count - 1].nullsNotDistinct = true }
        if isPrimary { for column in columns { change(&table, column) { $0.notNull = true } } }
        skipConstraintTail(&cursor)
    }

    private func useIndex(_ cursor: inout TokenCursor, _ table: inout Table, _ name: String?, _ isPrimary: Bool) {
        guard let index = cursor.identifier(),
            let position = table.uniqueIndexes.firstIndex(where: { $0.name == index })
        else { return }
        let columns = table.uniqueIndexes.remove(at: position).columns
        addConstraint(&table, name ?? index, isPrimary ? .primaryKey : .unique, columns)
        if isPrimary { for column in columns { change(&table, column) { $0.notNull = true } } }
    }

    private mutating func readCheck(
        _ cursor: inout TokenCursor, _ table: inout Table, _ name: String?, _ column: String?
    ) {
        let line = cursor.line
        cursor.position += 1
        _ = cursor.accept("not for replication")
        guard let inside = cursor.parenthesized() else {
            report(.unreadTablePart, table.name.description, line, "A check without parentheses.")
            return
        }
        let names = (inside.position..<inside.end).filter { inside.tokens.kind($0 + 1) != .leftParen }
            .compactMap { inside.tokens.source.name(inside.tokens.positions[$0], folding: profile.folding) }
        var columns: [String] = []
        for name in names where table.columns.contains(where: { $0.name == name }) && !columns.contains(name) {
            columns.append(name)
        }
        let expression = inside.rest()
        let label = columns.count == 1 ? columns[0] : column
        addConstraint(&table, name, .check, columns, definition: "CHECK (\(expression))", label: label ?? "")
        table.constraints[table.constraints.count - 1].expression = expression
        skipConstraintTail(&cursor, &table.constraints[table.constraints.count - 1])
    }

    private mutating func readForeignKey(
        _ cursor: inout TokenCursor, _ table: inout Table, _ name: String?, _ column: String?
    ) {
        let line = cursor.line
        var columns = column.map { [$0] } ?? []
        if cursor.accept("foreign key") {
            if cursor.kind() == .word || cursor.kind() == .quotedIdentifier { _ = cursor.identifier() }
            columns = cursor.columnList() ?? []
        }
        guard cursor.accept("references"), let target = self.name(&cursor) else {
            report(.unreadTablePart, table.name.description, line, "A foreign key without REFERENCES.")
            return
        }
        let given = cursor.columnList()
        addConstraint(&table, name, .foreignKey, columns)
        let last = table.constraints.count - 1
        table.constraints[last].referencedTable = target
        let ownKey = target == table.name ? table.primaryKey : tables[target]?.primaryKey ?? []
        table.constraints[last].referencedColumns = given ?? ownKey
        table.constraints[last].onDelete = "no action"
        table.constraints[last].onUpdate = "no action"
        skipConstraintTail(&cursor, &table.constraints[last])
        table.constraints[last].definition = foreignKeyDefinition(table.constraints[last], target)
    }

    private func foreignKeyDefinition(_ constraint: Constraint, _ target: QualifiedName) -> String {
        func list(_ names: [String]) -> String { "(" + names.map(TypeNames.quoted).joined(separator: ", ") + ")" }
        let schema = target.schema.isEmpty || target.schema == "public" ? "" : TypeNames.quoted(target.schema) + "."
        var text = "FOREIGN KEY \(list(constraint.columns)) REFERENCES \(schema)\(TypeNames.quoted(target.name))"
        text += list(constraint.referencedColumns)
        if let action = constraint.onUpdate, action != "no action" { text += " ON UPDATE \(action.uppercased())" }
        if let action = constraint.onDelete, action != "no action" { text += " ON DELETE \(action.uppercased())" }
        return text
    }

    private func skipConstraintTail(_ cursor: inout TokenCursor) {
        var ignored = Constraint(name: "", kind: .check, columns: [], definition: "")
        skipConstraintTail(&cursor, &ignored)
    }

    /// Actions, deferral and storage behind a constraint.
    private func skipConstraintTail(_ cursor: inout TokenCursor, _ constraint: inout Constraint) {
        while !cursor.isAtEnd, cursor.kind() != .comma {
            if cursor.accept("on delete") {
                constraint.onDelete = action(&cursor)
            } else if cursor.isWord("on"), cursor.isWord("update", 1), constraint.kind == .foreignKey {
                cursor.position += 2
                constraint.onUpdate = action(&cursor)
            } else if cursor.accept("not valid") {
                constraint.validated = false
            } else if cursor.accept("with") || cursor.accept("include") {
                cursor.skip()
            } else if cursor.accept("match") || cursor.accept("using index tablespace") {
                cursor.skip()
            } else {
                let harmless = [
                    "not deferrable", "deferrable", "initially deferred", "initially immediate", "no inherit", "enable",
                    "disable", "not for replication", "rely", "norely", "not enforced", "enforced", "using index",
                    "on primary",
                ]
                if !harmless.contains(where: { cursor.accept($0) }) { return }
            }
        }
    }

    private func action(_ cursor: inout TokenCursor) -> String? {
        for action in ["no action", "restrict", "cascade", "set null", "set default"] where cursor.accept(action) {
            if action.hasPrefix("set"), cursor.kind() == .leftParen { cursor.skip() }
            return action
        }
        return nil
    }

    /// Adds a constraint under the name the server would give it when it has none.
    func addConstraint(
        _ table: inout Table, _ name: String?, _ kind: Constraint.Kind, _ columns: [String], definition: String? = nil,
        label: String? = nil
    ) {
        let joined = label ?? columns.joined(separator: "_")
        let taken = Set(table.constraints.map(\.name))
        let made: String
        switch kind {
        case .primaryKey: made = ObjectNames.free(table.name.name, "", "pkey", taken: taken)
        case .unique: made = ObjectNames.free(table.name.name, joined, "key", taken: taken)
        case .foreignKey: made = ObjectNames.free(table.name.name, joined, "fkey", taken: taken)
        case .check: made = ObjectNames.free(table.name.name, joined, "check", taken: taken)
        case .exclusion: made = ObjectNames.free(table.name.name, joined, "excl", taken: taken)
        }
        let list = "(" + columns.map(TypeNames.quoted).joined(separator: ", ") + ")"
        let text = definition ?? (kind == .primaryKey ? "PRIMARY KEY " : "UNIQUE ") + list
        table.constraints.append(Constraint(name: name ?? made, kind: kind, columns: columns, definition: text))
    }

    func change(_ table: inout Table, _ column: String, _ body: (inout Column) -> Void) {
        guard let index = table.columns.firstIndex(where: { $0.name == column }) else { return }
        body(&table.columns[index])
    }

    /// `create unique index` has been read.
    mutating func readUniqueIndex(_ cursor: inout TokenCursor, definition: String) -> Bool {
        _ = cursor.accept("concurrently")
        _ = cursor.accept("if not exists")
        let given = cursor.isWord("on") ? nil : cursor.nameParts()?.last
        guard cursor.accept("on") else { return false }
        _ = cursor.accept("only")
        guard let table = knownTable(&cursor) else { return true }
        if cursor.accept("using") { cursor.position += 1 }
        guard cursor.kind() == .leftParen else { return false }
        let before = cursor
        let columns = cursor.columnList() ?? []
        if cursor.position == before.position { cursor.skip() }
        while !cursor.isAtEnd, cursor.keyword() != .where { cursor.skip() }
        let name = given ?? ObjectNames.made(table.name, columns.joined(separator: "_"), "idx")
        var index = UniqueIndex(name: name, columns: columns, definition: definition)
        if cursor.accept("where") { index.predicate = cursor.rest() }
        tables[table]?.uniqueIndexes.append(index)
        return true
    }
}
