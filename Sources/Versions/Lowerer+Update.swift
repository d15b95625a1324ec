import Catalog
import Findings
import Steps
import Tokens

extension Lowerer {
    /// UPDATE: every row of `T@i`, `case when matched then new else old end`.
    ///
    /// Source: PostgreSQL manual, UPDATE. All SET expressions see the old row. With FROM a row that meets several others
    /// takes one of them, which one is not defined: one is kept here too, and a finding says so unless the join's key is
    /// unique.
    func lowerUpdate(_ statement: UpdateStatement) throws -> WriteEffect {
        if let cursor = statement.cursor {
            return try lowerCurrentOf(cursor, currentStep, target: statement.target)
        }
        let (name, state) = try stateForWriting(statement.target, event: .update)
        let triggers = try rowTriggers(
            on: name, .update, setting: Set(statement.assignments.flatMap(\.columns)), takesStatement: true)
        var lifted = withScope.last ?? [:]
        let effects = try lowerWith(statement.with, lifted: &lifted)
        try checkKeyUpdate(statement, name, state)
        putAtRisk(name, statement.assignments.flatMap(\.columns))
        if !iterations.isEmpty, foretellsFailures {
            let risks = constraintsAtRisk(statement, state)
            try refuse(isCarried(name) ? risks.withoutKeys : risks, of: name)
        }
        if let iteration = loop(writing: name) {
            let effect = try updateInLoop(iteration, statement, name, state, lifted: lifted)
            try finishWith(effects, changed: [])
            return effect
        }
        let effect =
            statement.from.isEmpty && triggers.isEmpty
            ? try plainUpdate(statement, name, state, lifted: lifted)
            : try joinedUpdate(statement, name, state, triggers, lifted: lifted)
        if !triggers.after.isEmpty { try refuseTriggersInWith(effects) }
        if effects == nil { try foretellConstraints(statement, name: name) }
        if !triggers.statement.isEmpty { try refuseTriggersInWith(effects) }
        try finishWith(effects, changed: [name])
        try fireStatement(triggers.statement, .update, on: name, state)
        return effect
    }

    private func checkKeyUpdate(_ statement: UpdateStatement, _ name: QualifiedName, _ state: TableState) throws {
        let changed = Set(statement.assignments.flatMap(\.columns))
        for column in changed where !state.columns.contains(where: { $0.name == column }) {
            throw Refusal(code: .defect, detail: "table '\(name)' has no column '\(column)'")
        }
        for child in catalog.foreignKeys(to: name) {
            let action = child.constraint.onUpdate ?? "no action"
            guard ["cascade", "set null", "set default"].contains(action) else { continue }
            if !changed.isDisjoint(with: child.constraint.referencedColumns) {
                throw Refusal(
                    code: .foreignKeyAction,
                    detail: "ON UPDATE \(action.uppercased()) of '\(child.table)' follows changes of '\(name)'")
            }
        }
    }

    // MARK: without FROM

