import Tokens

extension QueryReader {
    // MARK: select items

    /// Reads `expr [[AS] alias]`.
    func item(_ range: Range<Int>) -> SelectItem {
        var item = SelectItem(range: range, expression: range, alias: nil, aliasIndex: nil, star: nil)
        guard let last = range.last else { return item }
        if source.kind(last) == .op, source.text(last) == "*", range.count == 1 || source.kind(last - 1) == .dot {
            item.star = range.lowerBound ..<| max(range.lowerBound, last - 1)
            return item
        }
        guard range.count >= 2, source.isName(last) else { return item }
        if source.keyword(last - 1) == .as {
            item.expression = range.lowerBound ..<| last - 1
            item.alias = source.name(last)
            item.aliasIndex = last
        } else if endsExpression(last - 1), canBeImplicitAlias(last) {
            item.expression = range.lowerBound ..<| last
            item.alias = source.name(last)
            item.aliasIndex = last
        }
        return item
    }

    /// Whether an expression can end with token `index`, so that a name behind it is an alias.
    private func endsExpression(_ index: Int) -> Bool {
        switch source.kind(index) {
        case .rightParen, .rightBracket, .string, .number, .quotedIdentifier, .parameter: return true
        case .word:
            switch source.keyword(index) {
            case .and, .or, .not, .like, .ilike, .similar, .to, .between, .is, .in, .collate, .distinct, .from, .any,
                .all, .some, .when, .then, .else, .case, .over, .zone, .as, .interval, .array, .row, .exists, .by,
                .within, .using, .with, .without, .variadic:
                // `AT TIME ZONE 'x' alias` ends with a string; `AT TIME ZONE tz` does not end at ZONE.
                return false
            default:
                let word = source.text(index).lowercased()
                return !["escape", "operator", "symmetric", "asymmetric"].contains(word)
            }
        default: return false
        }
    }

    private func canBeImplicitAlias(_ index: Int) -> Bool {
        guard source.kind(index) == .word else { return true }
        switch source.keyword(index) {
        case .end, .null, .true, .false, .isnull, .notnull, .zone, .varying, .precision: break
        default:
            let word = source.text(index).lowercased()
            let isTypeTail = ["year", "month", "day", "hour", "minute", "second"].contains(word)
            let previous = source.kind(index - 1) == .string && source.keyword(index - 2) == .interval
            return !(isTypeTail && previous)
        }
        // `double precision`, `character varying`, `time zone` are ends of type names.
        return false
    }

    // MARK: FROM

    static let joinWords: Set<Keyword> = [.join, .inner, .left, .right, .full, .cross, .natural]

    /// Reads a FROM list into its relations, joins flattened in order.
    func fromItems(_ range: Range<Int>) -> [FromItem] {
        var items: [FromItem] = []
        for entry in source.splitAtCommas(range) { items += joinTree(entry) }
        return items
    }

    private func joinStart(_ index: Int) -> Bool {
        switch source.keyword(index) {
        case .join: return true
        case .inner, .cross, .natural: return true
        case .left, .right, .full: return source.kind(index + 1) != .leftParen
        default: return false
        }
    }

    private func joinTree(_ range: Range<Int>) -> [FromItem] {
        var items: [FromItem] = []
        var index = range.lowerBound
        var join: String?
        var isNatural = false
        while index < range.upperBound {
            let (primary, next) = fromPrimary(index, limit: range.upperBound)
            var group = primary
            for position in group.indices where position == 0 {
                group[position].join = join
                group[position].isNatural = isNatural
            }
            index = next
            // ON and USING belong to the newest relation that lacks one.
            while index < range.upperBound, source.keyword(index) == .on || source.keyword(index) == .using {
                if source.keyword(index) == .using {
                    let columns = source.inside(index + 1).filter { source.isName($0) }.map { source.name($0) }
                    group[group.startIndex].usingColumns = columns
                    index = source.closing(of: index + 1) + 1
                    if source.keyword(index) == .as { index += 2 }
                } else {
                    let end =
                        source.firstTopLevel(in: index + 1 ..<| range.upperBound) { at in
                            joinStart(at) || source.keyword(at) == .on || source.keyword(at) == .using
                        } ?? range.upperBound
                    let condition = index + 1 ..<| end
                    if group[group.startIndex].on == nil {
                        group[group.startIndex].on = condition
                    } else if let open = items.lastIndex(where: { $0.on == nil && $0.join != nil && $0.join != "cross" }
                    ) {
                        items[open].on = condition
                    }
                    index = end
                }
            }
            items += group
            guard index < range.upperBound else { break }
            // The next join's words.
            var words: [String] = []
            isNatural = false
            while index < range.upperBound,
                Self.joinWords.contains(source.keyword(index)) || source.keyword(index) == .outer
            {
                let word = source.text(index).lowercased()
                if word == "natural" { isNatural = true } else { words.append(word) }
                index += 1
                if word == "join" { break }
            }
            guard words.last == "join" else {
                items.append(unknown(index ..<| range.upperBound))
                break
            }
            join = words.first == "join" ? "inner" : words.first
        }
        return items
    }

