import Catalog
import Findings
import Versions

/// One pipeline's versions as a graph: who reads whom, what is refused, what may be computed twice.
struct PipelineGraph {
    let pipeline: LoweredPipeline
    /// Versions that a version reads, itself left out.
    let reads: [[VersionID]]
    /// All versions, inputs before readers.
    let order: [VersionID]
    /// The finding that makes a version unusable, its own or an input's.
    let refused: [Finding?]
    /// Versions that hold written tables' rows from before the call.
    let states: [QualifiedName: VersionID]
    /// Copying the version into several models is as good as sharing it: it is somebody else's rows, or constant.
    let isCheap: [Bool]

    init(_ pipeline: LoweredPipeline) {
        let versions = pipeline.versions
        let reads = versions.map { version in
            guard case .query(let template) = version.body else { return [VersionID]() }
            return template.relations.filter { $0 != version.id }
        }
        let (order, inCycle) = Self.sorted(reads)
        var refused = versions.map { version -> Finding? in
            if case .refused(let finding) = version.body { return finding }
            return inCycle.contains(version.id) ? Self.cycle(version) : nil
        }
        var readsRows = versions.map { version in
            switch version.body {
            case .state, .source: true
            case .query, .refused: false
            }
        }
        var isVolatile = versions.map(\.isVolatile)
        for id in order {
            for input in reads[id.rawValue].map(\.rawValue) {
                refused[id.rawValue] = refused[id.rawValue] ?? refused[input]
                readsRows[id.rawValue] = readsRows[id.rawValue] || readsRows[input]
                isVolatile[id.rawValue] = isVolatile[id.rawValue] || isVolatile[input]
            }
        }
        var isCheap = versions.indices.map { index in
            guard case .query = versions[index].body else { return true }
            // A long constant is written once, too.
            let isLong = versions[index].isScalar && Self.length(versions[index]) > 160
            if !readsRows[index] && !isVolatile[index] && !isLong { return true }
            // What may fail is only computed where it is asked for: a stored row would compute it always.
            return versions[index].isScalar && !versions[index].isVolatile && Self.mayFail(versions[index])
                && reads[index].allSatisfy { versions[$0.rawValue].isScalar && $0 != versions[index].id }
        }
        for id in order where isCheap[id.rawValue] {
            if case .query = versions[id.rawValue].body {
                isCheap[id.rawValue] =
                    readsRows[id.rawValue] || reads[id.rawValue].allSatisfy { isCheap[$0.rawValue] }
            }
        }
        self.isCheap = isCheap
        states = Dictionary(
            versions.compactMap { version in
                if case .state(let table) = version.body { (table, version.id) } else { nil }
            }, uniquingKeysWith: { first, _ in first })
        self.pipeline = pipeline
        self.reads = reads
        self.order = order
        self.refused = refused
    }

    private static func mayFail(_ version: Version) -> Bool {
        guard case .query(let template) = version.body, let tree = TemplateTree.parse(template),
            let columns = PipelineTidier.columns(tree, version.columns.map(\.name))
        else { return false }
        return columns.contains { column in
            // A CASE computes only what its condition lets through.
            let value = ExpressionRules.unwrapped(column.value)
            if let (_, end) = CaseExpression.read(value, 0), end == value.count - 1 { return false }
            return ExpressionRules.mayFail(value)
        }
    }

    private static func length(_ version: Version) -> Int {
        guard case .query(let template) = version.body else { return 0 }
        return template.parts.reduce(0) { sum, part in
            if case .text(let text) = part { sum + text.utf8.count } else { sum + 20 }
        }
    }

    /// Inputs before readers, and the versions that read themselves through others, which no list of CTEs can express.
    private static func sorted(_ reads: [[VersionID]]) -> (order: [VersionID], inCycle: Set<VersionID>) {
        enum Mark { case new, open, done }
        var marks = [Mark](repeating: .new, count: reads.count)
        var order: [VersionID] = []
        var inCycle: Set<VersionID> = []
        order.reserveCapacity(reads.count)
        for start in reads.indices where marks[start] == .new {
            // An explicit stack: chains can be long.
            var stack = [(version: start, next: 0)]
            marks[start] = .open
            while let top = stack.last {
                let inputs = reads[top.version]
                guard top.next < inputs.count else {
                    marks[top.version] = .done
                    order.append(VersionID(top.version))
                    stack.removeLast()
                    continue
                }
                stack[stack.count - 1].next += 1
                let input = inputs[top.next].rawValue
                switch marks[input] {
                case .new:
                    marks[input] = .open
                    stack.append((input, 0))
                case .open: inCycle.insert(VersionID(input))
                case .done: break
                }
            }
        }
        return (order, inCycle)
    }

    private static func cycle(_ version: Version) -> Finding {
        Finding(
            code: RefusalCode.unreadable.rawValue, severity: .error, routine: version.routine,
            message: "'\(version.name)' reads itself through other parts of its WITH list, which is not followed",
            line: version.lines.lowerBound, endLine: version.lines.upperBound)
    }
}