    private func plainUpdate(
        _ statement: UpdateStatement, _ name: QualifiedName, _ state: TableState, lifted: [String: VersionID]
    ) throws -> WriteEffect {
        let alias = statement.target.exposedName
        let quoted = SQLText.identifier(alias)
        var rewriter = targetRewriter(statement.target, state, lifted: lifted)
        let filter = mutant == .updateWithoutWhere ? nil : try statement.filter.map { try rewriter.expression($0) }
        try foretellFailures(
            of: statement, state, over: "\(state.version) as \(quoted)", filter: filter, rewriter: &rewriter,
            finder: ColumnFinder(self, lifted: lifted))
        let values = try assignedValues(statement.assignments, state, rewriter: &rewriter)
        var conditions: [SQLTemplate] = []
        if let condition = guardCondition { conditions.append(condition) }
        if let partition = state.partition { conditions.append(SQLTemplate(partition.predicate(quoted))) }
        if let filter { conditions.append(conditions.isEmpty ? filter : "(\(filter))") }
        let applies: SQLTemplate? = conditions.isEmpty ? nil : .joined(conditions, separator: " and ")
        let items: [SQLTemplate] = state.columns.map { column in
            let label = SQLText.identifier(column.name)
            guard let value = values[column.name], mutant != .updateKeepsOld else { return SQLTemplate(label) }
            guard let applies else { return "\(value) as \(label)" }
            return "case when \(applies) then \(value) else \(quoted).\(label) end as \(label)"
        }
        let taints = valueTaints(statement.assignments, state, rewriter: rewriter)
        let outputs = versionColumns(
            state, taints: taints, loose: looseColumns(statement.assignments, state, lifted: lifted))
        let body: SQLTemplate = "select \(.joined(items, separator: ", ")) from \(state.version) as \(quoted)"
        let done = try regenerate(
            body, name: name, state: state, versionName: "\(name.name)_after_update", columns: outputs)
        let id = add(
            done.body, name: "\(name.name)_after_update", columns: outputs, table: name,
            isVolatile: rewriter.isVolatile,
            uniqueKeys: keysKept(state, statement.assignments))
        setVersion(name, state, id)
        let matched: SQLTemplate = applies.map { " where \($0)" } ?? ""
        let count: SQLTemplate = "(select count(*) from \(state.version) as \(quoted)\(matched))"
        var rows: VersionID?
        if statement.returning != nil {
            let updated: [SQLTemplate] = state.columns.map { column in
                let label = SQLText.identifier(column.name)
                return values[column.name].map { "\($0) as \(label)" } ?? SQLTemplate(label)
            }
            let changed = try regenerate(
                "select \(.joined(updated, separator: ", ")) from \(state.version) as \(quoted)\(matched)",
                name: name, state: state, versionName: "updated_\(name.name)", columns: outputs)
            rows = add(
                changed.body, name: "updated_\(name.name)", columns: outputs, isVolatile: rewriter.isVolatile)
        }
        return WriteEffect(rows: rows, count: count, alias: alias)
    }

    /// A rewriter that knows the written table by its name or alias.
    ///
    /// - Parameter hidden: FROM items that do not see it.
    func targetRewriter(
        _ target: RelationReference, _ state: TableState, lifted: [String: VersionID], hidden: [FromItem] = []
    ) -> Rewriter {
        var rewriter = Rewriter(self, source, scope: scope)
        rewriter.lifted = lifted
        rewriter.addTarget(target.exposedName, columns: state.columns.map(\.name), hidden: hidden)
        if !iterations.isEmpty {
            // The iteration stands in the same FROM: a bare column must be the table's.
            rewriter.qualify(columns: Set(state.columns.map(\.name)), with: SQLText.identifier(target.exposedName))
        }
        if let schema = target.schema, target.alias == nil { rewriter.addQualified(QualifiedName(schema, target.name)) }
        return rewriter
    }

    /// Inside a loop a bare column in a subquery could be the table's or the iteration's.
    func refuseBareOuterColumns(_ ranges: [Range<Int>], _ state: TableState, _ iteration: Iteration) throws {
        let shared = Set(state.columns.map(\.name)).intersection(iteration.driverColumns)
        for range in ranges {
            guard let nested = range.first(where: { source.keyword($0) == .select }) else { continue }
            for index in nested..<range.upperBound
            where source.isName(index) && shared.contains(source.name(index)) && source.kind(index - 1) != .dot
                && source.kind(index + 1) != .dot
            {
                throw Refusal(
                    code: .loop,
                    detail: "qualify the column '\(source.name(index))' in the subquery: the loop has one of its name")
            }
        }
    }

    /// Keys of temp tables may be broken by an update; the catalog's hold at every statement's end.
    private func keysKept(_ state: TableState, _ assignments: [Assignment]) -> [[String]] {
        guard state.isTemporary else { return state.uniqueKeys }
        let changed = Set(assignments.flatMap(\.columns))
        return state.uniqueKeys.filter { changed.isDisjoint(with: $0) }
    }

