import Catalog
import Findings
import Steps
import Tokens

/// A rewritten query with what is known of its columns.
struct RewrittenQuery {
    var template: SQLTemplate
    /// nil when the columns could not be worked out.
    var columns: [VersionColumn]?
    var taint: Taint
    var isVolatile: Bool
    /// Columns that no two rows share.
    var uniqueKeys: [[String]] = []
}

extension Lowerer {
    /// Rewrites a whole query; its WITH parts become versions of their own.
    ///
    /// - Parameters:
    ///   - names: output names to give, one a column; nil keeps the query's own.
    ///   - types: with `names`, the types to assign to.
    ///   - extra: more items to put behind the select list.
    ///   - targets: for a statement's own query the types that its columns are assigned to: its failures are foretold.
    func queryTemplate(
        _ query: Query, scope: Scope?, lifted outer: [String: VersionID] = [:], naming: ColumnNaming? = nil,
        targets: [String?]? = nil
    ) throws -> RewrittenQuery {
        var lifted = outer
        var effects: WithEffects?
        if query.with.contains(where: { $0.query == nil }), scope != nil {
            sourceOverrides.append(query.source)
            defer { sourceOverrides.removeLast() }
            effects = try lowerWith(query.with, isRecursive: query.isRecursive, lifted: &lifted)
        } else {
            try liftWith(query.with, isRecursive: query.isRecursive, source: query.source, scope: scope, into: &lifted)
        }
        defer { if let effects { applyParts(effects) } }
        var rewriter = Rewriter(self, query.source, scope: scope)
        rewriter.lifted = lifted
        if case .select(let select)? = query.arms.first, !select.from.isEmpty { rewriter.isInQuery = true }
        let bare = query.with.isEmpty ? query : query.withoutWith
        try rewriter.collect(bare, ctes: [])
        let visible = ColumnFinder(self, lifted: lifted)
        let columns = visible.columns(of: bare, scope: scope)
        if let targets {
            try foretellFailures(of: bare, targets: targets, rewriter: &rewriter, finder: visible, scope: scope)
        }
        let body = bare.bodyStart..<bare.range.upperBound
        guard let naming else {
            let template = try rewriter.render(body)
            return RewrittenQuery(
                template: template, columns: columns, taint: rewriter.taint, isVolatile: rewriter.isVolatile,
                uniqueKeys: visible.uniqueKeys(of: bare))
        }
        return try rename(bare, naming, columns: columns, rewriter: &rewriter, visible: visible)
    }

    /// Makes each part of a WITH list a version.
    func liftWith(
        _ with: [CommonTable], isRecursive: Bool, source: SourceText, scope: Scope?,
        into lifted: inout [String: VersionID]
    ) throws {
        for table in with {
            guard let inner = table.query else { continue }  // data-modifying parts are lowered before
            if isRecursive, mentions(table.name, source, table.body) {
                lifted[table.name] = try recursive(table, inner, scope: scope, lifted: lifted)
                continue
            }
            var naming: ColumnNaming?
            if !table.columns.isEmpty {
                let known = ColumnFinder(self, lifted: lifted).columns(of: inner, scope: scope)
                let rest = (known ?? []).dropFirst(table.columns.count).map(\.name)
                naming = ColumnNaming(names: table.columns + rest, casts: nil)
            }
            let saved = currentComments
            currentComments = source.comments(before: table.nameIndex)
            if currentComments.isEmpty { currentComments = saved }
            let body = try queryTemplate(inner, scope: scope, lifted: lifted, naming: naming)
            guard let columns = body.columns else {
                throw Refusal(
                    code: .unknownColumns, detail: "the columns of WITH '\(table.name)' could not be worked out")
            }
            lifted[table.name] = add(
                body.template, name: table.name, columns: columns, isVolatile: body.isVolatile,
                uniqueKeys: body.uniqueKeys)
        }
    }

    private func mentions(_ name: String, _ source: SourceText, _ range: Range<Int>) -> Bool {
        range.contains { source.isName($0) && source.name($0) == name && source.kind($0 - 1) != .dot }
    }

