import Tokens

// What may follow a column's name and type.
extension FileCatalog {
    /// Words that begin an option, and so end a default expression before them.
    private static func startsOption(_ cursor: TokenCursor) -> Bool {
        switch cursor.keyword() {
        case .not: return cursor.keyword(1) == .null && cursor.keyword(-1) != .is
        case .null: return cursor.keyword(-1) != .is && cursor.keyword(-1) != .not
        case .constraint, .primary, .unique, .check, .references, .collate, .default, .comment: return true
        case .on: return cursor.isWord("update", 1) || cursor.isWord("null", 1)
        default: break
        }
        return cursor.kind() == .comma
            || [
                "generated", "identity", "auto_increment", "autoincrement", "deferrable", "initially", "options",
                "enable",
            ]
            .contains { cursor.isWord($0) }
    }

    /// Reads options up to the comma or the end.
    mutating func readColumnOptions(_ cursor: inout TokenCursor, _ table: inout Table, _ name: String) {
        guard let index = table.columns.firstIndex(where: { $0.name == name }) else { return }
        var hasUnread = false
        while !cursor.isAtEnd, cursor.kind() != .comma {
            if readSimpleOption(&cursor, &table.columns[index]) { continue }
            if readGenerated(&cursor, &table.columns[index], table.name) { continue }
            switch cursor.keyword() {
            case .constraint, .primary, .unique, .check, .references:
                readConstraint(&cursor, &table, column: name)
            case .key:
                // MySQL's short form of PRIMARY KEY.
                addConstraint(&table, nil, .primaryKey, [name])
                cursor.position += 1
            default:
                if !hasUnread {
                    report(
                        .unreadTablePart, "\(table.name).\(name)", cursor.line,
                        "The option at \(cursor.text().prefix(40)) is left out.")
                }
                hasUnread = true
                cursor.skip()
            }
        }
    }

    private func readSimpleOption(_ cursor: inout TokenCursor, _ column: inout Column) -> Bool {
        if cursor.accept("not null") {
            column.notNull = true
        } else if cursor.accept("null") {
            column.notNull = false
        } else if cursor.accept("default") {
            // Oracle's DEFAULT ON NULL.
            _ = cursor.accept("on null")
            column.defaultExpression = cursor.expression(until: Self.startsOption)
        } else if cursor.accept("collate") {
            column.collation = cursor.nameParts()?.joined(separator: ".")
        } else if cursor.accept("comment") {
            column.comment = cursor.string()
        } else if cursor.accept("on update") || cursor.accept("options") || cursor.accept("encode") {
            cursor.skip()
            if cursor.kind() == .leftParen { cursor.skip() }
        } else if cursor.accept("storage") || cursor.accept("compression") || cursor.accept("character set") {
            cursor.skip()
        } else {
            let harmless = [
                "enable", "disable", "validate", "novalidate", "sparse", "rowguidcol", "visible", "invisible",
                "deferrable",
                "not deferrable", "initially deferred", "initially immediate", "no inherit", "not for replication",
                "clustered", "nonclustered", "virtual", "stored", "persisted", "rely", "norely", "not enforced",
                "enforced",
            ]
            return harmless.contains { cursor.accept($0) }
        }
        return true
    }

    private mutating func readGenerated(
        _ cursor: inout TokenCursor, _ column: inout Column, _ table: QualifiedName
    ) -> Bool {
        if cursor.accept("generated") || cursor.keyword() == .as && cursor.kind(1) == .leftParen {
            var identity = Column.Identity.always
            if cursor.accept("by default") {
                identity = .byDefault
                _ = cursor.accept("on null")
            } else {
                _ = cursor.accept("always")
            }
            guard cursor.accept("as") else { return true }
            if cursor.accept("identity") {
                setIdentity(identity, &cursor, &column, table)
            } else if let inside = cursor.parenthesized() {
                column.generatedExpression = inside.rest()
            }
            return true
        }
        if cursor.accept("identity") || cursor.accept("auto_increment") || cursor.accept("autoincrement") {
            let isAlways = profile.name == LexicalProfile.tsql.name
            setIdentity(isAlways ? .always : .byDefault, &cursor, &column, table)
            return true
        }
        return false
    }

    /// Marks an identity column; its sequence's options may follow in parentheses.
    mutating func setIdentity(
        _ identity: Column.Identity, _ cursor: inout TokenCursor, _ column: inout Column, _ table: QualifiedName
    ) {
        column.identity = identity
        column.notNull = true
        guard isPostgreSQL else {
            // IDENTITY(seed, increment) has no sequence with a name.
            if cursor.kind() == .leftParen { cursor.skip() }
            return
        }
        var name = ownedSequence(table, column.name, column.type)
        if var inside = cursor.parenthesized(), var sequence = sequences.removeValue(forKey: name) {
            if inside.accept("sequence name"), let given = self.name(&inside) { name = given }
            readSequenceOptions(&inside, &sequence)
            sequence.name = name
            sequences[name] = sequence
        }
        column.sequence = name
    }
}