    private func valueTaints(_ assignments: [Assignment], _ state: TableState, rewriter: Rewriter) -> [String: Taint] {
        let finder = ColumnFinder(self)
        let own = VisibleRelation(name: nil, columns: columns(state.version))
        var result: [String: Taint] = [:]
        for assignment in assignments {
            let taint = finder.taint(of: assignment.value, source: source, visible: [own], scope: scope)
            for column in assignment.columns { result[column] = taint }
        }
        return result
    }

    /// Assigned columns whose new values may be longer than the column.
    func looseColumns(
        _ assignments: [Assignment], _ state: TableState, from: [FromItem] = [], lifted: [String: VersionID]
    ) -> Set<String> {
        let finder = ColumnFinder(self, lifted: lifted)
        let visible =
            [VisibleRelation(name: nil, columns: columns(state.version))]
            + finder.visible(from, source: source, scope: scope)
        var result: Set<String> = []
        for assignment in assignments {
            for name in assignment.columns {
                let target = state.columns.first { $0.name == name }?.type
                let type = assignment.isList ? nil : inferType(source, assignment.value, visible: visible, scope: scope)
                if !fits(type, target) { result.insert(name) }
            }
        }
        return result
    }

    // MARK: SET

    /// New values by column, each cast to the column's type.
    func assignedValues(
        _ assignments: [Assignment], _ state: TableState, rewriter: inout Rewriter
    ) throws -> [String: SQLTemplate] {
        var result: [String: SQLTemplate] = [:]
        func column(_ name: String) throws -> TableColumn {
            guard let found = state.columns.first(where: { $0.name == name }) else {
                throw Refusal(code: .defect, detail: "there is no column '\(name)' to set")
            }
            return found
        }
        func value(_ range: Range<Int>, _ target: TableColumn) throws -> SQLTemplate {
            if range.count == 1, source.keyword(range.lowerBound) == .default {
                return try defaultValue(target, name: QualifiedName("", ""), ordinal: "1")
            }
            return try assigned(try rewriter.expression(range), to: target, from: nil)
        }
        for assignment in assignments {
            if assignment.isPartial {
                throw Refusal(
                    code: .partialAssignment, detail: "SET of a part of column '\(assignment.columns.first ?? "")'")
            }
            guard assignment.isList else {
                let target = try column(assignment.columns[0])
                result[target.name] = try value(assignment.value, target)
                continue
            }
            var open = assignment.value.lowerBound
            if source.keyword(open) == .row { open += 1 }
            guard source.kind(open) == .leftParen, source.closing(of: open) == assignment.value.upperBound - 1 else {
                throw Refusal(code: .unreadable, detail: "SET (..) = is not followed by a list or a query")
            }
            let inside = source.inside(open)
            if source.keyword(inside.lowerBound) == .select || source.keyword(inside.lowerBound) == .with {
                // One query, several columns: each takes its own column of the same query.
                let query = try rewriter.expression(open..<assignment.value.upperBound)
                let labels = assignment.columns.indices.map { "value_\($0)" }
                for (position, name) in assignment.columns.enumerated() {
                    let picked: SQLTemplate =
                        "(select q.\(labels[position]) from \(query) as q (\(labels.joined(separator: ", "))))"
                    result[name] = try assigned(picked, to: try column(name), from: nil)
                }
                continue
            }
            let pieces = source.splitAtCommas(inside)
            guard pieces.count == assignment.columns.count else {
                throw Refusal(code: .defect, detail: "SET (..) = (..) has lists of different length")
            }
            for (name, piece) in zip(assignment.columns, pieces) {
                let target = try column(name)
                result[name] = try value(piece, target)
            }
        }
        return result
    }

    // MARK: with FROM

