import Steps
import Tokens
import Types

/// A dynamic text ready for reading: its values are parameters (`$900001`) of a scope of their own.
struct DynamicAssembly {
    var source: SourceText
    var scope: Scope
    /// Operands whose NULL makes the text NULL or unreadable: EXECUTE fails there.
    var mustNotBeNull: [SQLTemplate] = []
}

/// Puts values where a value can stand, and refuses the text where one stands for anything else.
struct DynamicAssembler {
    let lowerer: Lowerer
    let line: Int
    private var holes: [String: DynamicValue] = [:]
    /// Types that a word in front of a literal gave it: `date '..'`.
    private var forced: [String: String] = [:]
    private var next = 900_001

    init(_ lowerer: Lowerer, line: Int) {
        self.lowerer = lowerer
        self.line = line
    }

    /// - Parameter scope: holds the USING arguments; the values join them.
    mutating func assemble(_ text: DynamicText, scope: Scope) throws -> DynamicAssembly {
        if text.isNull { throw Refusal(code: .defect, detail: "EXECUTE of NULL fails") }
        let known = text.pieces.compactMap { if case .known(let text) = $0 { text } else { nil } }.joined()
        while known.contains("$\(next / 1000)") { next += 1000 }
        var written = ""
        for piece in text.pieces {
            switch piece {
            case .known(let text): written += text
            case .value(let value): written += add(value)
            }
        }
        var source = try withoutQuotedHoles(SourceText(written, profile: .postgresql, fixedLine: line))
        source = withoutTypeWords(source)
        try checkPlaces(source)
        var result = DynamicAssembly(source: source, scope: scope)
        let contexts = ValueContexts(lowerer, source)
        for index in source.all where source.kind(index) == .parameter {
            let name = source.text(index)
            guard let value = holes[name] else { continue }
            scope.variables[name] = variable(name, value, at: index, contexts)
            if !value.isNotNull, value.whenNull != .null { result.mustNotBeNull.append(value.value) }
        }
        return result
    }

    private mutating func add(_ value: DynamicValue) -> String {
        let name = "$\(next)"
        next += 1
        holes[name] = value
        return name
    }

    // MARK: quotes

    /// `'..' || v || '..'` with the quotes in the text: the literal becomes a value itself.
    private mutating func withoutQuotedHoles(_ source: SourceText) throws -> SourceText {
        guard !holes.isEmpty else { return source }
        var text = ""
        for position in source.lexed.tokens.indices {
            let token = source.lexed.text(position)
            guard source.lexed.tokens[position].kind == .string, let names = mentioned(token) else {
                text += token
                continue
            }
            text += add(try literal(token, names))
        }
        return SourceText(text, profile: .postgresql, fixedLine: line)
    }

    /// Holes that a token's text mentions; nil when there is none.
    private func mentioned(_ token: String) -> [String]? {
        let names = holes.keys.filter { token.contains($0) }.sorted()
        return names.isEmpty ? nil : names
    }

    private func literal(_ token: String, _ names: [String]) throws -> DynamicValue {
        guard var rest = StringToken.decode(token).map({ Substring($0) }), token.hasPrefix("'") || token.hasPrefix("$")
        else {
            throw misplaced(names[0])
        }
        var parts: [SQLTemplate] = []
        var result = DynamicValue(value: "null", type: "text", taint: [], isNotNull: true, source: "")
        var sources: [String] = []
        func append(_ text: Substring) {
            if !text.isEmpty { parts.append(SQLTemplate(SQLText.literal(String(text)))) }
        }
        while let hit = names.compactMap({ name in rest.range(of: name).map { (name, $0) } }).min(by: {
            $0.1.lowerBound < $1.1.lowerBound
        }),
            let value = holes[hit.0]
        {
            append(rest[..<hit.1.lowerBound])
            rest = rest[hit.1.upperBound...]
            // Quotes in the value would end the literal; a NULL printed as nothing is another text.
            guard value.quoting == .none, value.isPrintedWithoutQuotes, !(rest.first?.isNumber ?? false) else {
                throw Refusal(
                    code: .dynamicSQL,
                    detail:
                        "'\(lowerer.short(value.source))' is put between quotes as it is, so what the text says hangs on its quotes: quote_literal() or USING would tell"
                )
            }
            let printed = value.text
            parts.append(value.whenNull == .empty ? "coalesce(\(printed), '')" : printed)
            if value.whenNull == .fails, !value.isNotNull { result.isNotNull = false }
            result.taint.formUnion(value.taint)
            sources.append(value.source)
            if names.count == 1, parts.count == 1, rest.isEmpty {
                var single = value
                single.quoting = .literal
                return single
            }
        }
        append(rest)
        result.value = "(\(.joined(parts, separator: " || ")))"
        result.quoting = .literal
        result.source = sources.joined(separator: ", ")
        return result
    }

