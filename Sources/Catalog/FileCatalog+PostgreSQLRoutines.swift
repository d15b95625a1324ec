import Tokens

// PostgreSQL's routines: every clause between the name and the end, in any order.
extension FileCatalog {
    /// Reads parameters and clauses into a routine; returns the byte at which its body starts.
    mutating func readPostgreSQLRoutine(_ cursor: inout TokenCursor, _ routine: inout Routine) -> Int {
        let tokens = cursor.tokens
        let name = routine.name.description
        if var inside = cursor.parenthesized() {
            routine.parameters = readParameters(&inside)
        } else {
            report(.unreadRoutinePart, name, cursor.line, "There is no list of parameters.")
        }
        var bodyStart = Int(tokens[max(cursor.end - 1, 0)].end)
        var hasBody = false
        while !cursor.isAtEnd {
            if cursor.accept("returns") {
                readReturns(&cursor, &routine)
            } else if cursor.accept("language") {
                routine.language = (cursor.string() ?? cursor.identifier() ?? "").lowercased()
            } else if cursor.accept("as") {
                hasBody = true
                bodyStart = readStringBody(&cursor, &routine)
            } else if cursor.areWords("begin atomic") || cursor.isWord("return") {
                hasBody = true
                bodyStart = Int(tokens[cursor.position].start)
                routine.body = tokens.text(cursor.position..<cursor.end)
                cursor.position = cursor.end
            } else if !readAttribute(&cursor, &routine) {
                report(.unreadRoutinePart, name, cursor.line, "The clause at \(cursor.text().prefix(40)) is left out.")
                cursor.skip()
            }
        }
        if !hasBody { report(.unreadRoutinePart, name, cursor.line, "There is no body.") }
        finishReturns(&routine)
        return bodyStart
    }

    private mutating func readReturns(_ cursor: inout TokenCursor, _ routine: inout Routine) {
        // `RETURNS NULL ON NULL INPUT` is STRICT, not a type.
        if cursor.accept("null on null input") {
            routine.isStrict = true
            return
        }
        if cursor.isWord("table"), cursor.kind(1) == .leftParen {
            cursor.position += 1
            guard var inside = cursor.parenthesized() else { return }
            let columns = readParameters(&inside).map { column in
                Parameter(name: column.name, mode: .table, type: column.type)
            }
            routine.parameters += columns
            routine.returnsSet = true
            let list = columns.map { "\(TypeNames.quoted($0.name)) \($0.type)" }
            routine.returnType = "TABLE(\(list.joined(separator: ", ")))"
            return
        }
        routine.returnsSet = cursor.accept("setof")
        let type = TypeNames.read(&cursor, postgresql: true)
        routine.returnType = type.map { routine.returnsSet ? "SETOF \($0)" : $0 }
    }

    /// Without RETURNS a function returns what its OUT parameters say.
    private func finishReturns(_ routine: inout Routine) {
        guard routine.kind == .function, routine.returnType == nil else { return }
        let out = routine.parameters.filter { $0.mode == .out || $0.mode == .inout }
        routine.returnType = out.count == 1 ? out[0].type : out.isEmpty ? "void" : "record"
    }

    private func readStringBody(_ cursor: inout TokenCursor, _ routine: inout Routine) -> Int {
        guard cursor.kind() == .string else { return Int(cursor.tokens[max(cursor.position - 1, 0)].end) }
        let token = cursor.tokens[cursor.position]
        let bytes = cursor.tokens.source.bytes
        // The body starts behind the opening quote or the tag's second dollar.
        var start = Int(token.start)
        let isDollar = bytes[start] == UInt8(ascii: "$")
        if isDollar { start += 1 }
        while start < Int(token.end), bytes[start] != UInt8(ascii: isDollar ? "$" : "'") { start += 1 }
        routine.body = cursor.string() ?? ""
        // AS 'file', 'symbol' of a C function.
        if cursor.accept(.comma) { _ = cursor.string() }
        return min(start + 1, Int(token.end))
    }

    private func readAttribute(_ cursor: inout TokenCursor, _ routine: inout Routine) -> Bool {
        for word in ["immutable", "stable", "volatile"] where cursor.accept(word) {
            routine.volatility = word
            return true
        }
        if cursor.accept("strict") {
            routine.isStrict = true
        } else if cursor.accept("called on null input") {
            routine.isStrict = false
        } else if cursor.accept("set") {
            readSetting(&cursor, &routine)
        } else if cursor.accept("cost") || cursor.accept("rows") || cursor.accept("parallel")
            || cursor.accept("support")
        {
            cursor.skip()
        } else if cursor.accept("transform for type") {
            cursor.skip()
        } else {
            let harmless = [
                "external security definer", "external security invoker", "security definer", "security invoker",
                "leakproof",
                "not leakproof", "window",
            ]
            return harmless.contains { cursor.accept($0) }
        }
        return true
    }

    private func readSetting(_ cursor: inout TokenCursor, _ routine: inout Routine) {
        guard let name = cursor.nameParts()?.joined(separator: ".") else { return }
        if cursor.accept("from current") { return }
        _ = cursor.accept("to") || cursor.acceptOperator("=")
        var values: [String] = []
        repeat {
            let sign = cursor.acceptOperator("-") ? "-" : ""
            values.append(cursor.string() ?? cursor.identifier() ?? sign + cursor.text())
            if cursor.kind() == .number { cursor.position += 1 }
        } while cursor.accept(.comma)
        routine.settings[name] = values.joined(separator: ", ")
    }
}
