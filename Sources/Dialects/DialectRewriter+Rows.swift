import Steps
import Tokens

/// Comparisons of rows: the target takes NULL in them for a value like any other, so they are taken apart.
extension DialectRewriter {
    /// `(a, b) = (c, d)` and `(a, b) in ((1, 2), (3, 4))`, column by column; nil for what compares no rows.
    func comparedRows(
        _ range: Range<Int>, limit: Int, _ scope: QueryScope
    ) throws(Untranslatable) -> (text: String, end: Int)? {
        guard let left = row(range.lowerBound), left.end == range.upperBound else { return nil }
        var index = left.end
        let symbol = source.text(index).lowercased()
        if source.kind(index) == .op, ["=", "<>", "!=", "<", ">", "<=", ">="].contains(symbol) {
            guard let right = row(index + 1), right.end <= limit, right.columns.count == left.columns.count else {
                throw Untranslatable("a comparison of the row \(excerpt(range)) with what is no row")
            }
            let pairs = try pairs(left.columns, right.columns, scope)
            return ("(\(Self.comparison(pairs[...], symbol)))", right.end)
        }
        if symbol == "is", source.keyword(index + 1) == .null || source.keyword(index + 2) == .null {
            // Of a row it says that all of its columns are.
            let isNot = source.keyword(index + 1) == .not
            let test = isNot ? "is not null" : "is null"
            let parts = try pairs(left.columns, left.columns, scope).map { "\($0.0) \(test)" }
            return ("(\(parts.joined(separator: " and ")))", index + (isNot ? 3 : 2))
        }
        let isNegated = symbol == "not" && source.keyword(index + 1) == .in
        guard isNegated || source.keyword(index) == .in else { return nil }
        index += isNegated ? 2 : 1
        // A query of rows is compared as it should be.
        if startsQuery(index) { return nil }
        var choices: [String] = []
        for piece in source.splitAtCommas(source.inside(index)) {
            guard let other = row(piece.lowerBound), other.end == piece.upperBound,
                other.columns.count == left.columns.count
            else { throw Untranslatable("a row IN a list of what are no rows: \(excerpt(piece))") }
            choices.append("(\(Self.comparison(try pairs(left.columns, other.columns, scope)[...], "=")))")
        }
        let text = "(\(choices.joined(separator: " or ")))"
        return (isNegated ? "not \(text)" : text, source.closing(of: index) + 1)
    }

    /// The columns of `(a, b)` or `row(a, b)` at `index`.
    private func row(_ index: Int) -> (columns: [Range<Int>], end: Int)? {
        let isNamed = source.kind(index) == .word && source.text(index).lowercased() == "row"
        let open = isNamed ? index + 1 : index
        guard source.kind(open) == .leftParen, !startsQuery(open) else { return nil }
        let columns = source.splitAtCommas(source.inside(open))
        guard columns.count > 1, columns.allSatisfy({ !$0.isEmpty }) else { return nil }
        return (columns, source.closing(of: open) + 1)
    }

    private func pairs(
        _ left: [Range<Int>], _ right: [Range<Int>], _ scope: QueryScope
    ) throws(Untranslatable) -> [(String, String)] {
        var result: [(String, String)] = []
        for (first, second) in zip(left, right) {
            // Whatever stands in a row, as one operand.
            func operand(_ range: Range<Int>) throws(Untranslatable) -> String {
                let text = try self.text(range, scope)
                return PrimaryReader(source: source).end(of: range.lowerBound, limit: range.upperBound)
                    == range.upperBound
                    ? text : "(\(text))"
            }
            result.append((try operand(first), try operand(second)))
        }
        return result
    }

    /// The standard's rule: the first columns that differ decide.
    private static func comparison(_ pairs: ArraySlice<(String, String)>, _ symbol: String) -> String {
        switch symbol {
        case "=": return pairs.map { "\($0) = \($1)" }.joined(separator: " and ")
        case "<>", "!=": return pairs.map { "\($0) <> \($1)" }.joined(separator: " or ")
        default:
            guard let (left, right) = pairs.first else { return "true" }
            if pairs.count == 1 { return "\(left) \(symbol) \(right)" }
            let rest = comparison(pairs.dropFirst(), symbol)
            return "\(left) \(symbol.prefix(1)) \(right) or (\(left) = \(right) and (\(rest)))"
        }
    }
}
