import Steps
import Tokens

/// Texts of dates and numbers, and back.
extension DialectRewriter {
    /// `to_char(date, 'YYYY-MM')`.
    func formatted(_ inside: Range<Int>, _ scope: QueryScope) throws(Untranslatable) -> String {
        let arguments = source.splitAtCommas(inside)
        if let text = try formattedNumber(arguments, scope) { return text }
        guard arguments.count == 2, arguments[1].count == 1, source.kind(arguments[1].lowerBound) == .string,
            let family = columns.family(of: arguments[0], in: scope),
            [.date, .timestamp, .timestamptz].contains(family)
        else {
            throw Untranslatable("to_char() of anything but a date with a written format: \(excerpt(inside))")
        }
        try checkFormat(arguments[1])
        let value = try text(arguments[0], scope)
        var format = source.text(arguments[1].lowerBound).dropFirst().dropLast()
        var pieces: [String] = []
        var result = ""
        while let first = format.first {
            if let match = rules.formats.first(where: { format.hasPrefix($0.piece) }) {
                result += match.code
                format = format.dropFirst(match.piece.count)
            } else if first == "Q" {
                // The quarter has no letter.
                if !result.isEmpty { pieces.append("strftime(\(value), '\(result)')") }
                result = ""
                pieces.append("cast(extract(quarter from \(value)) as varchar)")
                format = format.dropFirst()
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
        if !result.isEmpty || pieces.isEmpty { pieces.append("strftime(\(value), '\(result)')") }
        return pieces.count == 1 ? pieces[0] : "(\(pieces.joined(separator: " || ")))"
    }

    /// Pieces that begin like others.
    private func checkFormat(_ range: Range<Int>) throws(Untranslatable) {
        let format = source.text(range)
        if format.contains("SSSS") || format.contains("IDDD") {
            throw Untranslatable("to_char() or to_date() with the format \(format)")
        }
    }

    /// `format('%s of %s', a, b)`: NULL is nothing, as in CONCAT.
    func message(_ inside: Range<Int>, _ scope: QueryScope) throws(Untranslatable) -> String {
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
    func interval(_ inside: Range<Int>, _ scope: QueryScope) throws(Untranslatable) -> String {
        let units = [
            "years": "to_years", "months": "to_months", "weeks": "to_weeks", "days": "to_days", "hours": "to_hours",
            "mins": "to_minutes",
        ]
        var parts: [String] = []
        for piece in source.splitAtCommas(inside) {
            guard piece.count > 2,
                source.text(piece.lowerBound + 1) == "=>" || source.text(piece.lowerBound + 1) == ":=",
                let unit = units[source.name(piece.lowerBound)]
            else { throw Untranslatable("make_interval(\(excerpt(inside)))") }
            let value = try text(piece.lowerBound + 2..<piece.upperBound, scope)
            parts.append("\(unit)(cast(\(value) as integer))")
        }
        return parts.count == 1 ? parts[0] : "(\(parts.joined(separator: " + ")))"
    }

    /// `to_char(x, 'FM999990.00')`: a number with as many digits as are written down.
    private func formattedNumber(_ arguments: [Range<Int>], _ scope: QueryScope) throws(Untranslatable) -> String? {
        guard arguments.count == 2, arguments[1].count == 1, source.kind(arguments[1].lowerBound) == .string,
            let family = columns.family(of: arguments[0], in: scope), [.int, .numeric].contains(family),
            let match = source.text(arguments[1].lowerBound).wholeMatch(of: /'FM(9*)0(?:\.(0+))?'/)
        else { return nil }
        let places = match.2?.count ?? 0
        let digits = match.1.count + 1 + places
        guard digits <= 38 else { return nil }
        return "cast(cast(\(try text(arguments[0], scope)) as decimal(\(digits), \(places))) as varchar)"
    }

    /// `to_date(x, 'YYYYMMDD')`; nil for another number of arguments.
    func read(_ name: String, _ inside: Range<Int>, _ scope: QueryScope) throws(Untranslatable) -> String? {
        let arguments = source.splitAtCommas(inside)
        guard arguments.count == 2 else { return nil }
        guard arguments[1].count == 1, source.kind(arguments[1].lowerBound) == .string,
            columns.family(of: arguments[0], in: scope) == .text
        else { throw Untranslatable("\(name)() with a format that is not written down: \(excerpt(inside))") }
        try checkFormat(arguments[1])
        var format = source.text(arguments[1].lowerBound).dropFirst().dropLast()
        var result = ""
        while let first = format.first {
            if let match = rules.formats.first(where: { format.hasPrefix($0.piece) }),
                !["IYYY", "IW", "ID", "DDD", "YY"].contains(match.piece)
            {
                result += match.code
                format = format.dropFirst(match.piece.count)
            } else if "-/.: ".contains(first) {
                result.append(first)
                format = format.dropFirst()
            } else {
                throw Untranslatable("\(name)() with the format \(source.text(arguments[1].lowerBound))")
            }
        }
        let type = name == "to_date" ? "date" : "timestamptz"
        return "cast(strptime(\(try text(arguments[0], scope)), '\(result)') as \(type))"
    }

    /// `substring(x from n for m)`, `substr(x, n, m)`: positions before the first letter count from the end in the target.
    func part(_ inside: Range<Int>, _ scope: QueryScope) throws(Untranslatable) -> String {
        func place(_ keyword: Keyword) -> Int? { source.firstTopLevel(in: inside) { source.keyword($0) == keyword } }
        var value = inside
        var from: Range<Int>?
        var count: Range<Int>?
        let arguments = source.splitAtCommas(inside)
        if arguments.count > 1 {
            (value, from, count) = (arguments[0], arguments[1], arguments.count > 2 ? arguments[2] : nil)
        } else {
            let (first, second) = (place(.from), place(.for))
            value = inside.lowerBound..<min(first ?? inside.upperBound, second ?? inside.upperBound)
            from = first.map { $0 + 1..<(second ?? inside.upperBound) }
            count = second.map { $0 + 1..<inside.upperBound }
        }
        guard arguments.count <= 3, columns.family(of: value, in: scope) == .text,
            [from, count].allSatisfy({ range in range.map { columns.family(of: $0, in: scope) == .int } ?? true })
        else { throw Untranslatable("substring(\(excerpt(inside)))") }
        let isPlain = [from, count].allSatisfy { range in
            range.map { $0.count == 1 && source.kind($0.lowerBound) == .number && Int(source.text($0)) != 0 } ?? true
        }
        let start = try from.map { range throws(Untranslatable) in try text(range, scope) } ?? "1"
        let name = isPlain ? "substring" : count == nil ? "text_from" : "text_part"
        guard let count else { return "\(name)(\(try text(value, scope)), \(start))" }
        return "\(name)(\(try text(value, scope)), \(start), \(try text(count, scope)))"
    }

    /// `substring(x from 'pattern')`: the first group, or all that matches; NULL where nothing does.
    func picked(_ value: String, _ pattern: Range<Int>, _ scope: QueryScope) throws(Untranslatable) -> String {
        guard pattern.count == 1 else { throw Untranslatable("substring() with a regular expression and more") }
        let text = try self.pattern(source.text(pattern), picksText: true)
        let groups = text.replacing("\\(", with: "").replacing("(?:", with: "").contains("(")
        return
            "case when regexp_matches(\(value), \(text)) then regexp_extract(\(value), \(text), \(groups ? 1 : 0)) end"
    }

    /// `array_to_string(list, ',')` of texts, whole numbers and dates.
    func joined(_ inside: Range<Int>, _ scope: QueryScope) throws(Untranslatable) -> String? {
        let arguments = source.splitAtCommas(inside)
        guard arguments.count == 2, let type = columns.type(of: arguments[0], in: scope), type.hasSuffix("[]"),
            let element = types.family(String(type.dropLast(2))), [.text, .int, .date].contains(element)
        else { throw Untranslatable("array_to_string(\(excerpt(inside)))") }
        let list = try text(arguments[0], scope)
        let texts = element == .text ? list : "cast(\(list) as varchar[])"
        return "array_to_string(\(texts), \(try text(arguments[1], scope)))"
    }
}
