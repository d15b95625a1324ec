import Catalog
import Findings
import OrderedCollections
import Versions

/// Plans the models of one pipeline.
struct PipelinePlanner {
    var project: ProjectPlanner
    let pipeline: LoweredPipeline
    let graph: PipelineGraph
    /// Where the pipeline stands in the project's order.
    let position: Int
    private var modelNames: [VersionID: String] = [:]

    private let cuts: Set<VersionID>
    let lineage: ColumnLineage
    let meaning: ColumnMeaning

    init(project: ProjectPlanner, graph: PipelineGraph, position: Int, cuts: Set<VersionID>) {
        self.cuts = cuts
        self.project = project
        self.graph = graph
        self.position = position
        pipeline = graph.pipeline
        lineage = ColumnLineage(graph.pipeline) { [catalog = project.catalog] in catalog.table($0) }
        meaning = ColumnMeaning(lineage)
    }

    var entry: String { pipeline.entry.name.description }
    var tag: String { project.tags[position] }

    /// A root of the graph: what it stands for.
    enum Root {
        /// The only writer's last version of a table: the table's model.
        case table(QualifiedName)
        /// One of several writers' last version of a table.
        case share(QualifiedName)
        case result(String)
        case failure
        case intermediate
    }

    mutating func plan() -> [PlannedModel] {
        var roots: OrderedDictionary<VersionID, Root> = [:]
        // Of two roots with the same version the later one is a copy of the earlier one's model.
        var copies: [(version: VersionID, root: Root)] = []
        func add(_ version: VersionID, _ root: Root) {
            if roots[version] == nil { roots[version] = root } else { copies.append((version, root)) }
        }
        var disabled: [PlannedModel] = []
        for (table, version) in pipeline.finals {
            if let finding = graph.refused[version.rawValue] {
                if let model = disabledModel(of: table, finding) { disabled.append(model) }
            } else {
                add(version, project.writers.isShared(table) ? .share(table) : .table(table))
            }
        }
        for result in pipeline.results {
            if let finding = graph.refused[result.version.rawValue] {
                let root = Root.result(result.routine)
                disabled.append(disabledModel(root, name(root, result.version), [finding]))
            } else {
                add(result.version, .result(result.routine))
            }
        }
        for raised in pipeline.raised where graph.refused[raised.rawValue] == nil { add(raised, .failure) }
        var partition = ModelPartition(
            graph, roots: Array(roots.keys) + cuts.filter { graph.refused[$0.rawValue] == nil })
        partition.storeOldRows(of: tablesWithState(roots))
        for model in partition.models where roots[model] == nil { roots[model] = .intermediate }
        let ordered = roots.sorted { $0.key < $1.key }
        for (version, root) in ordered { modelNames[version] = name(root, version) }
        var planned = ordered.map { model($0, $1, partition) }
        for copy in copies { planned.append(self.copy(copy.version, copy.root)) }
        return planned + disabled
    }

    /// Tables whose model takes the place of old rows that the pipeline reads. A shared table's is built after all
    /// pipelines: it is never in the way of its readers.
    private func tablesWithState(
        _ roots: OrderedDictionary<VersionID, Root>
    ) -> [(final: VersionID, state: VersionID)] {
        roots.compactMap { version, root in
            guard case .table(let table) = root, let state = graph.states[table] else { return nil }
            return (version, state)
        }
    }

    // MARK: names

    private mutating func name(_ root: Root, _ version: VersionID) -> String {
        switch root {
        case .table(let table): return project.mart(table)
        case .share(let table): return project.output(table, of: position)
        case .result(let routine):
            let short = ModelNames.snake(routine.split(separator: ".").last.map(String.init) ?? routine)
            return project.names.take("fct_\(short)_result")
        case .failure: return project.names.take("int_\(tag)_failures")
        case .intermediate:
            let base = pipeline[version]
            if case .state(let table) = base.body {
                let name = ModelNames.snake(table.name)
                return project.names.take("int_\(name)_preserved", otherwise: "int_\(name)_preserved_for_\(tag)")
            }
            let name = ModelNames.intermediate(ModelNames.snake(base.name), tag: tag)
            return project.names.take("int_\(name)", otherwise: "int_\(name)_line_\(base.lines.lowerBound)")
        }
    }

    // MARK: one model

    private mutating func model(_ version: VersionID, _ root: Root, _ partition: ModelPartition) -> PlannedModel {
        var model = blank(root, name: modelNames[version] ?? "model")
        let members = partition.members[version] ?? []
        var ctes = CTENames(reserved: reservedNames(members))
        if case .table(let table) = root, let append = AppendChain(version, of: table, in: partition, graph: graph) {
            model.materialization = .append
            planAppend(append, members: members, to: &model, names: &ctes)
        } else if case .table(let table) = root,
            let upsert = UpsertForm(version, of: table, in: partition, graph: graph, catalog: project.catalog)
        {
            model.materialization = .upsert
            model.uniqueKey = upsert.key
            for member in members { add(member, isRoot: member == version, to: &model, names: &ctes) }
            for index in model.ctes.indices where model.ctes[index].name == model.names[upsert.updated] {
                model.ctes[index].changed = upsert.changed
            }
        } else {
            for member in members { add(member, isRoot: member == version, to: &model, names: &ctes) }
        }
        model.readsOwnPast = model.ctes.contains { cte in
            if case .priorState(let name, _, _) = cte.body { name == model.name } else { false }
        }
        finish(&model, version, root)
        return model
    }

