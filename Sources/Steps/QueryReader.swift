import Tokens

/// Reads the outline of the query in `range`; nil when it isn't a query or its outline can't be made out.
public func readQuery(_ source: SourceText, _ range: Range<Int>) -> Query? {
    QueryReader(source: source).query(range)
}

/// Reads query outlines from one text.
public struct QueryReader: Sendable {
    let source: SourceText

    /// Whether a query starts at `index`.
    func startsQuery(_ index: Int) -> Bool {
        var at = index
        while source.kind(at) == .leftParen { at += 1 }
        switch source.keyword(at) {
        case .select, .with: return true
        case .values: return source.kind(at + 1) == .leftParen
        default: return false
        }
    }

    func query(_ whole: Range<Int>) -> Query? {
        var range = whole
        guard !range.isEmpty else { return nil }
        // Parentheses around everything mean nothing.
        while source.kind(range.lowerBound) == .leftParen, source.closing(of: range.lowerBound) == range.upperBound - 1,
            startsQuery(range.lowerBound)
        {
            range = source.inside(range.lowerBound)
        }
        var index = range.lowerBound
        var with: [CommonTable] = []
        var isRecursive = false
        if source.keyword(index) == .with {
            guard let list = withList(from: index, limit: range.upperBound) else { return nil }
            (with, isRecursive, index) = list
        }
        let bodyStart = index
        // Where the set operation's tail begins.
        let tailStart = tail(in: index ..<| range.upperBound) ?? range.upperBound
        var arms: [Query.Arm] = []
        var operators: [String] = []
        var armStart = index
        var at = index
        while at <= tailStart {
            let keyword = at < tailStart ? source.keyword(at) : .none
            let isOperator =
                (keyword == .union || keyword == .intersect || keyword == .except) && at > armStart
                && source.kind(at - 1) != .dot
            if at == tailStart || isOperator {
                guard let arm = arm(armStart ..<| at) else { return nil }
                arms.append(arm)
                if at == tailStart { break }
                var word = source.text(at).lowercased()
                if source.keyword(at + 1) == .all || source.keyword(at + 1) == .distinct {
                    word += " " + source.text(at + 1).lowercased()
                    at += 1
                }
                operators.append(word)
                armStart = at + 1
                at = armStart
                continue
            }
            at = min(source.next(at), tailStart)
        }
        let tailRange = tailStart ..<| range.upperBound
        return Query(
            source: source, range: range, with: with, isRecursive: isRecursive, arms: arms, operators: operators,
            tail: tailRange, orderBy: orderBy(tailRange), tailQueries: nestedQueries(in: tailRange),
            bodyStart: bodyStart)
    }

    /// Reads `WITH [RECURSIVE] a AS (..), ..`; gives the parts and the index behind them.
    func withList(from start: Int, limit: Int) -> ([CommonTable], Bool, Int)? {
        var index = start + 1
        var isRecursive = false
        if source.keyword(index) == .recursive {
            isRecursive = true
            index += 1
        }
        var tables: [CommonTable] = []
        while index < limit {
            guard source.isName(index) else { return nil }
            let nameIndex = index
            index += 1
            var columns: [String] = []
            if source.kind(index) == .leftParen {
                columns = source.inside(index).filter { source.isName($0) }.map { source.name($0) }
                index = source.closing(of: index) + 1
            }
            guard source.keyword(index) == .as else { return nil }
            index += 1
            if source.keyword(index) == .not { index += 1 }
            if source.keyword(index) == .materialized { index += 1 }
            guard source.kind(index) == .leftParen, source.closing(of: index) < limit else { return nil }
            let body = source.inside(index)
            index = source.closing(of: index) + 1
            let clauses = recursionClauses(from: index, limit: limit)
            let start = index
            index = clauses.end
            tables.append(
                CommonTable(
                    name: source.name(nameIndex), nameIndex: nameIndex, columns: columns, query: query(body),
                    body: body, clauses: start ..<| index, clauseColumns: clauses.columns,
                    range: nameIndex ..<| index))
            if source.kind(index) == .comma {
                index += 1
                continue
            }
            return (tables, isRecursive, index)
        }
        return nil
    }