    private func joinedUpdate(
        _ statement: UpdateStatement, _ name: QualifiedName, _ state: TableState, _ triggers: RowTriggers,
        lifted: [String: VersionID]
    ) throws -> WriteEffect {
        let target = statement.target.exposedName
        let quoted = SQLText.identifier(target)
        let base = try rowIdentity(name, state)
        var rewriter = targetRewriter(statement.target, state, lifted: lifted, hidden: statement.from)
        try rewriter.collectSources(statement.from, statement.fromRange)
        let from = try statement.fromRange.map { try rewriter.expression($0) }
        let filter = try statement.filter.map { try rewriter.expression($0) }
        let unique = from == nil || isMatchUnique(statement.from, filter: statement.filter, lifted: lifted)
        if unique {
            let rows: SQLTemplate = "\(base.version) as \(quoted)"
            try foretellFailures(
                of: statement, state, over: from.map { "\(rows), \($0)" } ?? rows, filter: filter,
                rewriter: &rewriter, finder: ColumnFinder(self, lifted: lifted))
        }
        let values = try assignedValues(statement.assignments, state, rewriter: &rewriter)
        let assigned = state.columns.filter { values[$0.name] != nil }
        if !unique {
            note(
                "a row of '\(name.name)' may match several rows of FROM: which one wins is not defined in the original; one is kept",
                code: "P2D-303", range: currentStep, severity: .warning)
        }
        let keys = base.key.map { "\(quoted).\(SQLText.identifier($0))" }
        var items = base.key.map {
            SQLTemplate("\(quoted).\(SQLText.identifier($0)) as \(SQLText.identifier("key_" + $0))")
        }
        items += assigned.map { column -> SQLTemplate in
            "\(values[column.name]!) as \(SQLText.identifier("new_" + column.name))"
        }
        var conditions: [SQLTemplate] = []
        if let condition = guardCondition { conditions.append(condition) }
        if let partition = state.partition { conditions.append(SQLTemplate(partition.predicate(quoted))) }
        if let filter { conditions.append(conditions.isEmpty ? filter : "(\(filter))") }
        let distinct = unique ? "" : "distinct on (\(keys.joined(separator: ", "))) "
        var body: SQLTemplate =
            "select \(distinct)\(.joined(items, separator: ", ")) from \(base.version) as \(quoted)"
        if let from { body.append(", \(from)" as SQLTemplate) }
        if !conditions.isEmpty { body.append("\nwhere \(.joined(conditions, separator: " and "))" as SQLTemplate) }
        var matches = add(
            body, name: "\(name.name)_updates",
            columns: base.key.map { key in
                VersionColumn("key_" + key, state.columns.first { $0.name == key }?.type ?? "bigint")
            }
                + assigned.map { VersionColumn("new_" + $0.name, $0.type) },
            isVolatile: rewriter.isVolatile, uniqueKeys: [base.key.map { "key_" + $0 }])
        versions[matches.rawValue].staysWithReaders = base.isNumbered
        var taints = joinedTaints(statement, lifted: lifted)
        var loose = looseColumns(statement.assignments, state, from: statement.from, lifted: lifted)
        var updated = Set(values.keys)
        if !triggers.isEmpty {
            let fired = try fireOnUpdate(triggers, name, state, base: base, matches: matches, updated: updated)
            (matches, updated) = (fired.matches, fired.updated)
            for column in columns(matches) where column.name.hasPrefix("new_") {
                let plain = String(column.name.dropFirst(4))
                taints[plain, default: []].formUnion(column.taint)
                if column.isLoose { loose.insert(plain) }
            }
        }
        let outputs = versionColumns(state, taints: taints, loose: loose)
        let hit = "u.\(SQLText.identifier("key_" + base.key[0])) is not null"
        let columns: [String] = state.columns.map { column in
            let label = SQLText.identifier(column.name)
            guard updated.contains(column.name) else { return "t.\(label)" }
            return "case when \(hit) then u.\(SQLText.identifier("new_" + column.name)) else t.\(label) end as \(label)"
        }
        let on = base.key.map {
            "t.\(SQLText.identifier($0)) = u.\(SQLText.identifier("key_" + $0))"
        }.joined(separator: " and ")
        let done = try regenerate(
            "select \(columns.joined(separator: ", ")) from \(base.version) as t left join \(matches) as u on \(on)",
            name: name, state: state, versionName: "\(name.name)_after_update", columns: outputs)
        let id = add(
            done.body, name: "\(name.name)_after_update", columns: outputs, table: name,
            uniqueKeys: keysKept(state, statement.assignments))
        versions[id.rawValue].staysWithReaders = false
        setVersion(name, state, id)
        if !triggers.after.isEmpty {
            try fireAfterUpdate(triggers.after, name, state, base: base, matches: matches, updated: updated)
        }
        var rows: VersionID?
        if let returning = statement.returning {
            rows = try updatedRows(
                returning, statement, name, state, base: base, matches: matches, updated: updated, outputs: outputs,
                on: on)
        }
        return WriteEffect(rows: rows, count: "(select count(*) from \(matches))", alias: target)
    }

