/// What a token is, as far as a lexer can tell without grammar.
public enum TokenKind: UInt8, Sendable {
    case whitespace
    /// `-- ..` up to but without the line end (`#` and `//` where the profile has them).
    case lineComment
    /// `/* .. */`, nested where the profile nests them; unterminated ones run to the end of the text.
    case blockComment
    /// An unquoted identifier or keyword.
    case word
    /// `"x"`, `[x]` (T-SQL), `` `x` `` (MySQL, BigQuery), also `U&"x"`.
    case quotedIdentifier
    /// Any string literal, prefix included: `'x'`, `E'x'`, `N'x'`, `$tag$x$tag$`, `q'[x]'`, `"x"` where that is a string.
    case string
    case number
    /// `$1`, `:name`, `@name`, `@@name`, `?`, `%s`-free: a placeholder or variable with a sigil.
    case parameter
    case leftParen, rightParen, leftBracket, rightBracket, leftBrace, rightBrace
    case comma, semicolon, dot
    /// A run of operator characters read by the profile's rule (`<=`, `::`, `:=`, `=>`, `->>`, `..`, `<<`).
    case op
    /// A byte that starts nothing known (control characters, invalid UTF-8).
    case unknown
}

/// One token: 12 bytes. Its text ends where the next token starts; `LexedText.tokens` ends with no sentinel.
public struct Token: Sendable {
    /// First byte in the text.
    public var start: UInt32
    /// One past the last byte.
    public var end: UInt32
    /// The keyword when `kind` is `.word` and the word is one; otherwise `.none`.
    public var keyword: Keyword
    /// What it is.
    public var kind: TokenKind

    /// Makes a token over `start ..< end`.
    public init(start: UInt32, end: UInt32, kind: TokenKind, keyword: Keyword) {
        self.start = start
        self.end = end
        self.kind = kind
        self.keyword = keyword
    }

    /// Blanks and comments.
    public var isTrivia: Bool { kind.rawValue <= TokenKind.blockComment.rawValue }
}
