import Catalog

@testable import Models
@testable import Versions

/// Rows as numbers: what a query gives is told by which query it is and what it read.
typealias Rows = [UInt64]

/// Runs routines and the project planned for them on imaginary rows.
///
/// A query's rows are a hash of itself and all that it read; an append is its base with one more row. Where a model is
/// built too early or too late, or an old row is missing, the numbers differ.
struct Simulation {
    let pipelines: [LoweredPipeline]
    let project: PlannedProject
    private let graphs: [PipelineGraph]
    /// Both sides' tables; dbt's are by model.
    private var tables: [QualifiedName: Rows] = [:]
    private var results: [String: Rows] = [:]
    private(set) var relations: [String: Rows] = [:]
    private(set) var problems: [String] = []

    init(_ pipelines: [LoweredPipeline], _ project: PlannedProject) {
        self.pipelines = pipelines
        self.project = project
        graphs = pipelines.map(PipelineGraph.init)
    }

    private static func mix(_ values: [UInt64]) -> UInt64 {
        values.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ $1) &* 0x100_0000_01B3 ^ ($0 >> 29) }
    }

    private static func legacy(_ table: QualifiedName) -> Rows { [mix(table.description.utf8.map(UInt64.init))] }

    private static func evaluate(_ version: Version, _ position: Int, _ inputs: [Rows]) -> Rows {
        let isAppend = version.appendBase != nil
        let read = isAppend ? Array(inputs.dropFirst()) : inputs
        let row = mix([UInt64(position), UInt64(version.id.rawValue)] + read.flatMap { [mix($0), UInt64($0.count)] })
        return isAppend ? (inputs[0] + [row]).sorted() : [row]
    }

    // MARK: the routines

    /// What the routine does, apart from refused parts.
    mutating func call(_ position: Int) {
        let pipeline = pipelines[position]
        var values = [Rows](repeating: [], count: pipeline.versions.count)
        for id in graphs[position].order where graphs[position].refused[id.rawValue] == nil {
            switch pipeline[id].body {
            case .source(let table): values[id.rawValue] = Self.legacy(table)
            case .state(let table): values[id.rawValue] = tables[table] ?? Self.legacy(table)
            case .query(let template):
                values[id.rawValue] = Self.evaluate(
                    pipeline[id], position, template.relations.map { values[$0.rawValue] })
            case .refused: break
            }
        }
        for (table, version) in pipeline.finals where graphs[position].refused[version.rawValue] == nil {
            tables[table] = values[version.rawValue]
        }
        for (number, result) in pipeline.results.enumerated()
        where graphs[position].refused[result.version.rawValue] == nil {
            results["\(result.routine) \(number)"] = values[result.version.rawValue]
        }
    }

    // MARK: dbt

    /// Builds the models of these routines in any order that the edges allow.
    mutating func build(_ positions: [Int], using generator: inout SeededGenerator) {
        let entries = Set(positions.map { pipelines[$0].entry.name.description })
        let selected = Set(
            project.models.filter { $0.enabled && !entries.isDisjoint(with: $0.routines) }.map(\.name))
        for model in randomOrder(using: &generator) where selected.contains(model.name) {
            relations[model.name] = rows(of: model, selected)
        }
    }

    private mutating func randomOrder(using generator: inout SeededGenerator) -> [PlannedModel] {
        let enabled = project.models.filter(\.enabled)
        let names = Set(enabled.map(\.name))
        var waiting: [String: Set<String>] = [:]
        for model in enabled { waiting[model.name] = Set(model.inputs).intersection(names) }
        var left = enabled
        var order: [PlannedModel] = []
        while !left.isEmpty {
            let ready = left.indices.filter { waiting[left[$0].name]!.isEmpty }
            guard let next = ready.randomElement(using: &generator) else {
                problems.append("a circle: \(left.map(\.name))")
                return []
            }
            let model = left.remove(at: next)
            order.append(model)
            for other in left { waiting[other.name]!.remove(model.name) }
        }
        return order
    }

    private mutating func rows(of model: PlannedModel, _ selected: Set<String>) -> Rows {
        let isIncremental = model.materialization == .append && relations[model.name] != nil
        var values: [String: Rows] = [:]
        for cte in model.ctes {
            switch cte.body {
            case .model(let name) where name.hasPrefix("stg_"):
                values[cte.name] = Self.legacy(GraphBuilder.table(String(name.dropFirst("stg_dw__".count))))
            case .model(let name):
                if relations[name] == nil { problems.append("\(model.name) reads \(name), which is not there") }
                values[cte.name] = relations[name] ?? []
            case .priorState(let name, let table, let after):
                let output = after.last { selected.contains($0) }
                if let output, relations[output] == nil { problems.append("\(model.name) reads \(output) too early") }
                values[cte.name] = relations[output ?? name] ?? Self.legacy(table)
            case .query(let template):
                let version = model.names.first { $0.value == cte.name }!.key
                let position = pipelines.firstIndex { $0.entry.name.description == model.routines[0] }!
                let inputs = template.relations.map { values[model.names[$0] ?? ""] }
                if inputs.contains(where: { $0 == nil }) { problems.append("\(model.name).\(cte.name) reads ahead") }
                values[cte.name] = Self.evaluate(
                    pipelines[position][version], position, inputs.map { $0 ?? [] })
            }
            if cte.onlyFirstRun, isIncremental { values[cte.name] = [] }
        }
        let final = model.final.flatMap { model.names[$0] }.flatMap { values[$0] } ?? []
        return isIncremental ? (relations[model.name]! + final).sorted() : final
    }

    /// Tables and results that are not the same on both sides.
    var differences: [String] {
        var result = problems
        for model in project.models where model.enabled {
            if let relation = model.legacyRelation {
                let table = GraphBuilder.table(String(relation.dropFirst("dw.".count)))
                let expected = tables[table] ?? Self.legacy(table)
                if (relations[model.name] ?? Self.legacy(table)) != expected { result.append(relation) }
            }
        }
        for pipeline in pipelines {
            let name = pipeline.entry.name.description
            let models = project.models.filter { $0.enabled && $0.legacyRoutineResult == name }
            let built = models.compactMap { relations[$0.name] }
            let expected = results.filter { $0.key.hasPrefix(name + " ") }.map(\.value)
            if Set(built) != Set(expected) { result.append("results of \(name)") }
        }
        return result
    }
}
