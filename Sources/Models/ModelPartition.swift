import Versions

/// Which versions become models, and which versions each of them computes.
struct ModelPartition {
    /// The roots, and whatever several models would have to compute again.
    var models: Set<VersionID>
    /// What a model reads or computes, itself last: versions of its own, other models and cheap copies, inputs first.
    var members: [VersionID: [VersionID]] = [:]

    /// One pass from the readers to their inputs: a version belongs to the model of all its readers, or, where they
    /// are in different models, is one itself. Below such a version the sharing ends by itself.
    init(_ graph: PipelineGraph, roots: some Collection<VersionID>) {
        models = Set(roots)
        var owner = [VersionID?](repeating: nil, count: graph.reads.count)
        var isShared = [Bool](repeating: false, count: graph.reads.count)
        for id in graph.order.reversed() {
            let isModel = models.contains(id)
            if !isModel, owner[id.rawValue] == nil { continue }
            if !isModel, isShared[id.rawValue] {
                if graph.isCheap[id.rawValue] {
                    // Copied into each model that wants it, so that all of them read its inputs.
                    for input in graph.reads[id.rawValue].map(\.rawValue) {
                        isShared[input] = true
                        owner[input] = owner[input] ?? owner[id.rawValue]
                    }
                    continue
                }
                models.insert(id)
            }
            let model = models.contains(id) ? id : owner[id.rawValue]
            for input in graph.reads[id.rawValue].map(\.rawValue) {
                if owner[input] != nil, owner[input] != model { isShared[input] = true }
                owner[input] = model
            }
        }
        for model in models { members[model] = collect(graph, model) }
    }

    /// Everything that the model reads, up to the next models.
    func collect(_ graph: PipelineGraph, _ root: VersionID) -> [VersionID] {
        var order: [VersionID] = []
        var seen: Set<VersionID> = []
        // An explicit stack: chains can be long.
        var stack = [(id: root, isDone: false)]
        while let (id, isDone) = stack.popLast() {
            if isDone {
                order.append(id)
                continue
            }
            guard seen.insert(id).inserted else { continue }
            stack.append((id, true))
            if id != root, models.contains(id) { continue }
            for input in graph.reads[id.rawValue].reversed() where !seen.contains(input) {
                stack.append((input, false))
            }
        }
        return order
    }

    /// Makes a model of a version that reads no other: its readers find it where they found it before.
    mutating func store(_ state: VersionID) {
        models.insert(state)
        members[state] = [state]
    }

    /// Models that a model reads directly.
    func inputs(_ model: VersionID) -> [VersionID] {
        (members[model] ?? []).filter { $0 != model && models.contains($0) }
    }

    // MARK: old rows

    /// Stores old rows where building their readers before the table's model is impossible.
    ///
    /// A model that reads a table's rows from before the call is built before the model that replaces them. Where that
    /// would close a circle (it needs the new rows as well, or two tables each need the other's old rows), the old rows
    /// get a model of their own, which reads nothing else and so can always be first.
    mutating func storeOldRows(of tables: [(final: VersionID, state: VersionID)]) {
        var readers: [VersionID: [VersionID]] = [:]
        let finals = Dictionary(tables.map { ($0.state, $0.final) }, uniquingKeysWith: { first, _ in first })
        for model in models.sorted() {
            for member in members[model] ?? [] where member == model || !models.contains(member) {
                if let final = finals[member], final != model { readers[final, default: []].append(model) }
            }
        }
        // First what no order can solve, then what is left of circles: each table kept breaks some.
        for isOrdered in [false, true] {
            for (final, state) in tables where state != final && !models.contains(state) {
                guard let before = readers[final] else { continue }
                if reaches(final, from: before, by: isOrdered ? readers : [:]) {
                    store(state)
                    readers[final] = nil
                }
            }
        }
    }

    /// Whether one of the models needs `target`, by what they read and what is built before what.
    private func reaches(
        _ target: VersionID, from starts: [VersionID], by readers: [VersionID: [VersionID]]
    ) -> Bool {
        var seen: Set<VersionID> = []
        var stack = starts
        while let next = stack.popLast() {
            if next == target { return true }
            guard seen.insert(next).inserted else { continue }
            stack += inputs(next) + (readers[next] ?? [])
        }
        return false
    }
}
