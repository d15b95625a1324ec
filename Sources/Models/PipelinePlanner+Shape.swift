import Catalog
import Findings
import Versions

/// What a model is called, says and promises, apart from its rows.
extension PipelinePlanner {
    func blank(_ root: Root, name: String) -> PlannedModel {
        let schema = pipeline.entry.name.schema
        var model: PlannedModel
        switch root {
        case .table(let table):
            model = PlannedModel(name: name, layer: .mart, area: ModelNames.snake(table.schema))
            model.alias = table.name == name ? nil : table.name
            model.schema = table.schema
            model.legacyRelation = table.description
        case .result(let routine):
            model = PlannedModel(name: name, layer: .mart, area: ModelNames.snake(schema))
            model.schema = schema
            model.legacyRoutineResult = routine
        case .share, .failure, .intermediate:
            model = PlannedModel(name: name, layer: .intermediate, area: tag)
        }
        model.routines = [entry]
        model.tags = [tag]
        model.parameters = project.parameters(pipeline, tag: tag)
        return model
    }

    /// What stands for a table whose last version is refused here; nil where an earlier pipeline's model says so.
    func disabledModel(of table: QualifiedName, _ finding: Finding) -> PlannedModel? {
        guard project.writers.of(table).isEmpty else {
            // Others write it, too, and their model of it works without this one.
            return disabledModel(.share(table), project.output(table, of: position), [finding])
        }
        let refused = project.writers.refused[table] ?? []
        guard refused.first?.position == position else { return nil }
        var model = disabledModel(.table(table), project.mart(table), refused.map(\.finding))
        model.routines = refused.map { project.entries[$0.position] }
        model.tags = refused.map { project.tags[$0.position] }
        return model
    }

    func disabledModel(_ root: Root, _ name: String, _ findings: [Finding]) -> PlannedModel {
        var model = blank(root, name: name)
        model.enabled = false
        model.findings = findings
        let reasons = findings.map { "\($0.message) (\($0.code), \($0.routine) line \($0.line))" }
        model.description = "Not converted: \(reasons.joined(separator: "; "))."
        model.lines = findings.first.map { $0.line...max($0.line, $0.endLine) }
        return model
    }

    func columns(_ version: Version, _ root: Root) -> [PlannedColumn] {
        var table: QualifiedName?
        switch root {
        case .table(let name), .share(let name): table = name
        case .result, .failure, .intermediate:
            if case .state(let name) = version.body { table = name }
        }
        let entry = table.flatMap { project.catalog.table($0) }
        return version.columns.map { column in
            let known = entry?.columns.first { $0.name == column.name }
            let comment = known?.comment ?? ""
            var planned = PlannedColumn(
                name: column.name, type: column.type,
                description: comment.isEmpty ? meaning.description(of: column.name, in: version) : comment)
            planned.isSurrogate = column.taint.contains(.surrogate) || known?.identity != nil
            planned.isVolatile = column.taint.contains(.clock) || column.taint.contains(.chance)
            if planned.isSurrogate { planned.isVolatile = false }
            if comment.isEmpty, known?.identity != nil || known?.sequence != nil {
                planned.description = "Surrogate key: new rows take the next numbers."
            }
            return planned
        }
    }

    func description(_ root: Root, _ version: Version) -> String {
        switch root {
        case .table(let table): return project.description(table, suffix: "as \(entry) leaves it")
        case .share(let table): return "All rows of \(table) as \(entry) leaves them; other routines write it, too."
        case .result(let routine): return "The rows that \(routine) returns."
        case .failure: return "Failures that \(entry) raises itself; without one every message is empty."
        case .intermediate:
            if case .state(let table) = version.body { return "Rows of \(table) from before \(entry) runs." }
            let place = "\(ColumnMeaning.place(version.lines)) of \(version.routine)"
            let comments = version.comments.joined(separator: " ")
            let words = comments.isEmpty ? "" : " In the routine's words: \(comments)"
            if version.isScalar { return "One row with what \(place) computes.\(words)" }
            guard let table = version.table else { return "The rows that \(place) selects.\(words)" }
            return "The rows of \(table) behind \(place).\(words)"
        }
    }
}
