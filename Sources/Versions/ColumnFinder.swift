import Catalog
import Steps
import Tokens
import Types

/// A column together with the way to write it.
struct ReferencedColumn {
    var reference: String
    var column: VersionColumn
}

/// Works out the columns of queries: names always, types where they can be inferred without a database.
struct ColumnFinder {
    let lowerer: Lowerer
    /// Common tables that became versions.
    var lifted: [String: VersionID]

    init(_ lowerer: Lowerer, lifted: [String: VersionID] = [:]) {
        self.lowerer = lowerer
        self.lifted = lifted
    }

    typealias Tables = [String: [VersionColumn]?]

    /// Output columns of a query; nil when a star or a function hides them.
    func columns(
        of query: Query, scope: Scope?, ctes known: Tables = [:], outer: [VisibleRelation] = []
    ) -> [VersionColumn]? {
        var ctes = known
        for table in query.with {
            guard let inner = table.query else { continue }
            var columns = self.columns(of: inner, scope: scope, ctes: ctes)
            if columns == nil, query.isRecursive, let anchor = inner.arms.first {
                columns = self.columns(of: anchor, source: inner.source, scope: scope, ctes: ctes)
            }
            if !table.columns.isEmpty, columns != nil {
                for (position, name) in table.columns.enumerated() where position < columns!.count {
                    columns![position].name = name
                }
            } else if columns == nil, !table.columns.isEmpty {
                columns = nil
            }
            ctes[table.name] = .some(columns)
        }
        guard
            var result = query.arms.first.flatMap({
                columns(of: $0, source: query.source, scope: scope, ctes: ctes, outer: outer)
            })
        else { return nil }
        // Types and taints of the other arms: equal types stay, taints add up.
        for arm in query.arms.dropFirst() {
            let other = columns(of: arm, source: query.source, scope: scope, ctes: ctes, outer: outer)
            for position in result.indices {
                guard let column = other?[safe: position] else {
                    result[position].type = nil
                    continue
                }
                if column.type != result[position].type {
                    result[position].type = lowerer.commonType([result[position].type, column.type])
                }
                result[position].taint.formUnion(column.taint)
            }
        }
        return result
    }

    /// Output columns of one arm.
    func columns(
        of arm: Query.Arm, source: SourceText, scope: Scope?, ctes: Tables, outer: [VisibleRelation] = []
    ) -> [VersionColumn]? {
        switch arm {
        case .select(let select): return columns(of: select, source: source, scope: scope, ctes: ctes, outer: outer)
        case .nested(let query): return columns(of: query, scope: scope, ctes: ctes, outer: outer)
        case .values(let rows, _, _):
            guard let first = rows.first else { return nil }
            return first.indices.map { position in
                let types = rows.map { row in
                    row[safe: position].flatMap { lowerer.inferType(source, $0, visible: outer, scope: scope) }
                }
                let type = Set(types).count == 1 ? types[0] : nil
                let taint = rows.reduce(into: Taint()) { taint, row in
                    guard let value = row[safe: position] else { return }
                    taint.formUnion(self.taint(of: value, source: source, visible: outer, scope: scope))
                }
                return VersionColumn("column\(position + 1)", type, taint: taint)
            }
        case .table(let reference):
            return relationColumns(reference, ctes: ctes)
        }
    }

    private func columns(
        of select: Select, source: SourceText, scope: Scope?, ctes: Tables, outer: [VisibleRelation]
    ) -> [VersionColumn]? {
        let visible = self.visible(select.from, source: source, scope: scope, ctes: ctes)
        var result: [VersionColumn] = []
        for item in select.items {
            if item.star != nil {
                guard let expanded = expand(item, source: source, from: select.from, visible: visible) else {
                    return nil
                }
                result += expanded.map(\.column)
                continue
            }
            let type = lowerer.inferType(
                source, item.expression, visible: visible + outer, scope: scope, ctes: ctes, finder: self)
            result.append(
                VersionColumn(
                    item.alias ?? lowerer.inferName(source, item.expression), type,
                    taint: taint(of: item.expression, source: source, visible: visible, scope: scope)))
        }
        return result
    }

