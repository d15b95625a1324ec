/// What a dialect's lexer has to know, asked as questions: no lexer code names a dialect.
public struct LexicalProfile: Sendable {
    /// The dialect's name as `--dialect` takes it.
    public let name: String
    /// Block comments nest.
    public var nestsBlockComments = false
    /// `#` starts a comment that runs to the line's end.
    public var hashStartsComment = false
    /// `//` starts a comment that runs to the line's end.
    public var doubleSlashStartsComment = false
    /// `--` starts a comment only when a blank or control character follows (MySQL).
    public var dashesNeedBlank = false
    /// `$tag$ .. $tag$` quotes a string.
    public var dollarQuotes = false
    /// `[x]` is a quoted identifier.
    public var bracketIdentifiers = false
    /// `` `x` `` is a quoted identifier.
    public var backtickIdentifiers = false
    /// `"x"` is a string, not an identifier.
    public var doubleQuotedStrings = false
    /// A backslash escapes in every string, not just in `E'..'`.
    public var backslashEscapes = false
    /// `E'..'` strings with backslash escapes.
    public var escapeStrings = false
    /// `q'[..]'` strings (Oracle).
    public var quoteDelimitedStrings = false
    /// `'''..'''` and `"""..."""` strings, `r'..'` raw strings (BigQuery).
    public var tripleQuotes = false
    /// Sigils that start a `.parameter`: any of `@`, `:`, `$`, `?`.
    public var parameterSigils: [UInt8] = []
    /// Bytes besides letters, digits and `_` that may stand inside a word: `$`, `#`, `@`.
    public var wordBytes: [UInt8] = []
    /// Bytes besides letters and `_` that may start a word: `#` and `@` for T-SQL temp tables.
    public var wordStartBytes: [UInt8] = []
    /// `/` alone on a line ends a unit (SQL*Plus), `GO` alone on a line ends a batch (T-SQL).
    public var batchSeparators: [String] = []

    /// A profile with everything off.
    public init(name: String) { self.name = name }
}
