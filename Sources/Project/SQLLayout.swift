import Tokens

/// Where the lines of a query may and must end.
struct SQLLayout {
    let tokens: [SQLTokens.Token]

    // MARK: Queries

    /// The nodes begin like a query.
    func isQuery(_ nodes: [SQLNode]) -> Bool {
        ["select", "with", "values"].contains(nodes.first.map(word) ?? "")
    }

    /// A query; a compact one may stay on one line.
    func query(_ nodes: [SQLNode], isCompact: Bool) -> [LayoutNode] {
        let separator: LayoutNode = isCompact ? .line : .hard
        let clauses = clauses(nodes)
        return clauses.enumerated().flatMap { index, clause in
            let isMain = index > 0 && clauses[index - 1].name == "with"
            return (isMain ? [.blank, .hard] : index == 0 ? [] : [separator]) + layout(clause, separator: separator)
        }
    }

    private struct Clause {
        var name: String
        var head: [SQLNode]
        var body: [SQLNode] = []
    }

    private func clauses(_ nodes: [SQLNode]) -> [Clause] {
        var result: [Clause] = []
        var index = 0
        while index < nodes.count {
            let length = clauseHead(nodes, index)
            if length > 0 {
                result.append(Clause(name: word(nodes[index]), head: Array(nodes[index..<index + length])))
                index += length
            } else {
                if result.isEmpty { result.append(Clause(name: "", head: [])) }
                result[result.count - 1].body.append(nodes[index])
                index += 1
            }
        }
        return result
    }

    // How many tokens the clause's name has when one begins here; 0 when none does.
    private func clauseHead(_ nodes: [SQLNode], _ index: Int) -> Int {
        let next = index + 1 < nodes.count ? word(nodes[index + 1]) : ""
        let previous = index > 0 ? word(nodes[index - 1]) : ""
        switch word(nodes[index]) {
        case "select":
            guard next == "distinct" || next == "all" else { return 1 }
            let isOn = next == "distinct" && index + 3 < nodes.count && word(nodes[index + 2]) == "on"
            return isOn ? 4 : 2
        case "from": return previous == "distinct" ? 0 : 1
        case "where", "having", "window", "limit", "offset", "fetch", "for": return 1
        case "group", "order": return next == "by" ? 2 : 0
        case "union", "intersect", "except": return next == "all" || next == "distinct" ? 2 : 1
        case "with": return index == 0 ? (next == "recursive" ? 2 : 1) : 0
        case "values": return previous == "" || ["all", "union", "except", "intersect"].contains(previous) ? 1 : 0
        default: return 0
        }
    }

    private func layout(_ clause: Clause, separator: LayoutNode) -> [LayoutNode] {
        let head = joined(clause.head)
        guard !clause.body.isEmpty else { return head }
        guard !clause.head.isEmpty else { return [.group(expression(clause.body))] }
        switch clause.name {
        case "select":
            let items = items(clause.body)
            // sqlfluff wants a single target beside SELECT even where the line gets long.
            if items.count == 1 { return head + [.wide([.nest([.line] + selectItem(items[0]))])] }
            return head + list(clause.body, separator: .hard, item: selectItem)
        case "from": return from(head, clause.body, separator: separator)
        case "where", "having": return head + condition(clause.body, separator: separator)
        case "with":
            return head + [.space] + separated(items(clause.body).map(chain), by: [.blank, .hard])
        case "group", "order", "values":
            return [.group(head + [.nest([.line] + separated(items(clause.body).map(chain), by: [.line]))])]
        case "union", "intersect", "except": return head + [.hard, .group(expression(clause.body))]
        default: return head + [.space, .group(expression(clause.body))]
        }
    }

    // One item stays beside its keyword, several have a line each.
    private func list(
        _ nodes: [SQLNode], separator: LayoutNode, item: ([SQLNode]) -> [LayoutNode]
    ) -> [LayoutNode] {
        let items = items(nodes)
        if items.count == 1 { return clauseItem(item(items[0])) }
        return [.nest([separator] + separated(items.map(item), by: [separator]))]
    }

    // Beside its keyword, or where it does not fit, below.
    private func clauseItem(_ item: [LayoutNode]) -> [LayoutNode] { [.group([.nest([.line] + item)])] }

