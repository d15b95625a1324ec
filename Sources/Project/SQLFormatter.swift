import Tokens

/// Lays SQL out as sqlfluff wants it: lower case, a clause a line, four blanks, no line longer than need be.
///
/// It moves blanks and line ends, folds the case of unquoted words and writes AS before aliases, nothing else; what it
/// cannot lay out without doubt it gives back as it came.
enum SQLFormatter {
    /// The same tokens with other blanks.
    static func format(_ lexemes: [SQLLexeme], width: Int) -> [SQLLexeme] {
        let tokens = SQLTokens(lexemes)
        guard !tokens.tokens.isEmpty, let tree = SQLNode.tree(tokens.tokens) else { return lexemes }
        let layout = SQLLayout(tokens: tokens.tokens)
        var nodes = layout.isQuery(tree) ? layout.query(tree, isCompact: false) : [.group(layout.expression(tree))]
        for comment in tokens.rest { nodes += [.hard, .text(comment)] }
        let result = LayoutPrinter.print(nodes, width: width)
        // Read again from the text: two tokens that now touch would be another one.
        let again = reread(result)
        let kept = result.contains(where: \.isAdded) ? reread(result.filter { !$0.isAdded }) : again
        return isSameReading(reread(lexemes), kept) && isReadBack(result, again) ? result : lexemes
    }

    // What the printer put on one line is still the tokens that it meant.
    private static func isReadBack(_ lexemes: [SQLLexeme], _ again: [SQLLexeme]) -> Bool {
        again.filter { !$0.isBlank }.map(\.text) == lexemes.filter { !$0.isBlank }.map(\.text)
    }

    /// Nothing but blanks, letter case of bare words and the place of comments differs.
    static func isSame(_ before: [SQLLexeme], _ after: [SQLLexeme]) -> Bool {
        isSameReading(reread(before), reread(after))
    }

    private static func isSameReading(_ before: [SQLLexeme], _ after: [SQLLexeme]) -> Bool {
        significant(before) == significant(after) && comments(before) == comments(after)
    }

    private static func significant(_ lexemes: [SQLLexeme]) -> [String] {
        var result: [String] = []
        var sawLineEnd = false
        var wasString = false
        for lexeme in lexemes {
            if lexeme.isBlank || lexeme.isComment {
                sawLineEnd = sawLineEnd || lexeme.kind == .lineComment || lexeme.text.contains(where: \.isNewline)
                continue
            }
            // Strings on two lines are one string to PostgreSQL; on one line they are a mistake.
            let isString = lexeme.kind == .string
            if isString, wasString { result.append(sawLineEnd ? "continued" : "adjacent") }
            result.append(lexeme.kind == .word && !lexeme.isJinja ? SQLTokens.lowercased(lexeme.text) : lexeme.text)
            wasString = isString
            sawLineEnd = false
        }
        return result
    }

    private static func comments(_ lexemes: [SQLLexeme]) -> [String] {
        lexemes.filter(\.isComment).map(\.text).sorted()
    }

    private static func reread(_ lexemes: [SQLLexeme]) -> [SQLLexeme] {
        var segments: [SQLSegment] = []
        var text = ""
        for lexeme in lexemes {
            if lexeme.isJinja {
                segments += [.sql(text), .jinja(lexeme.text)]
                text = ""
            } else {
                text += lexeme.text
            }
        }
        return SQLLexeme.read((segments + [.sql(text)]).filter { $0 != .sql("") })
    }
}
