/// The lexer at work: a position in the text and the tokens read so far.
///
/// Every branch of `scanToken` moves `position` forward by at least one byte and no branch moves it back, which is why
/// the lexer ends on any input; tokens start where the one before ended, which is why they tile the text.
struct Scanner {
    let bytes: [UInt8]
    let end: Int
    let profile: LexicalProfile
    let classes: ByteClasses
    let keywords = KeywordTable.shared
    var tokens: [Token] = []
    var position = 0
    /// Index of the last string that was read with backslash escapes on account of an `E`: a string that continues it
    /// on the next line is read the same way.
    var lastEscapeString = -2
    /// Up to here an operator run is known to hold nothing but signs that were cut off its front part: without this
    /// memory a long run of signs would be read anew for each of them.
    var signsEnd = 0

    init(_ bytes: [UInt8], _ profile: LexicalProfile) {
        self.bytes = bytes
        self.profile = profile
        end = bytes.count
        classes = ByteClasses.of(profile)
        tokens.reserveCapacity(bytes.count / 4 + 8)
    }

    /// The byte at an offset; past the end a NUL, which no rule asks for.
    @inline(__always)
    func byte(_ offset: Int) -> UInt8 { offset < end ? bytes[offset] : 0 }

    @inline(__always)
    func has(_ flag: UInt8, _ byte: UInt8) -> Bool { classes.flags[Int(byte)] & flag != 0 }

    mutating func scanAll() {
        // A byte order mark is a blank, but only as the very first thing.
        if end >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
            position = 3
            while position < end, has(ByteClasses.blank, bytes[position]) { position += 1 }
            append(0, .whitespace)
        }
        while position < end { scanToken() }
    }

    @inline(__always)
    mutating func append(_ start: Int, _ kind: TokenKind, _ keyword: Keyword = .none) {
        tokens.append(Token(start: UInt32(start), end: UInt32(position), kind: kind, keyword: keyword))
    }

    @inline(__always)
    private mutating func single(_ kind: TokenKind) {
        position += 1
        append(position - 1, kind)
    }

    private mutating func scanToken() {
        let start = position
        switch classes.starts[Int(bytes[start])] {
        case .blank:
            position += 1
            while position < end, has(ByteClasses.blank, bytes[position]) { position += 1 }
            append(start, .whitespace)
        case .word: scanWord()
        case .highByte:
            if sequenceLength(start) > 0 { scanWord() } else { single(.unknown) }
        case .digit: scanNumber()
        case .quote: scanPlainString()
        case .doubleQuote: scanDoubleQuote()
        case .backtick:
            skipQuoted(Ascii.backtick, escapes: profile.backslashEscapes && profile.tripleQuotes)
            append(start, .quotedIdentifier)
        case .leftParen: single(.leftParen)
        case .rightParen: single(.rightParen)
        case .leftBracket:
            guard profile.bracketIdentifiers else { return single(.leftBracket) }
            skipQuoted(Ascii.rightBracket, escapes: false)
            append(start, .quotedIdentifier)
        case .rightBracket: single(.rightBracket)
        case .leftBrace: single(.leftBrace)
        case .rightBrace: single(.rightBrace)
        case .comma: single(.comma)
        case .semicolon: single(.semicolon)
        case .dot: scanDot()
        case .dash:
            if startsDashComment(start) { scanLineComment() } else { scanOperator() }
        case .slash: scanSlash()
        case .hash: scanLineComment()
        case .dollar: scanDollar()
        case .colon: scanColon()
        case .sigil: scanSigil()
        case .op: scanOperator()
        case .unknown: single(.unknown)
        }
    }

    // MARK: Comments

    /// Whether the bytes at an offset are a `--` that starts a comment.
    func startsDashComment(_ offset: Int) -> Bool {
        guard byte(offset) == Ascii.dash, byte(offset + 1) == Ascii.dash else { return false }
        return !profile.dashesNeedBlank || byte(offset + 2) <= 0x20
    }

    private mutating func scanLineComment() {
        let start = position
        while position < end, bytes[position] != Ascii.lineFeed, bytes[position] != Ascii.carriageReturn {
            position += 1
        }
        append(start, .lineComment)
    }

    private mutating func scanSlash() {
        switch byte(position + 1) {
        case Ascii.star: scanBlockComment()
        case Ascii.slash where profile.doubleSlashStartsComment: scanLineComment()
        default: scanOperator()
        }
    }

    private mutating func scanBlockComment() {
        let start = position
        var depth = 1
        position += 2
        while position < end {
            let this = bytes[position]
            if this == Ascii.star, byte(position + 1) == Ascii.slash {
                position += 2
                depth -= 1
                if depth == 0 { break }
            } else if this == Ascii.slash, profile.nestsBlockComments, byte(position + 1) == Ascii.star {
                position += 2
                depth += 1
            } else {
                position += 1
            }
        }
        append(start, .blockComment)
    }

    // MARK: Words

    /// Moves past the bytes that may continue a word.
    mutating func skipWordBytes() {
        while position < end {
            let flags = classes.flags[Int(bytes[position])]
            if flags & ByteClasses.wordPart != 0 {
                position += 1
            } else if flags & ByteClasses.highByte != 0 {
                let length = sequenceLength(position)
                if length == 0 { return }
                position += length
            } else {
                return
            }
        }
    }

    private mutating func scanWord() {
        let start = position
        skipWordBytes()
        if position < end, position - start <= 2, scanPrefixedString(start) { return }
        append(start, .word, keywords.keyword(in: bytes, start, position))
    }

    /// Length of the well-formed UTF-8 sequence of two to four bytes at an offset; 0 when there is none.
    func sequenceLength(_ offset: Int) -> Int {
        let lead = byte(offset)
        let second = byte(offset + 1)
        func follows(_ distance: Int) -> Bool { byte(offset + distance) & 0xC0 == 0x80 }
        switch lead {
        case 0xC2...0xDF: return follows(1) ? 2 : 0
        case 0xE0...0xEF:
            // Overlong forms and surrogates are not well formed.
            let ruledOut = lead == 0xE0 && second < 0xA0 || lead == 0xED && second > 0x9F
            return !ruledOut && follows(1) && follows(2) ? 3 : 0
        case 0xF0...0xF4:
            let ruledOut = lead == 0xF0 && second < 0x90 || lead == 0xF4 && second > 0x8F
            return !ruledOut && follows(1) && follows(2) && follows(3) ? 4 : 0
        default: return 0
        }
    }
}