    /// A recursive part reads itself by the name that it gets.
    private func recursive(
        _ table: CommonTable, _ inner: Query, scope: Scope?, lifted: [String: VersionID]
    ) throws -> VersionID {
        guard inner.arms.count == 2, let anchorArm = inner.arms.first else {
            throw Refusal(code: .unreadable, detail: "WITH RECURSIVE '\(table.name)' is not anchor UNION step")
        }
        let finder = ColumnFinder(self, lifted: lifted)
        guard var columns = finder.columns(of: anchorArm, source: inner.source, scope: scope, ctes: [:]) else {
            throw Refusal(code: .unknownColumns, detail: "the columns of WITH '\(table.name)' could not be worked out")
        }
        for (position, name) in table.columns.enumerated() where position < columns.count {
            columns[position].name = name
        }
        let id = add(SQLTemplate(), name: table.name, columns: columns)
        var inside = lifted
        inside[table.name] = id
        var rewriter = Rewriter(self, inner.source, scope: scope)
        rewriter.lifted = inside
        let bare = inner.with.isEmpty ? inner : inner.withoutWith
        try liftWith(
            inner.with, isRecursive: inner.isRecursive, source: inner.source, scope: scope, into: &rewriter.lifted)
        try rewriter.collect(bare, ctes: [])
        if !table.columns.isEmpty {
            // The anchor's names count: give its items the declared ones.
            guard case .select(let select) = anchorArm,
                let list = try renamedList(
                    select, names: columns.map(\.name), casts: nil, rewriter: &rewriter, finder: finder)
            else {
                throw Refusal(code: .unknownColumns, detail: "the column list of WITH '\(table.name)' is not followed")
            }
            rewriter.replace(select.list, with: list)
        }
        let body = try rewriter.render(bare.bodyStart..<bare.range.upperBound)
        versions[id.rawValue].body = .query(body)
        versions[id.rawValue].isRecursive = true
        if !table.clauses.isEmpty {
            // They name columns alone. The query itself does not see what they add.
            versions[id.rawValue].recursionClauses = table.clauses.map { inner.source.text($0) }.joined(separator: " ")
            versions[id.rawValue].columns += table.clauseColumns.map { VersionColumn($0, nil) }
        }
        versions[id.rawValue].isVolatile = rewriter.isVolatile
        return id
    }

    // MARK: renaming columns

    private func rename(
        _ query: Query, _ naming: ColumnNaming, columns: [VersionColumn]?, rewriter: inout Rewriter,
        visible: ColumnFinder
    ) throws -> RewrittenQuery {
        let source = query.source
        let body = query.bodyStart..<query.range.upperBound
        if let columns, columns.count < naming.names.count, !naming.allowsMissing {
            throw Refusal(
                code: .defect, detail: "the query has \(columns.count) columns where \(naming.names.count) are expected"
            )
        }
        var result = RewrittenQuery(
            template: SQLTemplate(), columns: nil, taint: [], isVolatile: false, uniqueKeys: [])
        func outputs(_ taints: [Taint]) -> [VersionColumn] {
            naming.names.enumerated().map { position, name in
                VersionColumn(
                    name, naming.casts?[safe: position] ?? columns?[safe: position]?.type,
                    taint: taints[safe: position] ?? [])
            }
        }
        let taints = columns?.map(\.taint) ?? []
        // One plain SELECT whose names nobody refers to: alias and cast the items where they stand.
        if query.arms.count == 1, case .select(let select) = query.arms[0],
            !select.isDistinct || naming.casts == nil, !refersToOutput(query, select),
            let list = try renamedList(
                select, names: naming.names, casts: naming.casts, rewriter: &rewriter, finder: visible)
        {
            rewriter.replace(select.list, with: list)
            result.template = try rewriter.render(body)
        } else if query.arms.count == 1, case .values(let rows, _, _) = query.arms[0], query.tail.isEmpty {
            var selects: [SQLTemplate] = []
            for row in rows {
                guard row.count <= naming.names.count else {
                    throw Refusal(code: .defect, detail: "VALUES has more columns than the target")
                }
                var items: [SQLTemplate] = []
                for (position, value) in row.enumerated() {
                    items.append(
                        try item(
                            value, name: naming.names[position], cast: naming.casts?[safe: position] ?? nil,
                            naming: naming, position: position, rewriter: &rewriter, source: source))
                }
                selects.append("select \(.joined(items, separator: ", "))")
            }
            result.template = .joined(selects, separator: "\nunion all\n")
        } else {
            guard let columns else {
                throw Refusal(code: .unknownColumns, detail: "the columns of the query could not be worked out")
            }
            let inner = try rewriter.render(body)
            // Names of our own: the query's may repeat.
            let given = columns.indices.map { position in naming.names[safe: position] ?? "unused_\(position)" }
            let items: [SQLTemplate] = naming.names.indices.prefix(columns.count).map { position in
                let name = SQLText.identifier(naming.names[position])
                guard let type = naming.casts?[safe: position] ?? nil else { return "q.\(name)" }
                return "\(cast("q.\(name)", to: type)) as \(name)"
            }
            result.template =
                "select \(.joined(items, separator: ", ")) from (\(inner)) as q (\(SQLText.list(given)))"
        }
        result.columns = outputs(taints)
        result.taint = rewriter.taint
        result.isVolatile = rewriter.isVolatile
        return result
    }

