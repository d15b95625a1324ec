import Endpoints
import Foundation

/// Reads both sides once, a few hundred rows at a time in turn, and lets equal rows cancel as they meet.
///
/// Copies of one table mostly come in the same order, so that few rows are open at any time; any other order is as right, and
/// takes memory or disk. Tables that an index orders by their key are read in parts: several at a time with `--jobs`, and a
/// part whose connection breaks is read again.
struct StreamStrategy {
    let endpoints: Sides<any Endpoint>
    let plan: DiffPlan
    let settings: DiffSettings

    /// Rows a part, where there are parts.
    private static let partRows = 2_000_000
    /// How often a part is tried.
    private static let attempts = 3

    func run(_ ledger: inout Ledger, _ progress: ((DiffProgress) -> Void)?) throws -> Found {
        let parts = try parts()
        var found = Found()
        found.statements = Sides(
            left: try endpoints.left.statement(plan.request(.left)),
            right: try endpoints.right.statement(plan.request(.right)))
        guard parts.count > 1 else {
            let meter = ProgressMeter(plan, progress)
            let one = PartReading(plan: plan, settings: settings, part: nil)
            let rest = try one.run(endpoints, &ledger) { meter.update($0) }
            found.rows = rest.rows
            found.misfits = rest.misfits
            return found
        }
        if settings.jobs > 1 {
            found.remarks.append("read in \(parts.count) parts, up to \(settings.jobs) at a time")
        }
        try readParts(parts, &ledger, &found, progress)
        return found
    }

    /// One part, where the tables are small or have no index to be cut by.
    private func parts() throws -> [Sides<KeyRange>] {
        guard let first = plan.columns.first, plan.keyCount > 0, endpoints.left.siblingMaker != nil,
            endpoints.right.siblingMaker != nil,
            Side.allCases.allSatisfy({
                plan.schemas[$0].keys.contains {
                    $0.first == first.columns.left.name || $0.first == first.columns.right.name
                }
            })
        else { return [] }
        // Both sides must call the cuts by the same names.
        guard first.columns.left.type == first.columns.right.type else { return [] }
        let rows = max(plan.schemas.left.estimatedRows ?? 0, plan.schemas.right.estimatedRows ?? 0)
        let count = max(rows / Self.partRows + 1, settings.jobs > 1 && rows > 10_000 ? settings.jobs * 2 : 1)
        guard count > 1 else { return [] }
        let cuts = try endpoints.left.cuts(plan.datasets.left, first.columns.left, parts: count)
        guard !cuts.isEmpty else { return [] }
        let bounds: [String?] = [nil] + cuts + [nil]
        return zip(bounds, bounds.dropFirst()).map { from, below in
            Sides(
                left: KeyRange(column: first.columns.left.name, from: from, below: below),
                right: KeyRange(column: first.columns.right.name, from: from, below: below))
        }
    }

    /// What a part's reader needs on another thread.
    private struct Makers: Sendable {
        var left: @Sendable () throws -> any Endpoint
        var right: @Sendable () throws -> any Endpoint
    }

    private func readParts(
        _ parts: [Sides<KeyRange>], _ ledger: inout Ledger, _ found: inout Found,
        _ progress: ((DiffProgress) -> Void)?
    ) throws {
        guard let left = endpoints.left.siblingMaker, let right = endpoints.right.siblingMaker else { return }
        let makers = Makers(left: left, right: right)
        let (plan, settings) = (plan, settings)
        let share = max(1 << 20, ledger.memory / (settings.jobs + 1))
        let meter = ProgressMeter(plan, progress)
        let pool = PartPool<PartReading.Rest>(count: parts.count, threads: settings.jobs) { index, interrupts in
            var last: any Error = EndpointError.interrupted
            for attempt in 1...Self.attempts {
                do {
                    let sides = Sides<any Endpoint>(left: try makers.left(), right: try makers.right())
                    interrupts.set(index, [sides.left.interrupt, sides.right.interrupt])
                    var own = Ledger(keyFields: plan.keyCount, memory: share, spillFolder: settings.spillFolder)
                    let reading = PartReading(plan: plan, settings: settings, part: parts[index])
                    var rest = try reading.run(sides, &own) { interrupts.count(index, $0) }
                    rest.ledger = own
                    return rest
                } catch EndpointError.connectionLost(let reason) {
                    last = EndpointError.connectionLost(
                        "\(reason) (part \(index + 1) of \(parts.count), tried \(attempt) times)")
                    Thread.sleep(forTimeInterval: 0.2 * Double(attempt))
                }
            }
            throw last
        }
        try pool.run { rest in
            found.rows.left += rest.rows.left
            found.rows.right += rest.rows.right
            for side in Side.allCases { found.misfits[side].merge(rest.misfits[side], uniquingKeysWith: +) }
            if var own = rest.ledger { try own.settle { try ledger.absorb($0) } }
        } progress: {
            meter.update($0)
        }
    }
}

