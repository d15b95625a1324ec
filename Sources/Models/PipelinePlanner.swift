import Catalog
import Findings
import OrderedCollections
import Versions

/// Plans the models of one pipeline.
struct PipelinePlanner {
    var project: ProjectPlanner
    let pipeline: LoweredPipeline
    let graph: PipelineGraph
    /// Tables that another pipeline's model stands for already.
    let foreignTables: Set<QualifiedName>
    private var modelNames: [VersionID: String] = [:]

    init(project: ProjectPlanner, pipeline: LoweredPipeline, foreignTables: Set<QualifiedName>) {
        self.project = project
        self.pipeline = pipeline
        self.foreignTables = foreignTables
        graph = PipelineGraph(pipeline)
    }

    private var entry: String { pipeline.entry.name.description }
    private var tag: String { ModelNames.snake(pipeline.entry.name.name) }

    /// A root of the graph: what it stands for.
    private enum Root {
        case table(QualifiedName)
        case result(String)
        case failure
        case intermediate
    }

    mutating func plan() -> [PlannedModel] {
        var roots: OrderedDictionary<VersionID, Root> = [:]
        var disabled: [PlannedModel] = []
        for (table, version) in pipeline.finals where !foreignTables.contains(table) {
            if let finding = graph.refused[version.rawValue] {
                disabled.append(disabledModel(.table(table), finding, version))
            } else {
                roots[version] = .table(table)
            }
        }
        for result in pipeline.results {
            if let finding = graph.refused[result.version.rawValue] {
                disabled.append(disabledModel(.result(result.routine), finding, result.version))
            } else {
                roots[result.version] = .result(result.routine)
            }
        }
        for raised in pipeline.raised where graph.refused[raised.rawValue] == nil { roots[raised] = .failure }
        var models = graph.modelVersions(roots: Array(roots.keys))
        models.formUnion(statesToKeep(models: models, roots: roots))
        for model in models where roots[model] == nil { roots[model] = .intermediate }
        for (version, root) in roots.sorted(by: { $0.key < $1.key }) { modelNames[version] = name(root, version) }
        var planned: [PlannedModel] = []
        for version in models.sorted() {
            guard let root = roots[version] else { continue }
            planned.append(model(version, root, models: models))
        }
        order(&planned)
        return sorted(planned) + disabled
    }

    // MARK: old rows

    /// A table's old rows that are needed although its new ones are, too: kept in a model of their own where building
    /// the reader first is impossible.
    private func statesToKeep(models: Set<VersionID>, roots: OrderedDictionary<VersionID, Root>) -> Set<VersionID> {
        var keep: Set<VersionID> = []
        for (version, root) in roots {
            guard case .table(let table) = root else { continue }
            guard let state = pipeline.versions.first(where: { if case .state(table) = $0.body { true } else { false } })?.id,
                state != version
            else { continue }
            for model in models where model != version {
                guard graph.members(of: model, models: models).contains(state) else { continue }
                if dependsOn(model, version, models: models) { keep.insert(state) }
            }
        }
        // Orders that exclude each other: A reads the old B, B reads the old A.
        let tables = roots.compactMap { version, root -> (VersionID, QualifiedName)? in
            if case .table(let table) = root { (version, table) } else { nil }
        }
        var before: [VersionID: Set<VersionID>] = [:]
        for (version, table) in tables {
            guard let state = pipeline.versions.first(where: { if case .state(table) = $0.body { true } else { false } })?.id
            else { continue }
            for model in models where model != version && !keep.contains(state) {
                if graph.members(of: model, models: models).contains(state) { before[version, default: []].insert(model) }
            }
        }
        // Follow "must be built before" and "reads" edges together; a way back to the start is a contradiction.
        for (version, table) in tables {
            guard let state = pipeline.versions.first(where: { if case .state(table) = $0.body { true } else { false } })?.id
            else { continue }
            var seen: Set<VersionID> = []
            var stack = Array(before[version] ?? [])
            while let next = stack.popLast() {
                if next == version {
                    keep.insert(state)
                    break
                }
                guard seen.insert(next).inserted else { continue }
                stack += Array(before[next] ?? [])
                stack += graph.members(of: next, models: models).filter { $0 != next && models.contains($0) }
            }
        }
        return keep
    }

