import Tokens

/// Takes a SQL statement to pieces; `.unknown` when it can't be made out.
public func readStatement(_ source: SourceText, _ range: Range<Int>) -> Statement {
    StatementReader(source: source).statement(range) ?? .unknown
}

/// Reads a column's definition, as CREATE TABLE and ADD COLUMN have it.
public func readColumnDefinition(_ source: SourceText, _ range: Range<Int>) -> ColumnDefinition? {
    StatementReader(source: source).columnDefinition(range)
}

struct StatementReader {
    let source: SourceText
    var queries: QueryReader { QueryReader(source: source) }

    func statement(_ range: Range<Int>) -> Statement? {
        guard !range.isEmpty else { return nil }
        var start = range.lowerBound
        var with: WithClause?
        if source.keyword(start) == .with {
            guard let list = queries.withList(from: start, limit: range.upperBound) else { return nil }
            if ![.insert, .update, .delete, .merge].contains(source.keyword(list.2)) {
                return queries.query(range).map { .select($0) }
            }
            with = WithClause(tables: list.0, isRecursive: list.1, range: start ..<| list.2)
            start = list.2
        }
        let body = start ..<| range.upperBound
        switch source.keyword(start) {
        case .select, .values: return queries.query(range).map { .select($0) }
        case .insert: return insert(body, with).map { .insert($0) }
        case .update: return update(body, with).map { .update($0) }
        case .delete: return delete(body, with).map { .delete($0) }
        case .merge: return merge(body, with).map { .merge($0) }
        case .truncate: return truncate(body)
        case .drop: return drop(body)
        case .create: return create(body)
        case .refresh:
            guard source.keyword(start + 1) == .materialized else { return nil }
            var at = start + 3
            if source.keyword(at) == .concurrently { at += 1 }
            return queries.relation(at: at).map { .refreshMaterializedView($0) }
        case .analyze, .vacuum, .grant, .revoke, .lock, .set, .reset, .comment, .notify, .reindex, .cluster, .show,
            .explain, .savepoint, .start, .begin, .prepare, .deallocate, .security:
            return .withoutRows(words(start, 2))
        default:
            if source.kind(start) == .leftParen { return queries.query(range).map { .select($0) } }
            let word = source.text(start).lowercased()
            if ["listen", "unlisten", "checkpoint", "discard"].contains(word) { return .withoutRows(word) }
            return nil
        }
    }

    private func words(_ start: Int, _ count: Int) -> String {
        (start ..<| min(start + count, source.count)).map { source.text($0).uppercased() }.joined(separator: " ")
    }

    // MARK: INSERT

    private func insert(_ range: Range<Int>, _ with: WithClause?) -> InsertStatement? {
        var index = range.lowerBound + 1
        guard source.keyword(index) == .into, var target = queries.relation(at: index + 1) else { return nil }
        index = target.range.upperBound
        if source.keyword(index) == .as {
            target.alias = source.name(index + 1)
            index += 2
        }
        var columns: [String] = []
        if source.kind(index) == .leftParen, !queries.startsQuery(index) {
            for piece in source.splitAtCommas(source.inside(index)) {
                guard piece.count == 1 else { return nil }  // subscripts and fields
                columns.append(source.name(piece.lowerBound))
            }
            index = source.closing(of: index) + 1
        }
        var overriding: String?
        if source.keyword(index) == .overriding {
            overriding = source.text(index + 1).lowercased()
            index += 3
        }
        var end = range.upperBound
        let returningAt = source.firstTopLevel(in: index ..<| end) { source.keyword($0) == .returning }
        var returningClause: Returning?
        if let at = returningAt {
            returningClause = returning(at + 1 ..<| end)
            end = at
        }
        var conflict: InsertStatement.Conflict?
        if let at = source.firstTopLevel(
            in: index ..<| end, where: { source.keyword($0) == .on && source.keyword($0 + 1) == .conflict })
        {
            guard let read = onConflict(at + 2 ..<| end) else { return nil }
            conflict = read
            end = at
        }
        var query: Query?
        if source.keyword(index) == .default, source.keyword(index + 1) == .values {
            guard end == index + 2 else { return nil }
        } else {
            query = queries.query(index ..<| end)
            if query == nil { return nil }
        }
        return InsertStatement(
            with: with, target: target, columns: columns, overriding: overriding, query: query, conflict: conflict,
            returning: returningClause)
    }

    private func onConflict(_ range: Range<Int>) -> InsertStatement.Conflict? {
        var conflict = InsertStatement.Conflict(
            target: [], targetFilter: nil, constraint: nil, update: nil, filter: nil)
        guard
            let doAt = source.firstTopLevel(
                in: range, where: { source.keyword($0) == .do })
        else { return nil }
        var index = range.lowerBound
        if source.keyword(index) == .on, source.keyword(index + 1) == .constraint {
            conflict.constraint = source.name(index + 2)
        } else if source.kind(index) == .leftParen {
            conflict.target = source.splitAtCommas(source.inside(index))
            index = source.closing(of: index) + 1
            if source.keyword(index) == .where { conflict.targetFilter = index + 1 ..<| doAt }
        }
        index = doAt + 1
        if source.keyword(index) == .nothing { return conflict }
        guard source.keyword(index) == .update, source.keyword(index + 1) == .set else { return nil }
        var end = range.upperBound
        if let at = source.firstTopLevel(in: index ..<| end, where: { source.keyword($0) == .where }) {
            conflict.filter = at + 1 ..<| end
            end = at
        }
        guard let update = assignments(index + 2 ..<| end) else { return nil }
        conflict.update = update
        return conflict
    }

