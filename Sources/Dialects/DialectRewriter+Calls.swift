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
        let tail = try self.tail(close + 1..<end, scope)
        if let star = source.firstTopLevel(
            in: inside, where: { source.kind($0) == .dot && source.text($0 + 1) == "*" }),
            !["jsonb_agg", "json_agg"].contains(name)
        {
            throw Untranslatable("a whole row as a value: \(excerpt(start..<star + 2))")
        }
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
        case "coalesce", "greatest", "least":
            return (source.text(start) + "(" + (try unified(inside, scope)) + ")", end)
        case "concat", "concat_ws":
            for argument in source.splitAtCommas(inside) { try checkPrinted(argument, scope) }
            return ("\(name)(" + (try text(inside, scope)) + ")", end)
        case "trim_scale": return (try text(inside, scope), end)
        case "extract": return (try extract(inside, scope), end)
        case "to_char": return (try formatted(inside, scope), end)
        case "format": return (try message(inside, scope), end)
        case "date_part": return (try datePart(inside, scope), end)
        case "date_trunc": try checkTruncation(inside)
        case "substr": return (try part(inside, scope), end)
        case "generate_series":
            try checkSeries(inside, scope)
            return ("unnest(generate_series(" + (try text(inside, scope)) + "))", end)
        case "make_interval": return (try interval(inside, scope), end)
        case "to_date", "to_timestamp":
            if let text = try read(name, inside, scope) { return (text, end) }
        case "array_to_string":
            if let text = try joined(inside, scope) { return (text, end) }
        case "array_agg", "string_agg":
            return (source.text(start) + "(" + (try aggregated(inside, scope)) + ")" + tail, end)
        case "row_number" where source.text(close + 1..<end).filter({ !$0.isWhitespace }).lowercased() == "over()":
            if let order = try inheritedOrder(scope) { return ("row_number() over (order by \(order))", end) }
        case "row", "substring", "overlay", "array":
            if name == "substring", let from = source.firstTopLevel(in: inside, where: { source.keyword($0) == .from }),
                source.kind(from + 1) == .string
            {
                let value = try text(inside.lowerBound..<from, scope)
                return (try picked(value, from + 1..<inside.upperBound, scope), end)
            }
            if name == "array", startsQuery(open) { return ("array(" + (try query(inside, scope)) + ")", end) }
            if name == "substring" { return (try part(inside, scope), end) }
            return ("\(name)(" + (try text(inside, scope)) + ")", end)
        case "jsonb_agg", "json_agg": return (try jsonList(inside, tail, scope), end)
        case "jsonb_build_object", "json_build_object": return (try jsonObject(inside, scope), end)
        case "to_jsonb", "to_json", "row_to_json": return (try jsonValue(inside, scope), end)
        case "jsonb_array_length", "json_array_length":
            return ("cast(json_array_length(" + (try text(inside, scope)) + ") as integer)", end)
        default: break
        }
        if ["octet_length", "bit_length"].contains(name), isPadded(columns.type(of: inside, in: scope)) {
            throw Untranslatable("\(name)() of a character(n), whose blanks count in PostgreSQL")
        }
        if rules.sameFunctions.contains(name) {
            // `count(*)`, `string_agg(x, ',' order by y)`: words inside stay as they are.
            return (source.text(start) + "(" + (try text(inside, scope)) + ")" + tail, end)
        }
        return (try byRule(name, inside, tail, scope), end)
    }

    /// WITHIN GROUP, FILTER and OVER.
    private func tail(_ range: Range<Int>, _ scope: QueryScope) throws(Untranslatable) -> String {
        var result = ""
        var index = range.lowerBound
        while index < range.upperBound {
            if source.kind(index) == .leftParen {
                result += " (" + (try text(source.inside(index), scope)) + ")"
                index = source.closing(of: index) + 1
            } else {
                result += " " + source.text(index)
                index += 1
            }
        }
        return result
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
        return try self.field(field, of: value, scope)
    }

    private func field(_ field: String, of value: Range<Int>, _ scope: QueryScope) throws(Untranslatable) -> String {
        let call = "extract(\(field) from \(try text(value, scope)))"
        if rules.wholeFields.contains(field) { return call }
        guard rules.secondFields.contains(field) else {
            throw Untranslatable("EXTRACT(\(field)) has no equal in \(rules.target) that was tried")
        }
        if field == "second" {
            return "(cast(extract(microseconds from \(try text(value, scope))) as decimal(18, 0)) * 0.000001)"
        }
        return "cast(\(call) as decimal(38, 6))"
    }

    /// `date_part('year', d)`: the same as a float.
    private func datePart(_ inside: Range<Int>, _ scope: QueryScope) throws(Untranslatable) -> String {
        let arguments = source.splitAtCommas(inside)
        guard arguments.count == 2, arguments[0].count == 1, source.kind(arguments[0].lowerBound) == .string,
            let family = columns.family(of: arguments[1], in: scope),
            [.date, .timestamp, .timestamptz, .interval].contains(family)
        else { throw Untranslatable("date_part(\(excerpt(inside)))") }
        let name = source.text(arguments[0].lowerBound).dropFirst().dropLast().lowercased()
        return "cast(\(try field(name, of: arguments[1], scope)) as double)"
    }

    private func checkTruncation(_ inside: Range<Int>) throws(Untranslatable) {
        let field = source.text(source.splitAtCommas(inside).first ?? inside)
        guard field.hasPrefix("'"), rules.truncations.contains(field.dropFirst().dropLast().lowercased()) else {
            throw Untranslatable("date_trunc() to \(field) has no equal in \(rules.target) that was tried")
        }
    }

    /// The target's series are of whole numbers, or of times.
    func checkSeries(_ inside: Range<Int>, _ scope: QueryScope) throws(Untranslatable) {
        for argument in source.splitAtCommas(inside) {
            let family = columns.family(of: argument, in: scope)
            if family == .numeric || family == .float {
                throw Untranslatable("generate_series() with numbers that are not whole: \(excerpt(inside))")
            }
        }
    }
}
