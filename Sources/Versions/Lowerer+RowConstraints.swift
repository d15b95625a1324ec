import Catalog
import Steps
import Tokens

/// Constraints that a statement inside a loop may break, and that a handler of the body would take.
struct ConstraintRisks {
    /// Columns that must not be NULL and may be.
    var nulls: [String] = []
    var checks: [Constraint] = []
    var keys: [(name: String, columns: [String])] = []
    var parents: [Constraint] = []

    /// Where keys are followed otherwise.
    var withoutKeys: ConstraintRisks {
        var result = self
        result.keys = []
        return result
    }

    var isEmpty: Bool { nulls.isEmpty && checks.isEmpty && keys.isEmpty && parents.isEmpty }
}

/// Constraints that single rows of a loop break: `begin insert ..; exception when others then ..; end` in its body.
///
/// Rule: each iteration's row is computed beside it, and the constraints become conditions over it, in the order in which
/// the server looks at them: NOT NULL, CHECK, unique key, foreign key. A key is taken by a row that was there before the
/// loop, or by the first iteration whose row breaks nothing else: later ones of the key fail.
/// Precondition: one INSERT of one row, one unique key at risk, parents that the loop does not write. All else is left to
/// the chain of states, where each iteration sees the rows of those before it.
///
/// Source: PostgreSQL manual, "Constraints"; NULLs in a key are distinct.
extension Lowerer {
    /// What an INSERT may break.
    func constraintsAtRisk(
        _ statement: InsertStatement, _ state: TableState
    ) -> ConstraintRisks {
        var risks = ConstraintRisks()
        if isCaught("not_null_violation") {
            risks.nulls = state.columns.filter {
                $0.notNull && $0.generated == nil && !isNeverNull($0, statement, state)
            }.map(\.name)
        }
        guard let table = state.catalog else { return risks }
        if isCaught("check_violation") {
            risks.checks = table.constraints.filter { check in
                guard check.kind == .check, check.validated else { return false }
                return !isListed(check) { column in
                    guard let query = statement.query else { return nil }
                    return givenItems(column, statement, state)?.map { query.source.text($0) }
                }
            }
        }
        if isCaught("unique_violation") {
            risks.keys = keys(of: table).filter { key in
                !key.columns.contains { isDrawn($0, by: statement, state) }
            }
            if let conflict = statement.conflict {
                let arbiter = Set(conflict.target.compactMap { $0.count == 1 ? source.name($0.lowerBound) : nil })
                risks.keys.removeAll { key in conflict.target.isEmpty || Set(key.columns) == arbiter }
            }
        }
        if isCaught("foreign_key_violation") {
            risks.parents = inOrderOfLooks(table) { $0.kind == .foreignKey && $0.validated }
        }
        return risks
    }

    /// What an UPDATE may break.
    func constraintsAtRisk(_ statement: UpdateStatement, _ state: TableState) -> ConstraintRisks {
        var risks = ConstraintRisks()
        let changed = Set(statement.assignments.flatMap(\.columns))
        if isCaught("not_null_violation") {
            risks.nulls = state.columns.filter { column in
                guard column.notNull, changed.contains(column.name) else { return false }
                let values = statement.assignments.filter { $0.columns == [column.name] && !$0.isList }
                return !(values.first.map { isNeverNull($0.value, source, nil) } ?? false)
            }.map(\.name)
        }
        guard let table = state.catalog else { return risks }
        if isCaught("check_violation") {
            risks.checks = table.constraints.filter { check in
                guard check.kind == .check, check.validated else { return false }
                let text = SourceText(check.expression ?? "", profile: .postgresql)
                guard text.all.contains(where: { text.isName($0) && changed.contains(text.name($0)) }) else {
                    return false
                }
                return !isListed(check) { column in
                    let values = statement.assignments.filter { $0.columns == [column] && !$0.isList }
                    return values.count == 1 ? [source.text(values[0].value)] : nil
                }
            }
        }
        if isCaught("unique_violation") {
            risks.keys = keys(of: table).filter { !changed.isDisjoint(with: $0.columns) }
        }
        if isCaught("foreign_key_violation") {
            risks.parents = table.constraints.filter {
                $0.kind == .foreignKey && $0.validated && !changed.isDisjoint(with: $0.columns)
            }
        }
        return risks
    }

