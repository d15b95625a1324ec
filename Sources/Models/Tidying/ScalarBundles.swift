import Catalog
import Versions

/// Variables and conditions that several models read, kept together in one row.
///
/// A routine's variables decide what all of its statements do. Were each of them a model, or copied into each reader,
/// the project would be mostly those. So scalars that are known at the same point become the columns of one model; what
/// is only known later, because it counts the rows of a model that reads earlier ones, becomes the next such model.
enum ScalarBundles {
    /// - Returns: the pipeline, and the versions that a long model was cut at, of which the bundles are thought.
    static func bundled(
        _ pipeline: LoweredPipeline, longestModel: Int
    ) -> (pipeline: LoweredPipeline, cuts: Set<VersionID>) {
        let graph = PipelineGraph(pipeline)
        let roots = Set(pipeline.finals.map(\.version) + pipeline.results.map(\.version) + pipeline.raised)
        let usable = roots.filter { graph.refused[$0.rawValue] == nil }
        var partition = ModelPartition(graph, roots: usable)
        partition.cut(graph, sharesScalars: true, longest: longestModel)
        let candidates = partition.models.filter { id in
            pipeline[id].isScalar && !roots.contains(id) && !pipeline[id].staysWithReaders
                && graph.refused[id.rawValue] == nil
        }
        let cuts = partition.models.subtracting(usable).filter { !pipeline[$0].isScalar }
        guard candidates.count > 1 else { return (pipeline, cuts) }
        var trees: [VersionID: [TemplateNode]] = [:]
        var unreadable: Set<VersionID> = []
        for version in pipeline.versions {
            guard case .query(let template) = version.body, !candidates.isDisjoint(with: template.relations) else {
                continue
            }
            // What is copied into several models cannot read a bundle in one and the scalar itself in another.
            if !graph.isCheap[version.id.rawValue], let tree = TemplateTree.parse(template) {
                trees[version.id] = tree
                unreadable.formUnion(otherReads(tree))
            } else {
                unreadable.formUnion(template.relations)
            }
        }
        let shared = candidates.subtracting(unreadable)
        let levels = levels(graph, partition, shared)
        let groups = useful(
            Dictionary(grouping: levels.keys.sorted(), by: { levels[$0] ?? 1 }), levels, graph, partition)
        guard !groups.isEmpty else { return (pipeline, cuts) }
        let bundled = replaced(pipeline, groups, levels, trees, partition)
        // Nothing may read itself now: rather many small models than one that cannot be built.
        let after = PipelineGraph(bundled)
        let isSound = roots.allSatisfy { graph.refused[$0.rawValue] != nil || after.refused[$0.rawValue] == nil }
        return (isSound ? bundled : pipeline, cuts)
    }

    /// Versions read otherwise than as one value.
    private static func otherReads(_ nodes: [TemplateNode]) -> Set<VersionID> {
        var result: Set<VersionID> = []
        for node in nodes where ExpressionRules.reference([node]) == nil {
            switch node.kind {
            case .hole(.relation(let id)): result.insert(id)
            case .group(_, let inner, _, _): result.formUnion(otherReads(inner))
            case .hole, .atom: break
            }
        }
        return result
    }

    /// The earliest bundle that a scalar can be part of: behind those that a model which it reads has needed.
    private static func levels(
        _ graph: PipelineGraph, _ partition: ModelPartition, _ shared: Set<VersionID>
    ) -> [VersionID: Int] {
        var levels: [VersionID: Int] = [:]
        // The last bundle that a version needs at all, and the first one that it could be in.
        var needs = [Int](repeating: 0, count: graph.reads.count)
        var first = [Int](repeating: 1, count: graph.reads.count)
        for id in graph.order {
            for input in graph.reads[id.rawValue] {
                let index = input.rawValue
                needs[id.rawValue] = max(needs[id.rawValue], needs[index])
                let isStored = partition.models.contains(input) && levels[input] == nil
                first[id.rawValue] = max(first[id.rawValue], isStored ? needs[index] + 1 : first[index])
            }
            guard shared.contains(id) else { continue }
            levels[id] = first[id.rawValue]
            needs[id.rawValue] = max(needs[id.rawValue], first[id.rawValue])
        }
        return levels
    }

