import Tokens

extension StatementReader {
    // MARK: MERGE

    func merge(_ range: Range<Int>, _ with: WithClause?) -> MergeStatement? {
        guard source.keyword(range.lowerBound + 1) == .into else { return nil }
        var index = range.lowerBound + 2
        if source.keyword(index) == .only { index += 1 }
        guard var target = queries.relation(at: index) else { return nil }
        index = target.range.upperBound
        if source.keyword(index) == .as { index += 1 }
        if source.isName(index), source.keyword(index) != .using {
            target.alias = source.name(index)
            index += 1
        }
        guard source.keyword(index) == .using else { return nil }
        guard let on = source.firstTopLevel(in: index ..<| range.upperBound, where: { source.keyword($0) == .on }),
            let item = queries.fromItems(index + 1 ..<| on).first
        else { return nil }
        var whens: [Int] = []
        var depth = 0
        var at = on + 1
        while at < range.upperBound {
            let keyword = source.keyword(at)
            if keyword == .case { depth += 1 }
            if keyword == .end { depth -= 1 }
            if depth == 0, keyword == .when || keyword == .returning { whens.append(at) }
            at = source.next(at)
        }
        guard let first = whens.first else { return nil }
        var clauses: [MergeStatement.Clause] = []
        var returningClause: Returning?
        for (number, start) in whens.enumerated() {
            let end = number + 1 < whens.count ? whens[number + 1] : range.upperBound
            if source.keyword(start) == .returning {
                returningClause = returning(start + 1 ..<| range.upperBound)
                break
            }
            guard let clause = mergeClause(start ..<| end) else { return nil }
            clauses.append(clause)
        }
        return MergeStatement(
            with: with, target: target, source: item, condition: on + 1 ..<| first, clauses: clauses,
            returning: returningClause)
    }

    private func mergeClause(_ range: Range<Int>) -> MergeStatement.Clause? {
        var index = range.lowerBound + 1
        var match = MergeStatement.Clause.Match.matched
        if source.keyword(index) == .not {
            match = .notMatched
            index += 1
        }
        guard source.keyword(index) == .matched else { return nil }
        index += 1
        if source.keyword(index) == .by {
            if source.text(index + 1).lowercased() == "source" {
                match = .notMatchedBySource
            }
            index += 2
        }
        var depth = 0
        var then = index
        while then < range.upperBound {
            let keyword = source.keyword(then)
            if depth == 0, keyword == .then { break }
            if keyword == .case { depth += 1 }
            if keyword == .end { depth -= 1 }
            then = source.next(then)
        }
        let condition = source.keyword(index) == .and ? index + 1 ..<| then : nil
        if condition == nil, then != index { return nil }
        index = then + 1
        let action: MergeStatement.Clause.Action
        switch source.keyword(index) {
        case .delete: action = .delete
        case .do: action = .nothing
        case .update:
            guard let list = assignments(index + 2 ..<| range.upperBound) else { return nil }
            action = .update(list)
        case .insert:
            index += 1
            var columns: [String] = []
            if source.kind(index) == .leftParen {
                columns = source.splitAtCommas(source.inside(index)).map { source.name($0.lowerBound) }
                index = source.closing(of: index) + 1
            }
            var overriding: String?
            if source.keyword(index) == .overriding {
                overriding = source.text(index + 1).lowercased()
                index += 3
            }
            if source.keyword(index) == .default {
                action = .insertDefaults
            } else {
                guard source.keyword(index) == .values, source.kind(index + 1) == .leftParen else { return nil }
                action = .insert(
                    columns: columns, values: source.splitAtCommas(source.inside(index + 1)), overriding: overriding)
            }
        default: return nil
        }
        return MergeStatement.Clause(match: match, condition: condition, action: action, range: range)
    }

    // MARK: TRUNCATE, DROP, CREATE

    func truncate(_ range: Range<Int>) -> Statement? {
        var index = range.lowerBound + 1
        if source.keyword(index) == .table { index += 1 }
        var tables: [RelationReference] = []
        while index < range.upperBound {
            if source.keyword(index) == .only { index += 1 }
            guard let reference = queries.relation(at: index) else { return nil }
            tables.append(reference)
            index = reference.range.upperBound
            if source.isSymbol(index, "*") { index += 1 }
            guard source.kind(index) == .comma, index < range.upperBound else { break }
            index += 1
        }
        let rest = (index ..<| max(index, range.upperBound)).map { source.keyword($0) }
        return .truncate(
            tables: tables, restartIdentity: rest.contains(.restart), cascade: rest.contains(.cascade))
    }

    func drop(_ range: Range<Int>) -> Statement? {
        var index = range.lowerBound + 1
        switch source.keyword(index) {
        case .table: break
        case .index: return .withoutRows("DROP INDEX")
        default: return nil
        }
        index += 1
        if source.keyword(index) == .if { index += 2 }
        var tables: [RelationReference] = []
        while let reference = queries.relation(at: index), index < range.upperBound {
            tables.append(reference)
            index = reference.range.upperBound
            guard source.kind(index) == .comma else { break }
            index += 1
        }
        return .dropTable(tables: tables)
    }

