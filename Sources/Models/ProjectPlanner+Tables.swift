import Catalog
import Findings
import OrderedCollections
import Versions

/// Models that stand for written tables, and tables that several pipelines write.
extension ProjectPlanner {
    /// The table's contract, tests and comments.
    func describe(_ model: inout PlannedModel, as name: QualifiedName) {
        guard let table = catalog.table(name) else { return }
        model.table = table
        model.hasContract = true
        model.tests = TableTests.modelTests(table)
        for index in model.columns.indices {
            guard let column = table.columns.first(where: { $0.name == model.columns[index].name }) else { continue }
            model.columns[index].notNull = column.notNull
            model.columns[index].tests = TableTests.columnTests(column, of: table) { relationship(from: name, to: $0) }
        }
    }

    /// Where a foreign key's parent is to be looked up: only in what is built whenever the child is, and never without
    /// it, or the run of one pipeline would test what another one has not built yet.
    private func relationship(from child: QualifiedName, to parent: QualifiedName) -> RelationshipTarget? {
        if writers.isBuilt(parent, with: child) { return .model(mart(parent)) }
        return isWritten(parent) ? nil : .source(schema: parent.schema, table: parent.name)
    }

    func description(_ table: QualifiedName, suffix: String) -> String {
        if let comment = catalog.table(table)?.comment, !comment.isEmpty { return comment }
        let key = catalog.table(table)?.primaryKey ?? []
        let grain = key.isEmpty ? "Rows" : "One row per \(key.joined(separator: ", "))"
        return "\(grain) of \(table), \(suffix)."
    }

    /// The model of a table that several pipelines write: the rows of the last of them that is built in the same run,
    /// or those that it has where none is.
    mutating func share(_ table: QualifiedName) {
        let positions = writers.of(table)
        let outputs = positions.map { output(table, of: $0) }
        let parts = outputs.compactMap { name in project.models.first { $0.name == name } }
        let routines = positions.map { entries[$0] }
        var model = PlannedModel(name: mart(table), layer: .mart, area: ModelNames.snake(table.schema))
        model.alias = table.name == model.name ? nil : table.name
        model.schema = table.schema
        model.legacyRelation = table.description
        model.routines = routines
        model.tags = positions.map { tags[$0] }
        model.parameters = unambiguous(parts.flatMap(\.parameters))
        model.description = description(table, suffix: "as the last of \(routines.joined(separator: ", ")) leaves it")
        model.columns = columns(parts)
        let rows = VersionID(0)
        let name = "\(ModelNames.snake(table.name))_now"
        model.ctes = [
            PlannedCTE(
                name: name, body: .priorState(model: model.name, table: table, after: outputs),
                comments: ["as the last routine of this run leaves it"])
        ]
        model.names = [rows: name]
        model.final = rows
        model.readsOwnPast = true
        describe(&model, as: table)
        project.models.append(model)
        for position in positions {
            use(table, by: position, isWritten: true)
            note(table, position, among: positions)
        }
    }

    private mutating func note(_ table: QualifiedName, _ position: Int, among positions: [Int]) {
        let others = positions.filter { $0 != position }.map { "'\(entries[$0])'" }.joined(separator: ", ")
        findings.append(
            Finding(
                code: "P2D-123", severity: .note, routine: entries[position],
                message:
                    "'\(table)' is also written by \(others): '\(output(table, of: position))' holds it as this routine "
                    + "leaves it, and '\(mart(table))' takes the rows of the last routine that a run builds",
                line: 1))
    }

    /// Columns of all writers' models: rows that one of them wrote stay where another one only adds.
    private func columns(_ parts: [PlannedModel]) -> [PlannedColumn] {
        guard var columns = parts.first?.columns else { return [] }
        for index in columns.indices {
            let same = parts.compactMap { part in part.columns.first { $0.name == columns[index].name } }
            columns[index].type = same.compactMap(\.type).first
            columns[index].isSurrogate = same.contains(where: \.isSurrogate)
            columns[index].isVolatile = !columns[index].isSurrogate && same.contains(where: \.isVolatile)
        }
        return columns
    }

    /// Parameters whose names mean one variable only: who looks here for a routine's must not find another's.
    private func unambiguous(_ parameters: [PlannedParameter]) -> [PlannedParameter] {
        let variables = Dictionary(grouping: parameters, by: \.name).mapValues { Set($0.map(\.variable)) }
        var seen: Set<String> = []
        return parameters.filter { variables[$0.name]?.count == 1 && seen.insert($0.name).inserted }
    }
}