    private func dependsOn(_ model: VersionID, _ other: VersionID, models: Set<VersionID>) -> Bool {
        var seen: Set<VersionID> = []
        var stack = [model]
        while let next = stack.popLast() {
            guard seen.insert(next).inserted else { continue }
            for member in graph.members(of: next, models: models) where member != next && models.contains(member) {
                if member == other { return true }
                stack.append(member)
            }
        }
        return false
    }

    // MARK: names

    private mutating func name(_ root: Root, _ version: VersionID) -> String {
        switch root {
        case .table(let table): return project.marts[table] ?? ModelNames.snake(table.name)
        case .result(let routine):
            let short = ModelNames.snake(routine.split(separator: ".").last.map(String.init) ?? routine)
            return project.names.take("fct_\(short)_result")
        case .failure: return project.names.take("int_\(tag)_failures")
        case .intermediate:
            let base = pipeline[version]
            if case .state(let table) = base.body {
                return project.names.take("int_\(ModelNames.snake(table.name))_before_\(tag)")
            }
            return project.names.take("int_\(ModelNames.snake(base.name))", otherwise: "int_\(ModelNames.snake(base.name))_\(tag)")
        }
    }

    // MARK: one model

    private mutating func model(_ version: VersionID, _ root: Root, models: Set<VersionID>) -> PlannedModel {
        var model = blank(root, name: modelNames[version] ?? "model")
        let members = graph.members(of: version, models: models)
        let final = pipeline[version]
        var ctes = CTENames(reserved: reservedNames(members))
        if let append = AppendChain(version, root: rootTable(root), graph: graph, members: members) {
            model.materialization = .append
            planAppend(append, members: members, models: models, version: version, model: &model, names: &ctes)
        } else {
            for member in members { add(member, root: version, models: models, to: &model, names: &ctes) }
        }
        model.final = version
        model.readsOwnPast = model.ctes.contains { cte in
            if case .priorState(let name, _) = cte.body { name == model.name } else { false }
        }
        model.lines = final.lines
        model.columns = columns(final, root)
        model.description = description(root, final)
        if case .table(let table) = root, let entry = project.catalog.table(table) {
            model.table = entry
            model.hasContract = true
            model.tests = TableTests.modelTests(entry)
        }
        if case .failure = root {
            model.tests = [.expressionIsNotFalse(name: "no_failure", expression: "message is null")]
        }
        return model
    }

    private func rootTable(_ root: Root) -> QualifiedName? {
        if case .table(let table) = root { table } else { nil }
    }

