import Tokens

// CREATE of everything but tables and routines.
extension FileCatalog {
    /// CREATE has been read. False when the statement could not be read at all.
    mutating func readCreate(
        _ cursor: inout TokenCursor, _ statement: FileStatement, _ tokens: SignificantTokens
    ) -> Bool {
        let definition = text(statement, tokens)
        let line = cursor.line
        var isTemporary = false
        var isUnique = false
        let modifiers = [
            "or replace", "or alter", "global", "local", "unlogged", "transient", "external", "editionable",
            "noneditionable",
            "no force", "force", "secure", "recursive", "constraint", "clustered", "nonclustered", "bitmap", "private",
            "hybrid", "dynamic",
        ]
        while !cursor.isAtEnd {
            if cursor.accept("temp") || cursor.accept("temporary") || cursor.accept("volatile") {
                isTemporary = true
            } else if cursor.accept("unique") {
                isUnique = true
            } else if !modifiers.contains(where: { cursor.accept($0) }) {
                break
            }
        }
        if cursor.accept("table") { return readTable(&cursor, isTemporary: isTemporary) }
        if cursor.accept("foreign table") { return readTable(&cursor, kind: .foreign, isTemporary: false) }
        if cursor.accept("materialized view") { return readView(&cursor, .materializedView, isTemporary) }
        if cursor.accept("view") { return readView(&cursor, .view, isTemporary) }
        if cursor.accept("index") { return isUnique ? readUniqueIndex(&cursor, definition: definition) : true }
        if cursor.accept("sequence") { return isTemporary || readSequence(&cursor) }
        if cursor.accept("type") { return readType(&cursor) }
        if cursor.accept("domain") { return readDomain(&cursor) }
        if cursor.accept("trigger") { return readTrigger(&cursor, definition) }
        if cursor.accept("rule") { return readRule(&cursor) }
        if cursor.accept("policy") { return readPolicy(&cursor) }
        for kind in [
            "aggregate", "operator", "cast", "event trigger", "statistics", "collation", "conversion", "synonym",
        ]
        where cursor.areWords(kind) {
            report(.ignoredObject, "", line, "It is \(kind == "event trigger" ? "an" : "a(n)") \(kind).")
        }
        return true
    }

    /// A statement's own text, without blanks around it.
    func text(_ statement: FileStatement, _ tokens: SignificantTokens) -> String {
        let start = Int(tokens[statement.range.lowerBound].start)
        return String(decoding: tokens.source.bytes[start..<max(statement.textEnd, start)], as: UTF8.self)
    }

    // MARK: Views

    private mutating func readView(_ cursor: inout TokenCursor, _ kind: Table.Kind, _ isTemporary: Bool) -> Bool {
        let line = cursor.line
        _ = cursor.accept("if not exists")
        guard let name = name(&cursor) else { return false }
        if isTemporary { return true }
        if tables[name] != nil, tables[name]?.kind != kind { report(.replacedObject, name.description, line, "") }
        var view = Table(name: name, kind: kind)
        for column in cursor.columnList() ?? [] { view.columns.append(Column(name: column, type: "")) }
        while !cursor.isAtEnd, cursor.keyword() != .as { cursor.skip() }
        guard cursor.accept("as") else { return false }
        var end = cursor.end
        for tail in [
            "with no data", "with data", "with check option", "with read only", "with local check option",
            "with cascaded check option",
        ] {
            let length = tail.split(separator: " ").count
            var tailCursor = cursor
            tailCursor.position = max(end - length, cursor.position)
            if tailCursor.areWords(tail) { end = tailCursor.position }
        }
        view.viewQuery = cursor.tokens.text(cursor.position..<end)
        tables[name] = view
        report(.unknownColumnTypes, name.description, line, "It is a view.")
        return true
    }

    // MARK: Sequences

    private mutating func readSequence(_ cursor: inout TokenCursor) -> Bool {
        _ = cursor.accept("if not exists")
        guard let name = name(&cursor) else { return false }
        var sequence = Sequence(name: name)
        readSequenceOptions(&cursor, &sequence)
        sequences[name] = sequence
        return true
    }

    mutating func readAlterSequence(_ cursor: inout TokenCursor) -> Bool {
        _ = cursor.accept("if exists")
        let line = cursor.line
        guard let name = name(&cursor) else { return false }
        guard var sequence = sequences[name] else {
            report(.unknownTable, name.description, line, "It is a sequence.")
            return true
        }
        readSequenceOptions(&cursor, &sequence)
        sequences[name] = sequence
        return true
    }

