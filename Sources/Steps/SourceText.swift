import Tokens

/// A routine's text made ready for reading: lexed once, blanks and comments skipped, parentheses matched.
///
/// Readers speak of ranges of *significant* tokens (`Range<Int>`), so that a range can always be turned back into the
/// original bytes, comments included. A class because every step of a routine shares it; it never changes.
public final class SourceText: Sendable {
    /// The lossless tokens.
    public let lexed: LexedText
    /// Positions in `lexed.tokens` of the tokens that are neither blanks nor comments.
    private let significant: [Int]
    /// For an opening parenthesis or bracket the index of its closing one (`count` when there is none).
    private let closing: [Int]
    /// Added to a line of this text to get the line that people see.
    public let lineOffset: Int
    /// The one line that people see for all of it: text that the code puts together has no lines of its own.
    public let fixedLine: Int?

    /// Lexes a text.
    public init(_ text: String, profile: LexicalProfile, lineOffset: Int = 0, fixedLine: Int? = nil) {
        self.fixedLine = fixedLine
        let lexed = lex(text, profile: profile)
        self.lexed = lexed
        self.lineOffset = lineOffset
        significant = lexed.tokens.indices.filter { !lexed.tokens[$0].isTrivia }
        var closing = [Int](repeating: -1, count: significant.count)
        var open: [Int] = []
        for (index, position) in significant.enumerated() {
            switch lexed.tokens[position].kind {
            case .leftParen, .leftBracket, .leftBrace: open.append(index)
            case .rightParen, .rightBracket, .rightBrace:
                if let start = open.popLast() { closing[start] = index }
            default: break
            }
        }
        for start in open { closing[start] = significant.count }
        self.closing = closing
    }

    /// How many significant tokens there are.
    public var count: Int { significant.count }
    /// All significant tokens.
    public var all: Range<Int> { 0..<count }

    /// Kind of token `index`; `.unknown` past the end.
    public func kind(_ index: Int) -> TokenKind {
        index >= 0 && index < count ? lexed.tokens[significant[index]].kind : .unknown
    }
    /// Keyword of token `index`, `.none` for anything else.
    public func keyword(_ index: Int) -> Keyword {
        index >= 0 && index < count ? lexed.tokens[significant[index]].keyword : .none
    }
    /// Token `index` as it stands.
    public func text(_ index: Int) -> String {
        index >= 0 && index < count ? lexed.text(significant[index]) : ""
    }
    /// The original text from the first to the last token of the range, comments between them included.
    public func text(_ range: Range<Int>) -> String {
        guard !range.isEmpty, range.upperBound <= count else { return "" }
        return lexed.text(significant[range.lowerBound]..<significant[range.upperBound - 1] + 1)
    }
    /// What stands between token `index - 1` and token `index`: blanks and comments.
    public func triviaBefore(_ index: Int) -> String {
        guard index < count, index > 0 else { return "" }
        return lexed.text(significant[index - 1] + 1..<significant[index])
    }
    /// The blanks and comments before token `index` when it lies in the range, for joining pieces safely.
    public func triviaBeforeOrEmpty(_ index: Int, in range: Range<Int>) -> String {
        index < range.upperBound ? triviaBefore(index) : ""
    }
    /// Whether token `index` is this operator or punctuation.
    public func isSymbol(_ index: Int, _ symbol: String) -> Bool {
        switch kind(index) {
        case .op, .dot, .comma, .semicolon, .leftParen, .rightParen, .leftBracket, .rightBracket:
            text(index) == symbol
        default: false
        }
    }
    /// Index of the parenthesis that closes the one at `index`; `count` when it is never closed.
    public func closing(of index: Int) -> Int { closing[index] < 0 ? count : closing[index] }

    /// Whether token `index` can be a name: a word (keyword or not) or a quoted identifier.
    public func isName(_ index: Int) -> Bool { kind(index) == .word || kind(index) == .quotedIdentifier }

