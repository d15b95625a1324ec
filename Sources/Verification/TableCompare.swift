import Databases
import Foundation

/// Compares two relations of two databases: columns and types first, then the rows as multisets.
///
/// Each side is read once. A row becomes a 128-bit hash; equal hashes cancel, and what is left over is the difference.
/// Only when something is left over, both sides are read again for the rows themselves.
struct TableCompare {
    let legacy: RelationReader
    let dbt: RelationReader
    let rules: ComparisonRules

    /// What a comparison found out.
    struct Result {
        var outcome: RelationOutcome
        /// The rows are equal only because of a rule.
        var neededRules: Bool
    }

    /// More leftovers than this on a side are counted, but not paired.
    private static let mostLeftovers = 50_000

    /// Compares exactly; when that fails and there are rules, under the rules.
    func compare(model: String, relation: String) throws -> Result {
        let start = Date()
        var outcome = RelationOutcome(model: model, relation: relation, verdict: .matched)
        outcome.structure = structureDifferences()
        guard outcome.structure.isEmpty else {
            outcome.verdict = .differs(outcome.structure[0])
            outcome.legacyRows = try count(legacy)
            outcome.dbtRows = try count(dbt)
            return Result(outcome: outcome, neededRules: false)
        }
        var canonicalizer = RowCanonicalizer(columns: legacy.columns)
        var leftovers = try difference(canonicalizer, &outcome)
        let words = rules.inWords(columns: legacy.columns)
        var neededRules = false
        if !leftovers.isEmpty && !words.isEmpty {
            canonicalizer = RowCanonicalizer(columns: legacy.columns, masking: rules)
            leftovers = try difference(canonicalizer, &outcome)
            neededRules = leftovers.isEmpty
            outcome.verdict = .matchedWithRules(words)
        }
        if !leftovers.isEmpty { try describe(leftovers, canonicalizer, &outcome) }
        outcome.seconds = Date().timeIntervalSince(start)
        return Result(outcome: outcome, neededRules: neededRules)
    }

    /// Differences in the columns' names, order and types, a line each.
    func structureDifferences() -> [String] {
        let left = legacy.columns
        let right = dbt.columns
        var lines: [String] = []
        for index in 0..<max(left.count, right.count) {
            guard index < left.count else {
                lines.append("column \(right[index].name) \(right[index].type) is only in dbt")
                continue
            }
            guard index < right.count else {
                lines.append("column \(left[index].name) \(left[index].type) is missing in dbt")
                continue
            }
            let ignoresName = rules.ignoresNames && left.count == 1
            if left[index].name != right[index].name && !ignoresName {
                lines.append("column \(index + 1) is \(left[index].name) in legacy and \(right[index].name) in dbt")
            } else if !hasSameType(left[index], right[index]) {
                lines.append(
                    "column \(left[index].name) is \(left[index].type) in legacy and \(right[index].type) in dbt")
            }
        }
        return lines
    }

    private func hasSameType(_ left: RelationReader.Column, _ right: RelationReader.Column) -> Bool {
        rules.ignoresTypeModifiers ? left.bareType == right.bareType : left.type == right.type
    }

    private func count(_ side: RelationReader) throws -> Int {
        try side.connection.query("SELECT count(*) FROM \(side.relation)")[0, 0].flatMap { Int($0) } ?? 0
    }

    /// The hashes without a partner: above zero copies only in legacy, below zero only in dbt.
    private func difference(
        _ canonicalizer: RowCanonicalizer, _ outcome: inout RelationOutcome
    ) throws -> [RowHash: Int32] {
        var open: [RowHash: Int32] = [:]
        var counts = (legacy: 0, dbt: 0)
        try legacy.forEachRow { row in
            counts.legacy += 1
            open[canonicalizer.hash(row), default: 0] += 1
        }
        try dbt.forEachRow { row in
            counts.dbt += 1
            let hash = canonicalizer.hash(row)
            let left = open[hash, default: 0] - 1
            open[hash] = left == 0 ? nil : left
        }
        outcome.legacyRows = counts.legacy
        outcome.dbtRows = counts.dbt
        outcome.onlyLegacyRows = open.values.reduce(0) { $0 + max(0, Int($1)) }
        outcome.onlyDbtRows = open.values.reduce(0) { $0 + max(0, -Int($1)) }
        outcome.equalRows = counts.legacy - outcome.onlyLegacyRows
        return open
    }

    private func describe(
        _ leftovers: [RowHash: Int32], _ canonicalizer: RowCanonicalizer, _ outcome: inout RelationOutcome
    ) throws {
        let left = try fetch(legacy, leftovers.filter { $0.value > 0 }, canonicalizer)
        let right = try fetch(dbt, leftovers.filter { $0.value < 0 }.mapValues(-), canonicalizer)
        let pairing = RowPairing(
            legacy: left, dbt: right, columns: legacy.columns.map(\.name), rules: rules, canonicalizer: canonicalizer)
        outcome.changedRows = pairing.pairs.count
        outcome.onlyLegacyRows -= pairing.pairs.count
        outcome.onlyDbtRows -= pairing.pairs.count
        outcome.differingColumns = pairing.differingColumns()
        outcome.samples = pairing.samples(limit: rules.sampleLimit)
        outcome.verdict = .differs(headline(outcome))
    }

    private func headline(_ outcome: RelationOutcome) -> String {
        let counts = [
            (outcome.changedRows, "changed"), (outcome.onlyLegacyRows, "only in legacy"),
            (outcome.onlyDbtRows, "only in dbt"),
        ]
        let parts = counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.0 == 1 ? "row" : "rows") \($0.1)" }
        let columns = outcome.differingColumns.prefix(5).map(\.column)
        let where_ = columns.isEmpty ? "" : " (\(columns.joined(separator: ", ")))"
        return parts.joined(separator: ", ") + where_ + ", of \(outcome.legacyRows) in legacy"
    }

    /// The rows behind the wanted hashes, each as often as it has no partner.
    private func fetch(
        _ side: RelationReader, _ wanted: [RowHash: Int32], _ canonicalizer: RowCanonicalizer
    ) throws -> [[String?]] {
        var open = wanted
        var rows: [[String?]] = []
        guard !open.isEmpty else { return rows }
        try side.forEachRow { row in
            guard rows.count < Self.mostLeftovers, !open.isEmpty else { return }
            let hash = canonicalizer.hash(row)
            guard let copies = open[hash] else { return }
            rows.append(CopyText.values(row))
            open[hash] = copies == 1 ? nil : copies - 1
        }
        return rows
    }
}
