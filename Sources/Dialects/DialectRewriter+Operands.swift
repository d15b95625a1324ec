import Steps
import Tokens
import Types

extension DialectRewriter {
    /// One operand with the casts behind it.
    func primary(_ start: Int, limit: Int, _ scope: QueryScope) throws(Untranslatable) -> (text: String, end: Int) {
        let reader = PrimaryReader(source: source)
        guard reader.end(of: start, limit: limit) != nil else {
            throw Untranslatable("an expression that cannot be made out: \(excerpt(start..<min(limit, start + 8)))")
        }
        var (text, end) = try bare(start, limit: limit, scope)
        while end < limit {
            if source.kind(end) == .op, source.text(end) == "::" {
                let behind = reader.endOfType(end + 1)
                text = try cast(text, of: start..<end, to: source.text(end + 1..<behind), scope)
                end = behind
            } else if source.kind(end) == .leftBracket {
                guard columns.family(of: start..<end, in: scope) == .array else {
                    throw Untranslatable("a subscript of what may be no array: \(excerpt(start..<end))")
                }
                text += "[" + (try position(source.inside(end), scope)) + "]"
                end = source.closing(of: end) + 1
            } else if source.kind(end) == .op, ["->", "->>", "#>", "#>>"].contains(source.text(end)) {
                text = try element(text, of: start..<end, operator: end, scope)
                end += 2
            } else {
                break
            }
        }
        return (text, end)
    }

    /// A position in a list. The target counts negative ones from the end; there is nothing at them in PostgreSQL.
    private func position(_ inside: Range<Int>, _ scope: QueryScope) throws(Untranslatable) -> String {
        let text = try self.text(inside, scope)
        let isSlice = source.firstTopLevel(in: inside) { source.text($0) == ":" } != nil
        if inside.allSatisfy({ source.kind($0) == .number || isSlice && source.text($0) == ":" }) { return text }
        guard !isSlice else { throw Untranslatable("a slice with computed bounds: [\(excerpt(inside))]") }
        return "case when (\(text)) > 0 then (\(text)) end"
    }

    /// `j -> 'key'` and `j ->> 'key'`: as calls, since the target's operators bind otherwise.
    private func element(
        _ text: String, of range: Range<Int>, operator index: Int, _ scope: QueryScope
    ) throws(Untranslatable) -> String {
        let key = source.text(index + 1)
        if source.text(index).hasPrefix("#") {
            let names = key.dropFirst(2).dropLast(2).split(separator: ",", omittingEmptySubsequences: false)
            guard key.hasPrefix("'{"), key.hasSuffix("}'"), !key.contains("\""), !names.isEmpty,
                columns.family(of: range, in: scope) == .json
            else {
                throw Untranslatable("\(excerpt(range.lowerBound..<index + 2)): a path into JSON that is not plain")
            }
            let path = names.map { Int($0) == nil ? ".\"\($0)\"" : "[\($0)]" }.joined()
            return "\(source.text(index) == "#>>" ? "json_extract_string" : "json_extract")(\(text), '$\(path)')"
        }
        let isPlain = key.hasPrefix("'") && !key.contains("\"") && !key.contains("\\")
        guard columns.family(of: range, in: scope) == .json, isPlain || source.kind(index + 1) == .number else {
            throw Untranslatable("\(excerpt(range.lowerBound..<index + 2)): an element of JSON by what is no plain key")
        }
        let path = isPlain ? "'$.\"\(key.dropFirst().dropLast())\"'" : "'$[\(key)]'"
        return "\(source.text(index) == "->>" ? "json_extract_string" : "json_extract")(\(text), \(path))"
    }

    private func bare(_ start: Int, limit: Int, _ scope: QueryScope) throws(Untranslatable) -> (text: String, end: Int)
    {
        switch source.kind(start) {
        case .number:
            let text = source.text(start)
            // A number with an exponent is a float in the target.
            let isFloat = text.lowercased().contains("e") && !text.lowercased().hasPrefix("0x")
            return (isFloat ? "cast('\(text)' as \(rules.types["numeric"] ?? "numeric"))" : text, start + 1)
        case .string:
            let text = source.text(start)
            guard !text.lowercased().hasPrefix("u&"), !text.lowercased().hasPrefix("b'"),
                !text.lowercased().hasPrefix("x'")
            else { throw Untranslatable("the literal \(text)") }
            let isPattern = start > 0 && source.kind(start - 1) == .op && source.text(start - 1).contains("~")
            return (isPattern ? try pattern(text, picksText: false) : text, start + 1)
        case .leftParen:
            let end = source.closing(of: start) + 1
            if source.inside(start).count >= 3, source.text(source.closing(of: start) - 1) == "*",
                source.kind(source.closing(of: start) - 2) == .dot
            {
                throw Untranslatable("a whole row as a value: \(excerpt(start..<end))")
            }
            if startsQuery(start) { return ("(" + (try query(source.inside(start), scope)) + ")", end) }
            if source.kind(end) == .dot {
                // `(t).a` of a table is `t.a`.
                let name = source.inside(start)
                guard name.count == 1, source.isName(name.lowerBound),
                    scope.type(qualifier: source.name(name.lowerBound), column: source.name(end + 1)) != nil
                else { throw Untranslatable("a field of a row: \(excerpt(start..<end + 2))") }
                return ("\(source.text(name)).\(source.text(end + 1))", end + 2)
            }
            return ("(" + (try text(source.inside(start), scope)) + ")", end)
        default: break
        }
        let word = source.kind(start) == .word ? source.text(start).lowercased() : ""
        if source.keyword(start) == .case, let end = PrimaryReader(source: source).endOfCase(start) {
            return (try caseExpression(start, end, scope), end + 1)
        }
        if word == "array", source.kind(start + 1) == .leftBracket {
            let inside = source.inside(start + 1)
            return ("array[" + (try text(inside, scope)) + "]", source.closing(of: start + 1) + 1)
        }
        return try named(start, word, limit: limit, scope)
    }

