import Steps
import Tokens

/// Names that are types.
extension Rewriter {
    /// Whether `.. AS name` stands in CAST, where it is a type and no alias.
    func isCastTarget(_ index: Int) -> Bool {
        var depth = 0
        var at = index - 2
        while at > 0 {
            switch source.kind(at) {
            case .rightParen: depth += 1
            case .leftParen:
                if depth == 0 { return source.keyword(at - 1) == .cast }
                depth -= 1
            default: break
            }
            at -= 1
        }
        return false
    }

    /// `x::state`: the models run without the routine's search path, so that a type of the user's gets its schema.
    func castType(_ index: Int) -> (Int, SQLTemplate)? {
        guard source.kind(index + 1) != .dot, source.kind(index + 1) != .leftParen,
            let type = lowerer.userTypeOnPath(source.name(index))
        else { return nil }
        return (index + 1, SQLTemplate(type))
    }
}
