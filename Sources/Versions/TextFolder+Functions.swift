import Steps
import Tokens

extension TextFolder {
    /// A call of one of PostgreSQL's text functions; nil for any other, which is a value as a whole.
    func call(_ name: String, schema: String?, _ inside: Range<Int>, whole: Range<Int>) throws -> DynamicText? {
        guard schema == nil || schema == "pg_catalog" else { return nil }
        guard lowerer.catalog.routines(schema: schema, name: name, path: lowerer.frames.last?.searchPath).isEmpty else {
            return nil
        }
        let arguments = inside.isEmpty ? [] : source.splitAtCommas(inside)
        guard !arguments.contains(where: { source.keyword($0.lowerBound) == .variadic || $0.isEmpty }) else {
            return nil
        }
        switch name {
        case "format": return try format(arguments, whole: whole)
        case "concat":
            var result = DynamicText()
            for argument in arguments { result.append(try formatted(argument)) }
            return result
        case "concat_ws": return try joined(arguments, whole: whole)
        case "quote_ident" where arguments.count == 1:
            let text = try fold(arguments[0])
            if text.isNull { return .null }
            guard let known = text.known else { throw unknownName(text, arguments[0]) }
            return DynamicText(SQLText.identifier(known))
        case "quote_literal" where arguments.count == 1: return try quoted(fold(arguments[0]), whenNull: .fails)
        case "quote_nullable" where arguments.count == 1: return try quoted(fold(arguments[0]), whenNull: .null)
        case "coalesce":
            let text = try fold(arguments[0])
            if text.isNull {
                return arguments.count > 1
                    ? try call(name, schema: nil, arguments[1].lowerBound..<inside.upperBound, whole: whole) : .null
            }
            return text.known == nil ? nil : text
        default: return try plain(name, arguments)
        }
    }

    /// A function of known texts.
    private func plain(_ name: String, _ arguments: [Range<Int>]) throws -> DynamicText? {
        let counts: [String: ClosedRange<Int>] = [
            "upper": 1...1, "lower": 1...1, "trim": 1...1, "btrim": 1...1, "ltrim": 1...1, "rtrim": 1...1,
            "replace": 3...3,
            "chr": 1...1, "repeat": 2...2, "left": 2...2, "right": 2...2,
        ]
        guard let count = counts[name], count.contains(arguments.count) else { return nil }
        // `trim(both from x)` has its own grammar.
        if name == "trim", arguments[0].contains(where: { source.keyword($0) == .from }) { return nil }
        var texts: [String] = []
        for argument in arguments {
            let text = try fold(argument)
            if text.isNull { return .null }
            guard let known = text.known else { return nil }
            texts.append(known)
        }
        // Case mapping beyond ASCII hangs on the database's locale.
        func isPlain(_ text: String) -> Bool { text.utf8.allSatisfy { $0 < 0x80 } }
        let first = texts[0]
        let number = texts.count > 1 ? Int(texts[1]) : nil
        switch name {
        case "upper": return isPlain(first) ? DynamicText(first.uppercased()) : nil
        case "lower": return isPlain(first) ? DynamicText(first.lowercased()) : nil
        case "trim", "btrim": return DynamicText(trimmed(first, left: true, right: true))
        case "ltrim": return DynamicText(trimmed(first, left: true, right: false))
        case "rtrim": return DynamicText(trimmed(first, left: false, right: true))
        case "replace": return DynamicText(texts[1].isEmpty ? first : first.replacing(texts[1], with: texts[2]))
        case "chr":
            guard let code = UInt32(first), code > 0, code < 0x80, let scalar = Unicode.Scalar(code) else { return nil }
            return DynamicText(String(Character(scalar)))
        case "repeat":
            guard let number, number * first.utf8.count < 10_000 else { return nil }
            return DynamicText(String(repeating: first, count: max(0, number)))
        case "left" where (number ?? -1) >= 0: return DynamicText(String(first.prefix(number ?? 0)))
        case "right" where (number ?? -1) >= 0: return DynamicText(String(first.suffix(number ?? 0)))
        default: return nil
        }
    }

    /// Without blanks (and nothing else) at the ends.
    private func trimmed(_ text: String, left: Bool, right: Bool) -> String {
        var result = Substring(text)
        while left, result.first == " " { result.removeFirst() }
        while right, result.last == " " { result.removeLast() }
        return String(result)
    }

    private func unknownName(_ text: DynamicText, _ range: Range<Int>) -> Refusal {
        let what = text.values.first?.source ?? source.text(range)
        return Refusal(
            code: .dynamicSQL,
            detail: "dynamic SQL names a table or column by '\(lowerer.short(what))', whose value isn't known")
    }

    // MARK: quoting