    /// Bundles that at least two models read, with the columns that they read; what only a bundle itself needs is a step
    /// in it.
    private static func useful(
        _ groups: [Int: [VersionID]], _ levels: [VersionID: Int], _ graph: PipelineGraph, _ partition: ModelPartition
    ) -> [Int: [VersionID]] {
        var readers: [VersionID: Set<VersionID>] = [:]
        for model in partition.models {
            for member in partition.members[model] ?? [] where member == model || !partition.models.contains(member) {
                for input in graph.reads[member.rawValue] where levels[input] != nil {
                    readers[input, default: []].insert(model)
                }
            }
        }
        return groups.mapValues { members in
            members.filter { member in
                readers[member, default: []].contains { levels[$0] != levels[member] }
            }
        }.filter { level, members in
            let outside = members.flatMap { readers[$0] ?? [] }.filter { levels[$0] != level }
            // Other bundles count as one model each.
            return members.count > 1
                && Set(outside.map { levels[$0].map { "bundle \($0)" } ?? "\($0.rawValue)" }).count > 1
        }
    }

    private static func replaced(
        _ pipeline: LoweredPipeline, _ groups: [Int: [VersionID]], _ levels: [VersionID: Int],
        _ trees: [VersionID: [TemplateNode]],
        _ partition: ModelPartition
    ) -> LoweredPipeline {
        var pipeline = pipeline
        // Where each scalar is found, and which versions the model of a bundle computes itself.
        var places: [VersionID: (bundle: VersionID, names: [String: String])] = [:]
        var owners: [VersionID: VersionID] = [:]
        for level in groups.keys.sorted() {
            let members = groups[level] ?? []
            let bundle = VersionID(pipeline.versions.count)
            var taken: Set<String> = []
            var items: [SQLTemplate] = []
            var columns: [VersionColumn] = []
            for member in members {
                var names: [String: String] = [:]
                for column in pipeline[member].columns {
                    var name = column.name
                    if pipeline[member].columns.count > 1 { name = "\(pipeline[member].name)_\(column.name)" }
                    let wanted = name
                    var number = 2
                    while !taken.insert(name).inserted {
                        name = "\(wanted)_\(number)"
                        number += 1
                    }
                    names[column.name] = name
                    let label = SQLText.identifier(name)
                    items.append("(select \(SQLText.identifier(column.name)) from \(member)) as \(label)")
                    var bundled = column
                    bundled.name = name
                    columns.append(bundled)
                }
                places[member] = (bundle, names)
            }
            // What only the bundle needs of this level is computed there, too.
            for (member, place) in levels where place == level {
                for inner in partition.members[member] ?? [] where inner == member || !partition.models.contains(inner)
                {
                    owners[inner] = bundle
                }
            }
            let own = members.map { pipeline[$0] }.filter { $0.routine == pipeline.entry.name.description }.map(\.lines)
            let lines = (own.map(\.lowerBound).min() ?? 1)...(own.map(\.upperBound).max() ?? 1)
            let version = Version(
                row: bundle, "select \(.joined(items, separator: ", "))", columns: columns,
                name: "\(ModelNames.snake(pipeline.entry.name.name))_variables"
                    + (level == groups.keys.min() ? "" : "_at_line_\(lines.upperBound)"),
                routine: pipeline.entry.name.description, lines: lines,
                isVolatile: members.contains { pipeline[$0].isVolatile })
            pipeline.versions.append(version)
        }
        for (id, tree) in trees {
            let own = owners[id]
            var isChanged = false
            let result = reading(tree) { version, column in
                guard let place = places[version], place.bundle != own, let name = place.names[column] else {
                    return nil
                }
                isChanged = true
                return (place.bundle, name)
            }
            if isChanged { pipeline.versions[id.rawValue].body = .query(TemplateTree.template(result)) }
        }
        return pipeline
    }

    private static func reading(
        _ nodes: [TemplateNode], _ place: (VersionID, String) -> (VersionID, String)?
    ) -> [TemplateNode] {
        nodes.map { node in
            var node = node
            if let (version, column) = ExpressionRules.reference([node]) {
                guard let (bundle, name) = place(version, column) else { return node }
                return .reference(bundle, name, lead: node.lead)
            }
            if case .group(let open, let inner, let closeLead, let close) = node.kind {
                node.kind = .group(open: open, reading(inner, place), closeLead: closeLead, close: close)
            }
            return node
        }
    }
}
