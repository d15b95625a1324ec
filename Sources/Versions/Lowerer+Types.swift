import Catalog
import Steps
import Tokens

extension Lowerer {
    /// The type an expression has, as `CREATE TABLE AS` would give it; nil when it isn't certain.
    func inferType(
        _ source: SourceText, _ range: Range<Int>, visible: [VisibleRelation], scope: Scope? = nil,
        ctes: ColumnFinder.Tables = [:], finder: ColumnFinder? = nil
    ) -> String? {
        nil
    }

    /// The name of an output column without an alias.
    func inferName(_ source: SourceText, _ range: Range<Int>) -> String {
        guard let last = range.last, source.isName(last) else {
            if let first = range.first, source.isName(first), source.kind(first + 1) == .leftParen { return source.name(first) }
            return "?column?"
        }
        return source.name(last)
    }
}
