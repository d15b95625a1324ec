import Catalog
import Steps
import Tokens

extension Lowerer {
    /// Constraints that an INSERT may break, in the order in which the server looks at them: NOT NULL, CHECK, keys,
    /// foreign keys.
    ///
    /// Source: PostgreSQL manual, "Constraints". Deferred constraints fail at COMMIT, not here.
    func foretellConstraints(
        _ statement: InsertStatement, rows: VersionID, name: QualifiedName, before state: TableState
    ) throws {
        guard foretellsFailures, iterations.isEmpty else { return }
        let known = columns(rows)
        for column in state.columns where column.notNull && column.generated == nil {
            let taint = known.first { $0.name == column.name }?.taint ?? []
            guard taint.isDisjoint(with: [.surrogate, .clock]), !isNeverNull(column, statement, state) else { continue }
            foretellNull(column.name, in: rows, of: name)
        }
        guard let table = state.catalog else { return }
        for check in table.constraints.sorted(by: { $0.name < $1.name }) where check.kind == .check && check.validated {
            let isListed = isListed(check) { column in
                guard let query = statement.query else { return nil }
                return givenItems(column, statement, state)?.map { query.source.text($0) }
            }
            if !isListed { try foretellCheck(check, in: rows, of: name) }
        }
        if let conflict = statement.conflict {
            if conflict.update != nil, conflict.filter == nil, conflict.constraint == nil {
                let key = conflict.target.compactMap { $0.count == 1 ? source.name($0.lowerBound) : nil }
                if !key.isEmpty, key.count == conflict.target.count, !isUnique(key, in: rows) {
                    foretell(
                        repeated(key, in: rows), state: "cardinality_violation",
                        message: "'ON CONFLICT DO UPDATE command cannot affect row a second time'")
                }
            }
            return
        }
        for key in keys(of: table) {
            guard !key.columns.contains(where: { isDrawn($0, by: statement, state) }) else { continue }
            var tests: [SQLTemplate] = []
            if !state.isEmpty {
                let pairs = key.columns.map(SQLText.identifier).map { "existing.\($0) = proposed.\($0)" }
                tests.append(
                    "exists (select 1 from \(rows) as proposed inner join \(state.version) as existing on \(pairs.joined(separator: " and ")))"
                )
            }
            if !isSingleRow(statement), !isUnique(key.columns, in: rows) {
                tests.append(repeated(key.columns, in: rows))
            }
            guard !tests.isEmpty else { continue }
            foretell(
                .joined(tests, separator: " or "), state: "unique_violation",
                message: SQLTemplate(
                    SQLText.literal("duplicate key value violates unique constraint \"\(key.name)\"")), detail: nil,
                names: names(of: name, constraint: key.name))
        }
        for foreign in inOrderOfLooks(table, { $0.kind == .foreignKey }) {
            // A number that was drawn in this call is that of a row which is there.
            let isDrawn = foreign.columns.allSatisfy { column in
                known.first { $0.name == column }?.taint.contains(.surrogate) == true
            }
            if isDrawn { continue }
            try foretellMissingParent(foreign, in: rows, of: name)
        }
    }

    /// What the rows behind an ON CONFLICT may break: other keys than its own, and foreign keys.
    func foretellConflictOutcome(_ conflict: InsertStatement.Conflict, name: QualifiedName) throws {
        guard foretellsFailures, iterations.isEmpty, let state = tables[name], let table = state.catalog else { return }
        let arbiter = Set(conflict.target.compactMap { $0.count == 1 ? source.name($0.lowerBound) : nil })
        let isNamed = conflict.constraint != nil || !conflict.target.isEmpty
        for key in keys(of: table) where isNamed && Set(key.columns) != arbiter && key.name != conflict.constraint {
            let isNumber = key.columns.allSatisfy { column in
                state.columns.first { $0.name == column }?.isIdentity == true
            }
            guard !isNumber else { continue }
            foretell(
                repeated(key.columns, in: state.version), state: "unique_violation",
                message: SQLTemplate(
                    SQLText.literal("duplicate key value violates unique constraint \"\(key.name)\"")), detail: nil,
                names: names(of: name, constraint: key.name))
        }
        for foreign in inOrderOfLooks(table, { $0.kind == .foreignKey }) {
            try foretellMissingParent(foreign, in: state.version, of: name)
        }
    }