    // MARK: FROM

    /// Names and columns that FROM offers.
    func visible(_ items: [FromItem], source: SourceText, scope: Scope?, ctes: Tables = [:]) -> [VisibleRelation] {
        let relations = items.map { item -> VisibleRelation in
            var columns: [VersionColumn]?
            var name = item.alias
            switch item.kind {
            case .relation(let reference):
                columns = relationColumns(reference, ctes: ctes)
                name = reference.exposedName
            case .subquery(let query): columns = self.columns(of: query, scope: scope, ctes: ctes)
            case .function(let call):
                columns = functionColumns(item, call, source: source)
                name = name ?? QueryReader.functionName(source, call.lowerBound)?.name
            case .unknown: break
            }
            if !item.aliasColumns.isEmpty {
                var renamed = columns ?? item.aliasColumns.map { VersionColumn($0, nil) }
                for (position, name) in item.aliasColumns.enumerated() where position < renamed.count {
                    renamed[position].name = name
                }
                columns = renamed
            }
            return VisibleRelation(
                name: name, columns: columns, usingColumns: item.usingColumns, isNatural: item.isNatural)
        }
        return withNaturalKeys(relations, items)
    }

    /// NATURAL JOIN is USING over the columns that both sides have.
    private func withNaturalKeys(_ relations: [VisibleRelation], _ items: [FromItem]) -> [VisibleRelation] {
        var result = relations
        var start = 0
        for position in result.indices {
            if items[position].join == nil, !items[position].isNatural { start = position }
            guard result[position].isNatural, let columns = result[position].columns,
                result[start..<position].allSatisfy({ $0.columns != nil && !$0.isNatural })
            else { continue }
            let left = Set(result[start..<position].flatMap { ($0.columns ?? []).map(\.name) })
            result[position].usingColumns = columns.map(\.name).filter(left.contains)
            result[position].isNatural = false
        }
        return result
    }

    private func relationColumns(_ reference: RelationReference, ctes: Tables) -> [VersionColumn]? {
        if reference.schema == nil, let known = ctes[reference.name] { return known }
        if reference.schema == nil, let version = lifted[reference.name] { return lowerer.columns(version) }
        guard let version = try? lowerer.read(reference) else { return nil }
        return lowerer.columns(version)
    }

    /// Set-returning functions with one column, which the alias names.
    private static let oneColumn: Set<String> = [
        "generate_series", "unnest", "regexp_split_to_table", "string_to_table", "generate_subscripts",
    ]

    private func functionColumns(_ item: FromItem, _ call: Range<Int>, source: SourceText) -> [VersionColumn]? {
        guard let name = QueryReader.functionName(source, call.lowerBound) else { return nil }
        let alias = item.alias ?? name.name
        let candidates = lowerer.catalog.routines(
            schema: name.schema, name: name.name, path: lowerer.frames.last?.searchPath)
        if !candidates.isEmpty {
            // Overloads that agree on their columns need no choice.
            let all = candidates.map { try? lowerer.tableFunctionColumns($0, alias: alias) }
            return all.allSatisfy { $0 == all[0] } ? all[0] : nil
        }
        guard Self.oneColumn.contains(name.name) else { return nil }
        let type = lowerer.inferType(source, call, visible: [], scope: nil)
        return [VersionColumn(alias, type)]
    }

    // MARK: stars

    /// The columns a star stands for.
    func expand(_ item: SelectItem, in select: Select, source: SourceText, scope: Scope?) -> [ReferencedColumn]? {
        expand(item, source: source, from: select.from, visible: visible(select.from, source: source, scope: scope))
    }