    /// quote_literal, quote_nullable and `%L`.
    private func quoted(_ text: DynamicText, whenNull: DynamicValue.WhenNull, isFormatted: Bool = false) throws
        -> DynamicText
    {
        if text.isNull { return whenNull == .null ? DynamicText("NULL") : .null }
        if let known = text.known { return DynamicText(SQLText.literal(known)) }
        var value: DynamicValue
        if let only = text.only, only.quoting == .none {
            value = only
            value.isFormatted = only.isFormatted || isFormatted
        } else {
            value = try composed(text)
        }
        value.quoting = .literal
        value.whenNull = whenNull
        return DynamicText(value)
    }

    /// A text with values in it as one text value.
    private func composed(_ text: DynamicText) throws -> DynamicValue {
        var parts: [SQLTemplate] = []
        var taint: Taint = []
        var names: [String] = []
        for piece in text.pieces {
            switch piece {
            case .known(let text): parts.append(SQLTemplate(SQLText.literal(text)))
            case .value(let value):
                parts.append(printed(value))
                taint.formUnion(value.taint)
                names.append(value.source)
            }
        }
        return DynamicValue(
            value: "(\(.joined(parts, separator: " || ")))", type: "text", taint: taint,
            source: names.joined(separator: ", "))
    }

    /// The characters that a value puts into a text, with its quotes.
    private func printed(_ value: DynamicValue) -> SQLTemplate {
        switch (value.quoting, value.whenNull) {
        case (.none, .empty): "coalesce(\(value.text), '')"
        case (.none, .null): "coalesce(\(value.text), 'NULL')"
        case (.none, .fails): value.text
        case (.literal, .null): "quote_nullable(\(value.text))"
        case (.literal, _): "quote_literal(\(value.text))"
        }
    }

    // MARK: format

    /// An argument of `%s` or concat(): NULL prints as nothing.
    private func formatted(_ range: Range<Int>) throws -> DynamicText {
        let text = try fold(range)
        if text.isNull { return DynamicText() }
        guard let only = text.only, only.quoting == .none else {
            // Where one value's NULL would make the whole argument vanish, two texts are possible.
            let isSafe = text.values.allSatisfy { $0.isNotNull || $0.whenNull != .fails }
            guard isSafe else {
                throw Refusal(
                    code: .dynamicSQL,
                    detail: "a part of the dynamic SQL vanishes where '\(text.values.first?.source ?? "")' is NULL")
            }
            return text
        }
        var value = only
        value.whenNull = only.whenNull == .fails ? .empty : only.whenNull
        value.isFormatted = true
        return DynamicText(value)
    }

    private func joined(_ arguments: [Range<Int>], whole: Range<Int>) throws -> DynamicText? {
        guard let first = arguments.first, let separator = try fold(first).known else { return nil }
        var result = DynamicText()
        var isFirst = true
        for argument in arguments.dropFirst() {
            let text = try fold(argument)
            if text.isNull { continue }
            guard text.values.allSatisfy(\.isNotNull) else { throw unknown(argument) }
            if !isFirst { result.append(separator) }
            result.append(try formatted(argument))
            isFirst = false
        }
        return result
    }

    /// format(): `%s`, `%I`, `%L`, `%%` and positions (`%1$s`); widths are not followed.
    ///
    /// Source: PostgreSQL manual, "format": a specifier without a position takes the argument behind the last one used.
    private func format(_ arguments: [Range<Int>], whole: Range<Int>) throws -> DynamicText {
        guard let first = arguments.first else { throw unknown(whole) }
        let pattern = try fold(first)
        if pattern.isNull { return .null }
        guard let text = pattern.known else { throw unknown(first) }
        var result = DynamicText()
        var characters = Array(text)[...]
        var last = 0
        while let character = characters.popFirst() {
            guard character == "%" else {
                result.append(String(character))
                continue
            }
            if characters.first == "%" {
                characters.removeFirst()
                result.append("%")
                continue
            }
            let digits = characters.prefix { "0"..."9" ~= $0 }
            if !digits.isEmpty {
                guard let position = Int(String(digits)), position > 0, characters.dropFirst(digits.count).first == "$"
                else {
                    throw unknown(first)
                }
                characters = characters.dropFirst(digits.count + 1)
                last = position
            } else {
                last += 1
            }
            guard let kind = characters.popFirst(), last < arguments.count else {
                throw Refusal(code: .defect, detail: "format() has fewer arguments than its text asks for")
            }
            result.append(try argument(arguments[last], kind: kind))
        }
        return result
    }

    private func argument(_ range: Range<Int>, kind: Character) throws -> DynamicText {
        switch kind {
        case "s": return try formatted(range)
        case "L": return try quoted(fold(range), whenNull: .null, isFormatted: true)
        case "I":
            let text = try fold(range)
            guard !text.isNull else { throw Refusal(code: .defect, detail: "format() is given NULL for an identifier") }
            guard let known = text.known else { throw unknownName(text, range) }
            return DynamicText(SQLText.identifier(known))
        default: throw Refusal(code: .dynamicSQL, detail: "format() with '%\(kind)' is not followed")
        }
    }
}
