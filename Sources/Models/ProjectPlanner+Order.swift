import Catalog

/// When models are built that read a table's rows from before a call, and the table's own model.
///
/// A run of several pipelines is one of each after the other. So a model that reads a table which only a later pipeline
/// (or its own) writes is built before the table's model, and one that reads what an earlier pipeline writes, after it.
/// A shared table's model is last of all: its readers take the rows from the earlier writers' own models.
///
/// There are no circles: apart from shared tables' models, which nothing reads by name, an edge leads from a pipeline to
/// itself or to a later one, and within a pipeline `ModelPartition.storeOldRows` has seen to it.
extension ProjectPlanner {
    mutating func orderReaders() {
        let tables = project.models.filter { $0.enabled && $0.legacyRelation != nil }.map(\.name)
        let indices = positionsByName
        let marts = Set(tables)
        for reader in project.models.indices {
            for cte in project.models[reader].ctes {
                guard case .priorState(let name, let table, _) = cte.body, marts.contains(name),
                    name != project.models[reader].name, let mart = indices[name],
                    let position = positions[project.models[reader].name]
                else { continue }
                let writers = writers.of(table)
                if writers.count == 1, writers[0] < position {
                    buildFirst(mart, before: reader)
                } else {
                    buildFirst(reader, before: mart)
                }
            }
        }
    }

    private var positionsByName: [String: Int] {
        let pairs = project.models.indices.map { (project.models[$0].name, $0) }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    private mutating func buildFirst(_ first: Int, before second: Int) {
        let name = project.models[first].name
        if !project.models[second].inputs.contains(name) { project.models[second].buildAfter.append(name) }
    }

    /// Parents before children, otherwise as planned.
    mutating func sortModels() {
        let models = project.models
        let indices = positionsByName
        var isSeen = [Bool](repeating: false, count: models.count)
        var sorted: [PlannedModel] = []
        for start in models.indices {
            var stack = [(index: start, isDone: false)]
            while let (index, isDone) = stack.popLast() {
                if isDone {
                    sorted.append(models[index])
                    continue
                }
                if isSeen[index] { continue }
                isSeen[index] = true
                stack.append((index, true))
                for input in models[index].inputs.reversed() {
                    if let parent = indices[input], !isSeen[parent] { stack.append((parent, false)) }
                }
            }
        }
        project.models = sorted
    }
}

extension PlannedModel {
    /// Models that dbt builds before this one.
    var inputs: [String] {
        ctes.flatMap { cte -> [String] in
            switch cte.body {
            case .model(let name): [name]
            case .priorState(_, _, let after): after
            case .query: []
            }
        } + buildAfter
    }
}
