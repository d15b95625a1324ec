/// The tokens of a stretch of a text without its blanks and comments, for readers that look ahead and jump over
/// parentheses. Indices count significant tokens from 0; asking beyond either end is allowed and finds nothing, so that
/// a reader need not guard every look-ahead.
public struct SignificantTokens: Sendable {
    /// The text that the tokens are of.
    public let source: LexedText
    /// Indices into `source.tokens`, ascending.
    public let positions: [Int]
    /// Partner of each bracket, open or close; -1 for everything else.
    private let partners: [Int32]

    /// Reads the significant tokens among `range` of a text's tokens; all of them when no range is given.
    public init(_ source: LexedText, in range: Range<Int>? = nil) {
        self.source = source
        positions = (range ?? 0..<source.tokens.count).filter { !source.tokens[$0].isTrivia }
        partners = Self.match(source, positions)
    }

    /// How many there are.
    public var count: Int { positions.count }

    /// True when there is nothing but blanks and comments.
    public var isEmpty: Bool { positions.isEmpty }

    /// Token number `index`; traps beyond the ends, as arrays do.
    public subscript(index: Int) -> Token { source.tokens[positions[index]] }

    /// What kind of token stands there; nil beyond the ends.
    public func kind(_ index: Int) -> TokenKind? {
        positions.indices.contains(index) ? self[index].kind : nil
    }

    /// The keyword there; `.none` for all else and beyond the ends.
    public func keyword(_ index: Int) -> Keyword {
        positions.indices.contains(index) ? self[index].keyword : .none
    }

    /// The token's text; empty beyond the ends.
    public func text(_ index: Int) -> String {
        positions.indices.contains(index) ? source.text(positions[index]) : ""
    }

    /// The text from the first to the last token of a range, blanks and comments between them included.
    public func text(_ range: Range<Int>) -> String {
        let inside = range.clamped(to: 0..<count)
        guard !inside.isEmpty else { return "" }
        return source.text(positions[inside.lowerBound]..<positions[inside.upperBound - 1] + 1)
    }

    /// Whether an unquoted word, keyword or not, is spelled like this in any casing; `word` is lower case.
    public func isWord(_ index: Int, _ word: String) -> Bool {
        guard kind(index) == .word else { return false }
        let token = self[index]
        let bytes = source.bytes[Int(token.start)..<Int(token.end)]
        return bytes.count == word.utf8.count && zip(bytes, word.utf8).allSatisfy { $0.lowercasedASCII == $1 }
    }

    /// Whether an operator is spelled like this.
    public func isOperator(_ index: Int, _ spelling: String) -> Bool {
        guard kind(index) == .op else { return false }
        let token = self[index]
        return source.bytes[Int(token.start)..<Int(token.end)].elementsEqual(spelling.utf8)
    }

    /// Line of a token, counted from 1; beyond the end the line of the last token.
    public func line(_ index: Int) -> Int {
        positions.isEmpty ? 1 : source.line(ofToken: positions[min(max(index, 0), count - 1)])
    }

    /// Index of the bracket that closes the `(`, `[` or `{` at an index; nil when it is none or is never closed.
    public func closing(_ index: Int) -> Int? {
        guard partners.indices.contains(index), partners[index] > Int32(index) else { return nil }
        return Int(partners[index])
    }

    /// Index of the bracket that opened what the `)`, `]` or `}` at an index closes.
    public func opening(_ index: Int) -> Int? {
        guard partners.indices.contains(index), partners[index] >= 0, partners[index] < Int32(index) else { return nil }
        return Int(partners[index])
    }

    /// The next index on the same level: behind the closing bracket when an opening one is at `index`.
    public func next(_ index: Int) -> Int { (closing(index) ?? index) + 1 }

    /// Each sort of bracket is matched by itself, so that a stray one of another sort does no harm.
    private static func match(_ source: LexedText, _ positions: [Int]) -> [Int32] {
        var partners = [Int32](repeating: -1, count: positions.count)
        var open: [[Int]] = [[], [], []]
        for (index, position) in positions.enumerated() {
            let (sort, opens): (Int, Bool)
            switch source.tokens[position].kind {
            case .leftParen: (sort, opens) = (0, true)
            case .rightParen: (sort, opens) = (0, false)
            case .leftBracket: (sort, opens) = (1, true)
            case .rightBracket: (sort, opens) = (1, false)
            case .leftBrace: (sort, opens) = (2, true)
            case .rightBrace: (sort, opens) = (2, false)
            default: continue
            }
            if opens {
                open[sort].append(index)
            } else if let partner = open[sort].popLast() {
                partners[partner] = Int32(index)
                partners[index] = Int32(partner)
            }
        }
        return partners
    }
}