    /// `date '..'` with a value for its literal: the word becomes the value's type.
    private mutating func withoutTypeWords(_ source: SourceText) -> SourceText {
        let words = ["date", "timestamp", "timestamptz", "time", "interval"]
        var dropped: Set<Int> = []
        for index in source.all where index > 0 && holes[source.text(index)]?.quoting == .literal {
            guard source.kind(index - 1) == .word, words.contains(source.name(index - 1)) else { continue }
            forced[source.text(index)] = TypeName.normalized(source.name(index - 1))
            dropped.insert(index - 1)
        }
        guard !dropped.isEmpty else { return source }
        let text = source.all.map { dropped.contains($0) ? " " : source.triviaBefore($0) + source.text($0) }.joined()
        return SourceText(text, profile: .postgresql, fixedLine: line)
    }

    private func misplaced(_ name: String) -> Refusal {
        let what = holes[name]?.source ?? name
        return Refusal(
            code: .dynamicSQL,
            detail:
                "the text of the dynamic SQL isn't known: '\(lowerer.short(what))' is put where more than a value can stand"
        )
    }

    // MARK: places

    /// Every value must be a token of its own, in the place of an operand.
    private func checkPlaces(_ source: SourceText) throws {
        var seen: Set<String> = []
        var used = ""
        for position in source.lexed.tokens.indices {
            let token = source.lexed.text(position)
            if source.lexed.tokens[position].kind == .parameter, holes[token] != nil {
                seen.insert(token)
            } else {
                used += token + " "
            }
        }
        for (name, value) in holes.sorted(by: { $0.key < $1.key }) where !seen.contains(name) {
            // Inside a literal that became a value of its own.
            if value.quoting == .none, !used.contains(name), value.isPrintedWithoutQuotes { continue }
            throw misplaced(name)
        }
        for index in source.all where source.kind(index) == .parameter {
            guard let value = holes[source.text(index)] else { continue }
            guard isOperand(index, source) else { throw misplaced(source.text(index)) }
            if value.quoting == .none { try checkBare(index, value, source) }
        }
    }

    private func isOperand(_ index: Int, _ source: SourceText) -> Bool {
        guard index > 0 else { return false }
        // Another word right behind it would have been read together with it.
        let isGlued = source.triviaBefore(index + 1).isEmpty && index + 1 < source.count
        if isGlued,
            source.isName(index + 1) || source.kind(index + 1) == .number || source.kind(index + 1) == .string
                || source.kind(index + 1) == .dot || source.kind(index + 1) == .leftParen
        {
            return false
        }
        guard source.kind(index + 1) != .dot, source.kind(index + 1) != .leftParen, clause(index, source) != .by else {
            return false
        }
        switch source.kind(index - 1) {
        case .comma, .leftParen, .leftBracket: return true
        case .op: return source.text(index - 1) != "::"
        case .word:
            switch source.keyword(index - 1) {
            case .select, .and, .or, .not, .when, .then, .else, .case, .between, .in, .like, .ilike, .limit, .offset,
                .where,
                .on, .having, .distinct, .from:
                // FROM only as the operator IS [NOT] DISTINCT FROM.
                return source.keyword(index - 1) != .from || source.keyword(index - 2) == .distinct
            default: return ["timestamptz", "all", "escape"].contains(source.name(index - 1))
            }
        default: return false
        }
    }