    /// CASE; its results become one type.
    private func caseExpression(_ start: Int, _ end: Int, _ scope: QueryScope) throws(Untranslatable) -> String {
        var results: [Range<Int>] = []
        var index = start + 1
        while index < end {
            let word = source.keyword(index)
            if word == .case, let inner = PrimaryReader(source: source).endOfCase(index) {
                index = inner + 1
                continue
            }
            if word == .then || word == .else {
                var behind = index + 1
                while behind < end, ![.when, .else].contains(source.keyword(behind)) {
                    let inner = source.keyword(behind) == .case ? PrimaryReader(source: source).endOfCase(behind) : nil
                    behind = inner.map { $0 + 1 } ?? source.next(behind)
                }
                results.append(index + 1..<behind)
                index = behind
                continue
            }
            index = source.next(index)
        }
        let wide = wideProducts(results, scope)
        let label = enumType(results, scope)
        var writer = Writer(source: source)
        writer.copy(start..<start + 1)
        index = start + 1
        for (position, result) in results.enumerated() {
            try write(index..<result.lowerBound, scope, &writer)
            writer.add(try narrowed(result, wide.contains(position), label, scope), before: result.lowerBound)
            index = result.upperBound
        }
        try write(index..<end, scope, &writer)
        writer.copy(end..<end + 1)
        return writer.text
    }

    /// What begins with a name: a column, a call, a literal with its type.
    private func named(
        _ start: Int, _ word: String, limit: Int, _ scope: QueryScope
    ) throws(Untranslatable) -> (text: String, end: Int) {
        var end = start + 1
        while source.kind(end) == .dot, end + 1 < limit { end += 2 }
        if source.kind(end) == .leftParen, end < limit {
            if end == start + 1, word.isEmpty { return try call(source.name(start), start, scope) }
            guard end == start + 1, !word.isEmpty else {
                throw Untranslatable("the function \(source.text(start..<end)) is not one of PostgreSQL's own")
            }
            return try call(word, start, scope)
        }
        if source.kind(end) == .string, end == start + 1, end < limit {
            guard ["date", "timestamp", "timestamptz", "interval", "time"].contains(word),
                source.text(end + 1).lowercased().prefix(4) != "year", word != "interval" || isPlainInterval(end)
            else { throw Untranslatable("the literal \(excerpt(start..<end + 1))") }
            return (source.text(start..<end + 1), end + 1)
        }
        let nameless: Set<String> = [
            "current_user", "session_user", "user", "current_role", "current_catalog", "current_schema", "ctid", "xmin",
            "tableoid", "localtime", "current_time", "current_date", "current_timestamp", "localtimestamp",
        ]
        if nameless.contains(word), end == start + 1, scope.type(qualifier: nil, column: word) == nil {
            if let call = rules.names[word] { return (call, end) }
            throw Untranslatable("\(word) has no equal in \(rules.target)")
        }
        if source.kind(end) == .word, source.text(end).lowercased() == "with", source.kind(end + 3) == .string {
            return (source.text(start..<end + 4), end + 4)
        }
        guard (start..<end).contains(where: { source.kind($0) == .word && rules.reserved.contains(source.name($0)) })
        else {
            return (source.text(start..<end), end)
        }
        let parts = (start..<end).map { index in
            let isReserved = source.kind(index) == .word && rules.reserved.contains(source.name(index))
            return isReserved ? "\"\(source.name(index))\"" : source.text(index)
        }
        return (parts.joined(), end)
    }

    /// A regular expression. PostgreSQL takes the longest match and the target the first one: where a part of the text is
    /// picked, the two must not be able to differ.
    func pattern(_ text: String, picksText: Bool) throws(Untranslatable) -> String {
        guard text.hasPrefix("'") || text.lowercased().hasPrefix("e'") else {
            throw Untranslatable("a regular expression that is not written down")
        }
        let special = ["\\m", "\\M", "\\A", "\\Z", "[[:<", "[[:>", "(?=", "(?!", "(?<", "***", "[.", "[=", "'(?"]
        let choices = picksText ? ["|", "*?", "+?", "??", "}?"] : []
        if let found = (special + choices).first(where: { text.contains($0) }) {
            throw Untranslatable("the regular expression \(text), in which \(found) means something else")
        }
        return text.replacing("\\y", with: "\\b").replacing("\\Y", with: "\\B")
    }

