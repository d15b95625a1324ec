import Steps
import Tokens
import Types

extension DialectRewriter {
    /// A call of one of PostgreSQL's functions with FILTER and OVER behind it.
    func call(_ name: String, _ start: Int, _ scope: QueryScope) throws(Untranslatable) -> (text: String, end: Int) {
        let open = start + 1
        let inside = source.inside(open)
        let close = source.closing(of: open)
        let end = PrimaryReader(source: source).endOfTail(close + 1)
        var writer = Writer(source: source)
        try write(close + 1..<end, scope, &writer)
        let tail = writer.text.isEmpty ? "" : " " + writer.text
        switch name {
        case "cast":
            guard let word = source.firstTopLevel(in: inside, where: { source.keyword($0) == .as }) else { break }
            let value = inside.lowerBound..<word
            let type = source.text(word + 1..<inside.upperBound)
            return (try cast(try text(value, scope), of: value, to: type, scope), end)
        case "sum":
            if let text = try exactSum(inside, tail, scope) { return (text, end) }
        case "round", "trunc":
            if let text = try rounded(name, inside, scope) { return (text, end) }
        case "coalesce", "greatest", "least": return (source.text(start) + "(" + (try unified(inside, scope)) + ")", end)
        case "extract": return (try extract(inside, scope), end)
        case "to_char": return (try formatted(inside, scope), end)
        case "format": return (try message(inside, scope), end)
        case "make_interval": return (try interval(inside, scope), end)
        case "row", "substring", "overlay", "array":
            if name == "array", startsQuery(open) { return ("array(" + (try query(inside, scope)) + ")", end) }
            if name == "substring", inside.contains(where: { source.keyword($0) == .similar }) { break }
            return ("\(name)(" + (try text(inside, scope)) + ")", end)
        case "jsonb_agg", "json_agg": return (try jsonList(inside, tail, scope), end)
        case "jsonb_build_object", "json_build_object": return (try jsonObject(inside, scope), end)
        case "jsonb_array_length", "json_array_length":
            return ("cast(json_array_length(" + (try text(inside, scope)) + ") as integer)", end)
        default: break
        }
        if rules.sameFunctions.contains(name) {
            // `count(*)`, `string_agg(x, ',' order by y)`: words inside stay as they are.
            return (source.text(start) + "(" + (try text(inside, scope)) + ")" + tail, end)
        }
        return (try byRule(name, inside, tail, scope), end)
    }

    private func byRule(
        _ name: String, _ inside: Range<Int>, _ tail: String, _ scope: QueryScope
    ) throws(Untranslatable) -> String {
        let arguments = inside.isEmpty ? [] : source.splitAtCommas(inside)
        let candidates = (rules.functions[name] ?? []).filter { $0.arguments.count == arguments.count }
        guard !candidates.isEmpty else {
            throw Untranslatable("the function \(name)() has no equal in \(rules.target) that was tried")
        }
        let families = arguments.map { range -> TypeFamily? in
            let bare = source.keyword(range.lowerBound) == .distinct ? range.lowerBound + 1..<range.upperBound : range
            return columns.family(of: bare, in: scope)
        }
        var isUncertain = false
        for rule in candidates {
            var fits = true
            for (wanted, given) in zip(rule.arguments, families) {
                guard let wanted else { continue }
                if let given, wanted.contains(given.rawValue) { continue }
                if given == nil { isUncertain = true }
                fits = false
            }
            guard fits else { continue }
            var texts: [String] = []
            for (position, range) in arguments.enumerated() {
                let isPattern = name == "regexp_replace" && position == 1
                if name == "regexp_replace", position == 2, source.text(range).contains("\\&") {
                    throw Untranslatable("regexp_replace() with \\& in the new text")
                }
                texts.append(
                    isPattern ? try pattern(source.text(range), picksText: true) : try text(range, scope))
            }
            return Self.filled(rule, texts, tail)
        }
        throw Untranslatable(
            isUncertain
                ? "the types of the arguments of \(name)() are not known: \(excerpt(inside))"
                : "the function \(name)() has no equal for these types in \(rules.target): \(excerpt(inside))")
    }

    private static func filled(_ rule: DialectRules.FunctionRule, _ arguments: [String], _ tail: String) -> String {
        var result = rule.takesTail ? rule.replacement.replacing("$tail", with: tail) : rule.replacement + tail
        // From the last one on, so that $1 is not found in $10.
        for (position, argument) in arguments.enumerated().reversed() {
            result = result.replacing("$\(position + 1)", with: argument)
        }
        return result
    }

    /// EXTRACT: a number without a type modifier in PostgreSQL.
    private func extract(_ inside: Range<Int>, _ scope: QueryScope) throws(Untranslatable) -> String {
        guard let word = source.firstTopLevel(in: inside, where: { source.keyword($0) == .from }),
            word == inside.lowerBound + 1
        else { throw Untranslatable("EXTRACT that cannot be made out: \(excerpt(inside))") }
        var field = source.text(inside.lowerBound).lowercased()
        if source.kind(inside.lowerBound) == .string { field = String(field.dropFirst().dropLast()) }
        let value = word + 1..<inside.upperBound
        let family = columns.family(of: value, in: scope)
        guard let family, [.date, .timestamp, .timestamptz, .interval].contains(family) else {
            throw Untranslatable("EXTRACT from \(excerpt(value)), whose type is not known or has no equal")
        }
        let call = "extract(\(field) from \(try text(value, scope)))"
        if rules.wholeFields.contains(field) { return call }
        guard rules.secondFields.contains(field) else {
            throw Untranslatable("EXTRACT(\(field)) has no equal in \(rules.target) that was tried")
        }
        if field == "second" {
            return "cast(extract(microseconds from \(try text(value, scope))) as decimal(18, 0)) * 0.000001"
        }
        return "cast(\(call) as decimal(38, 6))"
    }