    private func selectItem(_ nodes: [SQLNode]) -> [LayoutNode] { withAlias(nodes, at: aliases.ofItem(nodes), term) }

    // sqlfluff takes NOT and EXISTS for functions where a select item begins with them and a parenthesis.
    private func isFunctionLike(_ nodes: [SQLNode]) -> Bool {
        guard nodes.count > 1, ["not", "exists"].contains(word(nodes[0])), case .parentheses = nodes[1] else {
            return false
        }
        return tokens[nodes[0].last].trailing.isEmpty && tokens[nodes[1].first].leading.isEmpty
    }

    private func relation(_ nodes: [SQLNode]) -> [LayoutNode] {
        // `cross join lateral (` with a query: sqlfluff wants all behind JOIN on lines of its own.
        if let lateral = nodes.firstIndex(where: { word($0) == "lateral" }), lateral > 0,
            nodes.prefix(lateral).contains(where: { word($0) == "cross" })
        {
            let rest = Array(nodes[lateral...])
            return joined(Array(nodes[..<lateral])) + [.nest([.hard] + relation(rest))]
        }
        return aliased(nodes)
    }

    private func aliased(_ nodes: [SQLNode]) -> [LayoutNode] {
        withAlias(nodes, at: aliases.ofRelation(nodes), namedColumns)
    }

    // `as q (a, b)`: a list of columns, no arguments.
    private func namedColumns(_ nodes: [SQLNode]) -> [LayoutNode] {
        guard let list = nodes.indices.last(where: { if case .parentheses = nodes[$0] { true } else { false } }),
            list >= 2, tokens[nodes[list - 2].last].lexeme.text == "as",
            tokens[nodes[list].first].lexeme.kind == .leftParen
        else { return chain(nodes) }
        let columns = Array(nodes[list...])
        if case .parentheses(_, let inner, _) = nodes[list - 3], isQuery(inner),
            case .parentheses(let open, let names, let close) = nodes[list]
        {
            return chain(Array(nodes[..<list])) + [.space] + token(open) + joined(names) + token(close)
                + joined(Array(columns.dropFirst()))
        }
        return chain(Array(nodes[..<list])) + [.space] + chain(columns)
    }

    private var aliases: SQLAliases { SQLAliases(tokens: tokens) }

    // AS before an alias that has none.
    private func withAlias(
        _ nodes: [SQLNode], at position: Int?, _ layout: ([SQLNode]) -> [LayoutNode]
    ) -> [LayoutNode] {
        guard let position else { return layout(nodes) }
        let word = SQLLexeme(kind: .word, keyword: .as, text: "as", isAdded: true)
        let before = layout(Array(nodes[..<position])) + [.space, .text(word), .space]
        // A list of column names, no arguments.
        if position + 1 < nodes.count, case .parentheses = nodes[position + 1] {
            return before + joined([nodes[position]]) + [.space] + joined(Array(nodes[(position + 1)...]))
        }
        return before + joined(Array(nodes[position...]))
    }

    // An item that may hold ANDs and ORs.
    private func term(_ nodes: [SQLNode]) -> [LayoutNode] {
        if isFunctionLike(nodes), conjuncts(nodes).count == 1, case .token(let index) = nodes[0] {
            return token(index) + chain(Array(nodes[1...]))
        }
        let terms = conjuncts(nodes)
        if terms.count == 1 { return chain(nodes) }
        return [.group(separated(terms.map(chain), by: [.line]))]
    }

    private func condition(_ nodes: [SQLNode], separator: LayoutNode) -> [LayoutNode] {
        let terms = conjuncts(nodes)
        if terms.count == 1 { return clauseItem(chain(terms[0])) }
        return [.nest([separator] + terms.enumerated().flatMap { ($0 == 0 ? [] : [separator]) + chain($1) })]
    }

