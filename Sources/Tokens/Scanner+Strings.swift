// Quotes of every kind. All of them run to the end of the text when nothing closes them.
extension Scanner {
    /// Moves past a quoted run: from its opening byte to the closing one, which stands for itself when doubled.
    mutating func skipQuoted(_ close: UInt8, escapes: Bool) {
        position += 1
        while position < end {
            let this = bytes[position]
            position += 1
            if this == close {
                if byte(position) != close { return }
                position += 1
            } else if escapes, this == Ascii.backslash, position < end {
                position += 1
            }
        }
    }

    /// A string at a quote without a prefix.
    mutating func scanPlainString() {
        let start = position
        let continues = profile.escapeStrings && continuesEscapeString()
        scanStringBody(start, escapes: profile.backslashEscapes || continues)
        if continues { lastEscapeString = tokens.count - 1 }
    }

    /// A string or an identifier at `"`.
    mutating func scanDoubleQuote() {
        let start = position
        if profile.doubleQuotedStrings {
            scanStringBody(start, escapes: profile.backslashEscapes)
        } else {
            skipQuoted(Ascii.doubleQuote, escapes: false)
            append(start, .quotedIdentifier)
        }
    }

    /// Reads on from the opening quote at `position`; `start` is where the prefix began.
    private mutating func scanStringBody(_ start: Int, escapes: Bool) {
        let quote = bytes[position]
        if profile.tripleQuotes, byte(position + 1) == quote, byte(position + 2) == quote {
            skipTripleQuoted(quote)
        } else {
            skipQuoted(quote, escapes: escapes)
        }
        append(start, .string)
    }

    private mutating func skipTripleQuoted(_ quote: UInt8) {
        position += 3
        while position < end {
            let this = bytes[position]
            if this == quote, byte(position + 1) == quote, byte(position + 2) == quote {
                position += 3
                return
            }
            position += this == Ascii.backslash && position + 1 < end ? 2 : 1
        }
    }

    /// Two strings with only blanks, line comments and at least one line end between them are one to PostgreSQL.
    private func continuesEscapeString() -> Bool {
        var index = tokens.count - 1
        var crossesLine = false
        while index > lastEscapeString, index >= 0 {
            let token = tokens[index]
            switch token.kind {
            case .whitespace:
                crossesLine =
                    crossesLine
                    || bytes[Int(token.start)..<Int(token.end)]
                        .contains { $0 == Ascii.lineFeed || $0 == Ascii.carriageReturn }
            case .lineComment: break
            default: return false
            }
            index -= 1
        }
        return index == lastEscapeString && crossesLine
    }

    /// Called after a word of one or two bytes that began at `start`: reads the string it is a prefix of, if it is one.
    mutating func scanPrefixedString(_ start: Int) -> Bool {
        let first = bytes[start].lowercasedASCII
        let next = bytes[position]
        if position - start == 1, first == UInt8(ascii: "u"), profile.unicodePrefix, next == Ascii.ampersand {
            return scanUnicodeString(start)
        }
        if profile.tripleQuotes, next == Ascii.quote || next == Ascii.doubleQuote { return scanRawString(start) }
        guard next == Ascii.quote else { return false }
        if profile.quoteDelimitedStrings, bytes[position - 1].lowercasedASCII == UInt8(ascii: "q"),
            position - start == 1 || first == UInt8(ascii: "n")
        {
            return scanDelimitedString(start)
        }
        guard position - start == 1 else { return false }
        if profile.escapeStrings, first == UInt8(ascii: "e") {
            scanStringBody(start, escapes: true)
            lastEscapeString = tokens.count - 1
            return true
        }
        guard profile.stringPrefixes.contains(first) else { return false }
        scanStringBody(start, escapes: profile.backslashEscapes)
        return true
    }