    /// Constraints that an UPDATE may break, by the table's rows afterwards.
    func foretellConstraints(_ statement: UpdateStatement, name: QualifiedName) throws {
        guard foretellsFailures, iterations.isEmpty, let state = tables[name] else { return }
        let changed = Set(statement.assignments.flatMap(\.columns))
        for column in state.columns where column.notNull && changed.contains(column.name) {
            let values = statement.assignments.filter { $0.columns == [column.name] && !$0.isList }
            if let only = values.first, isNeverNull(only.value, source, nil) { continue }
            if columns(state.version).first(where: { $0.name == column.name })?.taint.contains(.clock) == true {
                continue
            }
            foretellNull(column.name, in: state.version, of: name)
        }
        guard let table = state.catalog else { return }
        for check in table.constraints.sorted(by: { $0.name < $1.name }) where check.kind == .check && check.validated {
            let text = SourceText(check.expression ?? "", profile: .postgresql)
            guard text.all.contains(where: { text.isName($0) && changed.contains(text.name($0)) }) else { continue }
            let isListed = isListed(check) { column in
                let values = statement.assignments.filter { $0.columns == [column] && !$0.isList }
                return values.count == 1 ? [source.text(values[0].value)] : nil
            }
            if isListed { continue }
            try foretellCheck(check, in: state.version, of: name)
        }
        for key in keys(of: table) where !changed.isDisjoint(with: key.columns) {
            foretell(
                repeated(key.columns, in: state.version), state: "unique_violation",
                message: SQLTemplate(
                    SQLText.literal("duplicate key value violates unique constraint \"\(key.name)\"")), detail: nil,
                names: names(of: name, constraint: key.name))
        }
        for foreign in inOrderOfLooks(table, { $0.kind == .foreignKey })
        where !changed.isDisjoint(with: foreign.columns) {
            try foretellMissingParent(foreign, in: state.version, of: name)
        }
    }

    /// Rows of other tables that still refer to what a DELETE has taken away.
    func foretellOrphans(of name: QualifiedName) {
        guard foretellsFailures, iterations.isEmpty, let state = tables[name] else { return }
        for child in catalog.foreignKeys(to: name) {
            let action = child.constraint.onDelete ?? "no action"
            guard ["no action", "restrict"].contains(action), child.constraint.validated, child.table != name,
                !child.constraint.definition.uppercased().contains("INITIALLY DEFERRED"),
                let version = try? read(
                    RelationReference(
                        range: 0..<0, schema: child.table.schema, name: child.table.name, alias: nil, only: false))
            else { continue }
            let isRestrict =
                action == "restrict" && CastRisk(serverVersion: catalog.snapshot.serverVersion).serverMajor >= 18
            let message =
                "update or delete on table \"\(name.name)\" violates \(isRestrict ? "RESTRICT setting of " : "")foreign key constraint \"\(child.constraint.name)\" on table \"\(child.table.name)\""
            foretell(
                orphans(child.constraint, child: version, parent: state.version),
                state: isRestrict ? "restrict_violation" : "foreign_key_violation",
                message: SQLTemplate(SQLText.literal(message)), detail: nil,
                names: names(of: child.table, constraint: child.constraint.name))
        }
    }

    // MARK: single constraints

    private func foretellNull(_ column: String, in rows: VersionID, of name: QualifiedName) {
        let message =
            "null value in column \"\(column)\" of relation \"\(name.name)\" violates not-null constraint"
        foretell(
            "exists (select 1 from \(rows) where \(SQLText.identifier(column)) is null)", state: "not_null_violation",
            message: SQLTemplate(SQLText.literal(message)), detail: nil,
            names: ["column_name": column, "table_name": name.name, "schema_name": name.schema])
    }

    func names(of table: QualifiedName, constraint: String) -> [String: String] {
        ["constraint_name": constraint, "table_name": table.name, "schema_name": table.schema]
    }

    private func foretellCheck(_ check: Constraint, in rows: VersionID, of name: QualifiedName) throws {
        guard let text = check.expression, isCaught("check_violation") else { return }
        let expression = try catalogExpression(text)
        let message = "new row for relation \"\(name.name)\" violates check constraint \"\(check.name)\""
        foretell(
            "exists (select 1 from \(rows) as \(SQLText.identifier(name.name)) where (\(expression.template)) is false)",
            state: "check_violation", message: SQLTemplate(SQLText.literal(message)), detail: nil,
            names: names(of: name, constraint: check.name))
    }

