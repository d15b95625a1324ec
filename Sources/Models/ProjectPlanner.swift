import Catalog
import Findings
import OrderedCollections
import Versions

/// Plans the whole project: sources and staging once, models pipeline by pipeline.
struct ProjectPlanner {
    let catalog: CatalogIndex
    let options: PlanOptions
    var names = ModelNames()
    var project: PlannedProject
    var findings: [Finding] = []
    /// Marts by the table they stand for.
    var marts: [QualifiedName: String] = [:]
    /// Legacy relations read, by name, with the entries that read them.
    var sources: OrderedDictionary<QualifiedName, SourceUse> = [:]

    struct SourceUse {
        var routines: OrderedSet<String> = []
        var tags: OrderedSet<String> = []
        var isWritten = false
    }

    init(catalog: CatalogIndex, options: PlanOptions) {
        self.catalog = catalog
        self.options = options
        project = PlannedProject(name: options.projectName)
    }

    mutating func plan(_ pipelines: [LoweredPipeline]) -> (project: PlannedProject, findings: [Finding]) {
        nameMarts(pipelines)
        var owners: [QualifiedName: String] = [:]
        for pipeline in pipelines {
            for (table, _) in pipeline.finals {
                if let other = owners[table], other != pipeline.entry.name.description {
                    severalWriters(table, pipeline, other)
                } else {
                    owners[table] = pipeline.entry.name.description
                }
            }
        }
        for pipeline in pipelines {
            project.pipelines.append(plannedPipeline(pipeline))
            let refusedTables = Set(
                pipeline.finals.filter { owners[$0.table] != pipeline.entry.name.description }.map(\.table))
            var planner = PipelinePlanner(project: self, pipeline: pipeline, foreignTables: refusedTables)
            let models = planner.plan()
            self = planner.project
            project.models += models
        }
        orderAcrossPipelines()
        finishSources()
        return (project, findings)
    }

    private mutating func nameMarts(_ pipelines: [LoweredPipeline]) {
        var tables: OrderedSet<QualifiedName> = []
        for pipeline in pipelines {
            for (table, _) in pipeline.finals { tables.append(table) }
            for version in pipeline.versions { if case .state(let table) = version.body { tables.append(table) } }
        }
        for table in tables {
            let wanted = options.naming[table.description] ?? ModelNames.mart(table, catalog: catalog.table(table))
            marts[table] = names.take(wanted, otherwise: "\(wanted)_\(ModelNames.snake(table.schema))")
        }
    }

    private mutating func severalWriters(_ table: QualifiedName, _ pipeline: LoweredPipeline, _ other: String) {
        findings.append(
            Finding(
                code: "P2D-123", severity: .error, routine: pipeline.entry.name.description,
                message:
                    "'\(table)' is also written by '\(other)': name one entry routine that calls both, or convert them apart",
                line: 1))
    }

    func variable(_ pipeline: LoweredPipeline, _ parameter: Parameter, position: Int) -> String {
        let name = parameter.name.isEmpty ? "argument_\(position + 1)" : parameter.name
        return ModelNames.snake("\(pipeline.entry.name.name)_\(name)")
    }

    private func plannedPipeline(_ pipeline: LoweredPipeline) -> PlannedPipeline {
        PlannedPipeline(
            entry: pipeline.entry.name.description, tag: ModelNames.snake(pipeline.entry.name.name),
            isFunction: pipeline.entry.kind == .function, parameters: parameters(pipeline), routines: pipeline.routines)
    }

    func parameters(_ pipeline: LoweredPipeline) -> [PlannedParameter] {
        pipeline.entry.parameters.enumerated().filter { $0.element.mode == .in || $0.element.mode == .inout }.map {
            position, parameter in
            PlannedParameter(
                name: parameter.name.isEmpty ? "$\(position + 1)" : parameter.name,
                variable: variable(pipeline, parameter, position: position), type: parameter.type,
                defaultExpression: parameter.defaultExpression)
        }
    }

    mutating func use(_ table: QualifiedName, by pipeline: LoweredPipeline, isWritten: Bool) {
        var use = sources[table] ?? SourceUse()
        use.routines.append(pipeline.entry.name.description)
        use.tags.append(ModelNames.snake(pipeline.entry.name.name))
        use.isWritten = use.isWritten || isWritten
        sources[table] = use
    }

    /// `stg_<schema>__<table>`
    mutating func stagingName(_ table: QualifiedName) -> String {
        "stg_\(ModelNames.snake(table.schema))__\(ModelNames.snake(table.name))"
    }

    private mutating func finishSources() {
        for (name, use) in sources.sorted(by: { $0.key < $1.key }) {
            guard let table = catalog.table(name) else { continue }
            project.sources.append(
                PlannedSource(
                    table: table, stagingModel: use.isWritten ? nil : stagingName(name), routines: Array(use.routines),
                    tags: Array(use.tags)))
        }
    }

