import Steps
import Tokens
import Types

/// Columns of type `character(n)`: PostgreSQL fills them up with blanks, which count in few places; the target's have none.
extension DialectRewriter {
    func isPadded(_ type: String?) -> Bool {
        guard let type else { return false }
        return ["character", "bpchar"].contains(TypeName.base(types.underDomains(type)))
    }

    /// `c = v`: beside a `character(n)` the blanks at the end of a `character varying` or of a literal do not count.
    func comparedPadded(
        _ left: String, _ range: Range<Int>, limit: Int, _ scope: QueryScope
    ) throws(Untranslatable) -> (text: String, end: Int)? {
        let index = range.upperBound
        guard index + 1 < limit, source.kind(index) == .op,
            ["=", "<>", "!=", "<", ">", "<=", ">="].contains(source.text(index)),
            let end = PrimaryReader(source: source).end(of: index + 1, limit: limit), isWhole(range, before: end, limit)
        else { return nil }
        let other = index + 1..<end
        let isLeft = isPadded(columns.type(of: range, in: scope))
        guard isLeft != isPadded(columns.type(of: other, in: scope)) else { return nil }
        let right = try primary(index + 1, limit: limit, scope).text
        let trimmed = isLeft ? other : range
        guard countsNoBlanks(trimmed, scope) else { return nil }
        let symbol = source.triviaBefore(index) + source.text(index) + source.triviaBefore(index + 1)
        return isLeft ? ("\(left)\(symbol)rtrim(\(right), ' ')", end) : ("rtrim(\(left), ' ')\(symbol)\(right)", end)
    }

    /// Both operands are what stands beside the comparison, and not parts of a longer one.
    private func isWhole(_ range: Range<Int>, before end: Int, _ limit: Int) -> Bool {
        let before = range.lowerBound > 0 && source.kind(range.lowerBound - 1) == .op
        return !before && (end >= limit || source.kind(end) != .op)
    }

    private func countsNoBlanks(_ range: Range<Int>, _ scope: QueryScope) -> Bool {
        if range.count == 1, source.kind(range.lowerBound) == .string {
            return source.text(range.lowerBound).dropLast().hasSuffix(" ")
        }
        return columns.type(of: range, in: scope).map { TypeName.base(types.underDomains($0)) } == "character varying"
    }
}