    /// The identifier at `index` as the catalog stores it: unquoted words folded to lower case, quotes taken off.
    public func name(_ index: Int) -> String {
        let text = text(index)
        guard kind(index) == .quotedIdentifier, text.count >= 2 else { return text.lowercased() }
        guard let quote = text.first else { return text }
        let inner = String(text.dropFirst().dropLast())
        return quote == "\"" ? inner.replacing("\"\"", with: "\"") : inner
    }

    /// Line on which token `index` starts, as people count it.
    public func line(_ index: Int) -> Int {
        if let fixedLine { return fixedLine }
        guard count > 0 else { return 1 + lineOffset }
        return lexed.line(ofToken: significant[min(max(index, 0), count - 1)]) + lineOffset
    }
    /// First and last line of a range.
    public func lines(_ range: Range<Int>) -> ClosedRange<Int> {
        let first = line(range.lowerBound)
        return first...max(first, line(max(range.lowerBound, range.upperBound - 1)))
    }

    /// Comments right before token `index`, without their marks, one string a line, blank ones dropped.
    public func comments(before index: Int) -> [String] {
        let from = index > 0 && index <= count ? significant[index - 1] + 1 : 0
        let to = index < count ? significant[index] : lexed.tokens.count
        guard from < to else { return [] }
        var lines: [String] = []
        for position in from..<to {
            switch lexed.tokens[position].kind {
            case .lineComment:
                // A comment behind the previous statement's semicolon on the same line belongs to that statement.
                if index > 0, !lexed.text(from..<position).contains(where: \.isNewline) { continue }
                lines.append(String(lexed.text(position).drop { $0 == "-" || $0 == "#" || $0 == "/" }))
            case .blockComment:
                let inner = lexed.text(position).dropFirst(2)
                let body = inner.hasSuffix("*/") ? inner.dropLast(2) : inner
                lines += body.split(whereSeparator: \.isNewline).map { line in
                    String(line.drop { $0 == " " || $0 == "\t" || $0 == "*" })
                }
            default: break
            }
        }
        return lines.map(trimmed).filter { line in line.contains { $0.isLetter || $0.isNumber } }
    }

    private func trimmed(_ line: String) -> String {
        var text = Substring(line)
        while let last = text.last, last.isWhitespace || last == "*" || last == "=" || last == "-" { text.removeLast() }
        return String(text.drop { $0.isWhitespace || $0 == "=" || $0 == "-" })
    }

    /// First index in `range` at nesting depth zero for which `match` holds.
    public func firstTopLevel(in range: Range<Int>, where match: (Int) -> Bool) -> Int? {
        var index = range.lowerBound
        while index < range.upperBound {
            if match(index) { return index }
            index = next(index)
        }
        return nil
    }

    /// The index behind `index`, jumping over a parenthesised group.
    public func next(_ index: Int) -> Int {
        switch kind(index) {
        case .leftParen, .leftBracket: min(closing(of: index) + 1, count)
        default: index + 1
        }
    }

    /// Splits a range at commas of nesting depth zero; empty pieces are kept.
    public func splitAtCommas(_ range: Range<Int>) -> [Range<Int>] {
        guard !range.isEmpty else { return [] }
        var pieces: [Range<Int>] = []
        var start = range.lowerBound
        var index = start
        while index < range.upperBound {
            if kind(index) == .comma {
                pieces.append(start..<index)
                start = index + 1
            }
            index = min(next(index), range.upperBound)
        }
        pieces.append(start..<range.upperBound)
        return pieces
    }

    /// The tokens inside the parentheses at `index`.
    public func inside(_ index: Int) -> Range<Int> { index + 1..<max(index + 1, min(closing(of: index), count)) }
}

/// A piece of a source text.
public struct Fragment: Sendable {
    /// The text that `range` counts in.
    public let source: SourceText
    /// Positions of significant tokens, as in `SourceText.all`.
    public let range: Range<Int>

    /// A range of significant tokens of a text.
    public init(_ source: SourceText, _ range: Range<Int>) {
        self.source = source
        self.range = range
    }
    /// The original text.
    public var text: String { source.text(range) }
    /// First and last line.
    public var lines: ClosedRange<Int> { source.lines(range) }
}