    private func foretellMissingParent(_ foreign: Constraint, in rows: VersionID, of name: QualifiedName) throws {
        guard let parent = foreign.referencedTable, parent != name, foreign.validated,
            !foreign.definition.uppercased().contains("INITIALLY DEFERRED"), isCaught("foreign_key_violation"),
            let version = try? read(
                RelationReference(range: 0..<0, schema: parent.schema, name: parent.name, alias: nil, only: false))
        else { return }
        let message =
            "insert or update on table \"\(name.name)\" violates foreign key constraint \"\(foreign.name)\""
        foretell(
            orphans(foreign, child: rows, parent: version), state: "foreign_key_violation",
            message: SQLTemplate(SQLText.literal(message)), detail: nil,
            names: names(of: name, constraint: foreign.name))
    }

    private func orphans(_ foreign: Constraint, child: VersionID, parent: VersionID) -> SQLTemplate {
        let keys = foreign.columns.map(SQLText.identifier)
        let given = keys.map { "child.\($0) is not null" }.joined(separator: " and ")
        let pairs = zip(keys, foreign.referencedColumns).map { "parent.\(SQLText.identifier($1)) = child.\($0)" }
        return
            "exists (select 1 from \(child) as child where \(given) and not exists (select 1 from \(parent) as parent where \(pairs.joined(separator: " and "))))"
    }

    func repeated(_ key: [String], in rows: VersionID) -> SQLTemplate {
        let list = SQLText.list(key)
        let given = key.map { "\(SQLText.identifier($0)) is not null" }.joined(separator: " and ")
        return "exists (select 1 from \(rows) where \(given) group by \(list) having count(*) > 1)"
    }

    func isUnique(_ key: [String], in rows: VersionID) -> Bool {
        versions[rows.rawValue].uniqueKeys.contains { Set($0).isSubset(of: Set(key)) }
    }

    func isSingleRow(_ statement: InsertStatement) -> Bool {
        guard let query = statement.query else { return true }
        guard query.arms.count == 1 else { return false }
        switch query.arms[0] {
        case .values(let rows, _, _): return rows.count == 1
        case .select(let select): return select.from.isEmpty
        default: return false
        }
    }

    /// Constraints in the order in which a CREATE TABLE makes them: the primary key, then the others column by column. The
    /// server looks at keys and foreign keys in the order of their making.
    func inOrderOfLooks(_ table: Table, _ isWanted: (Constraint) -> Bool) -> [Constraint] {
        func place(_ constraint: Constraint) -> Int {
            if constraint.kind == .primaryKey { return -1 }
            return table.columns.firstIndex { $0.name == constraint.columns.first } ?? table.columns.count
        }
        return table.constraints.filter(isWanted).enumerated().sorted {
            (place($0.element), $0.offset) < (place($1.element), $1.offset)
        }.map(\.element)
    }

    func keys(of table: Table) -> [(name: String, columns: [String])] {
        let constraints = inOrderOfLooks(table) {
            ($0.kind == .primaryKey || $0.kind == .unique) && !$0.columns.isEmpty && !$0.nullsNotDistinct
                && !$0.definition.uppercased().contains("DEFERRABLE")
        }.map { (name: $0.name, columns: $0.columns) }
        let indexes = table.uniqueIndexes.filter { index in
            index.predicate == nil && !index.columns.isEmpty && !constraints.contains { $0.name == index.name }
        }.map { (name: $0.name, columns: $0.columns) }
        return constraints + indexes
    }

    /// Whether the statement itself draws a new number for the column: a number that was drawn before, and kept in a
    /// variable, may well be there already.
    func isDrawn(_ column: String, by statement: InsertStatement, _ state: TableState) -> Bool {
        guard let target = state.columns.first(where: { $0.name == column }) else { return false }
        let drawsByDefault = target.isIdentity || target.defaultExpression?.contains("nextval(") == true
        let targets = statement.columns.isEmpty ? state.columns.map(\.name) : statement.columns
        guard let position = targets.firstIndex(of: column), let query = statement.query else { return drawsByDefault }
        func draws(_ item: Range<Int>?) -> Bool {
            guard let item else { return drawsByDefault }
            if item.count == 1, query.source.keyword(item.lowerBound) == .default { return drawsByDefault }
            return query.source.name(item.lowerBound) == "nextval"
                && query.source.kind(item.lowerBound + 1) == .leftParen
                && query.source.closing(of: item.lowerBound + 1) == item.upperBound - 1
        }
        return query.arms.allSatisfy { arm in
            switch arm {
            case .values(let rows, _, _): rows.allSatisfy { draws($0[safe: position]) }
            case .select(let select):
                !select.items.contains { $0.star != nil } && draws(select.items[safe: position]?.expression)
            default: false
            }
        }
    }