/// One part (or everything) of both sides, read in turn into a ledger.
struct PartReading {
    let plan: DiffPlan
    let settings: DiffSettings
    let part: Sides<KeyRange>?

    struct Rest {
        var rows = Sides(left: 0, right: 0)
        var misfits = Sides<[Int: Int]>(left: [:], right: [:])
        /// What has no partner in this part.
        var ledger: Ledger?
    }

    func run(_ endpoints: Sides<any Endpoint>, _ ledger: inout Ledger, _ report: (Sides<Int>) -> Void) throws -> Rest {
        var rest = Rest()
        let streams = Sides(
            left: try endpoints.left.read(plan.request(.left, part: part?.left)),
            right: try endpoints.right.read(plan.request(.right, part: part?.right)))
        defer {
            streams.left.stop()
            streams.right.stop()
        }
        let sampler = plan.sampledShare.map { KeySampler(share: $0, keyFields: plan.keyCount) }
        var batches = Sides(left: RowBatch(), right: RowBatch())
        var isOpen = Sides(left: true, right: true)
        while isOpen.left || isOpen.right {
            for side in Side.allCases where isOpen[side] {
                // The side that is behind catches up first: rows then wait for their partners as short as can be.
                if isOpen[side.other] && rest.rows[side] > rest.rows[side.other] + 4096 { continue }
                batches[side].removeAll()
                isOpen[side] = try streams[side].read(into: &batches[side])
                rest.rows[side] += batches[side].count
                if let sampler {
                    let kept = try sampler.add(batches[side], side, to: &ledger)
                    rest.rows[side] += kept - batches[side].count
                } else {
                    try ledger.add(batches[side], side)
                }
            }
            report(rest.rows)
        }
        rest.misfits = batches.map(\.misfits)
        return rest
    }
}

/// Keeps rows whose key falls into a share of all keys: the same keys on both sides and in every run.
struct KeySampler {
    private let threshold: UInt64
    private let keyFields: Int
    private let hasher = RowHasher(seed: 0x73_61_6D_70_6C_65)

    init(share: Double, keyFields: Int) {
        threshold = share >= 1 ? .max : UInt64(share * 18_446_744_073_709_551_615.0)
        self.keyFields = keyFields
    }

    /// Enters the chosen rows; gives their number.
    func add(_ batch: RowBatch, _ side: Side, to ledger: inout Ledger) throws -> Int {
        var count = 0
        try batch.bytes.withUnsafeBytes { bytes in
            for index in 0..<batch.count {
                let row = UnsafeRawBufferPointer(rebasing: bytes[batch.range(index)])
                let key = keyFields == 0 ? row : Ledger.key(of: row, fields: keyFields)
                guard hasher.hash(key).low <= threshold else { continue }
                count += 1
                try ledger.add(row, side)
            }
        }
        return count
    }
}

/// Tells how far things are, a few times a second.
final class ProgressMeter {
    private let report: ((DiffProgress) -> Void)?
    private let start = ContinuousClock.now
    private var last = ContinuousClock.now
    private var state = DiffProgress()

    init(_ plan: DiffPlan, _ report: ((DiffProgress) -> Void)?) {
        self.report = report
        state.expected = Sides(left: plan.schemas.left.estimatedRows, right: plan.schemas.right.estimatedRows)
    }

    func update(_ rows: Sides<Int>) {
        guard let report else { return }
        let now = ContinuousClock.now
        guard now - last > .milliseconds(200) else { return }
        last = now
        state.rows = rows
        state.seconds = Double((now - start).components.seconds) + Double((now - start).components.attoseconds) * 1e-18
        report(state)
    }
}
