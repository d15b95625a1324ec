import Catalog
import Findings
import OrderedCollections
import Versions

/// Plans the whole project: sources and staging once, models pipeline by pipeline.
struct ProjectPlanner {
    let catalog: CatalogIndex
    let options: PlanOptions
    let writers: TableWriters
    /// The entry routines, in the order in which the pipelines run.
    let entries: [String]
    /// dbt's tag of each pipeline.
    let tags: [String]
    var names = ModelNames()
    var project: PlannedProject
    var findings: [Finding] = []
    /// Marts by the table they stand for.
    private var marts: [QualifiedName: String] = [:]
    /// Names of the models that hold a table's rows as one of several writers leaves them, by its position.
    private var outputs: [QualifiedName: [Int: String]] = [:]
    private var stagings: [QualifiedName: String] = [:]
    /// The pipeline that a model belongs to; shared models belong to none.
    var positions: [String: Int] = [:]
    /// Legacy relations read, by name, with the entries that read them.
    private var sources: OrderedDictionary<QualifiedName, SourceUse> = [:]
    private let graphs: [PipelineGraph]
    /// Versions of each pipeline that are models so that no model is too long.
    private let cuts: [Set<VersionID>]

    private struct SourceUse {
        var positions: OrderedSet<Int> = []
        var isWritten = false
        /// A model reads it; what functions alone read needs no staging view.
        var isReadByModels = false
    }

    init(
        _ bundled: [(pipeline: LoweredPipeline, cuts: Set<VersionID>)], catalog: CatalogIndex, options: PlanOptions
    ) {
        let pipelines = bundled.map(\.pipeline)
        cuts = bundled.map(\.cuts)
        self.catalog = catalog
        self.options = options
        graphs = pipelines.map(PipelineGraph.init)
        writers = TableWriters(graphs)
        entries = pipelines.map(\.entry.name.description)
        tags = ModelNames.tags(pipelines.map(\.entry.name))
        project = PlannedProject(name: options.projectName)
        nameTables()
    }

    mutating func plan() -> (project: PlannedProject, findings: [Finding]) {
        for (position, graph) in graphs.enumerated() {
            let entry = graph.pipeline.entry
            project.pipelines.append(
                PlannedPipeline(
                    entry: entries[position], tag: tags[position], isFunction: entry.kind == .function,
                    parameters: parameters(graph.pipeline, tag: tags[position]), routines: graph.pipeline.routines))
            var planner = PipelinePlanner(project: self, graph: graph, position: position, cuts: cuts[position])
            // Nobody else may hold what the planner adds to: each pipeline would copy it all.
            (names, project, positions) = (ModelNames(), PlannedProject(name: ""), [:])
            (findings, sources) = ([], [:])
            let models = planner.plan()
            swap(&self, &planner.project)
            for model in models where positions[model.name] == nil { positions[model.name] = position }
            project.models += models
        }
        for table in writers.building.keys.sorted() where writers.isShared(table) { share(table) }
        orderReaders()
        sortModels()
        planFunctions()
        finishSources()
        return (project, findings)
    }

    // MARK: names

    private mutating func nameTables() {
        var tables: OrderedSet<QualifiedName> = []
        for graph in graphs {
            for (table, _) in graph.pipeline.finals { tables.append(table) }
            for version in graph.pipeline.versions { if case .state(let table) = version.body { tables.append(table) } }
        }
        for table in tables {
            let wanted = options.naming[table.description] ?? ModelNames.mart(table, catalog: catalog.table(table))
            marts[table] = names.take(wanted, otherwise: "\(wanted)_\(ModelNames.snake(table.schema))")
        }
        for table in tables {
            let refused = (writers.refused[table] ?? []).map(\.position)
            let positions = writers.of(table)
            guard !positions.isEmpty, positions.count + refused.count > 1 else { continue }
            for position in positions + refused {
                let name = "int_\(ModelNames.snake(table.name))_after_\(tags[position])"
                outputs[table, default: [:]][position] = names.take(name)
            }
        }
    }

    /// The model that stands for a written table.
    func mart(_ table: QualifiedName) -> String { marts[table] ?? ModelNames.snake(table.name) }

    /// Some routine of the project writes the table, a planned one or not.
    func isWritten(_ table: QualifiedName) -> Bool { marts[table] != nil }

    /// The model that holds the rows of a table as one of its writers leaves them.
    func output(_ table: QualifiedName, of position: Int) -> String { outputs[table]?[position] ?? mart(table) }

    /// The rows that a table has when the pipeline at `position` begins: what the last of the earlier writers that are
    /// built in the same run left, or else the table's model from earlier runs.
    func priorState(_ table: QualifiedName, in position: Int) -> PlannedCTE.Body {
        let earlier = writers.isShared(table) ? writers.of(table).filter { $0 < position } : []
        return .priorState(model: mart(table), table: table, after: earlier.map { output(table, of: $0) })
    }

    // MARK: parameters

    func parameters(_ pipeline: LoweredPipeline, tag: String) -> [PlannedParameter] {
        pipeline.entry.parameters.enumerated().filter { $0.element.mode == .in || $0.element.mode == .inout }.map {
            position, parameter in
            let name = parameter.name.isEmpty ? "argument_\(position + 1)" : parameter.name
            return PlannedParameter(
                name: parameter.name.isEmpty ? "$\(position + 1)" : parameter.name,
                variable: ModelNames.snake("\(tag)_\(name)"), type: signatureType(of: parameter),
                defaultExpression: parameter.defaultExpression,
                onlyValue: pipeline.fixedParameters[parameter.name])
        }
    }

    // MARK: functions

    private mutating func planFunctions() {
        var places: [String: Int] = [:]
        for (position, graph) in graphs.enumerated() {
            for function in graph.pipeline.functions {
                for table in function.tables { use(table, by: position, isWritten: false, isReadByModel: false) }
                let signature = function.routine.signature
                if let place = places[signature] {
                    project.functions[place].routines.append(entries[position])
                    continue
                }
                places[signature] = project.functions.count
                let wanted = ModelNames.snake(function.routine.name.name)
                let name = names.take(wanted, otherwise: "\(wanted)_\(ModelNames.snake(function.routine.name.schema))")
                project.functions.append(
                    PlannedFunction(name: name, function: function, routines: [entries[position]]))
            }
        }
    }

    // MARK: sources

    mutating func use(_ table: QualifiedName, by position: Int, isWritten: Bool, isReadByModel: Bool = true) {
        var use = sources[table] ?? SourceUse()
        use.positions.append(position)
        use.isWritten = use.isWritten || isWritten
        use.isReadByModels = use.isReadByModels || isReadByModel
        sources[table] = use
    }

    /// `stg_<schema>__<table>`
    mutating func stagingName(_ table: QualifiedName) -> String {
        if let name = stagings[table] { return name }
        let name = names.take("stg_\(ModelNames.snake(table.schema))__\(ModelNames.snake(table.name))")
        stagings[table] = name
        return name
    }

    private mutating func finishSources() {
        for (name, use) in sources.sorted(by: { $0.key < $1.key }) {
            guard let table = catalog.table(name) else { continue }
            project.sources.append(
                PlannedSource(
                    table: table, stagingModel: use.isWritten || !use.isReadByModels ? nil : stagingName(name),
                    isReadByFunctions: graphs.contains { $0.pipeline.functions.contains { $0.tables.contains(name) } },
                    routines: use.positions.map { entries[$0] }, tags: use.positions.map { tags[$0] }))
        }
    }
}
