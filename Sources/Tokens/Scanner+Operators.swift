// Numbers, operators, dots and parameters: whatever is neither word nor quote.
extension Scanner {
    // MARK: Numbers

    /// Digits, with single underscores between them.
    private mutating func skipDigits(_ flag: UInt8 = ByteClasses.digit) {
        while position < end {
            if has(flag, bytes[position]) {
                position += 1
            } else if bytes[position] == Ascii.underscore, has(flag, byte(position + 1)) {
                position += 2
            } else {
                return
            }
        }
    }

    /// `1`, `1.`, `1.5`, `1e-3`, `0x1F`, `0o17`, `0b1`, `1_000`; in `1..10` the number ends before the dots.
    mutating func scanNumber() {
        let start = position
        if bytes[start] == Ascii.zero, skipRadixDigits(byte(start + 1) | 0x20) {
            append(start, .number)
            return
        }
        skipDigits()
        let isInteger = position < end && bytes[position] != Ascii.dot
        if byte(position) == Ascii.dot, byte(position + 1) != Ascii.dot {
            position += 1
            skipFraction()
        } else {
            skipExponent()
        }
        if profile.digitsStartWords, isInteger, position < end,
            has(ByteClasses.wordStart | ByteClasses.highByte, bytes[position])
        {
            let numberEnd = position
            skipWordBytes()
            if position > numberEnd { return append(start, .word) }
        }
        append(start, .number)
    }

    private mutating func skipRadixDigits(_ radix: UInt8) -> Bool {
        let flag: UInt8
        switch radix {
        case UInt8(ascii: "x"): flag = ByteClasses.hexDigit
        case UInt8(ascii: "o"), UInt8(ascii: "b"): flag = ByteClasses.digit
        default: return false
        }
        let first = byte(position + 2)
        // `0x` alone is the empty binary string of T-SQL and an error elsewhere; a number either way.
        let isEmpty = flag == ByteClasses.hexDigit && !has(ByteClasses.wordPart | ByteClasses.highByte, first)
        guard isEmpty || has(flag, first) || first == Ascii.underscore && has(flag, byte(position + 3)) else {
            return false
        }
        position += 2
        skipDigits(flag)
        return true
    }

    private mutating func skipFraction() {
        if has(ByteClasses.digit, byte(position)) { skipDigits() }
        skipExponent()
    }

    private mutating func skipExponent() {
        guard byte(position) | 0x20 == UInt8(ascii: "e") else { return }
        let sign = byte(position + 1)
        let digits = position + (sign == Ascii.plus || sign == Ascii.dash ? 2 : 1)
        guard has(ByteClasses.digit, byte(digits)) else { return }
        position = digits
        skipDigits()
    }

    /// `.5`, `..` or a dot.
    mutating func scanDot() {
        let start = position
        position += 1
        let next = byte(position)
        if next == Ascii.dot {
            position += 1
            append(start, .op)
        } else if has(ByteClasses.digit, next) {
            skipFraction()
            append(start, .number)
        } else {
            append(start, .dot)
        }
    }

    // MARK: Parameters

    /// `::`, `:=`, `:name` where the profile has it, or a colon.
    mutating func scanColon() {
        let start = position
        position += 1
        let next = byte(position)
        if next == Ascii.colon || next == Ascii.equals {
            position += 1
            append(start, .op)
        } else if profile.parameterSigils.contains(Ascii.colon), startsName(next), !followsOperand() {
            skipWordBytes()
            append(start, position > start + 1 ? .parameter : .op)
        } else {
            append(start, .op)
        }
    }

    /// `@name`, `@@name`, `` @`name` ``, `?`.
    mutating func scanSigil() {
        let start = position
        if bytes[start] == Ascii.question {
            position += 1
            append(start, .parameter)
            return
        }
        let second = byte(start + 1)
        let name = second == Ascii.at ? start + 2 : start + 1
        let first = byte(name)
        if first == Ascii.backtick, profile.backtickIdentifiers {
            position = name
            skipQuoted(Ascii.backtick, escapes: false)
            append(start, .parameter)
        } else if startsName(first) || has(ByteClasses.wordPart, first) {
            position = name
            skipWordBytes()
            append(start, position > name ? .parameter : .op)
        } else {
            position += 1
            append(start, .op)
        }
    }

    private func startsName(_ byte: UInt8) -> Bool {
        has(ByteClasses.wordStart | ByteClasses.digit | ByteClasses.highByte, byte)
    }

    /// A colon right behind a name, number or closing bracket is a path or slice (`v:field`, `a[1:n]`), not a sigil.
    private func followsOperand() -> Bool {
        guard let last = tokens.last else { return false }
        switch last.kind {
        case .word: return last.keyword == .none
        case .quotedIdentifier, .number, .string, .parameter, .rightParen, .rightBracket: return true
        default: return false
        }
    }

    // MARK: Operators

    mutating func scanOperator() {
        let start = position
        position += profile.longestOperators ? longestOperator(start) : listedOperator(start)
        append(start, .op)
    }

    /// Length by PostgreSQL's rule: the longest run of operator characters that no comment interrupts, without trailing
    /// signs unless a character is in it that SQL's own operators never use.
    private mutating func longestOperator(_ start: Int) -> Int {
        if start < signsEnd { return 1 }
        var stop = start
        var lastMark = start - 1
        while stop < end, has(ByteClasses.operatorPart, bytes[stop]) {
            let this = bytes[stop]
            if stop > start, startsDashComment(stop) || this == Ascii.slash && byte(stop + 1) == Ascii.star { break }
            if has(ByteClasses.operatorMark, this) { lastMark = stop }
            stop += 1
        }
        if lastMark < start {
            signsEnd = stop
            while stop - start > 1, bytes[stop - 1] == Ascii.plus || bytes[stop - 1] == Ascii.dash { stop -= 1 }
        }
        return stop - start
    }

    /// Length of the longest operator of the fixed list.
    private func listedOperator(_ start: Int) -> Int {
        let first = bytes[start]
        let second = byte(start + 1)
        let third = byte(start + 2)
        switch (first, second) {
        case (Ascii.less, Ascii.equals): return third == Ascii.greater ? 3 : 2
        case (Ascii.dash, Ascii.greater): return third == Ascii.greater ? 3 : 2
        case (Ascii.less, Ascii.greater), (Ascii.less, Ascii.less), (Ascii.greater, Ascii.greater),
            (Ascii.greater, Ascii.equals), (Ascii.equals, Ascii.greater), (Ascii.equals, Ascii.equals),
            (Ascii.bar, Ascii.bar), (Ascii.bar, Ascii.greater), (Ascii.ampersand, Ascii.ampersand),
            (Ascii.star, Ascii.star), (UInt8(ascii: "!"), Ascii.less), (UInt8(ascii: "!"), Ascii.greater):
            return 2
        case (UInt8(ascii: "!"), Ascii.equals), (UInt8(ascii: "^"), Ascii.equals), (UInt8(ascii: "~"), Ascii.equals),
            (Ascii.plus, Ascii.equals), (Ascii.dash, Ascii.equals), (Ascii.star, Ascii.equals),
            (Ascii.slash, Ascii.equals), (UInt8(ascii: "%"), Ascii.equals), (Ascii.ampersand, Ascii.equals),
            (Ascii.bar, Ascii.equals):
            return 2
        default: return 1
        }
    }
}
