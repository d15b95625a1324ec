import Catalog
import Steps
import Tokens

extension Lowerer {
    /// MERGE: matched, not matched, not matched by source; each clause in order, the first that applies wins.
    ///
    /// Source: PostgreSQL manual, MERGE. NULL in the join condition is no match. A target row that meets two source rows
    /// and would be changed twice is an error there; here the built table's key refuses the doubled row.
    func lowerMerge(_ statement: MergeStatement) throws -> WriteEffect {
        let (name, state) = try stateForWriting(statement.target, event: .update)
        try refuseMergeTriggers(statement, name)
        guard state.partition == nil else { throw Refusal(code: .upsert, detail: "MERGE into a partition") }
        var lifted = withScope.last ?? [:]
        let effects = try lowerWith(statement.with, lifted: &lifted)
        guard loop(writing: name) == nil else { throw Refusal(code: .loop, detail: "MERGE inside a loop") }
        putAtRisk(name, state.columns.filter { !$0.isIdentity }.map(\.name))
        guard statement.returning == nil else {
            throw Refusal(code: .upsert, detail: "MERGE .. RETURNING is not followed")
        }
        let target = statement.target.exposedName
        let quoted = SQLText.identifier(target)
        var rewriter = targetRewriter(statement.target, state, lifted: lifted, hidden: [statement.source])
        try rewriter.collectSources([statement.source], nil)
        let sourceAlias = try mergeAlias(statement.source)
        let sourceQuoted = SQLText.identifier(sourceAlias)
        // The source once, with a mark that tells a matched row from an outer join's NULLs.
        let sourceRows = try mergeSource(statement.source, rewriter: &rewriter, lifted: lifted)
        let condition = try rewriter.expression(statement.condition)
        let base = try rowIdentity(name, state)
        let before = state
        let matchedClauses = statement.clauses.filter { $0.match == .matched }
        let orphanClauses = statement.clauses.filter { $0.match == .notMatchedBySource }
        let insertClauses = statement.clauses.filter { $0.match == .notMatched }
        var taints: [String: Taint] = [:]
        let guardText = guardCondition
        let present: SQLTemplate = "\(sourceQuoted).is_source_row"
        var counts: [SQLTemplate] = []
        let visible = [
            VisibleRelation(name: target, columns: columns(base.version)),
            VisibleRelation(name: sourceAlias, columns: columns(sourceRows)),
        ]

        // 1. Existing rows: which clause applies, then the new values.
        var kept = base.version
        if !matchedClauses.isEmpty || !orphanClauses.isEmpty {
            var arms: [SQLTemplate] = []
            for (position, clause) in statement.clauses.enumerated() where clause.match != .notMatched {
                var test: SQLTemplate = clause.match == .matched ? present : "\(present) is null"
                if mutant == .mergeClauseLost, position == 0 { continue }
                if let extra = clause.condition, mutant != .mergeConditionDropped {
                    test = "\(test) and (\(try rewriter.expression(extra)))"
                }
                if let guardText { test = "\(guardText) and \(test)" }
                arms.append("when \(test) then \(position)")
            }
            let action: SQLTemplate = "case \(.joined(arms, separator: " ")) end"
            let decision = ["decision", "merge_decision", "clause_decision"].first {
                ![target, sourceAlias].contains($0)
            }!
            // Decide first, then compute: each row carries the number of its clause and the values it asks for.
            var computed: [String: SQLTemplate] = [:]
            let updated = Set(
                statement.clauses.flatMap { clause -> [String] in
                    if clause.match != .notMatched, case .update(let list) = clause.action {
                        return list.flatMap(\.columns)
                    }
                    return []
                })
            for column in state.columns where updated.contains(column.name) {
                var cases: [SQLTemplate] = []
                for (position, clause) in statement.clauses.enumerated() where clause.match != .notMatched {
                    guard case .update(let list) = clause.action else { continue }
                    let values = try assignedValues(list, state, rewriter: &rewriter)
                    guard let value = values[column.name] else { continue }
                    cases.append("when \(decision).merge_clause = \(position) then \(value)")
                }
                computed[column.name] =
                    "case \(.joined(cases, separator: " ")) else \(quoted).\(SQLText.identifier(column.name)) end"
                taints[column.name] = rewriter.taint
            }
            let finder = ColumnFinder(self)
            for clause in statement.clauses where clause.match != .notMatched {
                guard case .update(let list) = clause.action else { continue }
                for assignment in list {
                    let taint = finder.taint(of: assignment.value, source: source, visible: visible, scope: scope)
                    for column in assignment.columns { taints[column, default: []].formUnion(taint) }
                }
            }
            let items: [SQLTemplate] = state.columns.map { column in
                let label = SQLText.identifier(column.name)
                return computed[column.name].map { "\($0) as \(label)" } ?? "\(quoted).\(label)"
            }
            let deletes = statement.clauses.indices.filter { position in
                if case .delete = statement.clauses[position].action, mutant != .mergeDeleteForgotten {
                    return statement.clauses[position].match != .notMatched
                }
                return false
            }
            let outputs = versionColumns(state, taints: taints)
            // Without a key of its own each row is known by its number.
            let identity = base.isNumbered ? ", \(quoted).row_identity" : ""
            let decided = add(
                """
                select \(.joined(items, separator: ", "))\(identity), \(decision).merge_clause from \(base.version) as \(quoted) \
                left join \(sourceRows) as \(sourceQuoted) on \(condition)
                cross join lateral (select \(action) as merge_clause) as \(decision)
                """, name: "\(name.name)_decided",
                columns: outputs + (base.isNumbered ? [VersionColumn("row_identity", "bigint")] : [])
                    + [VersionColumn("merge_clause", "integer")],
                isVolatile: rewriter.isVolatile)
            let acting = statement.clauses.indices.filter { position in
                let clause = statement.clauses[position]
                if case .nothing = clause.action { return false }
                return clause.match != .notMatched
            }
            if !acting.isEmpty {
                counts.append(
                    "(select count(*) from \(decided) where merge_clause in (\(acting.map(String.init).joined(separator: ", "))))"
                )
            }
            let list = SQLText.list(state.columns.map(\.name))
            // A target row can stand several times when no clause changes it for some of its source rows.
            let numbers = deletes.map(String.init).joined(separator: ", ")
            var body: SQLTemplate = "select \(list) from \(decided)"
            if !deletes.isEmpty { body.append(" where merge_clause is null or merge_clause not in (\(numbers))") }
            if !isSourceUnique(statement, lifted: lifted) {
                let key = SQLText.list(base.key)
                let acted =
                    acting.isEmpty ? "false" : "merge_clause in (\(acting.map(String.init).joined(separator: ", ")))"
                // Rows that are acted on stand first; two of them share the key, which the built table refuses.
                let ranked = add(
                    """
                    select \(list), merge_clause, row_number() over (partition by \(key)) as copy, \
                    count(*) filter (where \(acted)) over (partition by \(key)) as actions, coalesce(\(acted), false) as is_acted \
                    from \(decided)
                    """, name: "\(name.name)_ranked",
                    columns: outputs + [
                        VersionColumn("merge_clause", "integer"), VersionColumn("copy", "bigint"),
                        VersionColumn("actions", "bigint"), VersionColumn("is_acted", "boolean"),
                    ], isVolatile: true)
                // .. unless a deleted copy hides the other, or the table has no key: then it has to be looked for.
                if !deletes.isEmpty || state.uniqueKeys.isEmpty {
                    under("exists (select 1 from \(ranked) where is_acted and actions > 1)") {
                        raise("'MERGE command cannot affect row a second time'", state: "cardinality_violation")
                    }
                }
                body = "select \(list) from \(ranked) where (is_acted or actions = 0 and copy = 1)"
                if !deletes.isEmpty { body.append(" and (merge_clause is null or merge_clause not in (\(numbers)))") }
            }
            let done = try regenerate(
                body, name: name, state: state, versionName: "\(name.name)_merged", columns: outputs)
            kept = add(done.body, name: "\(name.name)_merged", columns: outputs, uniqueKeys: state.uniqueKeys)
        }

        // 2. Source rows without a match.
        var newRows: [VersionID] = []
        if !insertClauses.isEmpty {
            let unmatched: SQLTemplate =
                "not exists (select 1 from \(base.version) as \(quoted) where \(condition))"
            var earlier: [SQLTemplate] = []
            for clause in insertClauses {
                var test: SQLTemplate = mutant == .mergeInsertsMatched ? "true" : unmatched
                let extra = try clause.condition.map { try rewriter.expression($0) }
                if let extra { test = "\(test) and (\(extra))" }
                for before in earlier { test = "\(test) and (\(before)) is not true" }
                if let guardText { test = "\(guardText) and \(test)" }
                if let extra { earlier.append(extra) } else { earlier.append("true") }
                guard case .insert(let columns, let values, _) = clause.action else {
                    if case .nothing = clause.action { continue }
                    guard case .insertDefaults = clause.action else {
                        throw Refusal(code: .upsert, detail: "WHEN NOT MATCHED THEN DELETE")
                    }
                    throw Refusal(code: .upsert, detail: "MERGE .. INSERT DEFAULT VALUES is not followed")
                }
                let rows = try mergeInsert(
                    columns, values, name, state, from: "\(sourceRows) as \(sourceQuoted) where \(test)",
                    visible: visible, rewriter: &rewriter)
                newRows.append(keepRows(rows, name, state, isOne: false))
                counts.append("(select count(*) from \(newRows[newRows.count - 1]))")
            }
        }
        let list = SQLText.list(state.columns.map(\.name))
        let pieces = [kept] + newRows
        let bodies: [SQLTemplate] = pieces.map { "select \(list) from \($0)" }
        for row in newRows {
            for column in columns(row) { taints[column.name, default: []].formUnion(column.taint) }
        }
        let id = add(
            .joined(bodies, separator: "\nunion all\n"), name: "\(name.name)_after_merge",
            columns: versionColumns(state, taints: taints), table: name, isVolatile: rewriter.isVolatile,
            uniqueKeys: before.keysKeptByAdding)
        if kept == state.version { versions[id.rawValue].appendBase = state.version }
        if kept != base.version, let key = insertedKey(statement, state) {
            versions[id.rawValue].upsert = Upsert(merged: kept, unseen: newRows, key: key)
        }
        setVersion(name, before, id)
        try finishWith(effects, changed: [name])
        let total: SQLTemplate = counts.isEmpty ? "0" : "(\(.joined(counts, separator: " + ")))"
        return WriteEffect(rows: nil, count: total, alias: target)
    }

