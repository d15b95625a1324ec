import Steps
import Tokens

/// The text isn't an expression that this parser knows.
struct ParseFailure: Error {}

/// Reads one SQL expression with PostgreSQL's precedence (a Pratt parser over significant tokens).
///
/// Operands that can't change the result's type or name (the sides of a comparison, a function's FILTER) are only
/// skipped, but by parsing them, since nothing else knows where they end.
struct ExpressionParser {
    let source: SourceText
    var index: Int
    var limit: Int
    var depth = 0

    /// How deep expressions may nest and how long a chain of operators may be: enough for any text that people write,
    /// and little enough for the stack of a thread.
    private static let deepest = 100
    private static let longest = 2000

    /// Reads the whole range as one expression; nil when it isn't one.
    static func parse(_ source: SourceText, _ range: Range<Int>) -> Expression? {
        guard !range.isEmpty else { return nil }
        var parser = ExpressionParser(source: source, index: range.lowerBound, limit: range.upperBound)
        return try? parser.whole()
    }

    private init(source: SourceText, index: Int, limit: Int) {
        self.source = source
        self.index = index
        self.limit = limit
    }

    /// One level deeper; the caller takes it back.
    mutating func descend() throws(ParseFailure) {
        guard depth < Self.deepest else { throw ParseFailure() }
        depth += 1
    }

    private mutating func whole() throws(ParseFailure) -> Expression {
        let result = try expression()
        guard index == limit else { throw ParseFailure() }
        return result
    }

    /// Reads all of a range that lies within the one being read.
    mutating func expression(in range: Range<Int>) throws(ParseFailure) -> Expression {
        guard !range.isEmpty else { throw ParseFailure() }
        let (outerIndex, outerLimit) = (index, limit)
        index = range.lowerBound
        limit = min(range.upperBound, outerLimit)
        let result = try whole()
        index = outerIndex
        limit = outerLimit
        return result
    }

    mutating func expressions(in range: Range<Int>) throws(ParseFailure) -> [Expression] {
        var result: [Expression] = []
        for piece in source.splitAtCommas(range) { result.append(try expression(in: piece)) }
        return result
    }

    // MARK: tokens

    var keyword: Keyword { index < limit ? source.keyword(index) : .none }
    var kind: TokenKind { index < limit ? source.kind(index) : .unknown }

    /// The unquoted word here, in lower case; empty for anything else.
    func word(_ offset: Int = 0) -> String {
        index + offset < limit && source.kind(index + offset) == .word ? source.text(index + offset).lowercased() : ""
    }

    mutating func take(_ keyword: Keyword) -> Bool {
        guard self.keyword == keyword else { return false }
        index += 1
        return true
    }

    mutating func expect(_ keyword: Keyword) throws(ParseFailure) {
        if !take(keyword) { throw ParseFailure() }
    }

    /// Moves behind the parenthesis that closes the one here; gives what is inside.
    mutating func group() throws(ParseFailure) -> Range<Int> {
        guard kind == .leftParen || kind == .leftBracket, source.closing(of: index) < limit else {
            throw ParseFailure()
        }
        let inside = source.inside(index)
        index = source.closing(of: index) + 1
        return inside
    }

    // MARK: operators

    /// PostgreSQL's levels from loose to tight.
    enum Level: Int {
        case or, and, not, isTest, comparison, match, other, sum, product, power, zone, collate, sign, tight
    }

    mutating func expression(_ lowest: Level = .or) throws(ParseFailure) -> Expression {
        try descend()
        defer { depth -= 1 }
        var left = try operand()
        var links = 0
        while index < limit, let next = try infix(left, lowest) {
            left = next
            links += 1
            if links > Self.longest { throw ParseFailure() }
        }
        return left
    }

    /// The expression that an operator behind `left` makes of it; nil when none stands here that binds tightly enough.
    private mutating func infix(_ left: Expression, _ lowest: Level) throws(ParseFailure) -> Expression? {
        if kind == .op { return try symbol(left, lowest) }
        guard kind == .word else { return nil }
        func allows(_ level: Level) -> Bool { level.rawValue >= lowest.rawValue }
        switch keyword {
        case .or where allows(.or):
            index += 1
            _ = try expression(.and)
            return .condition
        case .and where allows(.and):
            index += 1
            _ = try expression(.not)
            return .condition
        case .is where allows(.isTest): return try isTest(left)
        case .isnull where allows(.isTest), .notnull where allows(.isTest):
            index += 1
            return .condition
        case .not where allows(.match):
            guard [.between, .in, .like, .ilike, .similar].contains(source.keyword(index + 1)) else { return nil }
            index += 1
            return try match()
        case .between where allows(.match), .in where allows(.match), .like where allows(.match),
            .ilike where allows(.match), .similar where allows(.match):
            return try match()
        case .collate where allows(.collate):
            index += 1
            _ = try path()
            return .collate(left)
        default: return try word(left, allows)
        }
    }

