import Endpoints

/// One difference, as it goes to samples and files.
public enum Difference {
    case onlyLeft(RowFields)
    case onlyRight(RowFields)
    /// The columns (by place in the plan) whose values differ.
    case changed(left: RowFields, right: RowFields, columns: [Int])
}

/// The fields of one row of a difference; valid during the call that hands it over.
public struct RowFields {
    let view: RowView
    let columns: [PlannedColumn]
    let keyCount: Int

    /// A value as text, nil for NULL.
    public func text(_ column: Int) -> String? {
        view[column].map { CanonicalText.render($0, as: columns[column].form) }
    }
}

/// Turns open rows into differences: rows of one key are paired, pairs are compared value by value under the rules.
struct Settlement {
    let plan: DiffPlan
    let sampleLimit: Int
    private(set) var result: DiffResult
    private let comparisons: [RuleComparison]
    private let sink: ((Difference) throws -> Void)?

    init(plan: DiffPlan, result: DiffResult, sampleLimit: Int, sink: ((Difference) throws -> Void)?) throws {
        self.plan = plan
        self.result = result
        self.sampleLimit = sampleLimit
        self.sink = sink
        comparisons = try plan.columns.map { try RuleComparison(form: $0.form, rule: $0.rule) }
        self.result.columns = plan.columns.map { DiffResult.ColumnResult(name: $0.name) }
    }

    /// An open row, as often as it has no partner.
    private struct Entry {
        var view: RowView
        var copies: Int
        var side: Side
    }

    /// Takes in open rows; all rows of a key must come in one call.
    mutating func add(_ open: OpenRows) throws {
        guard open.count > 0 else { return }
        try open.arena.withUnsafeBytes { arena in
            var entries: [Entry] = []
            entries.reserveCapacity(open.count)
            for slot in open.slots where slot.copies != 0 {
                let row = UnsafeRawBufferPointer(rebasing: arena[slot.offset..<(slot.offset + Int(slot.length))])
                entries.append(
                    Entry(
                        view: RowView(row, count: plan.columns.count), copies: Int(slot.copies.magnitude),
                        side: slot.copies > 0 ? .left : .right))
            }
            entries.sort(by: precedes)
            var start = 0
            while start < entries.count {
                var end = start + 1
                while end < entries.count, plan.keyCount > 0, haveSameKey(entries[start], entries[end]) { end += 1 }
                try settle(Array(entries[start..<end]))
                start = end
            }
        }
    }

    /// By key, then by all bytes, then the left side first: the same order in every run.
    private func precedes(_ a: Entry, _ b: Entry) -> Bool {
        let count = plan.keyCount > 0 ? plan.keyCount : plan.columns.count
        for index in 0..<count {
            let (x, y) = (a.view[index], b.view[index])
            if RowView.areEqual(x, y) { continue }
            return FieldOrder.precedes(x, y, plan.columns[index].form)
        }
        if a.view.bytes.elementsEqual(b.view.bytes) { return a.side.rawValue < b.side.rawValue }
        return a.view.bytes.lexicographicallyPrecedes(b.view.bytes)
    }

    private func haveSameKey(_ a: Entry, _ b: Entry) -> Bool {
        a.view.prefix(fields: plan.keyCount).elementsEqual(b.view.prefix(fields: plan.keyCount))
    }

    private mutating func settle(_ group: [Entry]) throws {
        let hasNullKey = (0..<plan.keyCount).contains { group[0].view[$0] == nil }
        var lefts = group.filter { $0.side == .left }
        var rights = group.filter { $0.side == .right }
        if plan.keyCount > 0 && !hasNullKey {
            if lefts.count == 1 && rights.count == 1 {
                let copies = min(lefts[0].copies, rights[0].copies)
                try compare(lefts[0].view, rights[0].view, copies: copies)
                lefts[0].copies -= copies
                rights[0].copies -= copies
            } else {
                try pairDuplicates(&lefts, &rights)
            }
        }
        for entry in lefts + rights where entry.copies > 0 { try exclude(entry) }
    }

    /// Rows of a key that several rows have: those with the most equal values belong together.
    private mutating func pairDuplicates(_ lefts: inout [Entry], _ rights: inout [Entry]) throws {
        guard !lefts.isEmpty, !rights.isEmpty else { return }
        // Beyond this the search would take too long; the order by bytes has to do.
        let isSmall = lefts.count * rights.count <= 10_000
        var candidates: [(score: Int, left: Int, right: Int)] = []
        if isSmall {
            for left in lefts.indices {
                for right in rights.indices {
                    let equal = plan.columns.indices.count { index in
                        RowView.areEqual(lefts[left].view[index], rights[right].view[index])
                    }
                    candidates.append((equal, left, right))
                }
            }
            candidates.sort { ($1.score, $0.left, $0.right) < ($0.score, $1.left, $1.right) }
        } else {
            candidates = zip(lefts.indices, rights.indices).map { (0, $0, $1) }
        }
        for candidate in candidates {
            let copies = min(lefts[candidate.left].copies, rights[candidate.right].copies)
            guard copies > 0 else { continue }
            try compare(lefts[candidate.left].view, rights[candidate.right].view, copies: copies)
            lefts[candidate.left].copies -= copies
            rights[candidate.right].copies -= copies
        }
    }

    /// Two rows of one key.
    private mutating func compare(_ left: RowView, _ right: RowView, copies: Int) throws {
        var differing: [Int] = []
        for index in plan.keyCount..<plan.columns.count {
            let (a, b) = (left[index], right[index])
            if RowView.areEqual(a, b) { continue }
            if comparisons[index].areEqual(a, b) {
                result.columns[index].equalUnderRule += copies
                continue
            }
            differing.append(index)
            result.columns[index].differing += copies
            if result.columns[index].samples.count < sampleLimit {
                let form = plan.columns[index].form
                let key = (0..<plan.keyCount).map { place in
                    left[place].map { CanonicalText.render($0, as: plan.columns[place].form) }
                }
                result.columns[index].samples.append(
                    DiffResult.Sample(
                        key: key, left: a.map { CanonicalText.render($0, as: form) },
                        right: b.map { CanonicalText.render($0, as: form) }))
            }
        }
        guard !differing.isEmpty else {
            result.equalUnderRules += copies
            return
        }
        result.changedRows += copies
        guard let sink else { return }
        for _ in 0..<copies {
            try sink(
                .changed(
                    left: RowFields(view: left, columns: plan.columns, keyCount: plan.keyCount),
                    right: RowFields(view: right, columns: plan.columns, keyCount: plan.keyCount), columns: differing))
        }
    }

    private mutating func exclude(_ entry: Entry) throws {
        result.exclusiveRows[entry.side] += entry.copies
        for index in plan.columns.indices {
            result.columns[index].profile[entry.side].add(entry.view[index], plan.columns[index].form)
        }
        let fields = RowFields(view: entry.view, columns: plan.columns, keyCount: plan.keyCount)
        if result.exclusiveSamples[entry.side].count < sampleLimit {
            result.exclusiveSamples[entry.side].append(plan.columns.indices.map { fields.text($0) })
        }
        guard let sink else { return }
        for _ in 0..<entry.copies { try sink(entry.side == .left ? .onlyLeft(fields) : .onlyRight(fields)) }
    }

    /// The result, with the counts that follow from the rest.
    func finished() -> DiffResult {
        var result = result
        result.equalRows =
            result.rows.left - result.exclusiveRows.left - result.changedRows - result.equalUnderRules
        return result
    }
}
