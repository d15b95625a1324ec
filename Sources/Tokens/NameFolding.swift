/// What a dialect does to the letters of a name that is not quoted.
public enum NameFolding: Sendable {
    case lower, upper, keep

    /// The name as the catalog stores it.
    public func fold(_ name: String) -> String {
        switch self {
        case .lower: name.lowercased()
        case .upper: name.uppercased()
        case .keep: name
        }
    }
}

extension LexedText {
    /// The name that token `index` spells: a word folded, a quoted identifier without its quotes; nil for all else.
    public func name(_ index: Int, folding: NameFolding) -> String? {
        guard tokens.indices.contains(index) else { return nil }
        switch tokens[index].kind {
        case .word: return folding.fold(text(index))
        case .quotedIdentifier: return unquoted(index)
        default: return nil
        }
    }

    /// What stands between a token's quotes: string or identifier, doubled quotes made single, prefix and dollar tags
    /// taken off, backslashes resolved in `E'..'`. Other tokens are given as they stand.
    public func unquoted(_ index: Int) -> String {
        let token = tokens[index]
        let all = bytes[Int(token.start)..<Int(token.end)]
        guard token.kind == .string || token.kind == .quotedIdentifier else { return text(index) }
        if all.first == Ascii.dollar { return dollarBody(all) }
        let quotes = [Ascii.quote, Ascii.doubleQuote, Ascii.backtick, UInt8(ascii: "[")]
        guard let open = all.firstIndex(where: quotes.contains) else { return text(index) }
        let close = all[open] == UInt8(ascii: "[") ? Ascii.rightBracket : all[open]
        let prefix = all[..<open].first?.lowercasedASCII
        if all[..<open].last?.lowercasedASCII == UInt8(ascii: "q") {
            return String(decoding: all.dropFirst(open + 2 - all.startIndex).dropLast(2), as: UTF8.self)
        }
        var inner = all[(open + 1)...]
        if inner.last == close { inner = inner.dropLast() }
        return String(decoding: Self.resolve(inner, close, escapes: prefix == UInt8(ascii: "e")), as: UTF8.self)
    }

    private func dollarBody(_ all: ArraySlice<UInt8>) -> String {
        guard let tagEnd = all.dropFirst().firstIndex(of: Ascii.dollar) else {
            return String(decoding: all, as: UTF8.self)
        }
        let tag = all[...tagEnd]
        var inner = all[(tagEnd + 1)...]
        if inner.count >= tag.count, inner.suffix(tag.count).elementsEqual(tag) { inner = inner.dropLast(tag.count) }
        return String(decoding: inner, as: UTF8.self)
    }

    private static func resolve(_ inner: ArraySlice<UInt8>, _ close: UInt8, escapes: Bool) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(inner.count)
        var index = inner.startIndex
        while index < inner.endIndex {
            let this = inner[index]
            index += 1
            if this == close, index < inner.endIndex, inner[index] == close {
                index += 1
            } else if escapes, this == Ascii.backslash, index < inner.endIndex {
                result.append(escaped(inner[index]))
                index += 1
                continue
            }
            result.append(this)
        }
        return result
    }

    /// The one-letter escapes; numeric ones are left to whoever needs a value, and lose only their backslash here.
    private static func escaped(_ letter: UInt8) -> UInt8 {
        switch letter {
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "t"): 0x09
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        default: letter
        }
    }
}