    /// Whether GROUP BY or ORDER BY speak of output columns by number or alias.
    private func refersToOutput(_ query: Query, _ select: Select) -> Bool {
        let source = query.source
        let names = Set(select.items.compactMap(\.alias))
        let implicit = select.implicitNames(source)
        func isOutput(_ piece: Range<Int>, _ names: Set<String>) -> Bool {
            guard let first = piece.first else { return false }
            if source.kind(first) == .number { return true }
            return source.isName(first) && names.contains(source.name(first))
        }
        // `select id::text .. order by id` sorts the text: its column is called id. GROUP BY takes the table's column.
        return (query.orderBy + select.distinctOn).contains { isOutput($0, names.union(implicit)) }
            || (select.groupBy.map(source.splitAtCommas) ?? []).contains { isOutput($0, names) }
    }

    /// The select list with each item cast and aliased; nil when a star can't be expanded.
    func renamedList(
        _ select: Select, names: [String], casts: [String?]?, rewriter: inout Rewriter, finder: ColumnFinder
    ) throws -> SQLTemplate? {
        var items: [SQLTemplate] = []
        let naming = ColumnNaming(names: names, casts: casts)
        for entry in select.items {
            if entry.star != nil {
                guard let expanded = finder.expand(entry, in: select, source: rewriter.source, scope: rewriter.scope)
                else { return nil }
                for column in expanded {
                    guard items.count < names.count else { break }
                    let position = items.count
                    let type = casts?[safe: position] ?? nil
                    let reference = SQLTemplate(column.reference)
                    let value = type == nil || type == column.column.type ? reference : cast(reference, to: type!)
                    let keepsName = value == reference && column.column.name == names[position]
                    items.append(keepsName ? value : "\(value) as \(SQLText.identifier(names[position]))")
                }
                continue
            }
            guard items.count < names.count else { return nil }
            let position = items.count
            let source = finder.type(of: entry.expression, in: select, source: rewriter.source, scope: rewriter.scope)
            var target = casts?[safe: position] ?? nil
            if let type = target, type == source, !type.hasPrefix("character varying(") { target = nil }
            items.append(
                try item(
                    entry.expression, name: names[position], cast: target, naming: naming, position: position,
                    rewriter: &rewriter, source: rewriter.source))
        }
        return .joined(items, separator: ", ")
    }

    private func item(
        _ range: Range<Int>, name: String, cast type: String?, naming: ColumnNaming, position: Int,
        rewriter: inout Rewriter, source: SourceText
    ) throws -> SQLTemplate {
        if source.keyword(range.lowerBound) == .default, range.count == 1 {
            guard let value = try naming.defaultValue?(position) else {
                throw Refusal(code: .unreadable, detail: "DEFAULT stands where no default is known")
            }
            return "\(value) as \(SQLText.identifier(name))"
        }
        let value = try rewriter.render(range)
        let isColumn =
            range.count == 1
            || range.count == 3 && source.isName(range.lowerBound) && source.kind(range.lowerBound + 1) == .dot
        if type == nil, isColumn, source.isName(range.upperBound - 1), value.plainText == source.text(range),
            source.name(range.upperBound - 1) == name
        {
            return value
        }
        let typed = type.map { cast(value, to: $0) } ?? value
        return "\(typed) as \(SQLText.identifier(name))"
    }
}

/// Names, types and defaults that a query's columns are to take.
struct ColumnNaming {
    var names: [String]
    /// Types to assign to, nil entries keep the expression's own type.
    var casts: [String?]?
    /// What DEFAULT means at a position of VALUES.
    var defaultValue: ((Int) throws -> SQLTemplate)?
    /// The query may have fewer columns.
    var allowsMissing = false
}

extension Query {
    /// The same query without its WITH list (whose parts have become versions).
    var withoutWith: Query {
        readQuery(source, bodyStart..<range.upperBound) ?? self
    }
}