    /// Operators spelled with words that aren't keywords of the lexer's.
    private mutating func word(_ left: Expression, _ allows: (Level) -> Bool) throws(ParseFailure) -> Expression? {
        switch word() {
        case "at" where word(1) == "time" && word(2) == "zone" && allows(.zone):
            index += 3
            let zone = try expression(.collate)
            return .builtin("timezone", [zone, left])
        case "operator" where source.kind(index + 1) == .leftParen && allows(.other):
            index += 1
            let path = try group()
            guard let last = path.last, path.count == 1 || path.count == 3 else { throw ParseFailure() }
            let isOwn = path.count == 1 || source.name(path.lowerBound) == "pg_catalog"
            if let condition = try quantified() { return condition }
            let right = try expression(.sum)
            return isOwn ? binary(source.text(last), left, right) : .opaque(name: nil)
        case "overlaps" where allows(.match):
            index += 1
            _ = try expression(.other)
            return .known(.boolean, name: "overlaps")
        default: return nil
        }
    }

    private static let comparisons: Set<String> = ["=", "<", ">", "<=", ">=", "<>", "!="]

    private mutating func symbol(_ left: Expression, _ lowest: Level) throws(ParseFailure) -> Expression? {
        let symbol = source.text(index)
        let level: Level
        switch symbol {
        case ":", ":=", "=>", "..", "::": return nil
        case _ where Self.comparisons.contains(symbol): level = .comparison
        case "+", "-": level = .sum
        case "*", "/", "%": level = .product
        case "^": level = .power
        default: level = .other
        }
        guard level.rawValue >= lowest.rawValue, let tighter = Level(rawValue: level.rawValue + 1) else { return nil }
        index += 1
        if let condition = try quantified() { return condition }
        return binary(symbol, left, try expression(tighter))
    }

    private func binary(_ symbol: String, _ left: Expression, _ right: Expression) -> Expression {
        Self.comparisons.contains(symbol) ? .condition : .binary(symbol, left, right)
    }

    /// `ANY (..)` and `ALL (..)` behind an operator.
    private mutating func quantified() throws(ParseFailure) -> Expression? {
        guard [.any, .some, .all].contains(keyword), source.kind(index + 1) == .leftParen else { return nil }
        index += 1
        _ = try group()
        return .condition
    }

    /// BETWEEN, IN, LIKE, ILIKE and SIMILAR TO.
    private mutating func match() throws(ParseFailure) -> Expression {
        let operation = keyword
        index += 1
        switch operation {
        case .in: _ = try group()
        case .between:
            if ["symmetric", "asymmetric"].contains(word()) { index += 1 }
            _ = try expression(.other)
            try expect(.and)
            _ = try expression(.other)
        default:
            if operation == .similar { try expect(.to) }
            if try quantified() != nil { break }
            _ = try expression(.other)
            if word() == "escape" {
                index += 1
                _ = try expression(.other)
            }
        }
        return .condition
    }

    private mutating func isTest(_ left: Expression) throws(ParseFailure) -> Expression {
        index += 1
        _ = take(.not)
        switch keyword {
        case .null, .true, .false: index += 1
        case .distinct:
            index += 1
            try expect(.from)
            _ = try expression(.comparison)
        default:
            if ["nfc", "nfd", "nfkc", "nfkd"].contains(word()) { index += 1 }
            switch word() {
            case "unknown", "document": index += 1
            case "normalized":
                index += 1
                return .known(.boolean, name: "is_normalized")
            case "json":
                index += 1
                if ["value", "object", "array", "scalar"].contains(word()) { index += 1 }
                if ["with", "without"].contains(word()), word(1) == "unique" {
                    index += 2
                    if word() == "keys" { index += 1 }
                }
            default: throw ParseFailure()
            }
        }
        return .condition
    }
}