    private mutating func add(
        _ member: VersionID, root: VersionID, models: Set<VersionID>, to model: inout PlannedModel, names: inout CTENames
    ) {
        let version = pipeline[member]
        if member != root, models.contains(member), let other = modelNames[member] {
            let name = names.take(other)
            model.ctes.append(PlannedCTE(name: name, body: .model(other)))
            model.names[member] = name
            return
        }
        switch version.body {
        case .source(let table):
            project.use(table, by: pipeline, isWritten: false)
            let staging = project.stagingName(table)
            let name = names.take(staging)
            model.ctes.append(PlannedCTE(name: name, body: .model(staging)))
            model.names[member] = name
        case .state(let table):
            project.use(table, by: pipeline, isWritten: true)
            let name = names.take("\(ModelNames.snake(table.name))_before")
            let mart = project.marts[table] ?? ModelNames.snake(table.name)
            model.ctes.append(PlannedCTE(name: name, body: .priorState(model: mart, table: table)))
            model.names[member] = name
        case .query(let template):
            let name = names.take(ModelNames.snake(version.name))
            model.names[member] = name
            model.ctes.append(PlannedCTE(name: name, body: .query(template), comments: comments(version)))
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
                for word in text.lowercased().split(whereSeparator: { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "(") }) {
                    let clean = word.drop { $0 == "(" }
                    if clean == "as" || word == "as(" { words.insert(previous) }
                    previous = String(clean.prefix { $0 != "(" })
                }
            }
        }
        return words
    }

    private mutating func planAppend(
        _ append: AppendChain, members: [VersionID], models: Set<VersionID>, version: VersionID,
        model: inout PlannedModel, names: inout CTENames
    ) {
        // The old rows are already in the table on incremental runs: only the first run copies them.
        let backfill = VersionID(pipeline.versions.count)
        for member in members where member != append.first {
            if append.stateIsOnlyBase, member == append.state { continue }
            if append.chain.contains(member) { continue }
            add(member, root: version, models: models, to: &model, names: &names)
        }
        project.use(append.table, by: pipeline, isWritten: true)
        let name = names.take("\(ModelNames.snake(append.table.name))_backfill")
        let mart = project.marts[append.table] ?? ModelNames.snake(append.table.name)
        model.names[backfill] = name
        model.ctes.append(
            PlannedCTE(
                name: name, body: .priorState(model: mart, table: append.table),
                comments: ["rows that the table held before the first build"], onlyFirstRun: true))
        for link in append.chain {
            guard case .query(let template) = pipeline[link].body else { continue }
            var rewritten = SQLTemplate()
            for part in template.parts {
                if case .relation(append.state) = part { rewritten.append(.relation(backfill)) } else { rewritten.append(part) }
            }
            let cte = names.take(ModelNames.snake(pipeline[link].name))
            model.names[link] = cte
            model.ctes.append(PlannedCTE(name: cte, body: .query(rewritten), comments: comments(pipeline[link])))
        }
    }

    // MARK: pieces

    private func blank(_ root: Root, name: String) -> PlannedModel {
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
        case .failure, .intermediate:
            model = PlannedModel(name: name, layer: .intermediate, area: tag)
        }
        model.routines = [entry]
        model.tags = [tag]
        model.parameters = project.parameters(pipeline)
        return model
    }

    private func disabledModel(_ root: Root, _ finding: Finding, _ version: VersionID) -> PlannedModel {
        var name = "disabled"
        if case .table(let table) = root { name = project.marts[table] ?? ModelNames.snake(table.name) }
        if case .result(let routine) = root {
            name = "fct_\(ModelNames.snake(routine.split(separator: ".").last.map(String.init) ?? routine))_result"
        }
        var model = blank(root, name: name)
        model.enabled = false
        model.findings = [finding]
        model.description = "Not converted: \(finding.message) (\(finding.code), \(finding.routine) line \(finding.line))."
        model.lines = finding.line...max(finding.line, finding.endLine)
        return model
    }

    private func columns(_ version: Version, _ root: Root) -> [PlannedColumn] {
        var entry: Table?
        if case .table(let table) = root { entry = project.catalog.table(table) }
        if case .state(let table) = version.body { entry = project.catalog.table(table) }
        return version.columns.map { column in
            let known = entry?.columns.first { $0.name == column.name }
            var planned = PlannedColumn(name: column.name, type: column.type, description: known?.comment ?? "")
            if let known, let entry, case .table = root {
                planned.notNull = known.notNull
                planned.tests = TableTests.columnTests(known, of: entry) { parent in relationship(parent) }
            }
            planned.isSurrogate = column.taint.contains(.surrogate) || known?.identity != nil
            planned.isVolatile = column.taint.contains(.clock) || column.taint.contains(.chance)
            if planned.isSurrogate { planned.isVolatile = false }
            return planned
        }
    }

    /// Where a foreign key's parent is to be looked up: only in what is built together with this pipeline.
    private func relationship(_ parent: QualifiedName) -> RelationshipTarget? {
        let isWrittenHere = pipeline.finals.contains { $0.table == parent && graph.refused[$0.version.rawValue] == nil }
        if isWrittenHere, !foreignTables.contains(parent), let mart = project.marts[parent] { return .model(mart) }
        let isWrittenAnywhere = project.marts[parent] != nil
        return isWrittenAnywhere ? nil : .source(schema: parent.schema, table: parent.name)
    }

    private func description(_ root: Root, _ version: Version) -> String {
        switch root {
        case .table(let table):
            if let comment = project.catalog.table(table)?.comment, !comment.isEmpty { return comment }
            let key = project.catalog.table(table)?.primaryKey ?? []
            let grain = key.isEmpty ? "Rows" : "One row per \(key.joined(separator: ", "))"
            return "\(grain) of \(table), as \(entry) leaves it."
        case .result(let routine): return "The rows that \(routine) returns."
        case .failure: return "Failures that \(entry) raises itself; without one every message is empty."
        case .intermediate:
            if case .state(let table) = version.body { return "Rows of \(table) from before \(entry) runs." }
            return "\(version.name.replacing("_", with: " ").capitalized): a step of \(version.routine) that several models read."
        }
    }

    // MARK: order

    /// Readers of a table's old rows are built before its model.
    private func order(_ planned: inout [PlannedModel]) {
        for index in planned.indices {
            guard let relation = planned[index].legacyRelation else { continue }
            for reader in planned where reader.name != planned[index].name {
                let readsOld = reader.ctes.contains { cte in
                    if case .priorState(_, let table) = cte.body { table.description == relation } else { false }
                }
                if readsOld, !planned[index].buildAfter.contains(reader.name) { planned[index].buildAfter.append(reader.name) }
            }
        }
    }

    /// Parents before children.
    private func sorted(_ planned: [PlannedModel]) -> [PlannedModel] {
        let byName = Dictionary(planned.map { ($0.name, $0) }, uniquingKeysWith: { a, _ in a })
        var done: Set<String> = []
        var result: [PlannedModel] = []
        func visit(_ model: PlannedModel) {
            guard done.insert(model.name).inserted else { return }
            for cte in model.ctes { if case .model(let name) = cte.body, let parent = byName[name] { visit(parent) } }
            for name in model.buildAfter { if let parent = byName[name] { visit(parent) } }
            result.append(model)
        }
        for model in planned { visit(model) }
        return result
    }
}

