import Catalog
import Databases
import Engines
import Foundation
import Synchronization

/// All generated cases of one pipeline, by several workers.
struct CaseCampaign: Sendable {
    let plan: CaseReplay.Plan
    let maker: StateMaker
    let arguments: ArgumentMaker
    let seed: UInt64
    let count: Int
    /// Only this case.
    let only: Int?
    /// Differences that are described in full.
    let mostDescribed: Int
    let workers: Int

    /// Case number `number`: the same for the same seed.
    func test(_ number: Int) -> GeneratedCase {
        var random = Randomness(seed: seed, "\(plan.routine.name) \(number)")
        var state = maker.state(number, &random)
        let rows = state.statements
        let values = ValueMaker(pools: maker.pools, today: maker.today)
        let leavesOut = arguments.hasDefaults && random.chance(30)
        let first = arguments.arguments(leavingOutDefaults: leavesOut, values, &random)
        let second =
            random.chance(40) ? arguments.arguments(leavingOutDefaults: leavesOut, values, &random) : first
        let changes = maker.changes(&state, &random)
        return GeneratedCase(
            number: number, rows: rows,
            calls: [
                GeneratedCase.Call(arguments: first, changes: []),
                GeneratedCase.Call(arguments: second, changes: changes),
                GeneratedCase.Call(arguments: second, changes: []),
            ])
    }

    func run(_ progress: @escaping @Sendable (_ done: Int, _ differing: Int) -> Void) async throws -> GeneratedOutcome {
        let start = Date()
        var outcome = GeneratedOutcome(requested: only == nil ? count : 1, seed: seed)
        let numbers = only.map { [$0] } ?? Array(1...max(1, count))
        let workers = max(1, min(workers, numbers.count))
        try await withThrowingTaskGroup(of: [Finished].self) { group in
            let counter = ProgressCounter(progress)
            for worker in 0..<workers {
                let own = numbers.enumerated().filter { $0.offset % workers == worker }.map(\.element)
                group.addTask { try self.work(own, worker, counter) }
            }
            var all: [Finished] = []
            for try await some in group { all += some }
            for one in all.sorted(by: { $0.number < $1.number }) { outcome.add(one, mostDescribed) }
        }
        outcome.seconds = Date().timeIntervalSince(start)
        return outcome
    }

    /// A case with its verdict.
    struct Finished: Sendable {
        var number: Int
        var calls = 0
        var ending: CaseResult.Ending
        var isNondeterministic = false
        var difference: GeneratedDifference?
    }

    private func work(_ numbers: [Int], _ worker: Int, _ counter: ProgressCounter) throws -> [Finished] {
        let replay = try CaseReplay(plan, worker: worker)
        defer { replay.close() }
        var finished: [Finished] = []
        var described = 0
        for number in numbers {
            try Task.checkCancellation()
            let one = try run(number, replay, &described)
            finished.append(one)
            counter.count(isDifference: one.difference != nil)
        }
        return finished
    }

    private func run(_ number: Int, _ replay: CaseReplay, _ described: inout Int) throws -> Finished {
        let test = test(number)
        do {
            let result = try replay.run(test)
            var one = Finished(number: number, calls: result.calls, ending: result.ending)
            guard case .differs = result.ending else { return one }
            one.isNondeterministic = try isNondeterministic(test, result, replay)
            guard !one.isNondeterministic else { return one }
            if described < mostDescribed {
                described += 1
                one.difference = try describe(test, result, replay)
            } else {
                one.difference = difference(test, result)
            }
            return one
        } catch let error as DuckDBMirror.Unloadable {
            return Finished(number: number, ending: .notRun(error.description))
        } catch let error as DatabaseError {
            if case .connectionLost = error { throw error }
            return Finished(number: number, ending: .notRun("the case could not be run: \(error)"))
        }
    }

    /// The original alone gives other rows, in the relations that differ, when its rows lie in another order or its
    /// statements get other plans.
    private func isNondeterministic(_ test: GeneratedCase, _ result: CaseResult, _ replay: CaseReplay) throws -> Bool {
        guard case .differs(let call, _, let relations) = result.ending else { return false }
        let names = relations.map(\.relation)
        let plans = [
            "SET work_mem = '4MB'", "SET enable_hashjoin = off; SET enable_hashagg = off",
            "SET enable_nestloop = off; SET enable_sort = off", "SET enable_mergejoin = off; SET enable_material = off",
            "SET enable_seqscan = off",
        ]
        let usual = try replay.original(test, rows: result.rows, calls: call, relations: names, shuffle: nil)
        var varying: Set<String> = []
        for (index, settings) in plans.enumerated() {
            let shuffle = CaseReplay.Shuffle(seed: seed &+ UInt64(index), settings: settings)
            let other = try replay.original(test, rows: result.rows, calls: call, relations: names, shuffle: shuffle)
            for (name, content) in other where usual[name] != content { varying.insert(name) }
        }
        // Rows of an original that fails now and then mean nothing.
        if varying.contains("") { return true }
        return names.isEmpty ? !varying.isEmpty : names.allSatisfy(varying.contains)
    }

    private func describe(
        _ test: GeneratedCase, _ result: CaseResult, _ replay: CaseReplay
    ) throws -> GeneratedDifference? {
        var shrinker = CaseShrinker(replay: replay)
        let (smaller, shown) = try shrinker.shrunk(test, result)
        // A smaller state in which the original has become a matter of luck explains nothing.
        let isGood = try shown.isDifference && !isNondeterministic(smaller, shown, replay)
        return isGood ? difference(smaller, shown) : difference(test, result)
    }

    private func difference(_ test: GeneratedCase, _ result: CaseResult) -> GeneratedDifference? {
        guard case .differs(let call, let reason, let relations) = result.ending else { return nil }
        var script = result.rows.map { "\($0);" }
        for (index, one) in test.calls.prefix(call).enumerated() {
            let statement = CallArguments(routine: plan.routine, arguments: one.arguments).statement
            script += one.changes.map { "\($0);" } + ["\(statement);  -- call \(index + 1)"]
        }
        return GeneratedDifference(
            number: test.number, call: call, reason: reason, script: script, relations: relations)
    }
}

/// Counts finished cases of all workers.
private final class ProgressCounter: Sendable {
    private let state: Mutex<(done: Int, differing: Int)>
    private let report: @Sendable (Int, Int) -> Void

    init(_ report: @escaping @Sendable (Int, Int) -> Void) {
        self.report = report
        state = Mutex((0, 0))
    }

    func count(isDifference: Bool) {
        let now = state.withLock { state in
            state.done += 1
            if isDifference { state.differing += 1 }
            return state
        }
        report(now.done, now.differing)
    }
}

extension GeneratedOutcome {
    fileprivate mutating func add(_ one: CaseCampaign.Finished, _ mostDescribed: Int) {
        calls += one.calls
        switch one.ending {
        case .matched: matched += 1
        case .originalFailed: originalFailed += 1
        case .notRun(let reason):
            notRun += 1
            if !notRunReasons.contains(reason), notRunReasons.count < 10 { notRunReasons.append(reason) }
        case .differs where one.isNondeterministic:
            nondeterministic += 1
            if nondeterministicCases.count < 100 { nondeterministicCases.append(one.number) }
        case .differs:
            differs += 1
            if let difference = one.difference, differences.count < mostDescribed { differences.append(difference) }
        }
    }
}