    func assignments(_ range: Range<Int>) -> [Assignment]? {
        var result: [Assignment] = []
        for piece in source.splitAtCommas(range) {
            guard let first = piece.first else { return nil }
            if source.kind(first) == .leftParen {
                let close = source.closing(of: first)
                guard source.isSymbol(close + 1, "="), close + 2 < piece.upperBound else { return nil }
                let columns = source.splitAtCommas(source.inside(first)).map { source.name($0.lowerBound) }
                result.append(
                    Assignment(columns: columns, value: close + 2 ..<| piece.upperBound, isPartial: false, isList: true)
                )
                continue
            }
            guard let equals = source.firstTopLevel(in: piece, where: { source.isSymbol($0, "=") }),
                equals + 1 < piece.upperBound, source.isName(first)
            else { return nil }
            // The manual forbids the table's name before a target column: more tokens are a field or a subscript.
            result.append(
                Assignment(
                    columns: [source.name(first)], value: equals + 1 ..<| piece.upperBound,
                    isPartial: equals != first + 1,
                    isList: false))
        }
        return result
    }

    func returning(_ range: Range<Int>) -> Returning {
        var end = range.upperBound
        var into: [Range<Int>] = []
        var isStrict = false
        if let at = source.firstTopLevel(in: range, where: { source.keyword($0) == .into }) {
            isStrict = source.keyword(at + 1) == .strict
            into = source.splitAtCommas(min(at + (isStrict ? 2 : 1), end) ..<| end)
            end = at
        }
        let items = range.lowerBound ..<| end
        return Returning(
            items: source.splitAtCommas(items).map { queries.item($0) }, range: items, into: into, isStrict: isStrict)
    }

    // MARK: UPDATE and DELETE

    /// Reads `[ONLY] name [*] [[AS] alias]`; gives the index behind it.
    private func target(at start: Int, stop: Set<Keyword>) -> (RelationReference, Int)? {
        var index = start
        let only = source.keyword(index) == .only
        if only { index += 1 }
        guard var reference = queries.relation(at: index) else { return nil }
        reference.only = only
        index = reference.range.upperBound
        if source.isSymbol(index, "*") { index += 1 }
        if source.keyword(index) == .as {
            reference.alias = source.name(index + 1)
            index += 2
        } else if source.isName(index), !stop.contains(source.keyword(index)) || source.kind(index) == .quotedIdentifier
        {
            reference.alias = source.name(index)
            index += 1
        }
        return (reference, index)
    }

    private struct Clauses {
        var from: Range<Int>?
        var filter: Range<Int>?
        var returning: Range<Int>?
        var headEnd: Int
    }

    private func clauses(_ range: Range<Int>, source word: Keyword) -> Clauses {
        var marks: [(Keyword, Int)] = []
        var index = range.lowerBound
        while index < range.upperBound {
            let keyword = source.keyword(index)
            if keyword == word || keyword == .where || keyword == .returning {
                let isDistinctFrom = keyword == .from && source.keyword(index - 1) == .distinct
                // A second USING is that of a join.
                let isOfJoin = keyword == word && marks.contains { $0.0 == word }
                if !isDistinctFrom, !isOfJoin, source.kind(index - 1) != .dot { marks.append((keyword, index)) }
            }
            index = min(source.next(index), range.upperBound)
        }
        var result = Clauses(headEnd: marks.first?.1 ?? range.upperBound)
        for (number, mark) in marks.enumerated() {
            let piece = mark.1 + 1 ..<| (number + 1 < marks.count ? marks[number + 1].1 : range.upperBound)
            switch mark.0 {
            case .where: result.filter = piece
            case .returning: result.returning = mark.1 + 1 ..<| range.upperBound
            default: result.from = piece
            }
            if mark.0 == .returning { break }
        }
        return result
    }

    private func cursor(_ filter: Range<Int>?) -> String? {
        guard let filter, filter.count == 3, source.keyword(filter.lowerBound) == .current,
            source.keyword(filter.lowerBound + 1) == .of
        else { return nil }
        return source.name(filter.lowerBound + 2)
    }

    private func update(_ range: Range<Int>, _ with: WithClause?) -> UpdateStatement? {
        guard let (reference, index) = target(at: range.lowerBound + 1, stop: [.set]), source.keyword(index) == .set
        else { return nil }
        let parts = clauses(index + 1 ..<| range.upperBound, source: .from)
        guard let assignments = assignments(index + 1 ..<| parts.headEnd) else { return nil }
        return UpdateStatement(
            with: with, target: reference, assignments: assignments, fromRange: parts.from,
            from: parts.from.map { queries.fromItems($0) } ?? [], filter: parts.filter, cursor: cursor(parts.filter),
            returning: parts.returning.map(returning))
    }

    private func delete(_ range: Range<Int>, _ with: WithClause?) -> DeleteStatement? {
        guard source.keyword(range.lowerBound + 1) == .from,
            let (reference, index) = target(at: range.lowerBound + 2, stop: [.using, .where, .returning])
        else { return nil }
        let parts = clauses(index ..<| range.upperBound, source: .using)
        guard parts.headEnd == index else { return nil }
        return DeleteStatement(
            with: with, target: reference, usingRange: parts.from,
            using: parts.from.map { queries.fromItems($0) } ?? [], filter: parts.filter, cursor: cursor(parts.filter),
            returning: parts.returning.map(returning))
    }
}