    /// Only the chain of states sees the failures that a statement inside a loop may come to.
    func refuse(_ risks: ConstraintRisks, of name: QualifiedName) throws {
        guard !iterations.isEmpty, !risks.isEmpty else { return }
        let what =
            risks.nulls.first.map { "a NULL in '\($0)'" }
            ?? (risks.checks.first ?? risks.parents.first).map { "constraint '\($0.name)'" }
            ?? risks.keys.first.map { "key '\($0.name)'" } ?? ""
        throw Refusal(
            code: .handler,
            detail: "a handler in the loop's body takes failures of '\(name)' (\(what)) that can't be told from the row"
        )
    }

    /// Foretells what the row of an iteration breaks; `body` is the query that gives the row.
    ///
    /// - Returns: the same row, read from the iteration, when it stands there now.
    func foretellRowConstraints(
        _ iteration: Iteration, _ statement: InsertStatement, _ name: QualifiedName, _ state: TableState,
        body: SQLTemplate, given: [VersionColumn]
    ) throws -> SQLTemplate? {
        guard foretellsFailures else { return nil }
        let risks = constraintsAtRisk(statement, state)
        guard !risks.isEmpty else { return nil }
        guard iteration.foretellsConstraints, !iteration.carries, risks.keys.count <= 1 else {
            try refuse(risks, of: name)
            return nil
        }
        let names = Set(given.map(\.name))
        let needed = Set(risks.nulls + risks.keys.flatMap(\.columns) + risks.parents.flatMap(\.columns))
        guard needed.isSubset(of: names), given.allSatisfy({ !needed.contains($0.name) || $0.taint.isEmpty }) else {
            try refuse(risks, of: name)
            return nil
        }
        // The row, beside the iteration.
        let tail: SQLTemplate = guardCondition.map { " where \($0)" } ?? ""
        let columns = given.map { (column: $0.name, label: iteration.unique("new_\($0.name)")) }
        let list = given.map { "q.\(SQLText.identifier($0.name))" }.joined(separator: ", ")
        iteration.add(
            Iteration.Stage(
                columns: columns.map { (name: $0.label, expression: "lookup.\(SQLText.identifier($0.column))") },
                lateral: "select \(list) from (\(body)) as q" + tail))
        func value(_ column: String) -> String {
            "it.\(SQLText.identifier(columns.first { $0.column == column }?.label ?? column))"
        }
        for column in risks.nulls {
            foretell(
                "\(value(column)) is null", state: "not_null_violation",
                message: SQLTemplate(
                    SQLText.literal(
                        "null value in column \"\(column)\" of relation \"\(name.name)\" violates not-null constraint")),
                detail: nil,
                names: ["column_name": column, "table_name": name.name, "schema_name": name.schema])
        }
        if !risks.checks.isEmpty {
            let row: [SQLTemplate] = try state.columns.map { column in
                let label = SQLText.identifier(column.name)
                if names.contains(column.name) { return "\(value(column.name)) as \(label)" }
                let isDrawn = column.isIdentity || column.defaultExpression?.contains("nextval(") == true
                let isChecked = risks.checks.contains { $0.columns.contains(column.name) }
                if isDrawn, isChecked { try refuse(risks, of: name) }
                guard !isDrawn, column.generated == nil, isChecked else {
                    return "cast(null as \(column.type ?? "text")) as \(label)"
                }
                return "\(try defaultValue(column, name: name, ordinal: "1")) as \(label)"
            }
            for check in risks.checks.sorted(by: { $0.name < $1.name }) {
                guard let text = check.expression else { continue }
                let expression = try catalogExpression(text)
                foretell(
                    "exists (select 1 from (select \(.joined(row, separator: ", "))) as \(SQLText.identifier(name.name)) where (\(expression.template)) is false)",
                    state: "check_violation",
                    message: SQLTemplate(
                        SQLText.literal(
                            "new row for relation \"\(name.name)\" violates check constraint \"\(check.name)\"")),
                    detail: nil, names: self.names(of: name, constraint: check.name))
            }
        }
        let orphans = try risks.parents.map { (constraint: $0, test: try orphan($0, name, iteration, value)) }
        for key in risks.keys { foretellTakenKey(key, name, state, iteration, value, orphans: orphans.map(\.test)) }
        for (foreign, test) in orphans {
            foretell(
                test, state: "foreign_key_violation",
                message: SQLTemplate(
                    SQLText.literal(
                        "insert or update on table \"\(name.name)\" violates foreign key constraint \"\(foreign.name)\""
                    )),
                detail: nil, names: self.names(of: name, constraint: foreign.name))
        }
        guard given.allSatisfy(\.taint.isEmpty) else { return nil }
        return SQLTemplate(
            "select "
                + columns.map { "it.\(SQLText.identifier($0.label)) as \(SQLText.identifier($0.column))" }.joined(
                    separator: ", "))
    }