    /// `to_char(date, 'YYYY-MM')`.
    private func formatted(_ inside: Range<Int>, _ scope: QueryScope) throws(Untranslatable) -> String {
        let arguments = source.splitAtCommas(inside)
        guard arguments.count == 2, arguments[1].count == 1, source.kind(arguments[1].lowerBound) == .string,
            let family = columns.family(of: arguments[0], in: scope),
            [.date, .timestamp, .timestamptz].contains(family)
        else {
            throw Untranslatable("to_char() of anything but a date with a written format: \(excerpt(inside))")
        }
        var format = source.text(arguments[1].lowerBound).dropFirst().dropLast()
        var result = ""
        while let first = format.first {
            if let match = rules.formats.first(where: { format.hasPrefix($0.piece) }) {
                result += match.code
                format = format.dropFirst(match.piece.count)
            } else if first == "\"", let close = format.dropFirst().firstIndex(of: "\"") {
                // A text to be taken as it is.
                result += format[format.index(after: format.startIndex)..<close].replacing("%", with: "%%")
                format = format[format.index(after: close)...]
            } else if "-/.: _".contains(first) {
                result.append(first)
                format = format.dropFirst()
            } else {
                throw Untranslatable("to_char() with the format \(source.text(arguments[1].lowerBound))")
            }
        }
        return "strftime(\(try text(arguments[0], scope)), '\(result)')"
    }

    /// `format('%s of %s', a, b)`: NULL is nothing, as in CONCAT.
    private func message(_ inside: Range<Int>, _ scope: QueryScope) throws(Untranslatable) -> String {
        let arguments = source.splitAtCommas(inside)
        guard let first = arguments.first, first.count == 1, source.text(first.lowerBound).hasPrefix("'") else {
            throw Untranslatable("format() of a text that is not written down")
        }
        var rest = source.text(first.lowerBound).dropFirst().dropLast()
        var pieces: [String] = []
        var literal = ""
        var next = 1
        func flush() { if !literal.isEmpty { pieces.append("'\(literal)'") } }
        while let character = rest.first {
            guard character == "%" else {
                literal.append(character)
                rest = rest.dropFirst()
                continue
            }
            if rest.hasPrefix("%%") {
                literal.append("%")
            } else if rest.hasPrefix("%s"), next < arguments.count {
                try checkPrinted(arguments[next], scope)
                flush()
                literal = ""
                pieces.append(try text(arguments[next], scope))
                next += 1
            } else {
                throw Untranslatable("format() with \(rest.prefix(3))")
            }
            rest = rest.dropFirst(2)
        }
        flush()
        return pieces.isEmpty ? "''" : "concat(\(pieces.joined(separator: ", ")))"
    }

    /// `make_interval(days => n)`.
    private func interval(_ inside: Range<Int>, _ scope: QueryScope) throws(Untranslatable) -> String {
        let units = [
            "years": "to_years", "months": "to_months", "weeks": "to_weeks", "days": "to_days", "hours": "to_hours",
            "mins": "to_minutes",
        ]
        var parts: [String] = []
        for piece in source.splitAtCommas(inside) {
            guard piece.count > 2, source.text(piece.lowerBound + 1) == "=>" || source.text(piece.lowerBound + 1) == ":=",
                let unit = units[source.name(piece.lowerBound)]
            else { throw Untranslatable("make_interval(\(excerpt(inside)))") }
            let value = try text(piece.lowerBound + 2..<piece.upperBound, scope)
            parts.append("\(unit)(cast(\(value) as integer))")
        }
        return parts.count == 1 ? parts[0] : "(\(parts.joined(separator: " + ")))"
    }

    // MARK: JSON

    /// `jsonb_agg(value order by ..)`.
    private func jsonList(
        _ inside: Range<Int>, _ tail: String, _ scope: QueryScope
    ) throws(Untranslatable) -> String {
        // A whole row: its name in the target.
        if inside.count >= 3, source.isName(inside.lowerBound), source.kind(inside.lowerBound + 1) == .dot,
            source.text(inside.lowerBound + 2) == "*"
        {
            let rest = try text(inside.lowerBound + 3..<inside.upperBound, scope)
            let row = source.text(inside.lowerBound) + (rest.isEmpty ? "" : " " + rest)
            return "to_json(array_agg(\(row))\(tail))"
        }
        return "to_json(array_agg(\(try text(inside, scope)))\(tail))"
    }

    /// `jsonb_build_object('a', x)`: keys in order; values whose JSON is the same in both.
    private func jsonObject(_ inside: Range<Int>, _ scope: QueryScope) throws(Untranslatable) -> String {
        let arguments = inside.isEmpty ? [] : source.splitAtCommas(inside)
        guard arguments.count.isMultiple(of: 2) else { throw Untranslatable("jsonb_build_object() without pairs") }
        var texts: [String] = []
        for (position, range) in arguments.enumerated() {
            if position.isMultiple(of: 2) {
                guard range.count == 1, source.kind(range.lowerBound) == .string else {
                    throw Untranslatable("a key of jsonb_build_object() that is no literal")
                }
            } else {
                switch columns.family(of: range, in: scope) {
                case .int, .text, .boolean, .date, .numeric, .json: break
                default: throw Untranslatable("the JSON of \(excerpt(range)) may differ in \(rules.target)")
                }
            }
            texts.append(try text(range, scope))
        }
        return "json_object(\(texts.joined(separator: ", ")))"
    }
}
