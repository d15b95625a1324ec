/// What the first byte of a token says about it, and which bytes may follow in a word: a profile boiled down to tables.
struct ByteClasses {
    /// What to do at a byte that starts a token.
    enum Start: UInt8 {
        case unknown, blank, word, highByte, digit, quote, doubleQuote, backtick
        case leftParen, rightParen, leftBracket, rightBracket, leftBrace, rightBrace
        case comma, semicolon, dot, dash, slash, hash, dollar, colon, sigil, op
    }

    /// Inside a word: letters, digits, `_` and what the profile adds. High bytes are looked at more closely.
    static let wordPart: UInt8 = 1
    static let digit: UInt8 = 2
    static let hexDigit: UInt8 = 4
    static let blank: UInt8 = 8
    /// A character of PostgreSQL's operators.
    static let operatorPart: UInt8 = 16
    /// A character that lets an operator end in `+` or `-`.
    static let operatorMark: UInt8 = 32
    static let highByte: UInt8 = 64
    /// May start a word.
    static let wordStart: UInt8 = 128

    let starts: [Start]
    let flags: [UInt8]

    private static let postgresql = ByteClasses(.postgresql)

    /// The tables of a profile. PostgreSQL's are made once: texts are many and short.
    static func of(_ profile: LexicalProfile) -> ByteClasses {
        let known = LexicalProfile.postgresql
        let isKnown =
            profile.backtickIdentifiers == known.backtickIdentifiers
            && profile.hashStartsComment == known.hashStartsComment
            && profile.parameterSigils == known.parameterSigils && profile.wordBytes == known.wordBytes
            && profile.wordStartBytes == known.wordStartBytes
        return isKnown ? postgresql : ByteClasses(profile)
    }

    private init(_ profile: LexicalProfile) {
        var starts = [Start](repeating: .unknown, count: 256)
        var flags = [UInt8](repeating: 0, count: 256)
        func mark(_ bytes: some Swift.Sequence<UInt8>, _ flag: UInt8, _ start: Start? = nil) {
            for byte in bytes {
                flags[Int(byte)] |= flag
                if let start { starts[Int(byte)] = start }
            }
        }
        mark(" \t\n\r\u{0B}\u{0C}".utf8, Self.blank, .blank)
        mark(UInt8(ascii: "a")...UInt8(ascii: "z"), Self.wordPart | Self.wordStart, .word)
        mark(UInt8(ascii: "A")...UInt8(ascii: "Z"), Self.wordPart | Self.wordStart, .word)
        mark("_".utf8, Self.wordPart | Self.wordStart, .word)
        mark("0123456789".utf8, Self.wordPart | Self.digit | Self.hexDigit, .digit)
        mark("abcdefABCDEF".utf8, Self.hexDigit)
        mark(UInt8(0x80)...UInt8(0xFF), Self.highByte, .highByte)
        mark("+-*/<>=~!@#%^&|`?".utf8, Self.operatorPart, .op)
        mark("~!@#%^&|`?".utf8, Self.operatorMark)
        for (byte, start) in Self.single { starts[Int(byte)] = start }
        if profile.backtickIdentifiers { mark("`".utf8, 0, .backtick) }
        if profile.hashStartsComment { mark("#".utf8, 0, .hash) }
        mark(profile.parameterSigils.filter { $0 == UInt8(ascii: "@") || $0 == UInt8(ascii: "?") }, 0, .sigil)
        mark(profile.wordBytes, Self.wordPart)
        mark(profile.wordStartBytes, Self.wordPart | Self.wordStart)
        // A dollar may start several things, so it keeps its own case; the others can only start a word.
        mark(profile.wordStartBytes.filter { $0 != UInt8(ascii: "$") }, 0, .word)
        self.starts = starts
        self.flags = flags
    }

    private static let single: [(UInt8, Start)] = [
        (UInt8(ascii: "("), .leftParen), (UInt8(ascii: ")"), .rightParen),
        (UInt8(ascii: "["), .leftBracket), (UInt8(ascii: "]"), .rightBracket),
        (UInt8(ascii: "{"), .leftBrace), (UInt8(ascii: "}"), .rightBrace),
        (UInt8(ascii: ","), .comma), (UInt8(ascii: ";"), .semicolon), (UInt8(ascii: "."), .dot),
        (UInt8(ascii: "'"), .quote), (UInt8(ascii: "\""), .doubleQuote),
        (UInt8(ascii: "-"), .dash), (UInt8(ascii: "/"), .slash),
        (UInt8(ascii: "$"), .dollar), (UInt8(ascii: ":"), .colon),
    ]
}