    /// Options in any order; the bounds that none of them names follow from the type and the direction.
    mutating func readSequenceOptions(_ cursor: inout TokenCursor, _ sequence: inout Sequence) {
        var start: Int?
        while !cursor.isAtEnd {
            if cursor.accept("as") {
                sequence.type = TypeNames.read(&cursor, postgresql: isPostgreSQL) ?? sequence.type
                sequence.maximum = ObjectNames.maximum(sequence.type)
            } else if cursor.accept("increment by") || cursor.accept("increment") {
                sequence.increment = cursor.integer() ?? sequence.increment
                if sequence.increment < 0 { setDescending(&sequence, &start) }
            } else if cursor.accept("start with") || cursor.accept("start") {
                start = cursor.integer() ?? start
            } else if cursor.accept("no minvalue") || cursor.accept("no maxvalue") {
                continue
            } else if cursor.accept("minvalue") {
                sequence.minimum = cursor.integer() ?? sequence.minimum
                if sequence.increment > 0, start == nil { start = sequence.minimum }
            } else if cursor.accept("maxvalue") {
                sequence.maximum = cursor.integer() ?? sequence.maximum
                if sequence.increment < 0, start == nil { start = sequence.maximum }
            } else if cursor.accept("no cycle") || cursor.accept("nocycle") {
                sequence.cycle = false
            } else if cursor.accept("cycle") {
                sequence.cycle = true
            } else if cursor.accept("owned by") {
                readOwner(&cursor, &sequence)
            } else {
                cursor.skip()
            }
        }
        sequence.start = start ?? sequence.start
    }

    private func setDescending(_ sequence: inout Sequence, _ start: inout Int?) {
        if sequence.maximum == ObjectNames.maximum(sequence.type) { sequence.maximum = -1 }
        if sequence.minimum == 1 { sequence.minimum = -ObjectNames.maximum(sequence.type) - 1 }
        if start == nil { start = sequence.maximum }
    }

    private mutating func readOwner(_ cursor: inout TokenCursor, _ sequence: inout Sequence) {
        guard let parts = cursor.nameParts(), parts.count >= 2 else { return }
        let table = qualified(parts.dropLast())
        sequence.ownedByTable = table
        sequence.ownedByColumn = parts[parts.count - 1]
        guard var owner = tables[table] else { return }
        change(&owner, parts[parts.count - 1]) { $0.sequence = sequence.name }
        tables[table] = owner
    }

    // MARK: Types

    private mutating func readType(_ cursor: inout TokenCursor) -> Bool {
        let line = cursor.line
        guard let name = name(&cursor) else { return false }
        guard cursor.accept("as") else {
            report(.ignoredObject, name.description, line, "It is a type without a definition.")
            return true
        }
        var type = UserType(name: name, kind: .composite)
        if cursor.accept("enum") {
            type.kind = .enumeration
            guard var inside = cursor.parenthesized() else { return false }
            while let label = inside.string() {
                type.labels.append(label)
                _ = inside.accept(.comma)
            }
        } else if cursor.accept("range") {
            type.kind = .range
            guard var inside = cursor.parenthesized() else { return false }
            while !inside.isAtEnd, !inside.isWord("subtype") { inside.skip() }
            if inside.accept("subtype"), inside.acceptOperator("=") {
                type.baseType = TypeNames.read(&inside, postgresql: isPostgreSQL)
            }
        } else if var inside = cursor.parenthesized() {
            while !inside.isAtEnd, let column = inside.identifier() {
                type.attributes.append(
                    Column(name: column, type: TypeNames.read(&inside, postgresql: isPostgreSQL) ?? ""))
                while !inside.isAtEnd, inside.kind() != .comma { inside.skip() }
                _ = inside.accept(.comma)
            }
        } else {
            report(.ignoredObject, name.description, line, "It is a type of another kind.")
            return true
        }
        types[name] = type
        return true
    }