    /// `SEARCH .. FIRST BY a, b SET c` and `CYCLE a, b SET c [TO x DEFAULT y] USING d`: where they end, and the columns that
    /// they add (PostgreSQL manual, WITH queries, "Search Order" and "Cycle Detection").
    private func recursionClauses(from start: Int, limit: Int) -> (end: Int, columns: [String]) {
        var index = start
        var columns: [String] = []
        func adds(_ keyword: String) {
            while index < limit, source.text(index).lowercased() != keyword { index += 1 }
            if index + 1 < limit { columns.append(source.name(index + 1)) }
        }
        if source.text(index).lowercased() == "search" {
            adds("set")
            index += 2
        }
        if source.keyword(index) == .cycle {
            adds("set")
            adds("using")
            index += 2
        }
        return (min(index, limit), columns)
    }

    /// First token of ORDER BY / LIMIT / OFFSET / FETCH / FOR UPDATE at depth zero.
    private func tail(in range: Range<Int>) -> Int? {
        source.firstTopLevel(in: range) { index in
            guard index > range.lowerBound, source.kind(index - 1) != .dot, source.keyword(index - 1) != .as else {
                return false
            }
            switch source.keyword(index) {
            case .order: return source.keyword(index + 1) == .by
            case .limit, .offset, .fetch: return true
            case .for:
                return [.update, .share, .no, .key].contains(source.keyword(index + 1))
            default: return false
            }
        }
    }

    private func orderBy(_ tail: Range<Int>) -> [Range<Int>] {
        guard source.keyword(tail.lowerBound) == .order, tail.count > 2 else { return [] }
        let start = tail.lowerBound + 2
        let end =
            source.firstTopLevel(in: start ..<| tail.upperBound) { index in
                [.limit, .offset, .fetch, .for].contains(source.keyword(index))
            } ?? tail.upperBound
        return source.splitAtCommas(start ..<| end)
    }

    private func arm(_ range: Range<Int>) -> Query.Arm? {
        guard !range.isEmpty else { return nil }
        switch source.keyword(range.lowerBound) {
        case .select: return select(range).map { .select($0) }
        case .values:
            var rows: [[Range<Int>]] = []
            for piece in source.splitAtCommas(range.lowerBound + 1..<range.upperBound) {
                guard source.kind(piece.lowerBound) == .leftParen,
                    source.closing(of: piece.lowerBound) == piece.upperBound - 1
                else { return nil }
                rows.append(source.splitAtCommas(source.inside(piece.lowerBound)))
            }
            return .values(rows: rows, range: range, queries: nestedQueries(in: range))
        case .table:
            guard let reference = relation(at: range.lowerBound + 1) else { return nil }
            return .table(reference)
        default:
            if source.kind(range.lowerBound) == .leftParen,
                source.closing(of: range.lowerBound) == range.upperBound - 1,
                let query = query(source.inside(range.lowerBound))
            {
                return .nested(query)
            }
            return nil
        }
    }

    // MARK: SELECT

    private enum Clause { case into, from, filter, groupBy, having, window }

    private func clause(at index: Int, in range: Range<Int>) -> Clause? {
        guard index > range.lowerBound, source.kind(index - 1) != .dot, source.keyword(index - 1) != .as else {
            return nil
        }
        switch source.keyword(index) {
        case .into: return .into
        case .from:
            // `IS [NOT] DISTINCT FROM` is an operator.
            if source.keyword(index - 1) == .distinct,
                source.keyword(index - 2) == .is || source.keyword(index - 2) == .not
            {
                return nil
            }
            return .from
        case .where: return .filter
        case .group: return source.keyword(index + 1) == .by ? .groupBy : nil
        case .having: return .having
        case .window: return source.isName(index + 1) && source.keyword(index + 2) == .as ? .window : nil
        default: return nil
        }
    }