    private func updatedRows(
        _ returning: Returning, _ statement: UpdateStatement, _ name: QualifiedName, _ state: TableState,
        base: RowIdentity, matches: VersionID, updated: Set<String>, outputs: [VersionColumn], on: String
    ) throws -> VersionID {
        // FROM's columns are gone by then: only the table's own can be returned.
        let own = Set(state.columns.map(\.name))
        let source = self.source
        for index in returning.range where source.isName(index) && source.kind(index + 1) == .dot {
            if source.name(index) != statement.target.exposedName {
                throw Refusal(code: .variable, detail: "RETURNING of columns of another table is not followed")
            }
        }
        for item in returning.items where item.star == nil && item.expression.count == 1 {
            if source.isName(item.expression.lowerBound), !own.contains(source.name(item.expression.lowerBound)) {
                throw Refusal(code: .variable, detail: "RETURNING of columns of another table is not followed")
            }
        }
        let items: [String] = state.columns.map { column in
            let label = SQLText.identifier(column.name)
            return updated.contains(column.name)
                ? "u.\(SQLText.identifier("new_" + column.name)) as \(label)" : "t.\(label)"
        }
        let changed = try regenerate(
            "select \(items.joined(separator: ", ")) from \(base.version) as t inner join \(matches) as u on \(on)",
            name: name, state: state, versionName: "updated_\(name.name)", columns: outputs)
        return add(changed.body, name: "updated_\(name.name)", columns: outputs)
    }

    private func joinedTaints(_ statement: UpdateStatement, lifted: [String: VersionID]) -> [String: Taint] {
        let finder = ColumnFinder(self, lifted: lifted)
        var visible = finder.visible(statement.from, source: source, scope: scope)
        if let version = try? read(statement.target) {
            visible.append(VisibleRelation(name: statement.target.exposedName, columns: columns(version)))
        }
        var result: [String: Taint] = [:]
        for assignment in statement.assignments {
            let taint = finder.taint(of: assignment.value, source: source, visible: visible, scope: scope)
            for column in assignment.columns { result[column] = taint }
        }
        return result
    }

    // MARK: keys

    /// Columns that tell a table's rows apart: its key, or row numbers where it has none.
    struct RowIdentity {
        var version: VersionID
        var key: [String]
        var isNumbered: Bool
    }

    func rowIdentity(_ name: QualifiedName, _ state: TableState) throws -> RowIdentity {
        if let primary = state.catalog?.primaryKey, !primary.isEmpty {
            return RowIdentity(version: state.version, key: primary, isNumbered: false)
        }
        let notNull = Set(state.columns.filter(\.notNull).map(\.name))
        if !state.isTemporary, let key = state.uniqueKeys.first(where: { notNull.isSuperset(of: $0) }) {
            return RowIdentity(version: state.version, key: key, isNumbered: false)
        }
        let list = SQLText.list(state.columns.map(\.name))
        let id = add(
            "select \(list), row_number() over () as row_identity from \(state.version)", name: "numbered_\(name.name)",
            columns: versionColumns(state) + [VersionColumn("row_identity", "bigint")], isVolatile: true,
            uniqueKeys: [["row_identity"]])
        versions[id.rawValue].staysWithReaders = true
        return RowIdentity(version: id, key: ["row_identity"], isNumbered: true)
    }

