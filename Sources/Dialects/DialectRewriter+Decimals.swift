import Steps
import Tokens
import Types

/// Numbers with a point: PostgreSQL's have any number of digits, the target's 38.
///
/// Where two types meet in one column the target keeps the digits before the point and drops what is too long behind it,
/// without a word. Expressions here have at most 26 digits before the point and 12 behind it, with which nothing is
/// dropped; a number that is larger stops the build.
extension DialectRewriter {
    /// Most digits before the point.
    static let whole = 26
    /// Most digits behind the point.
    static let places = 12

    /// A sum of integers or decimals, which the target gives all 38 digits; nil for another sum.
    func exactSum(_ inside: Range<Int>, _ tail: String, _ scope: QueryScope) throws(Untranslatable) -> String? {
        let isDistinct = source.keyword(inside.lowerBound) == .distinct
        let value = isDistinct ? inside.lowerBound + 1..<inside.upperBound : inside
        let type = columns.type(of: value, in: scope)
        let sum = "sum(\(try text(inside, scope)))\(tail)"
        switch types.family(type) {
        case .int where type == "bigint": return "cast(\(sum) as decimal(\(Self.whole), 0))"
        case .int: return "cast(\(sum) as bigint)"
        case .numeric:
            let scale = type.flatMap(scale) ?? Self.places
            return "cast(\(sum) as decimal(\(min(38, Self.whole + scale)), \(scale)))"
        case nil: throw Untranslatable("the type of \(excerpt(value)), of which a sum is taken, is not known")
        default: return nil
        }
    }

    /// `round(x, 2)`; nil for one argument.
    func rounded(_ name: String, _ inside: Range<Int>, _ scope: QueryScope) throws(Untranslatable) -> String? {
        let arguments = source.splitAtCommas(inside)
        guard arguments.count == 2 else { return nil }
        let type = columns.type(of: arguments[0], in: scope)
        guard let family = types.family(type), [.int, .numeric].contains(family),
            let places = Int(source.text(arguments[1])), (0...Self.places).contains(places)
        else { throw Untranslatable("\(name)(\(excerpt(inside))) with a number of places that is not written down") }
        let value = try text(arguments[0], scope)
        // An integer stays one in the target.
        if family == .int { return "cast(\(value) as decimal(\(Self.whole + places), \(places)))" }
        let call = "\(name)(\(value), \(places))"
        if let scale = type.flatMap(scale), scale >= places { return call }
        return "cast(\(call) as decimal(\(Self.whole + places), \(places)))"
    }

    /// A whole number, although PostgreSQL calls it a `numeric`: a field of a date, a sum of integers.
    func isWhole(_ range: Range<Int>, _ scope: QueryScope) -> Bool {
        var index = range.lowerBound
        while index < range.upperBound {
            switch source.kind(index) {
            case .number where source.text(index).contains(where: { ".eE".contains($0) }): return false
            case .op where !["+", "-", "*"].contains(source.text(index)): return false
            case .string, .quotedIdentifier, .parameter, .leftBracket: return false
            case .word:
                let name = source.name(index)
                guard source.kind(index + 1) == .leftParen, index + 1 < range.upperBound else {
                    let end = PrimaryReader(source: source).end(of: index, limit: range.upperBound) ?? index + 1
                    guard columns.family(of: index..<end, in: scope) == .int else { return false }
                    index = end
                    continue
                }
                let inside = source.inside(index + 1)
                let field = source.name(inside.lowerBound)
                let isField = name == "extract" && rules.wholeFields.contains(field)
                guard isField || name == "sum" && columns.family(of: inside, in: scope) == .int else { return false }
                index = source.closing(of: index + 1)
            default: break
            }
            index += 1
        }
        return true
    }