    private func refuseMergeTriggers(_ statement: MergeStatement, _ name: QualifiedName) throws {
        for clause in statement.clauses {
            let found: RowTriggers
            switch clause.action {
            case .update(let list): found = try rowTriggers(on: name, .update, setting: Set(list.flatMap(\.columns)))
            case .insert, .insertDefaults: found = try rowTriggers(on: name, .insert)
            case .delete: found = try rowTriggers(on: name, .delete)
            case .nothing: continue
            }
            if let first = found.before.first ?? found.after.first {
                throw Refusal(code: .trigger, detail: "trigger '\(first.name)' acts on '\(name)', which MERGE writes")
            }
        }
    }

    private func mergeAlias(_ item: FromItem) throws -> String {
        if let alias = item.alias { return alias }
        if case .relation(let reference) = item.kind { return reference.exposedName }
        throw Refusal(code: .upsert, detail: "the source of MERGE has no name")
    }

    /// The source's rows with the mark `is_source_row`.
    private func mergeSource(_ item: FromItem, rewriter: inout Rewriter, lifted: [String: VersionID]) throws
        -> VersionID
    {
        let finder = ColumnFinder(self, lifted: lifted)
        guard let columns = finder.visible([item], source: source, scope: scope).first?.columns else {
            throw Refusal(code: .unknownColumns, detail: "the columns of MERGE's source could not be worked out")
        }
        let marked = columns + [VersionColumn("is_source_row", "boolean")]
        switch item.kind {
        case .relation(let reference):
            let id = try (reference.schema == nil ? lifted[reference.name] : nil) ?? read(reference)
            return add(
                "select \(SQLText.list(columns.map(\.name))), true as is_source_row from \(id)", name: "merge_source",
                columns: marked, uniqueKeys: versions[id.rawValue].uniqueKeys)
        case .subquery(let query):
            let body = try queryTemplate(
                query, scope: scope, lifted: lifted,
                naming: item.aliasColumns.isEmpty ? nil : ColumnNaming(names: columns.map(\.name), casts: nil))
            let inner = add(
                body.template, name: "merge_rows", columns: columns, isVolatile: body.isVolatile,
                uniqueKeys: body.uniqueKeys)
            return add(
                "select \(SQLText.list(columns.map(\.name))), true as is_source_row from \(inner)",
                name: "merge_source",
                columns: marked, uniqueKeys: body.uniqueKeys)
        default: throw Refusal(code: .upsert, detail: "MERGE from something that is no table or query")
        }
    }