    func create(_ range: Range<Int>) -> Statement? {
        var index = range.lowerBound + 1
        var isTemporary = false
        while [.temp, .temporary, .local, .global, .unlogged, .unique].contains(source.keyword(index)) {
            if source.keyword(index) == .temp || source.keyword(index) == .temporary { isTemporary = true }
            if source.keyword(index) == .unique { return .withoutRows("CREATE INDEX") }
            index += 1
        }
        if source.keyword(index) == .index { return .withoutRows("CREATE INDEX") }
        guard source.keyword(index) == .table else { return nil }
        index += 1
        var ifNotExists = false
        if source.keyword(index) == .if {
            ifNotExists = true
            index += 3
        }
        guard var table = queries.relation(at: index) else { return nil }
        index = table.range.upperBound
        if table.schema == "pg_temp" {
            isTemporary = true
            table.schema = nil
        }
        let open = source.kind(index) == .leftParen ? index : nil
        if open != nil { index = source.closing(of: index) + 1 }
        var dropsOnCommit = false
        var emptiesOnCommit = false
        while index < range.upperBound, source.keyword(index) != .as {
            if source.keyword(index) == .on, source.keyword(index + 1) == .commit {
                dropsOnCommit = source.keyword(index + 2) == .drop
                emptiesOnCommit = source.keyword(index + 2) == .delete
            }
            if source.keyword(index) == .partition { return nil }
            index = source.next(index)
        }
        if source.keyword(index) == .as, index < range.upperBound {
            var end = range.upperBound
            var withData = true
            if source.keyword(end - 1) == .data {
                if source.keyword(end - 2) == .no {
                    withData = false
                    end -= 1
                }
                end -= 2
            }
            guard let query = queries.query(index + 1 ..<| end) else { return nil }
            let columns = open.map { source.splitAtCommas(source.inside($0)).map { source.name($0.lowerBound) } } ?? []
            return .createTableAs(
                CreateTableAsStatement(
                    table: table, isTemporary: isTemporary, ifNotExists: ifNotExists, columns: columns, query: query,
                    withData: withData, dropsOnCommit: dropsOnCommit))
        }
        guard let open else { return nil }
        var statement = CreateTableStatement(
            table: table, isTemporary: isTemporary, ifNotExists: ifNotExists, columns: [], like: [],
            dropsOnCommit: dropsOnCommit, primaryKey: [], emptiesOnCommit: emptiesOnCommit, likeIncludesDefaults: false)
        for piece in source.splitAtCommas(source.inside(open)) {
            guard let first = piece.first else { continue }
            switch source.keyword(first) {
            case .like:
                guard let reference = queries.relation(at: first + 1) else { return nil }
                statement.like.append(reference)
                let options = piece.map { source.text($0).lowercased() }
                if options.contains("including"), options.contains("all") || options.contains("defaults") {
                    statement.likeIncludesDefaults = true
                }
            case .constraint, .primary, .unique, .check, .foreign:
                let list = piece.first { source.kind($0) == .leftParen }
                if let list, piece.contains(where: { source.keyword($0) == .primary }) {
                    statement.primaryKey = source.inside(list).filter { source.isName($0) }.map { source.name($0) }
                }
            default:
                guard let column = columnDefinition(piece) else { return nil }
                if piece.contains(where: { source.keyword($0) == .primary }) { statement.primaryKey = [column.name] }
                statement.columns.append(column)
            }
        }
        return .createTable(statement)
    }

    func columnDefinition(_ range: Range<Int>) -> ColumnDefinition? {
        guard source.isName(range.lowerBound), range.count >= 2 else { return nil }
        let stops: Set<Keyword> = [
            .not, .null, .default, .primary, .unique, .check, .references, .constraint, .collate,
        ]
        func isStop(_ index: Int) -> Bool {
            stops.contains(source.keyword(index)) || source.text(index).lowercased() == "generated"
        }
        let typeEnd =
            source.firstTopLevel(in: range.lowerBound + 2 ..<| range.upperBound, where: isStop) ?? range.upperBound
        var column = ColumnDefinition(
            name: source.name(range.lowerBound), type: range.lowerBound + 1 ..<| typeEnd, notNull: false,
            defaultExpression: nil, generated: nil, isIdentity: false)
        var index = typeEnd
        while index < range.upperBound {
            switch source.keyword(index) {
            case .not:
                column.notNull = true
                index += 2
                continue
            case .primary: column.notNull = true
            case .default:
                // A default may itself hold NOT or NULL (`default null`): it has at least one token.
                let end =
                    source.firstTopLevel(in: index + 2 ..<| max(index + 2, range.upperBound), where: isStop)
                    ?? range.upperBound
                column.defaultExpression = index + 1 ..<| end
                index = end
                continue
            default:
                if source.text(index).lowercased() == "generated" {
                    if let identity = range.first(where: { source.keyword($0) == .identity }) {
                        column.isIdentity = true
                        index = identity
                    } else if let open = range.first(where: { $0 > index && source.kind($0) == .leftParen }) {
                        column.generated = source.inside(open)
                        index = source.closing(of: open)
                    }
                }
            }
            index = source.next(index)
        }
        return column
    }
}