    /// Whether each row of the target can meet at most one row of FROM: a single relation one of whose keys is equated
    /// with something that does not come from it.
    func isMatchUnique(_ from: [FromItem], filter: Range<Int>?, lifted: [String: VersionID]) -> Bool {
        guard from.count == 1, let filter else { return false }
        let item = from[0]
        let finder = ColumnFinder(self, lifted: lifted)
        var keys: [[String]] = []
        switch item.kind {
        case .relation(let reference):
            let version = reference.schema == nil ? lifted[reference.name] : nil
            guard let id = version ?? (try? read(reference)) else { return false }
            keys = versions[id.rawValue].uniqueKeys
        case .subquery(let query): keys = finder.uniqueKeys(of: query)
        default: return false
        }
        guard !keys.isEmpty, let alias = item.alias ?? relationName(item) else { return false }
        let own = Set(finder.visible([item], source: source, scope: scope).first?.columns?.map(\.name) ?? [])
        return equates(keys, of: alias, own: own, filter: filter)
    }

    /// A condition equates all columns of one of the keys with values that no column of the same relation has a part in.
    func equates(_ keys: [[String]], of alias: String, own: Set<String>, filter: Range<Int>) -> Bool {
        var equated: Set<String> = []
        for piece in splitAtAnd(filter) {
            guard let equals = source.firstTopLevel(in: piece, where: { source.isSymbol($0, "=") }) else { continue }
            for (side, other) in [
                (piece.lowerBound..<equals, equals + 1..<piece.upperBound),
                (equals + 1..<piece.upperBound, piece.lowerBound..<equals),
            ] {
                guard let column = columnName(side, alias: alias, own: own) else { continue }
                let mentionsOwn = other.contains { index in
                    source.isName(index)
                        && (source.kind(index + 1) == .dot && source.name(index) == alias
                            || source.kind(index - 1) != .dot && source.kind(index + 1) != .dot
                                && own.contains(source.name(index)))
                }
                if !mentionsOwn { equated.insert(column) }
            }
        }
        return keys.contains { !$0.isEmpty && equated.isSuperset(of: $0) }
    }

    private func relationName(_ item: FromItem) -> String? {
        if case .relation(let reference) = item.kind { return reference.exposedName }
        return nil
    }

    private func columnName(_ range: Range<Int>, alias: String, own: Set<String>) -> String? {
        if range.count == 3, source.name(range.lowerBound) == alias, source.kind(range.lowerBound + 1) == .dot {
            return source.name(range.lowerBound + 2)
        }
        if range.count == 1, source.isName(range.lowerBound), own.contains(source.name(range.lowerBound)) {
            return source.name(range.lowerBound)
        }
        return nil
    }

    /// Conjuncts at the top level; BETWEEN keeps its AND; none where OR stands at the top level.
    func splitAtAnd(_ range: Range<Int>) -> [Range<Int>] {
        if source.firstTopLevel(in: range, where: { source.keyword($0) == .or }) != nil { return [] }
        var pieces: [Range<Int>] = []
        var start = range.lowerBound
        var index = start
        var between = false
        var depth = 0
        while index < range.upperBound {
            switch source.keyword(index) {
            case .case: depth += 1
            case .end: depth -= 1
            case .between: between = true
            case .and where depth == 0:
                if between {
                    between = false
                } else {
                    pieces.append(start..<index)
                    start = index + 1
                }
            default: break
            }
            index = min(source.next(index), range.upperBound)
        }
        pieces.append(start..<range.upperBound)
        return pieces
    }
}
