import Catalog
import Findings
import Versions

/// One pipeline's versions as a graph: who reads whom, what is refused, what becomes a model.
struct PipelineGraph {
    let pipeline: LoweredPipeline
    /// Versions that a version reads.
    private(set) var reads: [[VersionID]]
    /// The finding that makes a version unusable, its own or an input's.
    private(set) var refused: [Finding?]
    /// The version reads a written table's rows from before the call.
    private(set) var readsState: [Bool]
    /// The version reads any table at all.
    private(set) var readsRows: [Bool]
    private(set) var isVolatile: [Bool]

    init(_ pipeline: LoweredPipeline) {
        self.pipeline = pipeline
        let versions = pipeline.versions
        reads = versions.map { version in
            guard case .query(let template) = version.body else { return [] }
            return template.relations.filter { $0 != version.id }
        }
        refused = versions.map { if case .refused(let finding) = $0.body { finding } else { nil } }
        readsState = versions.map { if case .state = $0.body { true } else { false } }
        readsRows = versions.map { version in
            switch version.body {
            case .state, .source: true
            default: false
            }
        }
        isVolatile = versions.map(\.isVolatile)
        // Versions mostly read earlier ones, recursive common tables aside: repeat until nothing changes.
        var changed = true
        while changed {
            changed = false
            for index in versions.indices {
                for input in reads[index] {
                    if refused[index] == nil, let finding = refused[input.rawValue] {
                        refused[index] = finding
                        changed = true
                    }
                    if !readsState[index], readsState[input.rawValue] {
                        readsState[index] = true
                        changed = true
                    }
                    if !readsRows[index], readsRows[input.rawValue] {
                        readsRows[index] = true
                        changed = true
                    }
                    if !isVolatile[index], isVolatile[input.rawValue] {
                        isVolatile[index] = true
                        changed = true
                    }
                }
            }
        }
    }

    /// Versions that a model rooted at `root` holds: everything it reads up to the next models, inputs before readers.
    func members(of root: VersionID, models: Set<VersionID>) -> [VersionID] {
        var order: [VersionID] = []
        var seen: Set<VersionID> = []
        // An explicit stack: chains can be long.
        var stack: [(VersionID, Bool)] = [(root, false)]
        while let (id, isDone) = stack.popLast() {
            if isDone {
                order.append(id)
                continue
            }
            guard seen.insert(id).inserted else { continue }
            stack.append((id, true))
            if id != root, models.contains(id) { continue }
            for input in reads[id.rawValue].reversed() where !seen.contains(input) { stack.append((input, false)) }
        }
        return order
    }

    /// Whether copying the version into several models is as good as sharing it.
    private func isCheap(_ id: VersionID) -> Bool {
        let version = pipeline[id]
        switch version.body {
        case .source, .state, .refused: return true
        case .query: return !readsRows[id.rawValue] && !isVolatile[id.rawValue]
        }
    }

    /// Versions that become models: the roots, and whatever several models would have to compute again.
    func modelVersions(roots: [VersionID]) -> Set<VersionID> {
        var models = Set(roots)
        while true {
            var owner: [VersionID: VersionID] = [:]
            var shared: Set<VersionID> = []
            for model in models.sorted() {
                for member in members(of: model, models: models) where member != model && !models.contains(member) {
                    guard !isCheap(member) else { continue }
                    if owner[member] != nil { shared.insert(member) } else { owner[member] = model }
                }
            }
            guard !shared.isEmpty else { return models }
            // Only the tops of what is shared: below them the sharing ends by itself.
            let tops = shared.filter { id in
                !shared.contains { other in other != id && reads[other.rawValue].contains(id) && sameOwners(id, other, models) }
            }
            models.formUnion(tops.isEmpty ? shared : tops)
        }
    }

    /// Whether two versions are held by the same models.
    private func sameOwners(_ one: VersionID, _ two: VersionID, _ models: Set<VersionID>) -> Bool {
        for model in models {
            let held = Set(members(of: model, models: models))
            if held.contains(one) != held.contains(two) { return false }
        }
        return true
    }
}
