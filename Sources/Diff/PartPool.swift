import Foundation
import Synchronization

/// Works on parts with a few threads, and hands the results over in the parts' order, so that every run says the same.
///
/// Threads and not tasks: a reader waits for a server most of the time, which the threads of tasks must not.
struct PartPool<Result> {
    private let count: Int
    private let threads: Int
    private let work: @Sendable (Int, PartInterrupts) throws -> Result

    init(count: Int, threads: Int, work: @escaping @Sendable (Int, PartInterrupts) throws -> Result) {
        self.count = count
        self.threads = max(1, min(threads, count))
        self.work = work
    }

    /// Results wait here for their turn. A result is made by one thread and taken by another, once.
    private final class Shelf: @unchecked Sendable {
        private let condition = NSCondition()
        private var next = 0
        private var taken = 0
        private var results: [Int: Swift.Result<Result, any Error>] = [:]
        private var isStopped = false
        private let ahead: Int

        init(ahead: Int) { self.ahead = ahead }

        /// The next part to work on; waits while too many finished ones are not yet taken.
        func begin(of count: Int) -> Int? {
            condition.lock()
            defer { condition.unlock() }
            while !isStopped && next < count && next >= taken + ahead { condition.wait() }
            guard !isStopped, next < count else { return nil }
            next += 1
            return next - 1
        }

        func put(_ index: Int, _ result: Swift.Result<Result, any Error>) {
            condition.lock()
            results[index] = result
            condition.broadcast()
            condition.unlock()
        }

        /// The result of a part, nil when the time is over before it is there.
        func take(_ index: Int, for seconds: Double) -> Swift.Result<Result, any Error>? {
            condition.lock()
            defer { condition.unlock() }
            let end = Date().addingTimeInterval(seconds)
            while results[index] == nil {
                if !condition.wait(until: end) { break }
            }
            guard let result = results.removeValue(forKey: index) else { return nil }
            taken = index + 1
            condition.broadcast()
            return result
        }

        func stop() {
            condition.lock()
            isStopped = true
            condition.broadcast()
            condition.unlock()
        }
    }

    /// Runs all parts.
    ///
    /// - Parameters:
    ///   - take: gets the results, in order, on the calling thread.
    ///   - progress: gets the rows that have been read, now and then.
    func run(_ take: (Result) throws -> Void, progress: (Sides<Int>) -> Void) throws {
        // A few results may wait for an earlier part.
        let shelf = Shelf(ahead: threads + 1)
        let interrupts = PartInterrupts()
        let group = DispatchGroup()
        let (count, work) = (count, work)
        for _ in 0..<threads {
            group.enter()
            let thread = Thread {
                while let index = shelf.begin(of: count) {
                    shelf.put(index, Swift.Result { try work(index, interrupts) })
                }
                group.leave()
            }
            thread.stackSize = 8 << 20
            thread.start()
        }
        defer {
            shelf.stop()
            interrupts.stop()
            group.wait()
        }
        for index in 0..<count {
            while true {
                if let result = shelf.take(index, for: 0.2) {
                    try take(result.get())
                    break
                }
                progress(interrupts.rows)
                try Task.checkCancellation()
            }
        }
    }
}

/// How to stop the readers of all parts, and how far they are.
final class PartInterrupts: Sendable {
    private struct State {
        var actions: [Int: [@Sendable () -> Void]] = [:]
        var rows: [Int: Sides<Int>] = [:]
        var isStopped = false
    }
    private let state = Mutex(State())

    func set(_ part: Int, _ actions: [@Sendable () -> Void]) {
        let isStopped = state.withLock { state in
            state.actions[part] = actions
            return state.isStopped
        }
        if isStopped { for action in actions { action() } }
    }

    func count(_ part: Int, _ rows: Sides<Int>) {
        state.withLock { $0.rows[part] = rows }
    }

    var rows: Sides<Int> {
        state.withLock { state in
            state.rows.values.reduce(into: Sides(left: 0, right: 0)) {
                $0.left += $1.left
                $0.right += $1.right
            }
        }
    }

    func stop() {
        let actions = state.withLock { state in
            state.isStopped = true
            return state.actions.values.flatMap { $0 }
        }
        for action in actions { action() }
    }
}
