import Tokens

/// The beginning of a CREATE or ALTER of something with a body of code.
struct RoutineHeading {
    enum Object { case procedure, function, package, packageBody, trigger, view }
    let object: Object
    /// Index of the name's first token.
    let name: Int
    /// Index of the body's first token: behind AS or IS, or at BEGIN or DECLARE; nil when none was found.
    let body: Int?

    /// Words that may stand between CREATE and the kind of object.
    private static let modifiers: Set<String> = [
        "or", "replace", "alter", "editionable", "noneditionable", "aggregate", "temp", "temporary", "secure",
        "definer",
        "force", "constraint", "if", "not", "exists", "materialized", "recursive", "external", "sql", "security",
        "invoker",
    ]

    /// The heading at an index; nil when something else is there.
    init?(_ tokens: SignificantTokens, _ start: Int, _ profile: LexicalProfile) {
        let isPostgreSQL = profile.longestOperators
        let isBatched = profile.batchSeparators == ["GO"]
        guard tokens.keyword(start) == .create || isBatched && tokens.keyword(start) == .alter else { return nil }
        var index = start + 1
        while index - start < 16, let step = Self.behindModifier(tokens, index) { index = step }
        switch tokens.text(index).lowercased() {
        case "procedure", "proc": object = .procedure
        case "function": object = .function
        case "package":
            let isBody = tokens.isWord(index + 1, "body")
            object = isBody ? .packageBody : .package
            if isBody { index += 1 }
        case "trigger" where !isPostgreSQL: object = .trigger
        case "view" where isBatched: object = .view
        default: return nil
        }
        guard tokens.kind(index) == .word else { return nil }
        index += 1
        if tokens.isWord(index, "if"), tokens.keyword(index + 1) == .not { index += 3 }
        name = index
        body = Self.findBody(tokens, index, isPostgreSQL: isPostgreSQL)
    }

    private static func behindModifier(_ tokens: SignificantTokens, _ index: Int) -> Int? {
        guard tokens.kind(index) == .word, modifiers.contains(tokens.text(index).lowercased()) else { return nil }
        // DEFINER = user@host
        guard tokens.isWord(index, "definer"), tokens.isOperator(index + 1, "=") else { return index + 1 }
        var next = index + 3
        if tokens.kind(next) == .parameter { next += 1 }
        if tokens.isOperator(next, "@") { next += 2 }
        return next
    }

    private static func findBody(_ tokens: SignificantTokens, _ name: Int, isPostgreSQL: Bool) -> Int? {
        var index = name + 1
        while index < tokens.count {
            switch tokens.keyword(index) {
            case .as, .is:
                // EXECUTE AS OWNER, and T-SQL's `@p AS int`.
                let previous = tokens.keyword(index - 1)
                if previous != .execute, previous != .exec, tokens.kind(index - 1) != .parameter { return index + 1 }
            case .begin:
                if isPostgreSQL, tokens.keyword(index + 1) != .atomic { break }
                return index
            case .declare: return index
            default: break
            }
            if tokens.kind(index) == .semicolon { return nil }
            index = tokens.next(index)
        }
        return nil
    }
}
