/// Lays SQL out; until the lexer lands it leaves it alone.
enum SQLFormatter {
    static func format(_ lexemes: [SQLLexeme], width: Int) -> [SQLLexeme] { lexemes }
}
