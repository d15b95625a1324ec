import Diff
import Endpoints
import Foundation

/// Several comparisons at the same time, with a limit on the sessions of each database.
struct DiffMany: Sendable {
    /// One comparison: options as from the command line, and its two addresses.
    struct Job: Sendable {
        var name: String
        var left: String
        var right: String
        var run: @Sendable () throws -> DiffResult
    }

    /// What came of one.
    struct Outcome: Sendable {
        var name: String
        var result: Result<DiffResult, Failure>
    }

    let jobs: [Job]
    /// Sessions a database; a comparison takes two of each of its databases.
    let connections: Int
    let threads: Int

    /// Which jobs wait, and how many sessions each database has. One lock for all of it.
    private final class Board: @unchecked Sendable {
        private let condition = NSCondition()
        private var waiting: [Int]
        private var used: [String: Int] = [:]
        private var outcomes: [Int: Outcome] = [:]
        private let many: DiffMany

        init(_ many: DiffMany) {
            self.many = many
            waiting = Array(many.jobs.indices)
        }

        private func fits(_ job: Job) -> Bool {
            let databases = Set([job.left, job.right])
            return databases.allSatisfy { database in
                let now = used[database, default: 0]
                // A limit below what one comparison needs would let nothing through.
                return now == 0 || now + 2 <= many.connections
            }
        }

        /// The first job whose databases have sessions to spare; nil when none is left.
        func next() -> Int? {
            condition.lock()
            defer { condition.unlock() }
            while !waiting.isEmpty {
                if let place = waiting.firstIndex(where: { fits(many.jobs[$0]) }) {
                    let index = waiting.remove(at: place)
                    for database in Set([many.jobs[index].left, many.jobs[index].right]) {
                        used[database, default: 0] += 2
                    }
                    return index
                }
                condition.wait()
            }
            return nil
        }

        func finish(_ index: Int, _ outcome: Outcome) {
            condition.lock()
            for database in Set([many.jobs[index].left, many.jobs[index].right]) { used[database, default: 0] -= 2 }
            outcomes[index] = outcome
            condition.broadcast()
            condition.unlock()
        }

        var all: [Outcome] {
            condition.lock()
            defer { condition.unlock() }
            return outcomes.sorted { $0.key < $1.key }.map(\.value)
        }
    }

    /// Runs all of them; one that fails or takes long keeps none of the others.
    func run(_ report: @escaping @Sendable (Outcome) -> Void) -> [Outcome] {
        let board = Board(self)
        let group = DispatchGroup()
        for _ in 0..<max(1, min(threads, jobs.count)) {
            group.enter()
            let thread = Thread {
                while let index = board.next() {
                    let result = Result { try jobs[index].run() }.mapError { Failure(Failure.line(for: $0)) }
                    let outcome = Outcome(name: jobs[index].name, result: result)
                    board.finish(index, outcome)
                    report(outcome)
                }
                group.leave()
            }
            thread.stackSize = 8 << 20
            thread.start()
        }
        group.wait()
        return board.all
    }
}
