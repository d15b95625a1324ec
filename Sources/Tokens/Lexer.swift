/// Reads a text into tokens that tile it. Never fails: what it does not know becomes `.unknown`, one byte each.
public func lex(_ bytes: [UInt8], profile: LexicalProfile) -> LexedText {
    LexedText(bytes: bytes, tokens: [], lineStarts: [0])
}

/// The same for a string.
public func lex(_ text: String, profile: LexicalProfile) -> LexedText {
    lex(Array(text.utf8), profile: profile)
}