    /// The columns that ON compares, when they are a key of the table and each inserted row has the values that were compared:
    /// then no inserted row has the key of an old one.
    private func insertedKey(_ statement: MergeStatement, _ state: TableState) -> [String]? {
        let target = statement.target.exposedName
        func text(_ range: Range<Int>) -> String {
            range.map { source.isName($0) ? source.name($0) : source.text($0) }.joined(separator: " ")
        }
        func column(_ range: Range<Int>) -> String? {
            guard range.count == 3, source.isName(range.lowerBound), source.name(range.lowerBound) == target,
                source.kind(range.lowerBound + 1) == .dot, source.isName(range.lowerBound + 2)
            else { return nil }
            return source.name(range.lowerBound + 2)
        }
        var compared: [String: String] = [:]
        for part in splitAtAnd(withoutParentheses(statement.condition)) {
            guard let equals = source.firstTopLevel(in: part, where: { source.isSymbol($0, "=") }) else { return nil }
            let (left, right) = (part.lowerBound..<equals, equals + 1..<part.upperBound)
            if let name = column(left), column(right) == nil {
                compared[name] = text(right)
            } else if let name = column(right), column(left) == nil {
                compared[name] = text(left)
            } else {
                return nil
            }
        }
        let key = state.uniqueKeys.first { Set($0) == Set(compared.keys) }
        guard let key, state.keysAreDeclared else { return nil }
        for clause in statement.clauses where clause.match == .notMatched {
            guard case .insert(let names, let values, _) = clause.action else {
                if case .nothing = clause.action { continue }
                return nil
            }
            let columns = names.isEmpty ? state.columns.prefix(values.count).map(\.name) : names
            for name in key {
                guard let place = columns.firstIndex(of: name), place < values.count,
                    text(values[place]) == compared[name]
                else { return nil }
            }
        }
        return key
    }

