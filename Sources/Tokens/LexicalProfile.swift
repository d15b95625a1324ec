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
    /// `U&'..'` strings and `U&".."` identifiers.
    public var unicodePrefix = false
    /// `q'[..]'` strings (Oracle).
    public var quoteDelimitedStrings = false
    /// `'''..'''` and `"""..."""` strings, `r'..'` raw strings (BigQuery).
    public var tripleQuotes = false
    /// Single letters in lower case that may stand right before a plain string and belong to it: `b`, `n`, `x`.
    public var stringPrefixes: [UInt8] = []
    /// Sigils that start a `.parameter`: any of `@`, `:`, `$`, `?`.
    public var parameterSigils: [UInt8] = []
    /// `$1` is a parameter but `$name` is none.
    public var numberedDollarsOnly = false
    /// Bytes besides letters, digits and `_` that may stand inside a word: `$`, `#`, `@`.
    public var wordBytes: [UInt8] = []
    /// Bytes besides letters and `_` that may start a word: `#` and `$` for T-SQL's temp tables and pseudo columns.
    public var wordStartBytes: [UInt8] = []
    /// A word may begin with a digit, as in `2024_sales` (MySQL).
    public var digitsStartWords = false
    /// Operators are user-definable and read as PostgreSQL reads them: the longest run of operator characters.
    /// Otherwise they come from a fixed list.
    public var longestOperators = false
    /// `/` alone on a line ends a unit (SQL*Plus), `GO` alone on a line ends a batch (T-SQL).
    public var batchSeparators: [String] = []
    /// What becomes of the letters of a name without quotes.
    public var folding = NameFolding.keep

    /// A profile with everything off.
    public init(name: String) { self.name = name }
}

extension LexicalProfile {
    /// PostgreSQL and PL/pgSQL, with `standard_conforming_strings` on.
    public static let postgresql: LexicalProfile = {
        var profile = LexicalProfile(name: "postgresql")
        profile.nestsBlockComments = true
        profile.dollarQuotes = true
        profile.escapeStrings = true
        profile.unicodePrefix = true
        profile.stringPrefixes = Array("bnx".utf8)
        profile.parameterSigils = Array("$".utf8)
        profile.numberedDollarsOnly = true
        profile.wordBytes = Array("$".utf8)
        profile.longestOperators = true
        profile.folding = .lower
        return profile
    }()

    /// SQL Server's T-SQL, with `QUOTED_IDENTIFIER` on.
    public static let tsql: LexicalProfile = {
        var profile = LexicalProfile(name: "tsql")
        profile.nestsBlockComments = true
        profile.bracketIdentifiers = true
        profile.stringPrefixes = Array("n".utf8)
        profile.parameterSigils = Array("@".utf8)
        profile.wordBytes = Array("$#@".utf8)
        profile.wordStartBytes = Array("#$".utf8)
        profile.batchSeparators = ["GO"]
        return profile
    }()

    /// Oracle's SQL and PL/SQL.
    public static let plsql: LexicalProfile = {
        var profile = LexicalProfile(name: "plsql")
        profile.quoteDelimitedStrings = true
        profile.stringPrefixes = Array("n".utf8)
        profile.parameterSigils = Array(":".utf8)
        profile.wordBytes = Array("$#".utf8)
        profile.batchSeparators = ["/"]
        profile.folding = .upper
        return profile
    }()

    /// MySQL and MariaDB in their default modes.
    public static let mysql: LexicalProfile = {
        var profile = LexicalProfile(name: "mysql")
        profile.hashStartsComment = true
        profile.dashesNeedBlank = true
        profile.backtickIdentifiers = true
        profile.doubleQuotedStrings = true
        profile.backslashEscapes = true
        profile.stringPrefixes = Array("bnx".utf8)
        profile.parameterSigils = Array("@?".utf8)
        profile.wordBytes = Array("$".utf8)
        profile.digitsStartWords = true
        return profile
    }()

    /// Snowflake SQL and Snowflake Scripting.
    public static let snowflake: LexicalProfile = {
        var profile = LexicalProfile(name: "snowflake")
        profile.doubleSlashStartsComment = true
        profile.dollarQuotes = true
        profile.backslashEscapes = true
        profile.stringPrefixes = Array("x".utf8)
        profile.parameterSigils = Array(":$?".utf8)
        profile.wordBytes = Array("$".utf8)
        profile.folding = .upper
        return profile
    }()

    /// BigQuery's GoogleSQL.
    public static let bigquery: LexicalProfile = {
        var profile = LexicalProfile(name: "bigquery")
        profile.hashStartsComment = true
        profile.backtickIdentifiers = true
        profile.doubleQuotedStrings = true
        profile.backslashEscapes = true
        profile.tripleQuotes = true
        profile.parameterSigils = Array("@?".utf8)
        return profile
    }()

    /// What most dialects agree on, for texts of an unknown one.
    public static let generic: LexicalProfile = {
        var profile = LexicalProfile(name: "generic")
        profile.dollarQuotes = true
        profile.backtickIdentifiers = true
        profile.escapeStrings = true
        profile.unicodePrefix = true
        profile.stringPrefixes = Array("bnx".utf8)
        profile.parameterSigils = Array("@:$?".utf8)
        profile.wordBytes = Array("$#".utf8)
        profile.wordStartBytes = Array("#".utf8)
        return profile
    }()

    /// Every profile there is.
    public static let all: [LexicalProfile] = [postgresql, tsql, plsql, mysql, snowflake, bigquery, generic]

    /// The profile of a dialect by its name or a usual alias, in any casing.
    public static func named(_ name: String) -> LexicalProfile? {
        switch name.lowercased() {
        case "postgresql", "postgres", "pg", "plpgsql": postgresql
        case "tsql", "t-sql", "mssql", "sqlserver": tsql
        case "plsql", "pl/sql", "oracle": plsql
        case "mysql", "mariadb": mysql
        case "snowflake": snowflake
        case "bigquery", "googlesql": bigquery
        case "generic", "ansi": generic
        default: nil
        }
    }
}