    private func from(_ head: [LayoutNode], _ nodes: [SQLNode], separator: LayoutNode) -> [LayoutNode] {
        var parts: [[SQLNode]] = [[]]
        for (index, node) in nodes.enumerated() {
            if startsJoin(nodes, index) { parts.append([]) }
            parts[parts.count - 1].append(node)
        }
        let first = items(parts[0])
        var result =
            first.count == 1
            ? head + [.space] + relation(parts[0]) : head + list(parts[0], separator: .hard, item: relation)
        for part in parts.dropFirst() {
            result.append(separator)
            if word(part[0]) == "join" { result += [.text(Self.inner), .space] }
            if let using = part.firstIndex(where: { word($0) == "using" }) {
                result += relation(Array(part[..<using])) + [.space] + joined(Array(part[using...]))
                continue
            }
            guard let on = part.firstIndex(where: { word($0) == "on" }) else {
                result += relation(part)
                continue
            }
            result += relation(Array(part[..<on]))
            let terms = Array(part[(on + 1)...])
            let condition = joined([part[on]]) + condition(terms, separator: separator)
            let isOne = conjuncts(terms).count == 1
            result.append(isOne ? .group([.nest([.line] + condition)]) : .nest([separator] + condition))
        }
        return result
    }

    // JOIN alone is an inner join; sqlfluff wants it said.
    private static let inner = SQLLexeme(kind: .word, keyword: .none, text: "inner", isAdded: true)

    private func startsJoin(_ nodes: [SQLNode], _ index: Int) -> Bool {
        let words: Set<String> = ["natural", "left", "right", "full", "inner", "cross", "outer", "join"]
        guard index > 0, words.contains(word(nodes[index])), !words.contains(word(nodes[index - 1])) else {
            return false
        }
        // left(x, 1) is a function.
        return nodes[index...].first { !words.contains(word($0)) || word($0) == "join" }.map(word) == "join"
    }

    // MARK: Expressions

    /// Any other text: items, terms, operands.
    func expression(_ nodes: [SQLNode]) -> [LayoutNode] {
        separated(
            items(nodes).map { item in
                conjuncts(item).enumerated().flatMap { ($0 == 0 ? [] : [LayoutNode.line]) + chain($1) }
            }, by: [.line])
    }

    // Operands and operators; where it does not fit, each operator begins a line.
    private func chain(_ nodes: [SQLNode]) -> [LayoutNode] {
        var result: [LayoutNode] = []
        var broken: [LayoutNode] = []
        let hasOperators = nodes.contains(where: isOperator)
        var skipped: Int?
        for (index, node) in nodes.enumerated() where index != skipped {
            var part: [LayoutNode] = []
            if index > 0, needsSpace(nodes[index - 1].last, node.first) {
                // OVER beside operators: a window that does not fit begins below its function.
                if word(node) == "over", hasOperators, index + 1 < nodes.count, case .parentheses = nodes[index + 1] {
                    let window: LayoutNode = .group([.nest([.line] + joined(Array(nodes[index...index + 1])))])
                    if broken.isEmpty { result.append(window) } else { broken.append(window) }
                    skipped = index + 1
                    continue
                }
                let isBreak =
                    isOperator(node) || isWindowClause(nodes, index) || isBetweenAnd(nodes, index)
                    || word(node) == "as" && index - 1 == skipped
                part.append(areStrings(nodes[index - 1], node) ? .hard : isBreak ? .line : .space)
                if isBreak || !broken.isEmpty { broken += part + layout(node) } else { result += part + layout(node) }
            } else if broken.isEmpty {
                result += layout(node)
            } else {
                broken += layout(node)
            }
        }
        return broken.isEmpty ? result : [.group(result + broken)]
    }

    private func isOperator(_ node: SQLNode) -> Bool {
        guard case .token(let index) = node, tokens[index].lexeme.kind == .op else { return false }
        return ["||", "+", "-", "*", "/"].contains(tokens[index].lexeme.text) && !isUnary(index)
    }

    // The AND of BETWEEN, behind a bound that Jinja makes long.
    private func isBetweenAnd(_ nodes: [SQLNode], _ index: Int) -> Bool {
        word(nodes[index]) == "and" && nodes[..<index].contains { word($0) == "between" }
    }

    private func isWindowClause(_ nodes: [SQLNode], _ index: Int) -> Bool {
        let next = index + 1 < nodes.count ? word(nodes[index + 1]) : ""
        return word(nodes[index]) == "order" && next == "by"
    }

    // Arguments, and the ORDER BY of an aggregate.
    private func arguments(_ nodes: [SQLNode]) -> [LayoutNode] {
        guard
            let order = nodes.indices.dropFirst().first(where: {
                word(nodes[$0]) == "order" && $0 + 2 < nodes.count && word(nodes[$0 + 1]) == "by"
            })
        else { return expression(nodes) }
        return expression(Array(nodes[..<order])) + [.line] + window(Array(nodes[order...]))
    }

