import Steps
import Tokens

extension QueryReader {
    /// Queries in parentheses anywhere in an expression.
    static func nested(_ source: SourceText, _ range: Range<Int>) -> [Query] {
        readNestedQueries(source, range)
    }

    /// `[schema.]name` before a parenthesis.
    static func functionName(_ source: SourceText, _ index: Int) -> (schema: String?, name: String, end: Int)? {
        guard source.isName(index) else { return nil }
        if source.kind(index + 1) == .dot, source.isName(index + 2) {
            return (source.name(index), source.name(index + 2), index + 3)
        }
        return (nil, source.name(index), index + 1)
    }
}
