/// Reads a text into tokens that tile it. Never fails: what it does not know becomes `.unknown`, one byte each.
///
/// Texts of 4 GB and more are a programmer's error, because offsets have 32 bits.
public func lex(_ bytes: [UInt8], profile: LexicalProfile) -> LexedText {
    precondition(bytes.count < Int(UInt32.max), "a text of 4 GB or more cannot be lexed: offsets have 32 bits")
    var scanner = Scanner(bytes, profile)
    scanner.scanAll()
    return LexedText(bytes: bytes, tokens: scanner.tokens, lineStarts: lineStarts(bytes))
}

/// The same for a string.
public func lex(_ text: String, profile: LexicalProfile) -> LexedText {
    lex(Array(text.utf8), profile: profile)
}

/// First byte of each line; lines end in LF, CR LF or a lone CR.
private func lineStarts(_ bytes: [UInt8]) -> [UInt32] {
    var starts: [UInt32] = [0]
    starts.reserveCapacity(bytes.count / 32 + 1)
    let end = bytes.count
    var index = 0
    while index < end {
        let byte = bytes[index]
        index += 1
        if byte == Ascii.lineFeed || (byte == Ascii.carriageReturn && (index == end || bytes[index] != Ascii.lineFeed))
        {
            starts.append(UInt32(index))
        }
    }
    return starts
}
