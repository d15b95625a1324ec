import Tokens

/// One statement of a file: its significant tokens without the terminator, and where its text ends.
struct FileStatement {
    var range: Range<Int>
    /// One past the last byte; behind the last token where comments up to a batch separator belong to it.
    var textEnd: Int
    /// The end of its body was not found.
    var isUnclosed = false
}

/// Cuts a file into statements. Routines are the hard part: their bodies hold semicolons, so each dialect's own sign
/// of the end is looked for (a delimiter, a batch separator, the END that matches), and the end of the file else.
struct StatementBounds {
    let tokens: SignificantTokens
    let profile: LexicalProfile
    private var position = 0
    /// MySQL's client was told to end statements at something else than a semicolon.
    private var hasDelimiter = false

    init(_ tokens: SignificantTokens, _ profile: LexicalProfile) {
        self.tokens = tokens
        self.profile = profile
    }

    private var blocks: BlockMatcher { BlockMatcher(tokens: tokens) }

    mutating func next() -> FileStatement? {
        skipSeparators()
        guard position < tokens.count else { return nil }
        let start = position
        var statement: FileStatement
        if let heading = RoutineHeading(tokens, start, profile) {
            statement = routine(start, heading)
        } else {
            statement = plain(start)
        }
        // A statement is never empty, so the loop over a file always ends.
        position = max(statement.range.upperBound, start + 1)
        statement.range = start..<position
        statement.textEnd = max(statement.textEnd, Int(tokens[position - 1].end))
        return statement
    }

    private func statement(_ start: Int, _ end: Int, isUnclosed: Bool = false) -> FileStatement {
        let last = max(end, start + 1) - 1
        return FileStatement(range: start..<last + 1, textEnd: Int(tokens[last].end), isUnclosed: isUnclosed)
    }

    // MARK: Between statements

    /// Whether a token is the first on its line.
    func startsLine(_ index: Int) -> Bool { index == 0 || tokens.line(index - 1) < tokens.line(index) }

    private func endOfLine(_ index: Int) -> Int {
        var next = index + 1
        while next < tokens.count, tokens.line(next) == tokens.line(index) { next += 1 }
        return next
    }

    /// Whether a token is a batch separator: alone on its line, GO perhaps with a count.
    private func isSeparator(_ index: Int) -> Bool {
        guard !profile.batchSeparators.isEmpty, startsLine(index) else { return false }
        let text = tokens.text(index).uppercased()
        guard profile.batchSeparators.contains(text) else { return false }
        let lineEnd = endOfLine(index)
        return lineEnd == index + 1 || lineEnd == index + 2 && tokens.kind(index + 1) == .number
    }

    /// Whether a token is one of the bytes that `ClientDelimiters` wrote.
    private func isMark(_ index: Int, _ mark: UInt8) -> Bool {
        tokens.kind(index) == .unknown && tokens.source.bytes[Int(tokens[index].start)] == mark
    }

    private func isDelimiter(_ index: Int) -> Bool { hasDelimiter && isMark(index, ClientDelimiters.mark) }

    private mutating func skipSeparators() {
        while position < tokens.count {
            if tokens.kind(position) == .semicolon {
                position += 1
            } else if isSeparator(position) || tokens.kind(position) == .unknown && tokens.text(position) == "\\" {
                position = endOfLine(position)
            } else if isMark(position, ClientDelimiters.on) || isMark(position, ClientDelimiters.off) {
                hasDelimiter = isMark(position, ClientDelimiters.on)
                position += 1
            } else if isDelimiter(position) {
                position += 1
            } else {
                return
            }
        }
    }

    // MARK: Ends

    private func plain(_ start: Int) -> FileStatement {
        var index = start
        while index < tokens.count {
            let isNew = index > start && tokens.keyword(index) == .create && startsLine(index)
            let isEnd = tokens.kind(index) == .semicolon && !hasDelimiter
            if isEnd || isSeparator(index) || isDelimiter(index) || isNew { break }
            index = tokens.next(index)
        }
        return statement(start, min(index, tokens.count))
    }

    private func routine(_ start: Int, _ heading: RoutineHeading) -> FileStatement {
        if profile.batchSeparators == ["GO"] { return batch(start, heading.body ?? start) }
        if profile.batchSeparators == ["/"] { return unit(start, heading.body) }
        if hasDelimiter {
            var index = start + 1
            while index < tokens.count, !isDelimiter(index), !isMark(index, ClientDelimiters.off) { index += 1 }
            return withTrailingSpace(start, index)
        }
        guard let body = heading.body else { return plain(start) }
        if tokens.kind(body) == .string { return plain(start) }
        return block(start, body)
    }

    /// Up to the batch separator; where somebody forgot it, up to the next routine at the start of a line.
    private func batch(_ start: Int, _ body: Int) -> FileStatement {
        var index = max(body, start) + 1
        while index < tokens.count {
            if isSeparator(index) { return withTrailingSpace(start, index) }
            if startsLine(index), tokens.keyword(index) == .create || tokens.keyword(index) == .alter,
                RoutineHeading(tokens, index, profile) != nil
            {
                return statement(start, index)
            }
            index += 1
        }
        return withTrailingSpace(start, index)
    }

    /// Comments before the separator are the routine's.
    private func withTrailingSpace(_ start: Int, _ end: Int) -> FileStatement {
        var result = statement(start, end)
        let bytes = tokens.source.bytes
        var last = end < tokens.count ? Int(tokens[end].start) : bytes.count
        while last > result.textEnd, bytes[last - 1] <= 0x20 { last -= 1 }
        result.textEnd = last
        return result
    }

    /// A PL/SQL unit: to the END that matches when what follows it looks like a new statement, else to the `/`.
    private func unit(_ start: Int, _ body: Int?) -> FileStatement {
        var slash = start + 1
        while slash < tokens.count, !isSeparator(slash) { slash += 1 }
        guard let body else { return plain(start) }
        guard let matched = blocks.declarationsEnd(body), matched <= slash else {
            var result = withTrailingSpace(start, slash)
            result.isUnclosed = slash == tokens.count
            return result
        }
        if matched == slash { return withTrailingSpace(start, slash) }
        let starters: Set<Keyword> = [
            .create, .alter, .grant, .comment, .insert, .commit, .drop, .begin, .declare, .set, .show,
        ]
        return starters.contains(tokens.keyword(matched)) && startsLine(matched)
            ? statement(start, matched) : withTrailingSpace(start, slash)
    }

    /// A body in a string ends at the semicolon, a block where its END is.
    private func block(_ start: Int, _ body: Int) -> FileStatement {
        guard let open = blocks.firstBegin(body) else { return plain(start) }
        guard var end = blocks.matchingEnd(open) else {
            return FileStatement(range: start..<tokens.count, textEnd: tokens.source.bytes.count, isUnclosed: true)
        }
        if tokens.kind(end) == .word, tokens.keyword(end) == .none { end += 1 }
        return statement(start, end)
    }
}
