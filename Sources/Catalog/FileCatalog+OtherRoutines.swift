import Tokens

// Routines of the dialects without a catalog reader: heading as far as it can be read, body complete.
extension FileCatalog {
    /// Reads heading and body; returns the byte at which the body starts.
    mutating func readOtherRoutine(
        _ cursor: inout TokenCursor, _ routine: inout Routine, _ heading: RoutineHeading, _ statement: FileStatement
    ) -> Int {
        let tokens = cursor.tokens
        readOtherParameters(&cursor, &routine)
        var body = heading.body.flatMap { found in
            found < statement.range.upperBound ? max(found, cursor.position) : nil
        }
        let clauses = body ?? statement.range.upperBound
        while cursor.position < clauses, !cursor.isAtEnd {
            let before = cursor.position
            if cursor.accept("returns") || body != nil && cursor.accept("return") {
                readOtherReturn(&cursor, &routine, limit: clauses)
            } else if cursor.accept("language") {
                let language = (cursor.string() ?? cursor.identifier() ?? "").lowercased()
                // LANGUAGE SQL only says that it is in the dialect itself.
                if language != "sql" { routine.language = language }
            } else if cursor.accept("comment") {
                _ = cursor.acceptOperator("=")
                routine.comment = cursor.string()
            } else if cursor.accept("deterministic") || cursor.accept("immutable") {
                routine.volatility = "immutable"
            } else if !isHarmlessClause(&cursor) {
                // MySQL's body may be one statement without BEGIN: whatever is no clause starts it.
                if body == nil, profile.name == LexicalProfile.mysql.name {
                    body = cursor.position
                    break
                }
                cursor.skip()
            }
            if cursor.position == before { cursor.skip() }
        }
        guard let body, body < statement.range.upperBound else {
            report(.unreadRoutinePart, routine.name.description, cursor.line, "There is no body.")
            return Int(tokens[statement.range.upperBound - 1].end)
        }
        return takeBody(body, &routine, statement, tokens)
    }

    private func isHarmlessClause(_ cursor: inout TokenCursor) -> Bool {
        [
            "not deterministic", "contains sql", "no sql", "reads sql data", "modifies sql data",
            "sql security definer",
            "sql security invoker", "execute as caller", "execute as owner", "called on null input", "strict",
            "language sql",
        ].contains { cursor.accept($0) }
    }

    private func takeBody(
        _ body: Int, _ routine: inout Routine, _ statement: FileStatement, _ tokens: SignificantTokens
    ) -> Int {
        if tokens.kind(body) == .string {
            // As in PostgreSQL, the body starts behind the opening quote.
            let token = tokens[body]
            let text = tokens.text(body)
            routine.body = tokens.source.unquoted(tokens.positions[body])
            let opening = text.hasPrefix("$$") ? 2 : 1
            return min(Int(token.start) + opening, Int(token.end))
        }
        // Comments between AS and the first word are the body's.
        let isBehindAs = tokens.keyword(body - 1) == .as || tokens.keyword(body - 1) == .is
        let start = Int(isBehindAs ? tokens[body - 1].end : tokens[body].start)
        routine.body = String(decoding: tokens.source.bytes[start..<max(statement.textEnd, start)], as: UTF8.self)
        return start
    }

    private mutating func readOtherParameters(_ cursor: inout TokenCursor, _ routine: inout Routine) {
        // `p;1` numbers a T-SQL procedure.
        if var inside = cursor.parenthesized() {
            routine.parameters = readParameters(&inside)
            return
        }
        while cursor.kind() == .parameter {
            if let parameter = readParameter(&cursor) { routine.parameters.append(parameter) }
            if !cursor.accept(.comma) { return }
        }
    }

    private mutating func readOtherReturn(_ cursor: inout TokenCursor, _ routine: inout Routine, limit: Int) {
        if cursor.kind() == .parameter { cursor.position += 1 }
        if cursor.isWord("table") {
            let start = cursor.position
            cursor.position += 1
            routine.returnsSet = true
            if var inside = cursor.parenthesized() {
                for column in readParameters(&inside) {
                    routine.parameters.append(Parameter(name: column.name, mode: .table, type: column.type))
                }
            }
            routine.returnType = cursor.flatText(start..<min(cursor.position, limit))
            return
        }
        routine.returnType = TypeNames.read(&cursor, postgresql: false)
    }

    // MARK: Packages

    /// Each subprogram of a package body is a routine called `PACKAGE.NAME`.
    mutating func readPackageBody(
        _ package: QualifiedName, _ statement: FileStatement, _ heading: RoutineHeading, _ tokens: SignificantTokens
    ) {
        guard var index = heading.body else {
            return report(.unreadStatement, package.description, tokens.line(heading.name), "The package has no body.")
        }
        let blocks = BlockMatcher(tokens: tokens)
        while index < statement.range.upperBound {
            let keyword = tokens.keyword(index)
            if keyword == .begin || keyword == .end { return }
            guard keyword == .procedure || keyword == .function else {
                index = tokens.next(index)
                continue
            }
            guard let end = blocks.subprogramEnd(index), let body = blocks.subprogramBody(index) else {
                report(.unclosedRoutine, package.description, tokens.line(index), "It is in a package.")
                return
            }
            if tokens.kind(body - 1) != .semicolon { readSubprogram(package, index..<end, body, tokens) }
            index = max(end, index + 1)
        }
    }

    private mutating func readSubprogram(
        _ package: QualifiedName, _ range: Range<Int>, _ body: Int, _ tokens: SignificantTokens
    ) {
        var cursor = TokenCursor(tokens, range.lowerBound + 1..<range.upperBound, folding: profile.folding)
        guard let name = cursor.identifier() else { return }
        let isFunction = tokens.keyword(range.lowerBound) == .function
        var routine = Routine(
            name: QualifiedName(package.schema, "\(package.name).\(name)"), kind: isFunction ? .function : .procedure,
            language: profile.name)
        let start = Int(tokens[range.lowerBound].start)
        let end = Int(tokens[range.upperBound - 1].end)
        readOtherParameters(&cursor, &routine)
        if cursor.accept("return") { routine.returnType = TypeNames.read(&cursor, postgresql: false) }
        let bodyStart = min(Int(tokens[body - 1].end), end)
        routine.definition = String(decoding: tokens.source.bytes[start..<end], as: UTF8.self)
        routine.body = String(decoding: tokens.source.bytes[bodyStart..<end], as: UTF8.self)
        routine.headerComment = headerComment(range.lowerBound, tokens)
        routine.bodyLineOffset = tokens.source.line(ofByte: bodyStart) - tokens.source.line(ofByte: start)
        keep(routine, tokens.line(range.lowerBound))
    }
}
