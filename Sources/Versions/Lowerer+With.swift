import Catalog
import Steps
import Tokens

extension Lowerer {
    /// Tables as they were before a statement with data-modifying WITH parts, and what its parts made of them.
    struct WithEffects {
        var before: [QualifiedName: TableState]
        var changed: [QualifiedName: TableState]
    }

    /// Lowers the WITH list of a write. Parts that change data read, like everything in the statement, the versions from
    /// before it: one snapshot.
    ///
    /// Source: PostgreSQL manual, "Data-Modifying Statements in WITH".
    func lowerWith(_ with: WithClause?, lifted: inout [String: VersionID]) throws -> WithEffects? {
        guard let with else { return nil }
        return try lowerWith(with.tables, isRecursive: with.isRecursive, lifted: &lifted)
    }

    func lowerWith(
        _ parts: [CommonTable], isRecursive: Bool, lifted: inout [String: VersionID]
    ) throws -> WithEffects? {
        guard parts.contains(where: { $0.query == nil }) else {
            try liftWith(parts, isRecursive: isRecursive, source: source, scope: scope, into: &lifted)
            return nil
        }
        let before = tables
        var changed: [QualifiedName: TableState] = [:]
        for part in parts {
            tables = before
            guard part.query == nil else {
                try liftWith([part], isRecursive: isRecursive, source: source, scope: scope, into: &lifted)
                continue
            }
            withScope.append(lifted)
            defer { withScope.removeLast() }
            let saved = pendingParts
            pendingParts = changed
            defer { pendingParts = saved }
            let effect: WriteEffect
            let returning: Returning?
            switch readStatement(source, part.body) {
            case .insert(let statement): (effect, returning) = (try lowerInsert(statement), statement.returning)
            case .update(let statement): (effect, returning) = (try lowerUpdate(statement), statement.returning)
            case .delete(let statement): (effect, returning) = (try lowerDelete(statement), statement.returning)
            default: throw Refusal(code: .dataModifyingWith, detail: "WITH '\(part.name)' is not understood")
            }
            for (name, state) in tables where before[name]?.version != state.version {
                guard changed[name] == nil || appendedOverParts.contains(state.version) else {
                    throw Refusal(code: .dataModifyingWith, detail: "two parts of the statement change '\(name)'")
                }
                changed[name] = state
            }
            if let returning {
                guard let rows = effect.rows else {
                    throw Refusal(code: .dataModifyingWith, detail: "RETURNING of WITH '\(part.name)' is not followed")
                }
                lifted[part.name] = try returnedRows(
                    returning, rows: rows, alias: effect.alias, name: part.name, columns: part.columns)
            }
        }
        tables = before
        return WithEffects(before: before, changed: changed)
    }

    /// Puts the parts' changes in force behind a query that changes nothing itself.
    func applyParts(_ effects: WithEffects) {
        for (name, state) in effects.changed.sorted(by: { $0.key < $1.key }) {
            tables[name] = state
            markWritten(name)
        }
    }

    /// Puts the parts' changes in force behind the main statement.
    func finishWith(_ effects: WithEffects?, changed names: [QualifiedName]) throws {
        guard let effects else { return }
        for (name, state) in effects.changed.sorted(by: { $0.key < $1.key }) {
            if isAppended(names, name) { continue }
            guard tables[name]?.version == effects.before[name]?.version else {
                throw Refusal(code: .dataModifyingWith, detail: "two parts of the statement change '\(name)'")
            }
            tables[name] = state
            markWritten(name)
        }
    }

    /// The main statement appended to what a part had made of the table.
    private func isAppended(_ names: [QualifiedName], _ name: QualifiedName) -> Bool {
        guard names.contains(name), let version = tables[name]?.version else { return false }
        return appendedOverParts.contains(version)
    }

    /// The rows of RETURNING as a version that the rest of the statement reads by the part's name.
    private func returnedRows(
        _ returning: Returning, rows: VersionID, alias: String, name: String, columns: [String]
    ) throws -> VersionID {
        var rewriter = Rewriter(self, source, scope: scope)
        rewriter.addAlias(alias, columns: columnNames(rows))
        let finder = ColumnFinder(self)
        let visible = [VisibleRelation(name: alias, columns: self.columns(rows))]
        var items: [SQLTemplate] = []
        var outputs: [VersionColumn] = []
        for item in returning.items {
            if item.star != nil {
                for column in self.columns(rows) {
                    items.append(SQLTemplate(SQLText.identifier(column.name)))
                    outputs.append(column)
                }
                continue
            }
            let label = item.alias ?? inferName(source, item.expression)
            items.append("\(try rewriter.expression(item.expression)) as \(SQLText.identifier(label))")
            let type = inferType(source, item.expression, visible: visible, scope: scope)
            outputs.append(
                VersionColumn(
                    label, type,
                    taint: finder.taint(of: item.expression, source: source, visible: visible, scope: scope)))
        }
        if !columns.isEmpty {
            guard columns.count == outputs.count else {
                throw Refusal(code: .dataModifyingWith, detail: "the column list of WITH '\(name)' is not followed")
            }
            throw Refusal(code: .dataModifyingWith, detail: "a column list on the data-modifying WITH '\(name)'")
        }
        return add(
            "select \(.joined(items, separator: ", ")) from \(rows) as \(SQLText.identifier(alias))", name: name,
            columns: outputs, isVolatile: versions[rows.rawValue].isVolatile)
    }
}