    /// No quotient has a part in it, as far as can be seen: all digits are there.
    func isExact(_ range: Range<Int>, _ scope: QueryScope) -> Bool {
        let keeping: Set<String> = [
            "abs", "round", "trunc", "floor", "ceil", "ceiling", "sum", "coalesce", "greatest", "least", "nullif",
            "max", "min",
        ]
        var index = range.lowerBound
        while index < range.upperBound {
            defer { index += 1 }
            if source.kind(index) == .op, source.text(index) == "/" { return false }
            guard source.isName(index), source.kind(index - 1) != .dot else { continue }
            let end = PrimaryReader(source: source).end(of: index, limit: range.upperBound) ?? index + 1
            if source.kind(index + 1) == .leftParen {
                guard keeping.contains(source.name(index)) else { return false }
                continue
            }
            if PrimaryReader.structural.contains(source.name(index)) { continue }
            let name = index..<min(end, source.kind(index + 1) == .dot ? index + 3 : index + 1)
            guard let type = columns.type(of: name, in: scope), let family = types.family(type),
                family == .int || scale(type) != nil
            else { return false }
        }
        return true
    }

    /// Digits behind the point of a type that says so.
    private func scale(_ type: String) -> Int? {
        TargetTypes.modifier(types.underDomains(type)).flatMap { $0.split(separator: ",").last.flatMap { Int($0) } }
    }

    /// Values that become one type: products, which may have too many digits, are cast down where they meet decimals.
    func unified(_ list: Range<Int>, _ scope: QueryScope) throws(Untranslatable) -> String {
        let pieces = source.splitAtCommas(list)
        let wide = wideProducts(pieces, scope)
        let label = enumType(pieces, scope)
        guard !wide.isEmpty || label != nil else { return try text(list, scope) }
        var writer = Writer(source: source)
        for (position, piece) in pieces.enumerated() {
            if position > 0 { writer.copy(piece.lowerBound - 1..<piece.lowerBound) }
            writer.add(try narrowed(piece, wide.contains(position), label, scope), before: piece.lowerBound)
        }
        return writer.text
    }

    /// An expression, cast down where it is wide.
    ///
    /// - Parameter label: the enum that a bare literal belongs to.
    func narrowed(
        _ range: Range<Int>, _ isWide: Bool, _ label: String? = nil, _ scope: QueryScope
    ) throws(Untranslatable) -> String {
        let value = try text(range, scope)
        if let label, range.count == 1, source.kind(range.lowerBound) == .string { return "cast(\(value) as \(label))" }
        return isWide ? "cast(\(value) as decimal(38, \(Self.places)))" : value
    }

    /// The type of an enum among the pieces: beside it the target would read a literal, and then both, as texts.
    func enumType(_ pieces: [Range<Int>], _ scope: QueryScope) -> String? {
        for piece in pieces where columns.family(of: piece, in: scope) == .enum {
            if let type = columns.type(of: piece, in: scope), let spelled = try? types.spelled(type) { return spelled }
        }
        return nil
    }

    /// `e < 'medium'`: enums have an order of their own.
    func comparedEnum(
        _ left: String, _ range: Range<Int>, limit: Int, _ scope: QueryScope
    ) throws(Untranslatable) -> (text: String, end: Int)? {
        let index = range.upperBound
        guard index + 1 < limit, source.kind(index) == .op, ["<", ">", "<=", ">="].contains(source.text(index)),
            let end = PrimaryReader(source: source).end(of: index + 1, limit: limit)
        else { return nil }
        let other = index + 1..<end
        guard let label = enumType([range, other], scope) else { return nil }
        let right = try narrowed(other, false, label, scope)
        let isLiteral = range.count == 1 && source.kind(range.lowerBound) == .string
        let first = isLiteral ? "cast(\(left) as \(label))" : left
        return (
            "\(first)\(source.triviaBefore(index))\(source.text(index))\(source.triviaBefore(index + 1))\(right)", end
        )
    }

    /// Positions of the pieces that are products of decimals, when another piece is a decimal, too.
    func wideProducts(_ pieces: [Range<Int>], _ scope: QueryScope) -> Set<Int> {
        let decimals = pieces.indices.filter { columns.family(of: pieces[$0], in: scope) == .numeric }
        guard decimals.count > 1 else { return [] }
        return Set(decimals.filter { isProduct(pieces[$0]) })
    }

    func isProduct(_ range: Range<Int>) -> Bool {
        var index = range.lowerBound
        while index < range.upperBound {
            if source.kind(index) == .op, source.text(index) == "*" { return true }
            if source.kind(index) == .leftParen, source.kind(index - 1) != .word || index == range.lowerBound {
                // `(a * b)`, but not `f(a * b)`.
                if isProduct(source.inside(index)) { return true }
            }
            index = source.next(index)
        }
        return false
    }
}