    func expand(
        _ item: SelectItem, source: SourceText, from: [FromItem], visible: [VisibleRelation]
    ) -> [ReferencedColumn]? {
        guard let star = item.star else { return nil }
        if let last = star.last {
            let qualifier = source.name(last)
            guard let relation = visible.first(where: { $0.name == qualifier }), let columns = relation.columns else {
                return nil
            }
            return columns.map {
                ReferencedColumn(
                    reference: "\(SQLText.identifier(qualifier)).\(SQLText.identifier($0.name))", column: $0)
            }
        }
        if visible.contains(where: { $0.isNatural }) { return nil }
        var result: [ReferencedColumn] = []
        let merged = Set(visible.flatMap(\.usingColumns))
        for (position, relation) in visible.enumerated() {
            guard let columns = relation.columns, let name = relation.name else { return nil }
            for column in columns {
                // A USING column appears once, first, without a qualifier.
                if merged.contains(column.name), position > 0, relation.usingColumns.contains(column.name) { continue }
                let qualifies = visible.count > 1 && !merged.contains(column.name)
                let plain = SQLText.identifier(column.name)
                result.append(
                    ReferencedColumn(
                        reference: qualifies ? "\(SQLText.identifier(name)).\(plain)" : plain, column: column))
            }
        }
        if !merged.isEmpty {
            let first = result.filter { merged.contains($0.column.name) }
            result = first + result.filter { !merged.contains($0.column.name) }
        }
        return result
    }

    // MARK: types, taints, keys

    func type(of range: Range<Int>, in select: Select, source: SourceText, scope: Scope?) -> String? {
        lowerer.inferType(
            source, range, visible: visible(select.from, source: source, scope: scope), scope: scope, finder: self)
    }

    /// What an expression's value depends on besides the data.
    func taint(of range: Range<Int>, source: SourceText, visible: [VisibleRelation], scope: Scope?) -> Taint {
        var taint: Taint = []
        for index in range where source.kind(index) == .parameter {
            if let variable = scope?.find(source.text(index)) { taint.formUnion(variable.taint) }
        }
        for index in range where source.isName(index) {
            let name = source.name(index)
            switch name {
            case "now", "current_timestamp", "current_date", "localtimestamp", "clock_timestamp", "statement_timestamp",
                "transaction_timestamp", "current_time", "localtime", "timeofday":
                taint.insert(.clock)
            case "random", "gen_random_uuid", "uuid_generate_v4": taint.insert(.chance)
            case "nextval", "currval", "lastval": taint.insert(.surrogate)
            default: break
            }
            if source.kind(index + 1) == .leftParen { taint.formUnion(lowerer.functionTaint(source, index)) }
            let qualifier = source.kind(index - 1) == .dot ? source.name(index - 2) : nil
            for relation in visible where qualifier == nil || relation.name == qualifier {
                if let column = relation.columns?.first(where: { $0.name == name }) { taint.formUnion(column.taint) }
            }
            if let scope {
                if qualifier == nil, let variable = scope.find(name), variable.fields == nil {
                    taint.formUnion(variable.taint)
                }
                if let qualifier, let field = scope.find(qualifier)?.field(name) { taint.formUnion(field.taint) }
            }
        }
        return taint.union(subqueryTaint(of: range, source: source, visible: visible, scope: scope))
    }

    /// What scalar subqueries in an expression bring along: `(select d.customer_key from dim d where d.no = s.no)`. What they
    /// only compare does not matter.
    private func subqueryTaint(
        of range: Range<Int>, source: SourceText, visible: [VisibleRelation], scope: Scope?
    ) -> Taint {
        var taint: Taint = []
        var index = range.lowerBound
        while index < range.upperBound {
            guard source.kind(index) == .leftParen, [.select, .with].contains(source.keyword(index + 1)) else {
                index += 1
                continue
            }
            let end = source.closing(of: index)
            defer { index = end + 1 }
            // Yes or no, whatever the rows are.
            if [.exists, .in, .any, .all].contains(source.keyword(index - 1)) || source.name(index - 1) == "some" {
                continue
            }
            guard let query = readQuery(source, source.inside(index)) else { continue }
            for case .select(let select) in query.arms {
                let inner = self.visible(select.from, source: source, scope: scope)
                for item in select.items where item.star == nil && source.name(item.expression.lowerBound) != "count" {
                    taint.formUnion(
                        self.taint(of: item.expression, source: source, visible: inner + visible, scope: scope))
                }
            }
        }
        return taint
    }

