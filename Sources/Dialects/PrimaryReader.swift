import Steps
import Tokens

/// Finds where an operand begins and ends: a column, a literal, a call, a bracket, with the casts behind it.
struct PrimaryReader {
    let source: SourceText

    /// Words that stand between operands.
    static let structural: Set<String> = [
        "all", "and", "any", "as", "asc", "at", "between", "by", "collate", "cross", "cube", "current", "desc",
        "distinct",
        "else", "end", "escape", "except", "exclude", "exists", "fetch", "filter", "following", "for", "from", "full",
        "group", "groups", "having", "ilike", "in", "inner", "intersect", "is", "isnull", "join", "lateral", "like",
        "limit", "materialized", "natural", "not", "notnull", "nulls", "offset", "on", "only", "or", "order",
        "ordinality",
        "outer", "over", "partition", "preceding", "recursive", "rollup", "select", "sets", "similar", "some", "then",
        "unbounded", "union", "using", "values", "when", "where", "window", "with", "within", "zone", "overlaps",
        "symmetric", "tablesample", "placing", "both", "leading", "trailing",
    ]

    static func starts(_ source: SourceText, _ index: Int) -> Bool {
        switch source.kind(index) {
        case .number, .string, .quotedIdentifier, .parameter, .leftParen: return true
        case .word:
            let word = source.text(index).lowercased()
            if ["left", "right", "row", "time", "grouping"].contains(word) {
                if word == "grouping" { return source.text(index + 1).lowercased() != "sets" }
                return source.kind(index + 1) == .leftParen || word == "time" && source.kind(index + 1) == .string
            }
            if word == "at" { return source.text(index + 1).lowercased() != "time" }
            return !structural.contains(word)
        default: return false
        }
    }

    /// Behind the operand that begins at `start`; nil where none does.
    func end(of start: Int, limit: Int) -> Int? {
        guard start < limit, Self.starts(source, start) else { return nil }
        var index = start
        if source.kind(index) == .leftParen {
            index = source.closing(of: index) + 1
            if source.kind(index) == .dot { index += 2 }
        } else if source.keyword(index) == .case {
            guard let end = endOfCase(index) else { return nil }
            index = end + 1
        } else if source.isName(index) {
            index += 1
            while source.kind(index) == .dot {
                index += 2
            }
            if source.kind(index) == .leftParen {
                index = endOfTail(source.closing(of: index) + 1)
            } else if source.kind(index) == .leftBracket, source.text(start).lowercased() == "array" {
                index = source.closing(of: index) + 1
            } else if source.kind(index) == .string, index == start + 1 {
                index += 1
            } else if source.text(index).lowercased() == "with", source.kind(index + 3) == .string {
                // `timestamp with time zone '..'`
                index += 4
            }
        } else {
            index += 1
        }
        return min(endOfSuffixes(index), limit)
    }

    /// Behind `::type` and `[..]`.
    func endOfSuffixes(_ start: Int) -> Int {
        var index = start
        while true {
            if source.kind(index) == .op, source.text(index) == "::" {
                index = endOfType(index + 1)
            } else if source.kind(index) == .leftBracket {
                index = source.closing(of: index) + 1
            } else if source.kind(index) == .op, ["->", "->>", "#>", "#>>"].contains(source.text(index)),
                [.string, .number].contains(source.kind(index + 1))
            {
                index += 2
            } else {
                return index
            }
        }
    }

    /// Behind WITHIN GROUP, FILTER and OVER.
    func endOfTail(_ start: Int) -> Int {
        var index = start
        while source.kind(index) == .word {
            switch source.text(index).lowercased() {
            case "within" where source.kind(index + 2) == .leftParen: index = source.closing(of: index + 2) + 1
            case "filter" where source.kind(index + 1) == .leftParen: index = source.closing(of: index + 1) + 1
            case "over" where source.kind(index + 1) == .leftParen: index = source.closing(of: index + 1) + 1
            case "over": index += 2
            default: return index
            }
        }
        return index
    }

    /// The END of the CASE at `index`.
    func endOfCase(_ index: Int) -> Int? {
        var depth = 0
        var at = index
        while at < source.count {
            switch source.keyword(at) {
            case .case: depth += 1
            case .end:
                depth -= 1
                if depth == 0 { return at }
            default: break
            }
            at = [.leftParen, .leftBracket].contains(source.kind(at)) ? source.closing(of: at) + 1 : at + 1
        }
        return nil
    }

    /// The CASE that the END at `index` closes.
    private func startOfCase(_ index: Int) -> Int? {
        var depth = 0
        for at in stride(from: index, through: 0, by: -1) {
            switch source.keyword(at) {
            case .end: depth += 1
            case .case:
                depth -= 1
                if depth == 0 { return at }
            default: break
            }
        }
        return nil
    }

    /// Behind a type's name.
    func endOfType(_ start: Int) -> Int {
        var index = start
        let first = source.text(index).lowercased()
        index += 1
        while source.kind(index) == .dot { index += 2 }
        let second = source.text(index).lowercased()
        if first == "double" && second == "precision" || ["character", "char"].contains(first) && second == "varying" {
            index += 1
        }
        if source.kind(index) == .leftParen { index = source.closing(of: index) + 1 }
        if ["timestamp", "time"].contains(first), ["with", "without"].contains(source.text(index).lowercased()),
            source.text(index + 1).lowercased() == "time"
        {
            index += 3
        }
        while source.kind(index) == .leftBracket, source.kind(source.closing(of: index)) == .rightBracket,
            source.inside(index).allSatisfy({ source.kind($0) == .number })
        {
            index = source.closing(of: index) + 1
        }
        return index
    }

    /// Where the operand that ends right before `index` begins.
    func start(before index: Int) -> Int? {
        // Few tokens: the first place from which an operand reaches exactly here.
        var best: Int?
        var at = index - 1
        var seen = 0
        while at >= 0, seen < 400 {
            var isGroup = false
            if [.rightParen, .rightBracket].contains(source.kind(at)) {
                guard let open = (0..<at).last(where: { source.closing(of: $0) == at }) else { return best }
                at = open
                isGroup = true
            } else if source.keyword(at) == .end, let start = startOfCase(at) {
                at = start
            }
            if Self.starts(source, at), end(of: at, limit: index) == index, end(of: at, limit: source.count) == index {
                best = at
            }
            if source.kind(at) == .comma || source.kind(at) == .leftParen && !isGroup { break }
            if source.kind(at) == .op, source.text(at) != "::" { break }
            at -= 1
            seen += 1
        }
        return best
    }
}
