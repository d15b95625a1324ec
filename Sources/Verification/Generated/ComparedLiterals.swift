import Tokens

/// The literals of a text with the names that they are compared with or assigned to, and the names that are compared with
/// each other: where the interesting values and the joins are.
///
/// Found by looking at neighbouring tokens, not by understanding the text: what is missed only makes states less pointed.
struct ComparedLiterals {
    enum Literal: Hashable {
        case text(String)
        case number(String)
    }

    /// Lower-case name -> literals, in the order of first use.
    private(set) var byName: [String: [Literal]] = [:]
    /// All literals, wherever they stand.
    private(set) var all: [Literal] = []
    /// Pairs of names with an operator between them.
    private(set) var pairs: [(String, String)] = []
    /// The text reads the clock.
    private(set) var readsClock = false

    init(_ texts: [String]) {
        for text in texts { read(text, depth: 0) }
    }

    private mutating func read(_ text: String, depth: Int) {
        let tokens = SignificantTokens(lex(text, profile: .postgresql))
        var cases: [String?] = []
        for index in 0..<tokens.count {
            switch tokens.kind(index) {
            case .string: string(tokens, index, depth)
            case .number: note(.number(tokens.text(index)), nil)
            case .op: operation(tokens, index)
            case .word:
                let word = tokens.text(index).lowercased()
                switch word {
                case "in": list(tokens, index)
                case "between":
                    relate(Self.name(before: index, tokens), tokens, index + 1)
                    let and = (index + 1..<min(index + 8, tokens.count)).first { tokens.isWord($0, "and") }
                    if let and { relate(Self.name(before: index, tokens), tokens, and + 1) }
                case "like", "ilike": relate(Self.name(before: index, tokens), tokens, index + 1)
                case "case": cases.append(tokens.isWord(index + 1, "when") ? nil : Self.name(at: index + 1, tokens))
                case "when": if let name = cases.last ?? nil { relate(name, tokens, index + 1) }
                case "end": _ = cases.popLast()
                case "now", "current_date", "current_timestamp", "clock_timestamp", "localtimestamp":
                    readsClock = true
                default: break
                }
            default: break
            }
        }
    }

    private mutating func string(_ tokens: SignificantTokens, _ index: Int, _ depth: Int) {
        guard let value = Self.unquoted(tokens.text(index)) else { return }
        let looksLikeSQL = value.contains(" ") && value.count > 20
        if looksLikeSQL, depth < 2 { read(value, depth: depth + 1) }
        if value.count <= 40, !value.contains("%I"), !value.contains("%L") { note(.text(value), nil) }
    }

    private mutating func operation(_ tokens: SignificantTokens, _ index: Int) {
        guard ["=", "<>", "!=", "<", ">", "<=", ">=", ":=", "=>", "->>", "->"].contains(tokens.text(index)) else {
            return
        }
        relate(Self.name(before: index, tokens), tokens, index + 1)
        // `5 < x`: the other way round.
        if let name = Self.name(at: index + 1, tokens), let literal = Self.literal(at: index - 1, tokens) {
            note(literal, name)
        }
    }

    private mutating func list(_ tokens: SignificantTokens, _ index: Int) {
        guard let close = tokens.closing(index + 1) else { return }
        let before = tokens.isWord(index - 1, "not") ? index - 1 : index
        let name = Self.name(before: before, tokens)
        for inside in index + 2..<max(close, index + 2) {
            if let literal = Self.literal(at: inside, tokens) { note(literal, name) }
        }
    }

    /// What stands at `index` on the right-hand side belongs to `name`.
    private mutating func relate(_ name: String?, _ tokens: SignificantTokens, _ index: Int) {
        guard let name else { return }
        var place = index
        // `date '2024-01-01'`, `lower('X')`, `coalesce(x, 'Y')`.
        if tokens.kind(place) == .word, tokens.kind(place + 1) == .string { place += 1 }
        if let literal = Self.literal(at: place, tokens) {
            note(literal, name)
        } else if let other = Self.name(at: place, tokens), other != name {
            pairs.append((name, other))
        }
    }

    private mutating func note(_ literal: Literal, _ name: String?) {
        if !all.contains(literal) { all.append(literal) }
        guard let name, !(byName[name]?.contains(literal) ?? false) else { return }
        byName[name, default: []].append(literal)
    }

    private static func literal(at index: Int, _ tokens: SignificantTokens) -> Literal? {
        if tokens.isOperator(index, "-"), tokens.kind(index + 1) == .number {
            return .number("-" + tokens.text(index + 1))
        }
        switch tokens.kind(index) {
        case .number: return .number(tokens.text(index))
        case .string: return unquoted(tokens.text(index)).map(Literal.text)
        default: return nil
        }
    }

    /// The column or variable whose value stands before `index`: `x`, `t.x`, `lower(trim(t.x))`, `t.x::text`.
    private static func name(before index: Int, _ tokens: SignificantTokens) -> String? {
        var place = index - 1
        if tokens.isOperator(place - 1, "::") { place -= 2 }
        if tokens.kind(place) == .rightParen, let open = tokens.opening(place) {
            return (open + 1..<place).lazy.compactMap { plainName($0, tokens) }.first
        }
        return plainName(place, tokens)
    }

    /// The column or variable whose value begins at `index`.
    private static func name(at index: Int, _ tokens: SignificantTokens) -> String? {
        var place = index
        while tokens.kind(place) == .word || tokens.kind(place) == .quotedIdentifier {
            if tokens.kind(place + 1) == .dot { place += 2 } else { break }
        }
        if tokens.kind(place + 1) == .leftParen, let close = tokens.closing(place + 1) {
            return (place + 2..<max(close, place + 2)).lazy.compactMap { plainName($0, tokens) }.first
        }
        return plainName(place, tokens)
    }

    /// A name that is neither a keyword nor a function nor the qualifier of another.
    private static func plainName(_ index: Int, _ tokens: SignificantTokens) -> String? {
        guard tokens.kind(index + 1) != .leftParen, tokens.kind(index + 1) != .dot else { return nil }
        switch tokens.kind(index) {
        case .word:
            let word = tokens.text(index).lowercased()
            return reserved.contains(word) ? nil : word
        case .quotedIdentifier: return tokens.text(index).filter { $0 != "\"" }.lowercased()
        default: return nil
        }
    }

    private static let reserved: Set<String> = [
        "select", "from", "where", "and", "or", "not", "null", "true", "false", "case", "when", "then", "else", "end",
        "set", "in", "is", "distinct", "all", "any", "on", "as", "by", "interval", "date", "timestamp", "current_date",
        "current_timestamp", "localtimestamp", "exists", "if", "loop", "values", "into", "returning", "array",
    ]

    /// The value of a plain string; nil for dollar quotes and what has escapes.
    private static func unquoted(_ text: String) -> String? {
        var body = text[...]
        if let first = body.first, "eEnN".contains(first) { body = body.dropFirst() }
        guard body.first == "'", body.count >= 2, body.last == "'", !body.contains("\\") else { return nil }
        return String(body.dropFirst().dropLast()).replacing("''", with: "'")
    }
}