    // `over (..)` and the definitions of WINDOW.
    private func isWindow(_ open: Int, _ nodes: [SQLNode]) -> Bool {
        ["partition", "order"].contains(nodes.first.map(word) ?? "") || open > 0 && tokens[open - 1].word == "over"
    }

    // PARTITION BY, ORDER BY and the frame have a line each where they do not fit on one.
    private func window(_ nodes: [SQLNode]) -> [LayoutNode] {
        var clauses: [[SQLNode]] = []
        for (index, node) in nodes.enumerated() {
            let next = index + 1 < nodes.count ? word(nodes[index + 1]) : ""
            let isFrame =
                ["rows", "range", "groups"].contains(word(node)) && ["between", "unbounded", "current"].contains(next)
            let isList = ["partition", "order"].contains(word(node)) && next == "by"
            if clauses.isEmpty || isFrame || isList { clauses.append([]) }
            clauses[clauses.count - 1].append(node)
        }
        return separated(
            clauses.map { clause in
                guard clause.count > 2, word(clause[1]) == "by" else { return joined(clause) }
                let items = items(Array(clause[2...])).map(chain)
                return [.group(joined(Array(clause[..<2])) + [.nest([.line] + separated(items, by: [.line]))])]
            }, by: [.line])
    }

    private func areStrings(_ left: SQLNode, _ right: SQLNode) -> Bool {
        tokens[left.last].lexeme.kind == .string && tokens[right.first].lexeme.kind == .string
    }

    private func joined(_ nodes: [SQLNode]) -> [LayoutNode] {
        nodes.enumerated().flatMap { index, node in
            (index > 0 && needsSpace(nodes[index - 1].last, node.first) ? [.space] : []) + layout(node)
        }
    }

    private func layout(_ node: SQLNode) -> [LayoutNode] {
        switch node {
        case .token(let index): return token(index)
        case .parentheses(let open, let nodes, let close):
            if nodes.isEmpty { return token(open) + token(close) }
            guard isQuery(nodes) else {
                // To break a few characters would not help a long line.
                if isShort(open, close) { return token(open) + joined(nodes) + token(close) }
                let inside = isWindow(open, nodes) ? window(nodes) : arguments(nodes)
                return [.group(token(open) + [.nest([.soft] + inside), .soft] + token(close))]
            }
            if isCompact(nodes) {
                let query = query(nodes, isCompact: true)
                return [.group(token(open) + [.nest([.soft] + query), .soft] + token(close))]
            }
            return token(open) + [.nest([.hard] + query(nodes, isCompact: false)), .hard] + token(close)
        case .caseBlock(let open, let nodes, let close):
            return [.group(token(open) + caseParts(nodes) + [.line] + token(close))]
        }
    }

    private func isShort(_ open: Int, _ close: Int) -> Bool {
        var length = 0
        for token in tokens[open...close] {
            guard token.leading.isEmpty, token.trailing.isEmpty, token.lexeme.kind != .string else { return false }
            length += token.lexeme.text.count + 1
        }
        return length <= 24
    }

    // A subquery of one column, without set operations, may stand on one line.
    private func isCompact(_ nodes: [SQLNode]) -> Bool {
        let clauses = clauses(nodes)
        let few: Set<String> = ["select", "from", "limit", "values"]
        guard clauses.allSatisfy({ few.contains($0.name) }) else { return false }
        return clauses.allSatisfy { $0.name != "select" && $0.name != "from" || items($0.body).count == 1 }
    }

    private func caseParts(_ nodes: [SQLNode]) -> [LayoutNode] {
        var operand: [SQLNode] = []
        var parts: [[SQLNode]] = []
        for node in nodes {
            if ["when", "else"].contains(word(node)) { parts.append([]) }
            if parts.isEmpty { operand.append(node) } else { parts[parts.count - 1].append(node) }
        }
        let head: [LayoutNode] = operand.isEmpty ? [] : [.space] + chain(operand)
        return head + [.nest(parts.flatMap { [.line] + casePart($0) })]
    }