    /// A model with the rows of the one that holds the version already.
    private mutating func copy(_ version: VersionID, _ root: Root) -> PlannedModel {
        var model = blank(root, name: name(root, version))
        var ctes = CTENames(reserved: [])
        add(version, isRoot: false, to: &model, names: &ctes)
        finish(&model, version, root)
        return model
    }

    private func finish(_ model: inout PlannedModel, _ version: VersionID, _ root: Root) {
        let final = pipeline[version]
        model.final = version
        model.lines = final.lines
        model.columns = columns(final, root)
        model.description = description(root, final)
        switch root {
        case .table(let table):
            project.describe(&model, as: table)
        case .share(let table):
            // The types and constraints that the table's own rows went through.
            model.table = project.catalog.table(table)
            model.hasContract = model.table != nil
        case .failure:
            model.tests = [.expressionIsNotFalse(name: "no_failure", expression: "message is null")]
        case .result, .intermediate: break
        }
        switch root {
        case .share, .result, .intermediate: EvidenceTests(lineage: lineage).add(to: &model, final)
        case .table, .failure: break
        }
    }

    private mutating func add(
        _ member: VersionID, isRoot: Bool, to model: inout PlannedModel, names: inout CTENames
    ) {
        let version = pipeline[member]
        if !isRoot, let other = modelNames[member] {
            let name = names.take(other)
            model.ctes.append(PlannedCTE(name: name, body: .model(other)))
            model.names[member] = name
            return
        }
        switch version.body {
        case .source(let table):
            project.use(table, by: position, isWritten: false)
            let staging = project.stagingName(table)
            let name = names.take(staging)
            model.ctes.append(PlannedCTE(name: name, body: .model(staging)))
            model.names[member] = name
        case .state(let table):
            project.use(table, by: position, isWritten: true)
            let name = names.take("\(ModelNames.snake(table.name))_before")
            model.ctes.append(PlannedCTE(name: name, body: project.priorState(table, in: position)))
            model.names[member] = name
        case .query(let template):
            let name = names.take(ModelNames.snake(version.name))
            model.names[member] = name
            var cte = PlannedCTE(name: name, body: .query(template), comments: comments(version))
            cte.clauses = version.recursionClauses
            model.ctes.append(cte)
        case .refused:
            break
        }
    }

    private func comments(_ version: Version) -> [String] {
        let place =
            version.lines.lowerBound == version.lines.upperBound
            ? "line \(version.lines.lowerBound)" : "lines \(version.lines.lowerBound)-\(version.lines.upperBound)"
        return version.comments + ["\(version.routine), \(place)"]
    }

    /// Words that nested WITH lists of the original use for themselves.
    private func reservedNames(_ members: [VersionID]) -> Set<String> {
        var words: Set<String> = []
        for member in members {
            guard case .query(let template) = pipeline[member].body else { continue }
            for case .text(let text) in template.parts where text.lowercased().contains(" as") {
                var previous = ""
                for word in text.lowercased().split(whereSeparator: {
                    !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "(")
                }) {
                    let clean = word.drop { $0 == "(" }
                    if clean == "as" || word == "as(" { words.insert(previous) }
                    previous = String(clean.prefix { $0 != "(" })
                }
            }
        }
        return words
    }

    private mutating func planAppend(
        _ append: AppendChain, members: [VersionID], to model: inout PlannedModel, names: inout CTENames
    ) {
        model.deletes = append.deletes.map { delete in
            let condition = delete.deleted
            var models: [VersionID: String] = [:]
            for input in condition.relations {
                if case .source(let table) = pipeline[input].body {
                    models[input] = project.stagingName(table)
                } else {
                    models[input] = modelNames[input]
                }
            }
            return PlannedDelete(alias: delete.alias, condition: condition, models: models)
        }
        let chain = Set(append.chain)
        for member in members where !chain.contains(member) && (member != append.state || append.comparesWithState) {
            add(member, isRoot: false, to: &model, names: &names)
        }
        // The old rows are already in the table on incremental runs: only the first run copies them.
        let backfill = VersionID(pipeline.versions.count)
        project.use(append.table, by: position, isWritten: true)
        let name = names.take("\(ModelNames.snake(append.table.name))_backfill")
        model.names[backfill] = name
        model.ctes.append(
            PlannedCTE(
                name: name, body: project.priorState(append.table, in: position),
                comments: ["rows that the table held before the first build"], onlyFirstRun: true))
        for link in append.chain {
            guard case .query(let template) = pipeline[link].body else { continue }
            var rewritten = SQLTemplate()
            for part in template.parts {
                if case .relation(append.state) = part {
                    rewritten.append(.relation(backfill))
                } else {
                    rewritten.append(part)
                }
            }
            let cte = names.take(ModelNames.snake(pipeline[link].name))
            model.names[link] = cte
            model.ctes.append(PlannedCTE(name: cte, body: .query(rewritten), comments: comments(pipeline[link])))
        }
    }
}
