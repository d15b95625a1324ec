import Tokens

/// Tokens that count, in order, each with the comments beside it; blanks are gone.
struct SQLTokens {
    struct Token {
        var lexeme: SQLLexeme
        /// Comments on the lines before it.
        var leading: [SQLLexeme] = []
        /// Comments behind it on its line.
        var trailing: [SQLLexeme] = []
        /// The word in lower case where it may be a keyword: not behind a dot or AS, where any word is a name.
        var word = ""
    }

    private(set) var tokens: [Token] = []
    /// Comments behind the last token's line.
    private(set) var rest: [SQLLexeme] = []

    init(_ lexemes: [SQLLexeme]) {
        var waiting: [SQLLexeme] = []
        var sawLineEnd = true
        for lexeme in lexemes {
            if lexeme.isBlank {
                if lexeme.text.contains(where: \.isNewline) { sawLineEnd = true }
            } else if lexeme.isComment {
                if !sawLineEnd, waiting.isEmpty, !tokens.isEmpty {
                    tokens[tokens.count - 1].trailing.append(lexeme)
                } else {
                    waiting.append(lexeme)
                }
                if lexeme.kind == .lineComment { sawLineEnd = true }
            } else {
                append(lexeme, leading: waiting)
                waiting = []
                sawLineEnd = false
            }
        }
        rest = waiting
    }

    private mutating func append(_ lexeme: SQLLexeme, leading: [SQLLexeme]) {
        var token = Token(lexeme: lexeme, leading: leading)
        if lexeme.kind == .word, !lexeme.isJinja {
            token.lexeme.text = Self.lowercased(lexeme.text)
            let previous = tokens.last
            let isLabel = previous?.lexeme.text == "as" && !["materialized", "not"].contains(token.lexeme.text)
            let isName = previous?.lexeme.kind == .dot || isLabel
            token.word = isName ? "" : token.lexeme.text
        }
        // A comma goes before the comment, not behind it on the next line.
        if lexeme.kind == .comma, let last = tokens.indices.last, token.leading.isEmpty {
            token.trailing = tokens[last].trailing
            tokens[last].trailing = []
        }
        tokens.append(token)
    }

    // ASCII alone, as PostgreSQL folds names.
    static func lowercased(_ text: String) -> String {
        String(decoding: text.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}

/// Tokens with their nesting: parentheses, brackets and CASE .. END.
indirect enum SQLNode {
    case token(Int)
    case parentheses(open: Int, [SQLNode], close: Int)
    case caseBlock(open: Int, [SQLNode], close: Int)

    var first: Int {
        switch self {
        case .token(let index): index
        case .parentheses(let open, _, _), .caseBlock(let open, _, _): open
        }
    }

    var last: Int {
        switch self {
        case .token(let index): index
        case .parentheses(_, _, let close), .caseBlock(_, _, let close): close
        }
    }

    /// The nesting of a text; nil when it does not come out even.
    static func tree(_ tokens: [SQLTokens.Token]) -> [SQLNode]? {
        var levels: [(open: Int, nodes: [SQLNode])] = [(-1, [])]
        for (index, token) in tokens.enumerated() {
            let kind = token.lexeme.kind
            let isCase = token.word == "case"
            if kind == .leftParen || kind == .leftBracket || isCase {
                levels.append((index, []))
            } else if kind == .rightParen || kind == .rightBracket || token.word == "end" {
                guard levels.count > 1, let level = levels.popLast() else { return nil }
                let opening = tokens[level.open]
                switch kind {
                case .rightParen:
                    guard opening.lexeme.kind == .leftParen else { return nil }
                    levels[levels.count - 1].nodes.append(.parentheses(open: level.open, level.nodes, close: index))
                case .rightBracket:
                    guard opening.lexeme.kind == .leftBracket else { return nil }
                    levels[levels.count - 1].nodes.append(.parentheses(open: level.open, level.nodes, close: index))
                default:
                    guard opening.word == "case" else { return nil }
                    levels[levels.count - 1].nodes.append(.caseBlock(open: level.open, level.nodes, close: index))
                }
            } else {
                levels[levels.count - 1].nodes.append(.token(index))
            }
        }
        return levels.count == 1 ? levels[0].nodes : nil
    }
}