    func select(_ range: Range<Int>) -> Select? {
        var marks: [(clause: Clause, at: Int)] = []
        var index = range.lowerBound + 1
        while index < range.upperBound {
            if let clause = clause(at: index, in: range) { marks.append((clause, index)) }
            index = min(source.next(index), range.upperBound)
        }
        var listStart = range.lowerBound + 1
        var isDistinct = false
        var distinctOn: [Range<Int>] = []
        if source.keyword(listStart) == .all { listStart += 1 }
        if source.keyword(listStart) == .distinct {
            isDistinct = true
            listStart += 1
            if source.keyword(listStart) == .on, source.kind(listStart + 1) == .leftParen {
                distinctOn = source.splitAtCommas(source.inside(listStart + 1))
                listStart = source.closing(of: listStart + 1) + 1
            }
        }
        let first = marks.first?.at ?? range.upperBound
        guard listStart <= first else { return nil }
        var select = Select(
            range: range, isDistinct: isDistinct, distinctOn: distinctOn, items: [], list: listStart ..<| first,
            into: nil, isStrict: false, fromRange: nil, from: [], filter: nil, groupBy: nil, having: nil,
            window: nil, expressionQueries: [])
        for (number, mark) in marks.enumerated() {
            let end = number + 1 < marks.count ? marks[number + 1].at : range.upperBound
            switch mark.clause {
            case .into:
                // PL/pgSQL also takes INTO right behind SELECT: `SELECT INTO a, b x, y FROM ..`.
                guard select.into == nil else { return nil }
                if mark.at == listStart { return nil }
                select.into = mark.at ..<| end
                select.isStrict = source.keyword(mark.at + 1) == .strict
            case .from:
                guard select.fromRange == nil else { return nil }
                select.fromRange = mark.at + 1 ..<| end
            case .filter:
                guard select.filter == nil else { return nil }
                select.filter = mark.at + 1 ..<| end
            case .groupBy: select.groupBy = mark.at + 2 ..<| end
            case .having: select.having = mark.at + 1 ..<| end
            case .window: select.window = mark.at + 1 ..<| end
            }
        }
        select.items = source.splitAtCommas(select.list).map(item)
        if let from = select.fromRange {
            select.from = fromItems(from)
            for item in select.from {
                if let on = item.on { select.expressionQueries += nestedQueries(in: on) }
                if case .function(let call) = item.kind { select.expressionQueries += nestedQueries(in: call) }
            }
        }
        for part in [select.list, select.filter, select.groupBy, select.having, select.window].compactMap({ $0 }) {
            select.expressionQueries += nestedQueries(in: part)
        }
        for part in distinctOn { select.expressionQueries += nestedQueries(in: part) }
        return select
    }

    /// Queries in parentheses anywhere in the range, not those nested in one another.
    func nestedQueries(in range: Range<Int>) -> [Query] {
        var queries: [Query] = []
        var index = range.lowerBound
        while index < range.upperBound {
            if source.kind(index) == .leftParen,
                source.closing(of: index) < range.upperBound || source.closing(of: index) == range.upperBound - 1
            {
                let inside = source.inside(index)
                if startsQuery(inside.lowerBound), let query = query(inside) {
                    queries.append(query)
                    index = source.closing(of: index) + 1
                    continue
                }
            }
            index += 1
        }
        return queries
    }
}

/// Queries in parentheses anywhere in an expression, outermost ones only.
public func readNestedQueries(_ source: SourceText, _ range: Range<Int>) -> [Query] {
    QueryReader(source: source).nestedQueries(in: range)
}

/// Reads a FROM list's relations.
public func readFromItems(_ source: SourceText, _ range: Range<Int>) -> [FromItem] {
    QueryReader(source: source).fromItems(range)
}

/// Reads `[schema.]name` at a token.
public func readRelationName(_ source: SourceText, _ index: Int) -> RelationReference? {
    QueryReader(source: source).relation(at: index)
}