    /// Column sets that are unique in a query's output: GROUP BY and DISTINCT ON keys, and keys of a single relation.
    func uniqueKeys(of query: Query) -> [[String]] {
        guard query.arms.count == 1, case .select(let select) = query.arms[0] else { return [] }
        let source = query.source
        // DISTINCT ON comes behind functions that give several rows, GROUP BY and the rows of FROM before them.
        if select.distinctOn.isEmpty, select.items.contains(where: { mayGiveSeveralRows($0.expression, source) }) {
            return []
        }
        func outputNames(_ expressions: [Range<Int>]) -> [String]? {
            var names: [String] = []
            for expression in expressions {
                let text = canonical(source, expression)
                if let number = Int(text), let item = select.items[safe: number - 1], item.star == nil {
                    names.append(item.alias ?? lowerer.inferName(source, item.expression))
                    continue
                }
                let match = select.items.first { item in
                    item.star == nil && (canonical(source, item.expression) == text || item.alias == text)
                }
                guard let match else { return nil }
                names.append(match.alias ?? lowerer.inferName(source, match.expression))
            }
            return names
        }
        if !select.distinctOn.isEmpty { return outputNames(select.distinctOn).map { [$0] } ?? [] }
        if let groupBy = select.groupBy {
            let pieces = source.splitAtCommas(groupBy)
            let plain = !pieces.contains { [.rollup, .cube, .grouping].contains(source.keyword($0.lowerBound)) }
            return plain ? outputNames(pieces).map { [$0] } ?? [] : []
        }
        guard select.from.count == 1, case .relation(let reference) = select.from[0].kind else { return [] }
        let version = reference.schema == nil ? lifted[reference.name] : nil
        guard let id = version ?? (try? lowerer.read(reference)) else { return [] }
        return lowerer.versions[id.rawValue].uniqueKeys.compactMap { key in
            let names = key.compactMap { column in
                select.items.first { item in
                    if let star = item.star {
                        return star.isEmpty || source.name(star.lowerBound) == reference.exposedName
                    }
                    return canonical(source, item.expression).split(separator: ".").last.map(String.init) == column
                        && item.expression.count <= 3
                }.map { $0.star != nil ? column : ($0.alias ?? column) }
            }
            return names.count == key.count ? names : nil
        }
    }

    /// A set-returning function outside subqueries: one row in, any number out.
    private func mayGiveSeveralRows(_ expression: Range<Int>, _ source: SourceText) -> Bool {
        var index = expression.lowerBound
        while index < expression.upperBound {
            if source.kind(index) == .leftParen, [.select, .with].contains(source.keyword(index + 1)) {
                index = source.closing(of: index)
            } else if source.isName(index), source.kind(index + 1) == .leftParen {
                let name = source.name(index)
                if Self.setReturning.contains(name) { return true }
                let path = lowerer.frames.last?.searchPath
                let schema = source.kind(index - 1) == .dot ? source.name(index - 2) : nil
                if lowerer.catalog.routines(schema: schema, name: name, path: path).contains(where: \.returnsSet) {
                    return true
                }
            }
            index += 1
        }
        return false
    }

    /// PostgreSQL's functions with `pg_proc.proretset` that stand in select lists.
    private static let setReturning: Set<String> = [
        "generate_series", "generate_subscripts", "unnest", "regexp_matches", "regexp_split_to_table",
        "string_to_table", "json_array_elements", "json_array_elements_text", "json_each", "json_each_text",
        "json_object_keys", "json_populate_recordset", "json_to_recordset", "jsonb_array_elements",
        "jsonb_array_elements_text", "jsonb_each", "jsonb_each_text", "jsonb_object_keys", "jsonb_path_query",
        "jsonb_path_query_tz", "jsonb_populate_recordset", "jsonb_to_recordset", "_pg_expandarray", "xmltable",
    ]

    /// Tokens of an expression without blanks, names folded.
    func canonical(_ source: SourceText, _ range: Range<Int>) -> String {
        range.map { source.isName($0) ? source.name($0) : source.text($0) }.joined()
    }
}

/// A FROM item as names see it.
struct VisibleRelation {
    var name: String?
    var columns: [VersionColumn]?
    var usingColumns: [String] = []
    var isNatural = false
}
