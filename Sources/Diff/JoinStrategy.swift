import Endpoints

/// Has the server join both sides by the key and send only rows that may differ; they are judged here like any others, so that
/// the answer is that of the other strategies.
struct JoinStrategy {
    let endpoints: Sides<any Endpoint>
    let plan: DiffPlan
    let settings: DiffSettings

    func run(_ ledger: inout Ledger, _ progress: ((DiffProgress) -> Void)?) throws -> Found {
        guard let endpoint = endpoints.left as? any JoiningEndpoint else {
            throw DiffError.impossible("\(endpoints.left.engine) cannot join")
        }
        let request = JoinRequest(left: plan.request(.left), right: plan.request(.right), keyCount: plan.keyCount)
        var found = Found()
        found.rows = Sides(left: try endpoint.count(plan.datasets.left), right: try endpoint.count(plan.datasets.right))
        let statement = try endpoint.joinStatement(request)
        found.statements = Sides(left: statement, right: statement)
        let stream = try endpoint.join(request)
        defer { stream.stop() }
        let width = plan.columns.count
        var batch = RowBatch()
        var isOpen = true
        while isOpen {
            batch.removeAll()
            isOpen = try stream.read(into: &batch)
            try batch.bytes.withUnsafeBytes { bytes in
                for index in 0..<batch.count {
                    let row = UnsafeRawBufferPointer(rebasing: bytes[batch.range(index)])
                    try enter(row, width, &ledger)
                }
            }
            try Task.checkCancellation()
        }
        for (column, count) in batch.misfits {
            let isLeft = column <= width
            found.misfits[isLeft ? .left : .right][isLeft ? column - 1 : column - width - 2, default: 0] += count
        }
        return found
    }

    /// A joined row is a mark and the fields of the left row, then the same of the right one; a mark is NULL without a row.
    private func enter(_ row: UnsafeRawBufferPointer, _ width: Int, _ ledger: inout Ledger) throws {
        let fields = RowView(row, count: 2 * width + 2)
        for side in Side.allCases {
            let mark = side == .left ? 0 : width + 1
            guard fields[mark] != nil else { continue }
            let start = fields.fields[mark + 1].start - 4
            let last = fields.fields[mark + width]
            let end = last.start + max(0, last.length)
            try ledger.add(UnsafeRawBufferPointer(rebasing: row[start..<end]), side)
        }
    }
}
