import Tokens

/// A place in the significant tokens of one statement, with the small questions every reader of SQL asks.
struct TokenCursor {
    let tokens: SignificantTokens
    var position: Int
    /// One past the statement's last token.
    let end: Int
    let folding: NameFolding

    init(_ tokens: SignificantTokens, _ range: Range<Int>, folding: NameFolding) {
        self.tokens = tokens
        position = range.lowerBound
        end = min(range.upperBound, tokens.count)
        self.folding = folding
    }

    var isAtEnd: Bool { position >= end }
    var line: Int { tokens.line(min(position, max(end - 1, 0))) }

    func keyword(_ ahead: Int = 0) -> Keyword { position + ahead < end ? tokens.keyword(position + ahead) : .none }
    func kind(_ ahead: Int = 0) -> TokenKind? { position + ahead < end ? tokens.kind(position + ahead) : nil }
    func text(_ ahead: Int = 0) -> String { position + ahead < end ? tokens.text(position + ahead) : "" }
    func isWord(_ word: String, _ ahead: Int = 0) -> Bool {
        position + ahead < end && tokens.isWord(position + ahead, word)
    }
    /// Whether the next words are these, keywords or not; all in lower case with single blanks between them.
    func areWords(_ words: String) -> Bool {
        for (ahead, word) in words.split(separator: " ").enumerated() where !isWord(String(word), ahead) {
            return false
        }
        return true
    }

    /// Steps over these words when they are next.
    mutating func accept(_ words: String) -> Bool {
        guard areWords(words) else { return false }
        position += words.split(separator: " ").count
        return true
    }

    mutating func accept(_ wanted: TokenKind) -> Bool {
        guard kind() == wanted else { return false }
        position += 1
        return true
    }

    mutating func acceptOperator(_ spelling: String) -> Bool {
        guard position < end, tokens.isOperator(position, spelling) else { return false }
        position += 1
        return true
    }

    /// Steps over one token, or over a bracket with all that is in it.
    mutating func skip() { position = min(tokens.next(position), end) }

    /// The inside of the parentheses that are next, and moves behind them.
    mutating func parenthesized() -> TokenCursor? {
        guard kind() == .leftParen, let close = tokens.closing(position), close < end else { return nil }
        let inside = TokenCursor(tokens, position + 1..<close, folding: folding)
        position = close + 1
        return inside
    }

    // MARK: Names

    /// One identifier as the catalog stores it.
    mutating func identifier() -> String? {
        guard position < end else { return nil }
        guard let name = tokens.source.name(tokens.positions[position], folding: folding), !name.isEmpty else {
            return nil
        }
        position += 1
        return name
    }

    /// `a`, `a.b`, `a.b.c`, `a..c`: the parts in order.
    mutating func nameParts() -> [String]? {
        guard let first = identifier() else { return nil }
        var parts = [first]
        while true {
            let before = position
            if accept(.dot) {
                guard let part = identifier() else {
                    position = before
                    return parts
                }
                parts.append(part)
            } else if acceptOperator("..") {
                guard let part = identifier() else {
                    position = before
                    return parts
                }
                parts += ["", part]
            } else {
                return parts
            }
        }
    }

    /// The names in a parenthesised list such as `(a, b desc)`; nil when an element is not a plain name.
    mutating func columnList() -> [String]? {
        guard var inside = parenthesized() else { return nil }
        var names: [String] = []
        while !inside.isAtEnd {
            guard let name = inside.identifier() else { return nil }
            names.append(name)
            while !inside.isAtEnd, inside.kind() != .comma {
                // `name(10)` indexes the first ten characters (MySQL); other calls and expressions are no plain names.
                if inside.kind() == .leftParen, inside.kind(1) != .number { return nil }
                if inside.kind() == .op { return nil }
                inside.skip()
            }
            _ = inside.accept(.comma)
        }
        return names
    }

    // MARK: Text

    /// Text of a range of tokens with every gap of blanks and comments made one blank.
    func flatText(_ range: Range<Int>) -> String {
        var result = ""
        var last: Int?
        for index in range where index < end {
            if let last, tokens.positions[index] > last + 1 { result += " " }
            result += tokens.text(index)
            last = tokens.positions[index]
        }
        return result
    }

    /// All that is left, flat.
    func rest() -> String { flatText(position..<max(end, position)) }

    /// An expression: everything up to where `isEnd` says so on this level, at least one token.
    mutating func expression(until isEnd: (TokenCursor) -> Bool) -> String {
        let start = position
        while !isAtEnd, position == start || !isEnd(self) { skip() }
        return flatText(start..<position)
    }

    /// The value of a string literal that is next.
    mutating func string() -> String? {
        guard kind() == .string else { return nil }
        position += 1
        return tokens.source.unquoted(tokens.positions[position - 1])
    }

    /// A whole number with its sign.
    mutating func integer() -> Int? {
        let before = position
        let negative = acceptOperator("-")
        if !negative { _ = acceptOperator("+") }
        guard kind() == .number, let value = Int((negative ? "-" : "") + text().filter { $0 != "_" }) else {
            position = before
            return nil
        }
        position += 1
        return value
    }
}
