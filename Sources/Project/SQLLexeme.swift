import Tokens

/// One piece of SQL text as the formatter sees it: a token, a blank, a comment or a whole Jinja expression.
struct SQLLexeme: Equatable {
    var kind: TokenKind
    var keyword: Keyword
    var text: String
    /// A hole that Jinja fills; it behaves like a word.
    var isJinja = false
    /// The formatter put it in: AS before an alias.
    var isAdded = false

    var isBlank: Bool { kind == .whitespace }
    var isComment: Bool { kind == .lineComment || kind == .blockComment }

    /// Tokens of the SQL, holes in between.
    static func read(_ segments: [SQLSegment]) -> [SQLLexeme] {
        segments.flatMap { segment -> [SQLLexeme] in
            switch segment {
            case .jinja(let text): return [SQLLexeme(kind: .word, keyword: .none, text: text, isJinja: true)]
            case .sql(let text):
                let lexed = lex(text, profile: .postgresql)
                if lexed.tokens.isEmpty { return [SQLLexeme(kind: .unknown, keyword: .none, text: text)] }
                return lexed.tokens.indices.map {
                    SQLLexeme(kind: lexed.tokens[$0].kind, keyword: lexed.tokens[$0].keyword, text: lexed.text($0))
                }
            }
        }
    }

    /// The text for a model file: what Jinja would read is escaped, and each line starts `indent` blanks further in,
    /// except where a line's start is inside a literal or a comment.
    static func text(_ lexemes: [SQLLexeme], indent: Int) -> String {
        let lexemes = trimmed(lexemes)
        let blanks = String(repeating: " ", count: indent)
        // Lexemes are escaped in runs: a brace mark could lie across two tokens.
        var result = blanks
        var run = ""
        for lexeme in lexemes {
            if lexeme.isJinja {
                result += Jinja.escaped(run) + lexeme.text
                run = ""
            } else if lexeme.isBlank, lexeme.text.contains(where: \.isNewline) {
                let lines = lexeme.text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
                run += String(repeating: "\n", count: lines.count - 1) + blanks + (lines.last ?? "")
            } else {
                run += lexeme.text
            }
        }
        return result + Jinja.escaped(run)
    }

    private static func trimmed(_ lexemes: [SQLLexeme]) -> ArraySlice<SQLLexeme> {
        var slice = lexemes[...]
        while slice.first?.isBlank == true { slice.removeFirst() }
        while slice.last?.isBlank == true { slice.removeLast() }
        return slice
    }
}
