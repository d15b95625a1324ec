import Foundation
import Versions

/// Cuts models that are too long to be read in one go.
///
/// A cut is made where a region has one exit: a version, with all that only it needs, becomes an intermediate model of
/// its own. Of the possible cuts the one is taken whose region is largest and still short enough.
extension ModelPartition {
    /// Steps in a model that a reader should not have to go beyond.
    private static let mostSteps = 16
    /// Less than that is no model of its own.
    private static let shortest = 45

    /// - Parameter sharesScalars: what a cut leaves to be read on both sides may be scalars, since they will be bundled.
    /// - Parameter longest: lines of a model's file that a reader should not have to go beyond.
    mutating func cut(_ graph: PipelineGraph, sharesScalars: Bool, longest: Int) {
        let lines = graph.pipeline.versions.map(LineEstimate.lines)
        var pinned: Set<VersionID> = []
        for version in graph.pipeline.versions where version.staysWithReaders {
            pinned.formUnion([version.id] + graph.reads[version.id.rawValue])
        }
        var open = models.sorted()
        while let model = open.popLast() {
            guard let region = bestRegion(graph, model, lines, pinned, sharesScalars, longest) else { continue }
            // What both sides read is stored, too.
            let own = ownMembers(model)
            let rest = own.subtracting(region.members)
            let shared = region.members.subtracting([region.exit]).filter { id in
                !graph.isCheap[id.rawValue] && rest.contains { graph.reads[$0.rawValue].contains(id) }
            }
            models.insert(region.exit)
            models.formUnion(shared)
            for changed in [model, region.exit] + shared { members[changed] = collect(graph, changed) }
            open += [model, region.exit]
        }
    }

    private func ownMembers(_ model: VersionID) -> Set<VersionID> {
        Set((members[model] ?? []).filter { $0 == model || !models.contains($0) })
    }

    private func bestRegion(
        _ graph: PipelineGraph, _ model: VersionID, _ lines: [Int], _ pinned: Set<VersionID>,
        _ sharesScalars: Bool, _ longest: Int
    ) -> (exit: VersionID, members: Set<VersionID>)? {
        let own = ownMembers(model)
        let inputs = (members[model] ?? []).count - own.count
        let total = own.reduce(15 + inputs * 6) { $0 + lines[$1.rawValue] }
        guard total > longest || own.count > Self.mostSteps else { return nil }
        var readers: [VersionID: [VersionID]] = [:]
        for reader in own {
            for input in graph.reads[reader.rawValue] { readers[input, default: []].append(reader) }
        }
        var best: (exit: VersionID, members: Set<VersionID>)?
        var bestScore = 0
        for exit in own.sorted() where !pinned.contains(exit) && isExit(exit, of: model, graph) {
            let region = cone(exit, own, graph)
            let leaks = region.contains { id in
                id != exit && !graph.isCheap[id.rawValue]
                    && !(sharesScalars && graph.pipeline[id].isScalar)
                    && (readers[id] ?? []).contains { !region.contains($0) }
            }
            guard !leaks else { continue }
            let size = region.reduce(15) { $0 + lines[$1.rawValue] }
            guard size >= Self.shortest, total - size >= Self.shortest / 2 else { continue }
            // Beyond the limit the region has to be cut again; halves are better than slices.
            let score = size <= longest ? 1000 + min(size, total - size) : 1000 - min(size - longest, 900)
            if score > bestScore { (best, bestScore) = ((exit, region), score) }
        }
        return best
    }

    private func isExit(_ id: VersionID, of model: VersionID, _ graph: PipelineGraph) -> Bool {
        guard id != model, !graph.pipeline[id].isScalar, !graph.isCheap[id.rawValue],
            case .query = graph.pipeline[id].body
        else { return false }
        return !graph.pipeline[id].columns.isEmpty
    }

    /// The version and all of the model's own that it reads, directly or not.
    private func cone(_ exit: VersionID, _ own: Set<VersionID>, _ graph: PipelineGraph) -> Set<VersionID> {
        var seen: Set<VersionID> = []
        var stack = [exit]
        while let id = stack.popLast() {
            guard own.contains(id), seen.insert(id).inserted else { continue }
            stack += graph.reads[id.rawValue]
        }
        return seen
    }
}

/// How many lines a version's CTE will have in the file, roughly.
enum LineEstimate {
    private static let breaking: Set<Substring> = [
        "when", "then", "else", "end", "case", "and", "or", "from", "where", "join", "union", "group", "order",
        "exists",
        "coalesce", "over",
    ]

    static func lines(_ version: Version) -> Int {
        guard case .query(let template) = version.body else { return version.columns.count + 8 }
        var lines = 8
        var width = 0
        for part in template.parts {
            guard case .text(let text) = part else {
                width += 24
                continue
            }
            width += text.utf8.count
            lines += text.utf8.count { $0 == 0x2C }
            for word in text.lowercased().split(whereSeparator: { !$0.isLetter }) where breaking.contains(word) {
                lines += 1
            }
            // A subquery has a line for each of its brackets and its SELECT.
            lines += 2 * (text.lowercased().components(separatedBy: "(select").count - 1)
        }
        return max(lines, 8 + width / 40) + version.comments.count
    }
}
