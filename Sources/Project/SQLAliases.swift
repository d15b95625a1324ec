import Tokens

/// Finds aliases that stand without AS, where there is no doubt that they are aliases.
struct SQLAliases {
    let tokens: [SQLTokens.Token]

    /// Position of the bare alias of a select item: the last name behind a plain column or a closing parenthesis.
    func ofItem(_ nodes: [SQLNode]) -> Int? {
        let end = withoutComma(nodes)
        guard end >= 2, isName(nodes[end - 1], besides: Self.notLabels) else { return nil }
        let before = nodes[..<(end - 1)]
        switch before.last {
        case .parentheses(let open, _, _)?:
            guard tokens[open].lexeme.kind == .leftParen else { return nil }
            // `a operator(pg_catalog.+) b` is no alias.
            return open > 0 && tokens[open - 1].lexeme.text == "operator" ? nil : end - 1
        case .token?: return isPlainColumn(before) ? end - 1 : nil
        default: return nil
        }
    }

    /// Position of the bare alias of a relation in FROM or JOIN; a list of column names may follow it.
    func ofRelation(_ nodes: [SQLNode]) -> Int? {
        var end = withoutComma(nodes)
        if end >= 2, case .parentheses = nodes[end - 1], isName(nodes[end - 2], besides: Self.notAliases),
            end >= 3, isRelationEnd(nodes[end - 3])
        {
            end -= 1
        }
        guard end >= 2, isName(nodes[end - 1], besides: Self.notAliases), isRelationEnd(nodes[end - 2]) else {
            return nil
        }
        return end - 1
    }

    private func withoutComma(_ nodes: [SQLNode]) -> Int {
        if case .token(let index)? = nodes.last, tokens[index].lexeme.kind == .comma { return nodes.count - 1 }
        return nodes.count
    }

    private func isName(_ node: SQLNode, besides excluded: Set<String>) -> Bool {
        guard case .token(let index) = node, index > 0, tokens[index - 1].lexeme.kind != .dot else { return false }
        switch tokens[index].lexeme.kind {
        case .quotedIdentifier: return true
        case .word:
            return !tokens[index].lexeme.isJinja && !tokens[index].word.isEmpty
                && !excluded.contains(tokens[index].word)
        default: return false
        }
    }

    // `a`, `a.b`, `a.b.c`.
    private func isPlainColumn(_ nodes: ArraySlice<SQLNode>) -> Bool {
        nodes.enumerated().allSatisfy { position, node in
            guard case .token(let index) = node else { return false }
            let lexeme = tokens[index].lexeme
            if position % 2 == 1 { return lexeme.kind == .dot }
            if lexeme.kind == .quotedIdentifier { return true }
            return lexeme.kind == .word && !lexeme.isJinja && !Self.notColumns.contains(lexeme.text)
        } && nodes.count % 2 == 1
    }

    private func isRelationEnd(_ node: SQLNode) -> Bool {
        switch node {
        case .parentheses(let open, _, _): return tokens[open].lexeme.kind == .leftParen
        case .token(let index):
            let token = tokens[index]
            if token.lexeme.kind == .quotedIdentifier || token.lexeme.isJinja { return true }
            // Behind a dot every word is a name; elsewhere it must not be one of the grammar's.
            let isMember = index > 0 && tokens[index - 1].lexeme.kind == .dot
            return token.lexeme.kind == .word && (isMember || !Self.notAliases.contains(token.word) && token.word != "")
        case .caseBlock: return false
        }
    }

    private static let notColumns: Set<String> = [
        "not", "interval", "date", "time", "timestamp", "timestamptz", "distinct", "all", "row", "array", "exists",
        "collate", "operator", "variadic", "is", "and", "or", "at", "prior", "unique",
    ]

    // Words that go on with an expression.
    private static let notLabels: Set<String> = [
        "over", "filter", "within", "with", "without", "at", "is", "and", "or", "not", "between", "in", "like", "ilike",
        "similar", "collate", "isnull", "notnull", "overlaps", "operator", "escape", "from", "as", "asc", "desc",
        "nulls",
        "when", "then", "else", "end", "for", "to", "day", "month", "year", "hour", "minute", "second", "precision",
        "varying", "zone", "row", "rows", "ignore", "respect", "array", "using", "on",
    ]

    private static let notAliases: Set<String> = [
        "on", "using", "as", "lateral", "tablesample", "with", "ordinality", "join", "left", "right", "full", "inner",
        "outer", "cross", "natural", "only", "from", "where", "rows", "repeatable", "system", "bernoulli", "select",
        "values", "union", "except", "intersect",
    ]
}