/// Names of CTEs: unique in a model.
struct CTENames {
    private var taken: Set<String>

    init(reserved: Set<String>) { taken = reserved.union(["final"]) }

    /// The wanted name, numbered when it is taken.
    mutating func take(_ wanted: String) -> String {
        let base = String(wanted.prefix(58))
        if taken.insert(base).inserted { return base }
        var number = 2
        while !taken.insert("\(base)_\(number)").inserted { number += 1 }
        return "\(base)_\(number)"
    }
}

/// A model that only adds rows to what it held.
struct AppendChain {
    let table: QualifiedName
    let state: VersionID
    /// Versions from the first append to the last.
    let chain: [VersionID]
    /// The first append.
    let first: VersionID
    /// Nothing but the first append reads the old rows.
    let stateIsOnlyBase: Bool

    init?(_ final: VersionID, root: QualifiedName?, graph: PipelineGraph, members: [VersionID]) {
        guard let root else { return nil }
        var chain: [VersionID] = []
        var current = final
        while let base = graph.pipeline[current].appendBase {
            chain.append(current)
            // An intermediate version that others read must hold all rows.
            if current != final {
                let readers = members.filter { graph.reads[$0.rawValue].contains(current) }
                if readers.count != 1 { return nil }
            }
            current = base
        }
        guard !chain.isEmpty, case .state(root) = graph.pipeline[current].body, members.contains(current),
            chain.allSatisfy(members.contains)
        else { return nil }
        // The last version itself must not be read by its own inputs' filters more than once as a whole.
        for link in chain where graph.reads[link.rawValue].filter({ $0 == current }).count > 1 { return nil }
        let readers = members.filter { graph.reads[$0.rawValue].contains(current) }
        table = root
        state = current
        self.chain = chain.reversed()
        first = chain[chain.count - 1]
        stateIsOnlyBase = readers == [first]
    }
}
