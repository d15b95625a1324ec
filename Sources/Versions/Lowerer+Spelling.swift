import Catalog
import Steps
import Tokens

extension Lowerer {
    /// The statement with `record.*` spelled out as the record's fields; nil without one.
    ///
    /// Source: PostgreSQL manual, "Using Composite Types in Queries": in a list the star stands for all fields.
    func spelledOut(_ range: Range<Int>) -> SourceText? {
        var pieces: [String] = []
        var start = range.lowerBound
        func takeUntil(_ end: Int) {
            if start < end {
                pieces.append(source.triviaBefore(start))
                pieces.append(source.text(start..<end))
            }
        }
        for index in range where source.kind(index) == .word && source.name(index) == "ctid" {
            guard source.kind(index + 1) != .dot, index >= start else { continue }
            takeUntil(index)
            pieces.append((source.kind(index - 1) == .dot ? "" : " ") + Self.rowAddress)
            start = index + 1
        }
        if !pieces.isEmpty {
            takeUntil(range.upperBound)
            return SourceText(
                pieces.joined(), profile: .postgresql, lineOffset: source.line(range.lowerBound) - 1)
        }
        for index in range where source.isSymbol(index, "*") && source.kind(index - 1) == .dot {
            let inParentheses = source.kind(index - 2) == .rightParen && source.kind(index - 4) == .leftParen
            let at = inParentheses ? index - 3 : index - 2
            let first = inParentheses ? index - 4 : index - 2
            guard at > range.lowerBound, source.isName(at), source.kind(at - 1) != .dot, first >= start,
                [TokenKind.comma, .leftParen].contains(source.kind(first - 1))
                    || source.keyword(first - 1) == .select,
                let fields = scope.find(source.name(at))?.fields, !fields.isEmpty,
                !range.contains(where: { other in
                    source.isName(other) && source.name(other) == source.name(at) && other != at
                        && source.kind(other + 1) != .dot && source.kind(other - 1) != .dot
                        && !(source.kind(other - 1) == .leftParen && source.kind(other + 1) == .rightParen)
                })
            else { continue }
            let name = SQLText.identifier(source.name(at))
            takeUntil(first)
            pieces.append(" " + fields.map { "\(name).\(SQLText.identifier($0.name))" }.joined(separator: ", "))
            start = index + 1
        }
        guard !pieces.isEmpty else { return nil }
        takeUntil(range.upperBound)
        return SourceText(
            pieces.joined(), profile: .postgresql, lineOffset: source.line(range.lowerBound) - 1)
    }
}
