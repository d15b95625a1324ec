import Steps
import Tokens

extension ExpressionParser {
    /// Reads a sign, NOT or an operand with what is stuck to its end.
    mutating func operand() throws(ParseFailure) -> Expression {
        if take(.not) {
            _ = try expression(.not)
            return .condition
        }
        guard kind == .op else { return try tail(primary()) }
        let symbol = source.text(index)
        index += 1
        switch symbol {
        case "-":
            // A sign belongs to the number, which is why -2147483648 is still an integer.
            switch try expression(.sign) {
            case .integer(let digits):
                return .integer(digits.hasPrefix("-") ? String(digits.dropFirst()) : "-" + digits)
            case .decimal: return .decimal
            case let value: return .prefix("-", value)
            }
        case "+": return .prefix("+", try expression(.sign))
        case "::", ":", ":=", "=>", "..": throw ParseFailure()
        default: return .prefix(symbol, try expression(.sum))
        }
    }

    /// Casts, subscripts and fields behind an operand.
    private mutating func tail(_ start: Expression) throws(ParseFailure) -> Expression {
        var result = start
        while index < limit {
            if source.isSymbol(index, "::") {
                index += 1
                result = .cast(result, try typeSpelling())
            } else if kind == .leftBracket {
                var isSlice = false
                // All subscripts in a row are one access: `a[1][2]` is an element, not an element's element.
                while kind == .leftBracket {
                    let inside = try group()
                    isSlice = isSlice || source.firstTopLevel(in: inside) { source.isSymbol($0, ":") } != nil
                }
                result = .element(result, isSlice: isSlice)
            } else if kind == .dot {
                index += 1
                if source.isSymbol(index, "*") {
                    index += 1
                    return .opaque(name: nil)
                }
                guard index < limit, source.isName(index) else { throw ParseFailure() }
                result = .field(result, source.name(index))
                index += 1
            } else {
                break
            }
        }
        return result
    }

    private mutating func primary() throws(ParseFailure) -> Expression {
        switch kind {
        case .number: return try number()
        case .string: return try string()
        case .parameter:
            defer { index += 1 }
            return .parameter(source.text(index))
        case .leftParen: return try parenthesised()
        case .quotedIdentifier: return try named()
        case .word:
            if let special = try special() { return special }
            return try named()
        default: throw ParseFailure()
        }
    }

    private mutating func number() throws(ParseFailure) -> Expression {
        let text = source.text(index)
        index += 1
        if text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { return .integer(text) }
        // `0x1F` and `1_000` are numbers only to newer servers.
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || ".eE+-".utf8.contains($0) }) else {
            return .opaque(name: nil)
        }
        return .decimal
    }

    private mutating func string() throws(ParseFailure) -> Expression {
        let prefix = source.text(index).first.map { $0.lowercased() }
        index += 1
        // A string goes on behind a line end.
        while kind == .string, source.triviaBefore(index).contains(where: \.isNewline) { index += 1 }
        return switch prefix {
        case "b", "x": .known(SQLType("bit"), name: nil)
        case "n": .cast(.untyped, TypeSpelling(path: ["bpchar"], isKeyword: true))
        default: .untyped
        }
    }

    /// `(expression)`, `(query)` or `(a, b)`.
    private mutating func parenthesised() throws(ParseFailure) -> Expression {
        let inside = try group()
        if isQuery(inside) { return .subquery(inside) }
        let pieces = source.splitAtCommas(inside)
        guard pieces.count == 1 else {
            _ = try expressions(in: inside)
            return .row
        }
        return try expression(in: inside)
    }

    /// Whether all of the range is a query.
    func isQuery(_ range: Range<Int>) -> Bool {
        var start = range.lowerBound
        while start < range.upperBound, source.kind(start) == .leftParen { start += 1 }
        guard [.select, .with, .values].contains(source.keyword(start)) else { return false }
        return readQuery(source, range) != nil
    }

    /// Reads `a.b.c`.
    mutating func path() throws(ParseFailure) -> [String] {
        guard index < limit, source.isName(index) else { throw ParseFailure() }
        var parts = [source.name(index)]
        index += 1
        while kind == .dot, index + 1 < limit, source.isName(index + 1) {
            parts.append(source.name(index + 1))
            index += 2
        }
        return parts
    }

    /// A column, a variable, a function call or a literal of a named type.
    private mutating func named() throws(ParseFailure) -> Expression {
        let start = index
        let parts = try path()
        // `t.*` as an argument is one row.
        if kind == .dot, index + 1 < limit, source.isSymbol(index + 1, "*") {
            index += 2
            return .row
        }
        if kind == .leftParen {
            let call = try call(parts)
            if kind == .string { throw ParseFailure() }
            return call
        }
        if kind == .string {
            index = start
            let spelling = try typeSpelling()
            guard kind == .string else { throw ParseFailure() }
            _ = try string()
            return .cast(.untyped, spelling)
        }
        return .name(parts)
    }

    /// A call's arguments and clauses, behind its name.
    mutating func call(_ parts: [String]) throws(ParseFailure) -> Expression {
        guard parts.count <= 2, let name = parts.last else { throw ParseFailure() }
        var call = Expression.Call(schema: parts.count == 2 ? parts[0] : nil, name: name)
        try arguments(try group(), of: &call)
        if keyword == .within, source.keyword(index + 1) == .group {
            index += 2
            var ordered = try group()
            guard source.keyword(ordered.lowerBound) == .order else { throw ParseFailure() }
            ordered = ordered.lowerBound + 2..<ordered.upperBound
            for item in source.splitAtCommas(ordered) { call.arguments.append(try leading(item)) }
        }
        if keyword == .filter, source.kind(index + 1) == .leftParen {
            index += 1
            _ = try group()
        }
        if take(.over) {
            if kind == .leftParen { _ = try group() } else { _ = try path() }
        }
        return .call(call)
    }

    private mutating func arguments(_ inside: Range<Int>, of call: inout Expression.Call) throws(ParseFailure) {
        var range = inside
        if range.count == 1, source.isSymbol(range.lowerBound, "*") {
            call.isStar = true
            return
        }
        if source.keyword(range.lowerBound) == .distinct || source.keyword(range.lowerBound) == .all {
            range = range.dropFirst()
        }
        let order = source.firstTopLevel(in: range) { source.keyword($0) == .order && source.keyword($0 + 1) == .by }
        if let order { range = range.lowerBound..<order }
        for piece in source.splitAtCommas(range) {
            var piece = piece
            if piece.count > 2, source.isName(piece.lowerBound),
                source.isSymbol(piece.lowerBound + 1, "=>") || source.isSymbol(piece.lowerBound + 1, ":=")
            {
                call.isNamed = true
                piece = piece.dropFirst(2)
            } else if source.keyword(piece.lowerBound) == .variadic {
                call.isVariadic = true
                piece = piece.dropFirst()
            }
            call.arguments.append(try expression(in: piece))
        }
    }

    /// The expression at the start of a range (`x DESC NULLS LAST`).
    private mutating func leading(_ range: Range<Int>) throws(ParseFailure) -> Expression {
        let end =
            source.firstTopLevel(in: range) { [.asc, .desc, .nulls, .using].contains(source.keyword($0)) }
            ?? range.upperBound
        return try expression(in: range.lowerBound..<end)
    }
}