    mutating func readAlterType(_ cursor: inout TokenCursor) -> Bool {
        guard let name = name(&cursor), cursor.accept("add value") else { return true }
        _ = cursor.accept("if not exists")
        guard let label = cursor.string(), var type = types[name], !type.labels.contains(label) else { return true }
        var place = type.labels.count
        if cursor.accept("before"), let other = cursor.string() {
            place = type.labels.firstIndex(of: other) ?? place
        } else if cursor.accept("after"), let other = cursor.string() {
            place = type.labels.firstIndex(of: other).map { $0 + 1 } ?? place
        }
        type.labels.insert(label, at: place)
        types[name] = type
        return true
    }

    private mutating func readDomain(_ cursor: inout TokenCursor) -> Bool {
        guard let name = name(&cursor) else { return false }
        _ = cursor.accept("as")
        var domain = UserType(name: name, kind: .domain)
        domain.baseType = TypeNames.read(&cursor, postgresql: isPostgreSQL)
        while !cursor.isAtEnd {
            if cursor.accept("not null") {
                domain.notNull = true
            } else if cursor.accept("default") {
                domain.defaultExpression = cursor.expression {
                    [.not, .null, .check, .constraint, .collate].contains($0.keyword())
                }
            } else if cursor.accept("check"), let inside = cursor.parenthesized() {
                domain.checks.append("CHECK (\(inside.rest()))")
            } else {
                cursor.skip()
            }
        }
        types[name] = domain
        return true
    }

    // MARK: What hangs on tables

    private mutating func readTrigger(_ cursor: inout TokenCursor, _ definition: String) -> Bool {
        _ = cursor.accept("if not exists")
        guard let name = cursor.nameParts()?.last else { return false }
        while !cursor.isAtEnd, cursor.keyword() != .on { cursor.skip() }
        guard cursor.accept("on") else { return true }
        guard let table = knownTable(&cursor) else { return true }
        tables[table]?.triggers.removeAll { $0.name == name }
        tables[table]?.triggers.append(Trigger(name: name, definition: definition))
        return true
    }

    private mutating func readRule(_ cursor: inout TokenCursor) -> Bool {
        while !cursor.isAtEnd, !cursor.accept("to") { cursor.skip() }
        if let table = knownTable(&cursor) { tables[table]?.hasRules = true }
        return true
    }

    /// A policy alone does nothing until row security is switched on, but somebody meant it.
    private mutating func readPolicy(_ cursor: inout TokenCursor) -> Bool {
        report(.ignoredObject, "", cursor.line, "It is a policy.")
        return true
    }

    // MARK: Comments

    /// COMMENT ON .. IS ..
    mutating func readComment(_ cursor: inout TokenCursor) -> Bool {
        cursor.position += 1
        guard cursor.accept("on") else { return true }
        _ = cursor.accept("materialized") || cursor.accept("foreign")
        let kind = cursor.text().lowercased()
        cursor.position += 1
        let line = cursor.line
        guard let parts = cursor.nameParts() else { return kind != "table" && kind != "column" }
        let arguments = cursor.kind() == .leftParen ? argumentTypes(&cursor) : nil
        while !cursor.isAtEnd, !cursor.accept("is") { cursor.skip() }
        let text = cursor.string()
        switch kind {
        case "table", "view":
            let name = qualified(parts)
            if tables[name] == nil { report(.unknownTable, name.description, line, "It has a comment.") }
            tables[name]?.comment = text
        case "column":
            guard parts.count >= 2 else { return false }
            let name = qualified(parts.dropLast())
            guard var table = tables[name] else {
                report(.unknownTable, name.description, line, "Its column has a comment.")
                return true
            }
            change(&table, parts[parts.count - 1]) { $0.comment = text }
            tables[name] = table
        case "type", "domain": types[qualified(parts)]?.comment = text
        case "function", "procedure", "routine": commentRoutine(qualified(parts), arguments, text)
        default: break
        }
        return true
    }

    private mutating func commentRoutine(_ name: QualifiedName, _ arguments: [String]?, _ text: String?) {
        let overloads = routines.filter { $0.value.name == name }
        let exact = overloads.filter { entry in
            arguments == entry.value.parameters.filter { $0.mode != .out && $0.mode != .table }.map(\.type)
        }
        for key in (exact.isEmpty && overloads.count == 1 ? overloads : exact).keys { routines[key]?.comment = text }
    }

    private mutating func argumentTypes(_ cursor: inout TokenCursor) -> [String] {
        guard var inside = cursor.parenthesized() else { return [] }
        return readParameters(&inside).filter { $0.mode != .out }.map(\.type)
    }
}