    /// A table that one pipeline writes and another reads: readers of earlier pipelines come before the writer, readers
    /// of later ones behind it, as if the pipelines ran one after the other.
    private mutating func orderAcrossPipelines() {
        let order = project.pipelines.map(\.entry)
        let writers = Dictionary(
            project.models.compactMap { model in model.legacyRelation.map { ($0, model.name) } }, uniquingKeysWith: { a, _ in a })
        for index in project.models.indices {
            let model = project.models[index]
            for cte in model.ctes {
                guard case .priorState(let mart, let table) = cte.body, mart != model.name,
                    writers[table.description] == mart, let target = project.models.firstIndex(where: { $0.name == mart })
                else { continue }
                let other = project.models[target]
                guard Set(other.routines).isDisjoint(with: model.routines), other.enabled, model.enabled else { continue }
                let readerIsFirst =
                    (order.firstIndex(of: model.routines.first ?? "") ?? 0) < (order.firstIndex(of: other.routines.first ?? "") ?? 0)
                let (before, after) = readerIsFirst ? (model.name, target) : (mart, index)
                guard !reaches(before, from: project.models[after].name) else { continue }
                let first = before
                if dependsOn(first, project.models[after].name) { continue }
                if !project.models[after].buildAfter.contains(first) { project.models[after].buildAfter.append(first) }
            }
        }
    }

    private func inputs(_ model: PlannedModel) -> [String] {
        model.buildAfter + model.ctes.compactMap { if case .model(let name) = $0.body { name } else { nil } }
    }

    /// Whether `name` reads `other`, directly or through others.
    private func dependsOn(_ name: String, _ other: String) -> Bool {
        var seen: Set<String> = []
        var stack = [name]
        while let next = stack.popLast() {
            if next == other { return true }
            guard seen.insert(next).inserted, let model = project.models.first(where: { $0.name == next }) else { continue }
            stack += inputs(model)
        }
        return false
    }

    private func reaches(_ before: String, from name: String) -> Bool {
        project.models.first { $0.name == name }.map { inputs($0).contains(before) } ?? false
    }
}

/// Names of models: snake_case, unique in the project.
struct ModelNames {
    private var taken: Set<String> = []

    /// The wanted name, or another where it is taken.
    mutating func take(_ wanted: String, otherwise: String? = nil) -> String {
        let base = String(wanted.prefix(60))
        if taken.insert(base).inserted { return base }
        if let otherwise, taken.insert(String(otherwise.prefix(60))).inserted { return String(otherwise.prefix(60)) }
        var number = 2
        while true {
            let name = "\(base.prefix(56))_\(number)"
            if taken.insert(name).inserted { return name }
            number += 1
        }
    }

    /// Lower case, words joined by single underscores.
    static func snake(_ text: String) -> String {
        var result = ""
        var previousIsLower = false
        for character in text {
            if character.isASCII, character.isLetter || character.isNumber {
                if character.isUppercase, previousIsLower { result += "_" }
                result += character.lowercased()
                previousIsLower = character.isLowercase || character.isNumber
            } else {
                if !result.hasSuffix("_"), !result.isEmpty { result += "_" }
                previousIsLower = false
            }
        }
        while result.hasSuffix("_") { result.removeLast() }
        if result.first?.isNumber ?? true { result = "t_" + result }
        return result
    }

    /// `fct_` or `dim_` by evidence: what refers to others and measures something is a fact, what describes is a dimension.
    static func mart(_ table: QualifiedName, catalog: Table?) -> String {
        let name = snake(table.name)
        for (prefix, layer) in [("dim_", "dim_"), ("fct_", "fct_"), ("fact_", "fct_"), ("f_", "fct_"), ("d_", "dim_")]
        where name.hasPrefix(prefix) && name.count > prefix.count {
            return layer + name.dropFirst(prefix.count)
        }
        guard let catalog else { return "fct_" + name }
        let key = Set(catalog.primaryKey)
        let references = catalog.constraints.filter { $0.kind == .foreignKey }.count
        let measures = catalog.columns.filter { column in
            !key.contains(column.name)
                && ["numeric", "double", "real", "bigint", "integer", "money"].contains { column.type.hasPrefix($0) }
                && !column.name.hasSuffix("_id") && !column.name.hasSuffix("_key")
        }.count
        let attributes = catalog.columns.filter { $0.type.hasPrefix("character") || $0.type == "text" }.count
        let isFact = references >= 2 || references >= 1 && measures >= 1 || measures > attributes
        return (isFact ? "fct_" : "dim_") + name
    }
}