    private func casePart(_ nodes: [SQLNode]) -> [LayoutNode] {
        guard let then = nodes.firstIndex(where: { word($0) == "then" }) else {
            return nodes.isEmpty ? [] : result(nodes[0], Array(nodes[1...]))
        }
        let condition = expression(Array(nodes[1..<then]))
        return [
            .group([
                .group(layout(nodes[0]) + [.nest([.line] + condition)]),
                .nest([.line] + result(nodes[then], Array(nodes[(then + 1)...]))),
            ])
        ]
    }

    // THEN and ELSE: a single operand goes on beside its word, operators begin lines of their own below it.
    private func result(_ head: SQLNode, _ nodes: [SQLNode]) -> [LayoutNode] {
        let value = chain(nodes)
        if case .group? = value.first, value.count == 1, nodes.count > 1 {
            return [.group(layout(head) + [.nest([.line] + value)])]
        }
        return layout(head) + [.space] + value
    }

    // MARK: Splitting

    private func word(_ node: SQLNode) -> String {
        if case .token(let index) = node { tokens[index].word } else { "" }
    }

    /// Items between commas; each but the last keeps its comma.
    private func items(_ nodes: [SQLNode]) -> [[SQLNode]] {
        var result: [[SQLNode]] = [[]]
        for node in nodes {
            result[result.count - 1].append(node)
            if case .token(let index) = node, tokens[index].lexeme.kind == .comma { result.append([]) }
        }
        if result.count > 1, result.last?.isEmpty == true { result.removeLast() }
        return result
    }

    /// Terms of AND and OR; each but the first begins with its word.
    private func conjuncts(_ nodes: [SQLNode]) -> [[SQLNode]] {
        var result: [[SQLNode]] = [[]]
        var openBetweens = 0
        for node in nodes {
            switch word(node) {
            case "between": openBetweens += 1
            case "and" where openBetweens > 0: openBetweens -= 1
            case "and", "or": if !result[result.count - 1].isEmpty { result.append([]) }
            default: break
            }
            result[result.count - 1].append(node)
        }
        return result
    }

    private func separated(_ parts: [[LayoutNode]], by separator: [LayoutNode]) -> [LayoutNode] {
        parts.enumerated().flatMap { ($0 == 0 ? [] : separator) + $1 }
    }

    // MARK: Tokens

    private func token(_ index: Int) -> [LayoutNode] {
        let token = tokens[index]
        let leading = token.leading.flatMap { comment -> [LayoutNode] in
            [.hard, .text(comment), comment.kind == .lineComment ? .hard : .space]
        }
        return leading + [.text(token.lexeme)] + token.trailing.flatMap { [.space, .text($0), .space] }
    }

    private func needsSpace(_ left: Int, _ right: Int) -> Bool {
        let before = tokens[left].lexeme
        let after = tokens[right].lexeme
        switch after.kind {
        case .comma, .semicolon, .rightParen, .rightBracket, .dot: return false
        case .leftBracket: return ![.word, .quotedIdentifier, .rightParen, .rightBracket].contains(before.kind)
        case .leftParen where before.kind == .word && !before.isJinja:
            return Self.spacedWords.contains(tokens[left].word)
        case .leftParen where before.kind == .quotedIdentifier: return false
        default: break
        }
        if after.text == "::" || before.text == "::" { return false }
        switch before.kind {
        case .leftParen, .leftBracket, .dot: return false
        case .op where isUnary(left): return after.kind == .op
        default: return true
        }
    }

    // A sign, not an operation.
    private func isUnary(_ index: Int) -> Bool {
        guard ["-", "+"].contains(tokens[index].lexeme.text) else { return false }
        guard index > 0 else { return true }
        let before = tokens[index - 1]
        switch before.lexeme.kind {
        case .op: return before.lexeme.text != "*" || index < 2 || tokens[index - 2].lexeme.kind != .dot
        case .leftParen, .leftBracket, .comma: return true
        case .word: return Self.spacedWords.contains(before.word)
        default: return false
        }
    }

    // Keywords behind which a parenthesis is no argument list, and a sign no operation.
    private static let spacedWords: Set<String> = [
        "in", "and", "or", "not", "as", "on", "using", "where", "from", "join", "select", "when", "then", "else",
        "case",
        "by", "values", "over", "exists", "filter", "with", "union", "all", "intersect", "except", "distinct",
        "between",
        "like", "ilike", "is", "limit", "offset", "lateral", "having", "partition", "window", "recursive", "group",
        "materialized", "sets", "only", "similar", "to",
    ]
}
