import Tokens

// CREATE PROCEDURE and CREATE FUNCTION: what is common to all dialects.
extension FileCatalog {
    mutating func readRoutine(_ statement: FileStatement, _ heading: RoutineHeading, _ tokens: SignificantTokens) {
        let start = statement.range.lowerBound
        var cursor = TokenCursor(tokens, heading.name..<statement.range.upperBound, folding: profile.folding)
        let line = tokens.line(start)
        guard let name = name(&cursor) else {
            return report(.unreadStatement, "", line, "A routine without a name.")
        }
        if statement.isUnclosed { report(.unclosedRoutine, name.description, line, "") }
        switch heading.object {
        case .packageBody: return readPackageBody(name, statement, heading, tokens)
        case .package: return
        case .trigger:
            while !cursor.isAtEnd, cursor.keyword() != .on { cursor.skip() }
            guard cursor.accept("on"), let table = knownTable(&cursor) else { return }
            let trigger = Trigger(name: name.name, definition: text(statement, tokens))
            tables[table]?.triggers.append(trigger)
            return
        case .view, .procedure, .function: break
        }
        var routine = Routine(
            name: name, kind: heading.object == .function ? .function : .procedure, language: profile.name)
        routine.definition = text(statement, tokens)
        routine.headerComment = headerComment(start, tokens)
        let bodyStart: Int
        if isPostgreSQL {
            routine.language = "sql"
            bodyStart = readPostgreSQLRoutine(&cursor, &routine)
        } else {
            bodyStart = readOtherRoutine(&cursor, &routine, heading, statement)
        }
        let first = Int(tokens[start].start)
        routine.bodyLineOffset = tokens.source.line(ofByte: bodyStart) - tokens.source.line(ofByte: first)
        keep(routine, line)
    }

    /// The later definition wins, as CREATE OR REPLACE would have it.
    mutating func keep(_ routine: Routine, _ line: Int) {
        let key = isPostgreSQL ? routine.signature : routine.name.description
        if let old = routines[key], old.definition != routine.definition {
            report(.replacedObject, routine.name.description, line, "")
        }
        routines[key] = routine
    }

    /// The comments between a statement and the one before, from the last blank line on that stands between them.
    func headerComment(_ start: Int, _ tokens: SignificantTokens) -> String? {
        let source = tokens.source
        let previous = start > 0 ? tokens.positions[start - 1] : -1
        let previousLine = previous >= 0 ? source.line(ofByte: Int(source.tokens[previous].end) - 1) : 0
        var first: Int?
        var last: Int?
        var index = tokens.positions[start] - 1
        while index > previous {
            let token = source.tokens[index]
            if token.kind == .whitespace {
                let feeds = source.bytes[Int(token.start)..<Int(token.end)].count { $0 == 0x0A }
                // One blank line may stand above CREATE; inside the block it ends it. A line comment's own line end
                // is part of the blanks that follow it.
                if feeds > 1, last != nil { break }
            } else if source.line(ofByte: Int(token.start)) > previousLine {
                first = index
                if last == nil { last = index }
            } else {
                break
            }
            index -= 1
        }
        guard let first, let last else { return nil }
        return source.text(first..<last + 1)
    }

    // MARK: Parameters

    private static let modes: [String: Parameter.Mode] = [
        "in": .in, "out": .out, "inout": .inout, "variadic": .variadic,
    ]

    /// The parameters in a list, names and modes in either order.
    mutating func readParameters(_ inside: inout TokenCursor) -> [Parameter] {
        var parameters: [Parameter] = []
        while !inside.isAtEnd {
            let start = inside.position
            if let parameter = readParameter(&inside) { parameters.append(parameter) }
            while !inside.isAtEnd, inside.kind() != .comma { inside.skip() }
            _ = inside.accept(.comma)
            if inside.position == start { inside.skip() }
        }
        return parameters
    }

    /// One parameter, without the comma behind it.
    mutating func readParameter(_ cursor: inout TokenCursor) -> Parameter? {
        var mode = acceptMode(&cursor)
        var name = ""
        if cursor.kind() == .parameter {
            name = cursor.text()
            cursor.position += 1
            _ = cursor.accept("as")
        } else if hasName(cursor) {
            name = cursor.identifier() ?? ""
        }
        mode = mode ?? acceptMode(&cursor)
        _ = cursor.accept("nocopy")
        guard let type = TypeNames.read(&cursor, postgresql: isPostgreSQL) else { return nil }
        var parameter = Parameter(name: name, mode: mode ?? .in, type: type)
        while !cursor.isAtEnd, cursor.kind() != .comma {
            if cursor.accept("default") || cursor.acceptOperator("=") || cursor.acceptOperator(":=") {
                parameter.defaultExpression = cursor.expression { cursor in
                    cursor.kind() == .comma
                        || ["out", "output", "readonly", "as", "with"].contains { cursor.isWord($0) }
                }
            } else if cursor.accept("output") || cursor.accept("out") {
                // T-SQL's OUTPUT parameters take a value in as well.
                parameter.mode = .inout
            } else if cursor.accept("readonly") || cursor.accept("varying") || cursor.accept("not null")
                || cursor.accept("null")
            {
                continue
            } else {
                break
            }
        }
        return parameter
    }

    private func acceptMode(_ cursor: inout TokenCursor) -> Parameter.Mode? {
        if cursor.accept("in out") { return .inout }
        guard cursor.kind() == .word, let mode = Self.modes[cursor.text().lowercased()] else { return nil }
        cursor.position += 1
        return mode
    }

    /// Whether a name stands before the type: one more word follows it that does not carry the type on.
    private func hasName(_ cursor: TokenCursor) -> Bool {
        guard cursor.kind() == .word || cursor.kind() == .quotedIdentifier else { return false }
        switch cursor.kind(1) {
        case .quotedIdentifier: return true
        case .word:
            var type = cursor
            guard TypeNames.read(&type, postgresql: isPostgreSQL) != nil else { return false }
            // `double precision` is a type alone; `a double precision` is not.
            return type.position == cursor.position + 1 && !cursor.isWord("default", 1)
        default: return false
        }
    }
}