    /// The word that opened the list or condition in which a token stands.
    private func clause(_ index: Int, _ source: SourceText) -> Keyword? {
        var depth = 0
        var at = index - 1
        while at >= 0 {
            switch source.kind(at) {
            case .rightParen, .rightBracket: depth += 1
            case .leftParen, .leftBracket:
                if depth == 0 { return nil }
                depth -= 1
            default:
                let keyword = source.keyword(at)
                if depth == 0,
                    [.by, .select, .where, .having, .on, .set, .values, .limit, .offset, .when, .from, .returning]
                        .contains(keyword)
                {
                    return keyword
                }
            }
            at -= 1
        }
        return nil
    }

    /// A value without quotes is read by the server's grammar: only numbers whose spelling says their type will do.
    private func checkBare(_ index: Int, _ value: DynamicValue, _ source: SourceText) throws {
        guard let type = value.type else { throw misplaced(source.text(index)) }
        // `-` and a negative number make a comment.
        if source.kind(index - 1) == .op, source.text(index - 1).hasSuffix("-"), source.triviaBefore(index).isEmpty {
            throw misplaced(source.text(index))
        }
        let previous = source.text(index - 1)
        let isCompared =
            ["=", "<>", "!=", "<", ">", "<=", ">="].contains(previous) || source.keyword(index - 1) == .between
        let isLast =
            index + 1 == source.count || [.rightParen, .comma, .semicolon].contains(source.kind(index + 1))
            || [.and, .or, .then, .group, .order, .limit, .union, .returning].contains(source.keyword(index + 1))
        let base = TypeName.base(type)
        let isFine: Bool
        if value.isInteger {
            isFine = true
        } else if base == "numeric" {
            // A numeric without a fixed scale prints whole numbers as integers, which divide and add up otherwise.
            let scale = type.split(separator: ",").dropFirst().first.flatMap { Int($0.filter(\.isNumber)) } ?? 0
            isFine = scale > 0 || isCompared && isLast
        } else {
            isFine = base == "boolean" && !value.isFormatted
        }
        guard isFine else { throw misplaced(source.text(index)) }
        // Printed as nothing, it must leave a text that fails.
        if value.whenNull == .empty, !(isCompared && isLast || source.keyword(index - 1) == .limit) {
            throw Refusal(
                code: .dynamicSQL,
                detail: "the dynamic SQL is another one where '\(lowerer.short(value.source))' is NULL")
        }
    }

    // MARK: variables

    private func variable(
        _ name: String, _ value: DynamicValue, at index: Int, _ contexts: ValueContexts
    ) -> Variable {
        func made(_ template: SQLTemplate, _ type: String?) -> Variable {
            Variable(name: name, type: type, value: template, taint: value.taint)
        }
        guard value.quoting == .literal else { return made(value.value, value.type) }
        // A literal takes the type of what stands next to it.
        switch forced[name].map(ValueContexts.Context.known) ?? contexts.type(at: index) {
        case .known(let full):
            let type = full == "character" || full.hasPrefix("character(") ? "bpchar" : TypeName.base(full)
            if type == value.type.map(TypeName.base) { return made(value.value, value.type) }
            if type == "text" { return made(value.text, "text") }
            let isDirect = value.isInteger && ["integer", "bigint", "smallint", "numeric"].contains(type)
            return made("cast(\(isDirect ? value.value : value.text) as \(type))", type)
        case .comparison where value.isInteger || value.type == "date" || value.type.map(TypeName.base) == "numeric":
            return made(value.value, value.type)
        case .comparison, .plain: return made(value.text, "text")
        }
    }
}