    /// A check that lists values, for a column that is given one of them.
    func isListed(_ check: Constraint, given: (String) -> [String]?) -> Bool {
        guard let text = check.expression, check.columns.count == 1,
            text.contains("ANY (ARRAY[") || text.contains(" IN ("),
            let values = given(check.columns[0]), !values.isEmpty
        else { return false }
        return values.allSatisfy { value in value.hasPrefix("'") && value.hasSuffix("'") && text.contains(value) }
    }

    // MARK: values that are never NULL

    /// The expressions that an INSERT gives a column, one for each SELECT or row; nil when they can't be told.
    func givenItems(_ column: String, _ statement: InsertStatement, _ state: TableState) -> [Range<Int>]? {
        let targets = statement.columns.isEmpty ? state.columns.map(\.name) : statement.columns
        guard let query = statement.query, let position = targets.firstIndex(of: column) else { return nil }
        var items: [Range<Int>] = []
        for arm in query.arms {
            switch arm {
            case .values(let rows, _, _):
                for row in rows {
                    guard let item = row[safe: position] else { return nil }
                    items.append(item)
                }
            case .select(let select):
                guard !select.items.contains(where: { $0.star != nil }), let item = select.items[safe: position] else {
                    return nil
                }
                items.append(item.expression)
            default: return nil
            }
        }
        return items
    }

    func isNeverNull(_ column: TableColumn, _ statement: InsertStatement, _ state: TableState) -> Bool {
        let targets = statement.columns.isEmpty ? state.columns.map(\.name) : statement.columns
        guard let position = targets.firstIndex(of: column.name) else {
            return column.isIdentity || column.defaultExpression != nil
        }
        guard let query = statement.query else { return column.isIdentity || column.defaultExpression != nil }
        return query.arms.allSatisfy { arm in
            switch arm {
            case .values(let rows, _, _):
                return rows.allSatisfy { row in
                    guard let item = row[safe: position] else { return column.defaultExpression != nil }
                    if item.count == 1, query.source.keyword(item.lowerBound) == .default {
                        return column.isIdentity || column.defaultExpression != nil
                    }
                    return isNeverNull(item, query.source, nil)
                }
            case .select(let select):
                guard !select.items.contains(where: { $0.star != nil }) else { return false }
                guard let item = select.items[safe: position] else { return column.defaultExpression != nil }
                return isNeverNull(item.expression, query.source, select)
            default: return false
            }
        }
    }

    /// `'x'`, `5`, `cast('x' as text)`.
    private func isLiteral(_ text: String) -> Bool {
        let inner = text.hasPrefix("cast(") ? text.dropFirst(5) : text[...]
        return inner.first.map { $0 == "'" || $0.isNumber } ?? false
    }

    func isNeverNull(_ range: Range<Int>, _ source: SourceText, _ select: Select?) -> Bool {
        guard let first = range.first else { return false }
        if range.count == 1 {
            if [.number, .string].contains(source.kind(first)) { return true }
            if [.true, .false].contains(source.keyword(first)) { return true }
            if ["current_date", "current_timestamp", "current_user", "session_user", "localtimestamp"].contains(
                source.name(first))
            {
                return true
            }
        }
        if range.count == 1, let value = scope.find(source.name(first))?.value.plainText, isLiteral(value) {
            return true
        }
        if source.kind(first + 1) == .leftParen, source.closing(of: first + 1) == range.upperBound - 1 {
            let name = source.name(first)
            if [
                "now", "clock_timestamp", "count", "row_number", "random", "gen_random_uuid", "nextval", "txid_current",
            ]
            .contains(name) {
                return true
            }
            if name == "coalesce", let last = source.splitAtCommas(source.inside(first + 1)).last {
                return isNeverNull(last, source, select)
            }
        }
        guard let select, range.count == 1 || range.count == 3 && source.kind(first + 1) == .dot,
            select.from.allSatisfy({ [nil, "inner", "cross"].contains($0.join) })
        else { return false }
        if range.count == 1, scope.find(source.name(first)) != nil { return false }
        let qualifier = range.count == 3 ? source.name(first) : nil
        let name = source.name(range.upperBound - 1)
        let columns = select.from.compactMap { item -> Column? in
            guard case .relation(let reference) = item.kind, qualifier == nil || reference.exposedName == qualifier,
                let full = try? tableName(reference)
            else { return nil }
            return catalog.table(full)?.columns.first { $0.name == name }
        }
        return columns.count == 1 && columns[0].notNull
    }
}