    /// Whether each target row meets at most one source row.
    private func isSourceUnique(_ statement: MergeStatement, lifted: [String: VersionID]) -> Bool {
        isMatchUnique([statement.source], filter: withoutParentheses(statement.condition), lifted: lifted)
    }

    /// `ON (t.id = s.id)`: what is between parentheses that enclose all of it.
    private func withoutParentheses(_ range: Range<Int>) -> Range<Int> {
        var inner = range
        while source.kind(inner.lowerBound) == .leftParen, source.closing(of: inner.lowerBound) == inner.upperBound - 1
        {
            inner = inner.lowerBound + 1..<inner.upperBound - 1
        }
        return inner
    }

    private func mergeInsert(
        _ names: [String], _ values: [Range<Int>], _ name: QualifiedName, _ state: TableState, from: SQLTemplate,
        visible: [VisibleRelation], rewriter: inout Rewriter
    ) throws -> VersionID {
        let targets: [TableColumn] =
            try names.isEmpty
            ? Array(state.columns.prefix(values.count))
            : names.map { column in
                guard let found = state.columns.first(where: { $0.name == column }) else {
                    throw Refusal(code: .defect, detail: "table '\(name)' has no column '\(column)'")
                }
                return found
            }
        guard targets.count == values.count else {
            throw Refusal(code: .defect, detail: "MERGE inserts \(values.count) values into \(targets.count) columns")
        }
        var given: [String: SQLTemplate] = [:]
        var taints: [String: Taint] = [:]
        let finder = ColumnFinder(self)
        for (column, value) in zip(targets, values) {
            if value.count == 1, source.keyword(value.lowerBound) == .default { continue }
            given[column.name] = try assigned(try rewriter.expression(value), to: column, from: nil)
            taints[column.name] = finder.taint(of: value, source: source, visible: visible, scope: scope)
        }
        var isVolatile = rewriter.isVolatile
        let items: [SQLTemplate] = try state.columns.map { column in
            let label = SQLText.identifier(column.name)
            if let value = given[column.name] { return "\(value) as \(label)" }
            if column.generated != nil { return "cast(null as \(column.type ?? "text")) as \(label)" }
            if column.isIdentity || column.defaultExpression?.contains("nextval(") == true {
                taints[column.name] = .surrogate
                isVolatile = true
            } else if let text = column.defaultExpression {
                taints[column.name] = try catalogExpression(text).taint
            }
            return "\(try defaultValue(column, name: name, ordinal: "row_number() over ()")) as \(label)"
        }
        let outputs = state.columns.map { VersionColumn($0.name, $0.type, taint: taints[$0.name] ?? []) }
        let done = try regenerate(
            "select \(.joined(items, separator: ", ")) from \(from)", name: name, state: state,
            versionName: "new_\(name.name)", columns: outputs)
        return add(done.body, name: "new_\(name.name)", columns: outputs, isVolatile: isVolatile)
    }
}