    /// `U&'..'` and `U&".."`; `position` is at the ampersand.
    private mutating func scanUnicodeString(_ start: Int) -> Bool {
        let quote = byte(position + 1)
        guard quote == Ascii.quote || quote == Ascii.doubleQuote else { return false }
        position += 1
        skipQuoted(quote, escapes: false)
        append(start, quote == Ascii.quote ? .string : .quotedIdentifier)
        return true
    }

    /// `r'..'`, `b".."`, `rb'''..'''`: a backslash keeps a quote from closing even a raw string.
    private mutating func scanRawString(_ start: Int) -> Bool {
        let first = bytes[start].lowercasedASCII
        let last = bytes[position - 1].lowercasedASCII
        let isPrefix =
            position - start == 1
            ? first == UInt8(ascii: "r") || first == UInt8(ascii: "b")
            : first != last && (first == UInt8(ascii: "r") || first == UInt8(ascii: "b"))
                && (last == UInt8(ascii: "r") || last == UInt8(ascii: "b"))
        guard isPrefix else { return false }
        scanStringBody(start, escapes: true)
        return true
    }

    /// `q'[..]'`: the byte after the quote chooses the closing one; `position` is at the quote.
    private mutating func scanDelimitedString(_ start: Int) -> Bool {
        let open = byte(position + 1)
        // Oracle allows no blank as a delimiter: `q' x'` is a column named q before a string.
        guard open > 0x20 else { return false }
        let close: UInt8 =
            switch open {
            case UInt8(ascii: "["): Ascii.rightBracket
            case UInt8(ascii: "("): UInt8(ascii: ")")
            case UInt8(ascii: "{"): UInt8(ascii: "}")
            case Ascii.less: Ascii.greater
            default: open
            }
        position += 2
        while position < end, !(bytes[position] == close && byte(position + 1) == Ascii.quote) { position += 1 }
        position = min(position + 2, end)
        append(start, .string)
        return true
    }

    // MARK: Dollars

    /// A dollar quote, a parameter, a word where the profile says so, or a stray dollar.
    mutating func scanDollar() {
        let start = position
        if profile.dollarQuotes, let body = dollarQuoteBody() {
            skipDollarQuoted(start, body)
            append(start, .string)
            return
        }
        let next = byte(start + 1)
        let isDigit = has(ByteClasses.digit, next)
        if profile.parameterSigils.contains(Ascii.dollar), isDigit {
            position += 2
            while position < end, has(ByteClasses.digit, bytes[position]) { position += 1 }
            append(start, .parameter)
        } else if profile.parameterSigils.contains(Ascii.dollar), !profile.numberedDollarsOnly,
            has(ByteClasses.wordStart, next)
        {
            position += 1
            skipWordBytes()
            append(start, .parameter)
        } else if has(ByteClasses.wordStart, Ascii.dollar), has(ByteClasses.wordStart, next) {
            position += 1
            skipWordBytes()
            append(start, .word)
        } else {
            position += 1
            append(start, .unknown)
        }
    }

    /// Where the body of the dollar quote at `position` begins; nil when there is none.
    private func dollarQuoteBody() -> Int? {
        var index = position + 1
        if has(ByteClasses.digit, byte(index)) { return nil }
        while index < end, bytes[index] != Ascii.dollar {
            guard has(ByteClasses.wordPart | ByteClasses.highByte, bytes[index]), bytes[index] != Ascii.hash else {
                return nil
            }
            index += 1
        }
        return index < end ? index + 1 : nil
    }

    /// Moves past the delimiter that repeats `bytes[start ..< body]`. A delimiter has a dollar only at its ends, so a
    /// failed comparison never has to be taken back by more than its last byte.
    private mutating func skipDollarQuoted(_ start: Int, _ body: Int) {
        let length = body - start
        position = body
        while position < end {
            guard bytes[position] == Ascii.dollar else {
                position += 1
                continue
            }
            var matched = 1
            while matched < length, byte(position + matched) == bytes[start + matched], position + matched < end {
                matched += 1
            }
            position += matched == length ? length : max(1, matched)
            if matched == length { return }
        }
    }
}
