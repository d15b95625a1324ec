/// A text and the tokens that tile it: joined they give the text back byte for byte.
public struct LexedText: Sendable {
    /// The text as UTF-8 (or whatever bytes came in).
    public let bytes: [UInt8]
    /// The tokens in the order of the text.
    public let tokens: [Token]
    /// First byte of each line, ascending; `lineStarts[0] == 0`.
    public let lineStarts: [UInt32]

    init(bytes: [UInt8], tokens: [Token], lineStarts: [UInt32]) {
        self.bytes = bytes
        self.tokens = tokens
        self.lineStarts = lineStarts
    }

    /// The text of token `index`.
    public func text(_ index: Int) -> String {
        let token = tokens[index]
        return String(decoding: bytes[Int(token.start)..<Int(token.end)], as: UTF8.self)
    }

    /// The text of a run of tokens, blanks and comments between them included.
    public func text(_ range: Range<Int>) -> String {
        guard !range.isEmpty else { return "" }
        let first = Int(tokens[range.lowerBound].start)
        let last = Int(tokens[range.upperBound - 1].end)
        return String(decoding: bytes[first..<last], as: UTF8.self)
    }

    /// Line of a byte offset, counted from 1.
    public func line(ofByte offset: Int) -> Int {
        var low = 0
        var high = lineStarts.count
        while low < high {
            let middle = (low + high) / 2
            if Int(lineStarts[middle]) <= offset { low = middle + 1 } else { high = middle }
        }
        return max(low, 1)
    }

    /// Line on which token `index` starts, counted from 1.
    public func line(ofToken index: Int) -> Int {
        tokens.isEmpty ? 1 : line(ofByte: Int(tokens[min(index, tokens.count - 1)].start))
    }
}