    private func unknown(_ range: Range<Int>) -> FromItem {
        FromItem(
            kind: .unknown(range), range: range, alias: nil, aliasColumns: [], usingColumns: [], isNatural: false,
            join: nil, isLateral: false, on: nil)
    }

    private func fromPrimary(_ start: Int, limit: Int) -> ([FromItem], Int) {
        var index = start
        var isLateral = false
        if source.keyword(index) == .lateral {
            isLateral = true
            index += 1
        }
        var item = unknown(start ..<| limit)
        item.isLateral = isLateral
        if source.kind(index) == .leftParen {
            let inside = source.inside(index)
            let behind = min(source.closing(of: index) + 1, limit)
            if startsQuery(index), let query = query(inside) {
                item.kind = .subquery(query)
                index = behind
            } else {
                // A parenthesised join.
                return (joinTree(inside), behind)
            }
        } else if source.keyword(index) == .rows, source.keyword(index + 1) == .from {
            let end = min(source.closing(of: index + 2) + 1, limit)
            item.kind = .function(index ..<| end)
            index = end
        } else {
            let only = source.keyword(index) == .only
            if only { index += 1 }
            guard var reference = relation(at: index), reference.range.upperBound <= limit else {
                return ([unknown(index ..<| limit)], limit)
            }
            reference.only = only
            let after = reference.range.upperBound
            if source.kind(after) == .leftParen, after < limit {
                let end = min(source.closing(of: after) + 1, limit)
                item.kind = .function(index ..<| end)
                item.alias = reference.name  // a function's own name is its alias until another follows
                index = end
            } else {
                item.kind = .relation(reference)
                index = after
                if source.isSymbol(index, "*"), index < limit { index += 1 }
            }
        }
        if source.keyword(index) == .with, source.keyword(index + 1) == .ordinality { index += 2 }
        let hasAs = source.keyword(index) == .as && index < limit
        if hasAs { index += 1 }
        if index < limit, hasAs ? source.isName(index) : isAlias(index) {
            item.alias = source.name(index)
            index += 1
            if index < limit, source.kind(index) == .leftParen {
                item.aliasColumns = source.splitAtCommas(source.inside(index)).map { source.name($0.lowerBound) }
                index = source.closing(of: index) + 1
            }
        } else if hasAs, source.kind(index) == .leftParen {
            item.aliasColumns = source.splitAtCommas(source.inside(index)).map { source.name($0.lowerBound) }
            index = source.closing(of: index) + 1
        }
        if source.keyword(index) == .tablesample, index < limit {
            index = source.closing(of: index + 2) + 1
            if source.text(index).lowercased() == "repeatable" { index = source.closing(of: index + 1) + 1 }
        }
        if case .relation(var reference) = item.kind {
            reference.alias = item.alias
            item.kind = .relation(reference)
        }
        item.range = start ..<| min(index, limit)
        return ([item], min(index, limit))
    }

    /// Reads `[schema.]name`.
    func relation(at index: Int) -> RelationReference? {
        guard source.isName(index) else { return nil }
        if source.kind(index + 1) == .dot, source.isName(index + 2) {
            if source.kind(index + 3) == .dot, source.isName(index + 4) {
                return RelationReference(
                    range: index ..<| index + 5, schema: source.name(index + 2), name: source.name(index + 4),
                    alias: nil,
                    only: false)
            }
            return RelationReference(
                range: index ..<| index + 3, schema: source.name(index), name: source.name(index + 2), alias: nil,
                only: false)
        }
        return RelationReference(
            range: index ..<| index + 1, schema: nil, name: source.name(index), alias: nil, only: false)
    }

    /// Whether the name at `index` is an alias and not the next clause.
    func isAlias(_ index: Int) -> Bool {
        guard source.isName(index) else { return false }
        if source.kind(index) == .quotedIdentifier { return true }
        switch source.keyword(index) {
        case .on, .using, .join, .inner, .left, .right, .full, .cross, .natural, .where, .group, .having, .order,
            .limit, .offset, .fetch, .union, .intersect, .except, .window, .for, .set, .when, .returning, .with,
            .tablesample, .as, .into, .values, .select, .default, .do, .end, .then, .lateral, .outer, .from:
            return false
        default: return true
        }
    }
}
