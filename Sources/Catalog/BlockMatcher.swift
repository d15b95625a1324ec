import Tokens

/// Finds where blocks of procedural code end by counting what BEGIN and CASE open and END closes.
struct BlockMatcher {
    let tokens: SignificantTokens
    /// Nested subprograms are read by recursion; nobody writes a hundred levels by hand.
    private static let deepest = 100

    /// Whether a BEGIN starts a block and not a transaction.
    private func opensBlock(_ index: Int) -> Bool {
        guard tokens.keyword(index) == .begin else { return false }
        if tokens.kind(index + 1) == .semicolon { return false }
        return !["transaction", "tran", "work"].contains { tokens.isWord(index + 1, $0) }
    }

    /// The BEGIN that opens a body; nil when the body is one statement or a string.
    func firstBegin(_ start: Int) -> Int? {
        if opensBlock(start) { return start }
        guard tokens.keyword(start) == .declare || tokens.kind(start + 1) == .op else { return nil }
        var index = start
        while index < tokens.count {
            if opensBlock(index) { return index }
            index = tokens.next(index)
        }
        return nil
    }

    /// Index behind the END (and its CASE) of the BEGIN or CASE at an index.
    func matchingEnd(_ open: Int) -> Int? {
        var depth = 0
        var index = open
        while index < tokens.count {
            switch tokens.keyword(index) {
            case .begin where opensBlock(index) && !isMember(index): depth += 1
            case .case where !isMember(index): depth += 1
            case .end where !isMember(index):
                switch tokens.keyword(index + 1) {
                case .if, .loop, .while, .repeat, .for:
                    index += 1
                case .case:
                    index += 1
                    depth -= 1
                default:
                    depth -= 1
                }
                if depth == 0 { return min(index + 1, tokens.count) }
            default: break
            }
            index += 1
        }
        return nil
    }

    /// A keyword behind a dot is a column's name.
    private func isMember(_ index: Int) -> Bool { tokens.kind(index - 1) == .dot }

    /// Index behind the declarations and the block that start at an index, final `END name;` included.
    func declarationsEnd(_ start: Int, depth: Int = 0) -> Int? {
        guard depth < Self.deepest else { return nil }
        var index = start
        while index < tokens.count {
            switch tokens.keyword(index) {
            case .procedure, .function:
                guard let end = subprogramEnd(index, depth: depth) else { return nil }
                index = end
            case .begin:
                return matchingEnd(index).map(behindName)
            case .case:
                guard let end = matchingEnd(index) else { return nil }
                index = end
            case .end where !isMember(index):
                return behindName(index + 1)
            case .language where index == start:
                return semicolon(index)
            default:
                index = tokens.next(index)
            }
        }
        return nil
    }

    /// Index behind the subprogram whose PROCEDURE or FUNCTION is at an index.
    func subprogramEnd(_ start: Int, depth: Int = 0) -> Int? {
        guard let stop = subprogramBody(start) else { return nil }
        return tokens.kind(stop - 1) == .semicolon ? stop : declarationsEnd(stop, depth: depth + 1)
    }

    /// Index behind the IS or AS of a subprogram, or behind the semicolon that makes it a mere declaration.
    func subprogramBody(_ start: Int) -> Int? {
        var index = start + 1
        while index < tokens.count {
            if tokens.kind(index) == .semicolon || tokens.keyword(index) == .is || tokens.keyword(index) == .as {
                return index + 1
            }
            index = tokens.next(index)
        }
        return nil
    }

    private func behindName(_ index: Int) -> Int {
        var next = index
        if tokens.kind(next) == .word || tokens.kind(next) == .quotedIdentifier { next += 1 }
        while tokens.kind(next) == .dot, tokens.kind(next + 1) == .word { next += 2 }
        if tokens.kind(next) == .semicolon { next += 1 }
        return min(next, tokens.count)
    }

    private func semicolon(_ index: Int) -> Int? {
        var next = index
        while next < tokens.count {
            if tokens.kind(next) == .semicolon { return next + 1 }
            next += 1
        }
        return nil
    }
}