    /// The row's key is there already, or an earlier iteration has brought it.
    private func foretellTakenKey(
        _ key: (name: String, columns: [String]), _ name: QualifiedName, _ state: TableState, _ iteration: Iteration,
        _ value: (String) -> String, orphans: [SQLTemplate]
    ) {
        var comes: [SQLTemplate] = key.columns.map { "\(value($0)) is not null" }
        if let condition = guardCondition { comes.append(condition) }
        if !state.isEmpty {
            let pairs = key.columns.map { "existing.\(SQLText.identifier($0)) = \(value($0))" }
            let isThere = iteration.compute(
                "exists (select 1 from \(state.version) as existing where \(pairs.joined(separator: " and ")))",
                name: "is_in_\(name.name)")
            comes.append("not \(isThere)")
        }
        comes += orphans.map { "not \($0)" }
        let isNew = iteration.compute("(\(.joined(comes, separator: " and ")))", name: "is_new_in_\(name.name)")
        let partition: [SQLTemplate] = key.columns.map { SQLTemplate(value($0)) } + [isNew]
        let turn = iteration.compute(
            "row_number() over (partition by \(.joined(partition, separator: ", ")) order by it.iteration)",
            name: "turn_in_\(name.name)")
        iteration.rankings.append(turn)
        iteration.rankedTables.insert(name)
        let given: [SQLTemplate] = key.columns.map { "\(value($0)) is not null" }
        // An orphan may break the key, too, and that is looked at first.
        var taken: [SQLTemplate] = ["\(isNew) and \(turn) > 1"]
        if !state.isEmpty {
            let pairs = key.columns.map { "existing.\(SQLText.identifier($0)) = \(value($0))" }
            taken.append(
                "exists (select 1 from \(state.version) as existing where \(pairs.joined(separator: " and ")))")
        }
        if !orphans.isEmpty {
            let earlier = iteration.compute(
                "bool_or(\(isNew)) over (partition by \(.joined(key.columns.map { SQLTemplate(value($0)) }, separator: ", ")) order by it.iteration rows between unbounded preceding and 1 preceding)",
                name: "came_to_\(name.name)")
            iteration.rankings.append(earlier)
            taken.append("coalesce(\(earlier), false)")
        }
        foretell(
            "\(.joined(given, separator: " and ")) and (\(.joined(taken, separator: " or ")))",
            state: "unique_violation",
            message: SQLTemplate(
                SQLText.literal("duplicate key value violates unique constraint \"\(key.name)\"")), detail: nil,
            names: names(of: name, constraint: key.name))
    }

    /// Whether the row refers to a parent that is not there.
    private func orphan(
        _ foreign: Constraint, _ name: QualifiedName, _ iteration: Iteration, _ value: (String) -> String
    ) throws -> SQLTemplate {
        guard let parent = foreign.referencedTable, parent != name, !iteration.written.contains(parent),
            !foreign.definition.uppercased().contains("INITIALLY DEFERRED")
        else {
            throw Refusal(
                code: .handler,
                detail:
                    "a handler in the loop's body takes failures of '\(foreign.name)', whose parents the loop writes")
        }
        let version = try read(
            RelationReference(range: 0..<0, schema: parent.schema, name: parent.name, alias: nil, only: false))
        let given = foreign.columns.map { "\(value($0)) is not null" }.joined(separator: " and ")
        let pairs = zip(foreign.columns, foreign.referencedColumns).map {
            "parent.\(SQLText.identifier($1)) = \(value($0))"
        }
        return iteration.compute(
            "(\(given) and not exists (select 1 from \(version) as parent where \(pairs.joined(separator: " and "))))",
            name: "lacks_\(parent.name)")
    }
}