    /// `'1 day'`, `'2 months'`: one number and one unit read alike.
    private func isPlainInterval(_ index: Int) -> Bool {
        let parts = source.text(index).dropFirst().dropLast().split(separator: " ")
        let units: Set<String> = [
            "microsecond", "millisecond", "second", "minute", "hour", "day", "week", "month", "year",
        ]
        guard parts.count == 2, Int(parts[0]) != nil else { return false }
        let unit = parts[1].lowercased()
        return units.contains(unit) || unit.hasSuffix("s") && units.contains(String(unit.dropLast()))
    }

    // MARK: casts

    /// `text::type` as the target says it.
    func cast(
        _ text: String, of range: Range<Int>, to written: String, _ scope: QueryScope
    ) throws(Untranslatable) -> String {
        let type = types.underDomains(TypeName.normalized(written))
        let from = columns.type(of: range, in: scope)
        if types.family(type) == .array {
            let spelled = try types.spelled(type)
            if self.source.text(range).lowercased().filter({ !$0.isWhitespace }) == "array[]" {
                return "cast([] as \(spelled))"
            }
            // PostgreSQL's notation of an array.
            if range.count == 1, self.source.kind(range.lowerBound) == .string, text.hasPrefix("'{"),
                !text.contains("\"")
            {
                let list = text.replacing("{", with: "[").replacing("}", with: "]")
                return "cast(\(list) as \(spelled))"
            }
        }
        guard let target = types.family(type), let source = types.family(from) else {
            throw Untranslatable("the type of \(excerpt(range)), which is cast to \(type), is not known")
        }
        let spelled = try types.spelled(type)
        // A parameter's digits are those that were given.
        if source == .numeric, target == .text, TypeName.length(type) == nil, isParameter(range) {
            return "\(text)\(TemplateRewriter.textMark)"
        }
        // The only text of a number that does not depend on how it came about.
        if target == .text, TypeName.length(type) == nil, let value = trimmed(range) {
            return "numeric_text(\(try self.text(value, scope)))"
        }
        switch (source, target) {
        case (.json, .json): return text
        case (.date, .text) where !types.printsISODates, (.timestamp, .text) where !types.printsISODates:
            throw Untranslatable("\(excerpt(range)), cast to \(type), gives another text than the source's DateStyle")
        case (.float, .int): return "cast(round_even(\(text), 0) as \(spelled))"
        case (.float, .text), (.interval, .text), (.json, .text), (.array, .text), (.text, .array),
            (.timestamptz, .text),
            (.other, _), (_, .other), (.json, _):
            if source == .text || text.lowercased() == "null" { break }
            throw Untranslatable("the cast of \(excerpt(range)) to \(type) gives another text in \(rules.target)")
        case (.numeric, .text)
        where TypeName.base(from ?? "") == from && !isRounded(range) && !isWhole(range, scope):
            throw Untranslatable("the digits of \(excerpt(range)), cast to \(type), differ in \(rules.target)")
        case (.numeric, .float) where TypeName.base(from ?? "") == from && !isExact(range, scope):
            throw Untranslatable("\(excerpt(range)), cast to \(type), would lose digits on the way in \(rules.target)")
        case (.numeric, .numeric) where TypeName.base(type) == type:
            // It keeps all of its digits.
            return text
        case (.int, .numeric) where TypeName.base(type) == type: return "cast(\(text) as decimal(19, 0))"
        default: break
        }
        let plain = "cast(\(text) as \(spelled))"
        guard target == .text, let length = TypeName.length(type) else {
            return TypeName.base(type) == "bpchar" ? "rtrim(\(plain), ' ')" : plain
        }
        // The target keeps no lengths: a cast cuts, and `character` ends with its last letter.
        let cut = "left(\(plain), \(length))"
        return TypeName.base(type) == "character" ? "rtrim(\(cut), ' ')" : cut
    }

    /// What `trim_scale(..)`, as a whole, is called with.
    private func trimmed(_ range: Range<Int>) -> Range<Int>? {
        let open = range.lowerBound + 1
        guard source.name(range.lowerBound) == "trim_scale", source.kind(open) == .leftParen,
            source.closing(of: open) == range.upperBound - 1
        else { return nil }
        return source.inside(open)
    }

    private func isParameter(_ range: Range<Int>) -> Bool {
        range.count == 1 && source.text(range).wholeMatch(of: /p2dhole[0-9]+/) != nil
    }

    /// `round(x, 2)`: as many digits in both.
    func isRounded(_ range: Range<Int>) -> Bool {
        ["round", "trunc"].contains(source.text(range.lowerBound).lowercased())
            && source.kind(range.lowerBound + 1) == .leftParen
            && source.closing(of: range.lowerBound + 1) == range.upperBound - 1
            && source.splitAtCommas(source.inside(range.lowerBound + 1)).count == 2
    }
}
