import Endpoints

/// Has both servers add up row hashes by buckets of the key, then reads the rows of buckets whose sums differ.
///
/// Where more than a third of the buckets differ, reading everything is cheaper, and is what happens. Sums only say where to
/// look: what is a difference is decided from values.
struct ChecksumStrategy {
    let endpoints: Sides<any Endpoint>
    let plan: DiffPlan
    let settings: DiffSettings

    func run(_ ledger: inout Ledger, _ progress: ((DiffProgress) -> Void)?) throws -> Found {
        guard let left = endpoints.left as? any ChecksummingEndpoint,
            let right = endpoints.right as? any ChecksummingEndpoint
        else { throw DiffError.impossible("one of the sides has no checksums of its own") }
        let rows = max(plan.schemas.left.estimatedRows ?? 0, plan.schemas.right.estimatedRows ?? 0)
        let buckets = Self.buckets(rows)
        let method = left.checksumFamily == right.checksumFamily ? left.checksumFamily : "md5"
        let requests = Sides(
            left: ChecksumRequest(plan.request(.left), keyCount: plan.keyCount, buckets: buckets, method: method),
            right: ChecksumRequest(plan.request(.right), keyCount: plan.keyCount, buckets: buckets, method: method))
        let sums = Sides(left: try left.checksums(requests.left), right: try right.checksums(requests.right))
        var found = Found()
        found.rows = sums.map { $0.values.reduce(0) { $0 + $1.count } }
        let unequal = Set(sums.left.keys).union(sums.right.keys).filter { sums.left[$0] != sums.right[$0] }.sorted()
        found.statements = Sides(
            left: try left.checksumStatement(requests.left), right: try right.checksumStatement(requests.right))
        if unequal.isEmpty { return found }
        if unequal.count * 3 > buckets {
            found.remarks.append("\(unequal.count) of \(buckets) buckets differ: all rows were read")
            let rest = try StreamStrategy(endpoints: endpoints, plan: plan, settings: settings).run(&ledger, progress)
            found.misfits = rest.misfits
            return found
        }
        found.remarks.append("\(unequal.count) of \(buckets) buckets differ: their rows were read")
        for side in Side.allCases {
            let stream =
                try side == .left ? left.read(requests.left, of: unequal) : right.read(requests.right, of: unequal)
            defer { stream.stop() }
            var batch = RowBatch()
            var isOpen = true
            while isOpen {
                batch.removeAll()
                isOpen = try stream.read(into: &batch)
                try ledger.add(batch, side)
                try Task.checkCancellation()
            }
            found.misfits[side] = batch.misfits
        }
        return found
    }

    /// About a thousand rows a bucket: a power of two from 16 to a million.
    static func buckets(_ rows: Int) -> Int {
        var buckets = 16
        while buckets < 1 << 20 && buckets * 1000 < rows { buckets *= 2 }
        return buckets
    }
}
