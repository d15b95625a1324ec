import Endpoints
import Foundation

/// Reads both sides once, a few hundred rows at a time in turn, and lets equal rows cancel as they meet.
///
/// Copies of one table mostly come in the same order, so that few rows are open at any time; any other order is as right, and
/// takes memory or disk.
struct StreamStrategy {
    let endpoints: Sides<any Endpoint>
    let plan: DiffPlan
    let settings: DiffSettings

    func run(_ ledger: inout Ledger, _ progress: ((DiffProgress) -> Void)?) throws -> Found {
        var found = Found()
        found.statements = Sides(
            left: try endpoints.left.statement(plan.request(.left)),
            right: try endpoints.right.statement(plan.request(.right)))
        let meter = ProgressMeter(plan, progress)
        let streams = Sides(
            left: try endpoints.left.read(plan.request(.left)), right: try endpoints.right.read(plan.request(.right)))
        defer {
            streams.left.stop()
            streams.right.stop()
        }
        let sampler = settings.sampledShare.map { KeySampler(share: $0, keyFields: plan.keyCount) }
        var batches = Sides(left: RowBatch(), right: RowBatch())
        var isOpen = Sides(left: true, right: true)
        while isOpen.left || isOpen.right {
            for side in Side.allCases where isOpen[side] {
                // The side that is behind catches up first: rows then wait for their partners as short as can be.
                if isOpen[side.other] && found.rows[side] > found.rows[side.other] + 4096 { continue }
                batches[side].removeAll()
                isOpen[side] = try streams[side].read(into: &batches[side])
                if let sampler {
                    found.rows[side] += try sampler.add(batches[side], side, to: &ledger)
                } else {
                    found.rows[side] += batches[side].count
                    try ledger.add(batches[side], side)
                }
            }
            meter.update(found.rows)
            try Task.checkCancellation()
        }
        found.misfits = batches.map(\.misfits)
        return found
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
