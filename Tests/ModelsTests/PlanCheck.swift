@testable import Models
@testable import Versions

/// What must hold for every plan.
struct PlanCheck {
    private(set) var problems: [String] = []

    init(_ pipelines: [LoweredPipeline], _ project: PlannedProject) {
        let names = project.models.map(\.name)
        if Set(names).count != names.count { problems.append("names are not unique: \(names)") }
        parentsComeFirst(project)
        enabledModelsReadEnabledOnes(project)
        for model in project.models { readsBackwards(model) }
        for pipeline in pipelines { computesOnce(pipeline, project) }
        oldRowsAreReadInTime(project)
    }

    /// Which proves that there are no circles.
    private mutating func parentsComeFirst(_ project: PlannedProject) {
        var done: Set<String> = []
        let all = Set(project.models.map(\.name))
        for model in project.models {
            for input in model.inputs where all.contains(input) && !done.contains(input) {
                problems.append("\(model.name) comes before \(input)")
            }
            done.insert(model.name)
        }
    }

    private mutating func enabledModelsReadEnabledOnes(_ project: PlannedProject) {
        let enabled = Set(project.models.filter(\.enabled).map(\.name))
        for model in project.models where model.enabled {
            for input in model.inputs where !enabled.contains(input) && !input.hasPrefix("stg_") {
                problems.append("\(model.name) needs \(input), which is disabled or nowhere")
            }
        }
    }

    private mutating func readsBackwards(_ model: PlannedModel) {
        var seen: Set<String> = []
        for cte in model.ctes {
            if case .query(let template) = cte.body {
                for input in template.relations where !seen.contains(model.names[input] ?? "") {
                    problems.append("\(model.name).\(cte.name) reads ahead")
                }
            }
            if !seen.insert(cte.name).inserted { problems.append("\(model.name) has two CTEs '\(cte.name)'") }
        }
    }

    private mutating func computesOnce(_ pipeline: LoweredPipeline, _ project: PlannedProject) {
        let graph = PipelineGraph(pipeline)
        var computed: [VersionID: [String]] = [:]
        for model in project.models where model.routines == [pipeline.entry.name.description] {
            for cte in model.ctes {
                guard case .query = cte.body, let version = model.names.first(where: { $0.value == cte.name })?.key
                else { continue }
                computed[version, default: []].append(model.name)
            }
        }
        for (version, models) in computed where models.count > 1 && !graph.isCheap[version.rawValue] {
            problems.append("\(version) is computed by \(models)")
        }
        var needed: Set<VersionID> = []
        var stack = (pipeline.finals.map(\.version) + pipeline.results.map(\.version) + pipeline.raised)
            .filter { graph.refused[$0.rawValue] == nil }
        while let next = stack.popLast() {
            if needed.insert(next).inserted { stack += graph.reads[next.rawValue] }
        }
        for version in needed {
            if case .query = pipeline[version].body, computed[version] == nil {
                problems.append("\(version) is computed nowhere")
            }
        }
        for version in computed.keys where !needed.contains(version) { problems.append("\(version) is not needed") }
    }

    /// A model that reads the relation of a table's model is built before it, unless that is what it reads.
    private mutating func oldRowsAreReadInTime(_ project: PlannedProject) {
        let models = Dictionary(project.models.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        func needs(_ model: String, _ other: String) -> Bool {
            var seen: Set<String> = []
            var stack = [model]
            while let next = stack.popLast() {
                if next == other { return true }
                if seen.insert(next).inserted { stack += models[next]?.inputs ?? [] }
            }
            return false
        }
        for reader in project.models {
            for case .priorState(let mart, _, _) in reader.ctes.map(\.body) {
                guard let writer = models[mart], writer.enabled, mart != reader.name else { continue }
                if !needs(mart, reader.name), !needs(reader.name, mart) {
                    problems.append("\(reader.name) and \(mart) are built in any order")
                }
            }
        }
    }
}
