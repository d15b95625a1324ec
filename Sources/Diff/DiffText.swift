import Endpoints

/// A result as lines for a terminal.
public struct DiffText {
    /// The lines.
    public let lines: [String]

    /// The lines of a result.
    public init(_ result: DiffResult) {
        let plan = result.plan
        var lines: [String] = []
        lines.append(
            "\(plan.datasets.left.name) and \(plan.datasets.right.name): \(result.isEqual ? "equal" : "different")")
        lines.append("  rows          left \(result.rows.left), right \(result.rows.right)")
        var counts = "  equal         \(result.equalRows)"
        if result.equalUnderRules > 0 { counts += " and \(result.equalUnderRules) under rules" }
        lines.append(counts)
        if result.changedRows > 0 { lines.append("  changed       \(result.changedRows)") }
        if result.exclusiveRows.left > 0 { lines.append("  only left     \(result.exclusiveRows.left)") }
        if result.exclusiveRows.right > 0 { lines.append("  only right    \(result.exclusiveRows.right)") }
        lines.append("  match score   \(Self.percent(result.matchScore))")
        let key = plan.key.isEmpty ? "none" : plan.key.joined(separator: ", ")
        lines.append("  key           \(key) (\(plan.keyReason))")
        lines.append("  strategy      \(result.strategy.rawValue) (\(result.strategyReason))")
        lines += Self.schema(plan)
        lines += Self.values(result)
        for side in Side.allCases { lines += Self.exclusive(result, side) }
        lines += result.notices.map { "note: \($0)" }
        self.lines = lines
    }

    private static func percent(_ share: Double) -> String {
        // Never 100 % for what is not all.
        let hundredths = share == 1 ? 10_000 : min(9999, Int(share * 10_000))
        let digits = String(hundredths % 100)
        return "\(hundredths / 100).\(digits.count < 2 ? "0" : "")\(digits) %"
    }

    private static func schema(_ plan: DiffPlan) -> [String] {
        let differences = plan.differences
        var lines: [String] = []
        for side in Side.allCases {
            for column in differences.only[side] {
                lines.append("column \(column.name) \(column.nativeType) is only on the \(side)")
            }
        }
        lines += differences.types.map { "column \($0.name) is \($0.left) on the left, \($0.right) on the right" }
        return lines
    }

    private static func values(_ result: DiffResult) -> [String] {
        let plan = result.plan
        var lines: [String] = []
        for (index, column) in result.columns.enumerated() where column.differing > 0 && index >= plan.keyCount {
            let shown = column.samples.prefix(5)
            let more = column.differing > shown.count ? ", showing \(shown.count)" : ""
            lines.append("column \(column.name): \(column.differing) differ\(column.differing == 1 ? "s" : "")\(more)")
            for sample in shown {
                let key = zip(plan.key, sample.key).map { "\($0)=\($1 ?? "NULL")" }.joined(separator: " ")
                lines.append("  \(key): \(quoted(sample.left)) -> \(quoted(sample.right))")
            }
        }
        return lines
    }

    private static func exclusive(_ result: DiffResult, _ side: Side) -> [String] {
        guard result.exclusiveRows[side] > 0 else { return [] }
        let shown = result.exclusiveSamples[side].prefix(5)
        var lines = ["only on the \(side): \(result.exclusiveRows[side]), showing \(shown.count)"]
        let columns = result.plan.columns.prefix(8)
        for sample in shown {
            let values = zip(columns, sample).map { "\($0.name)=\(quoted($1))" }
            let rest = result.plan.columns.count > columns.count ? " ..." : ""
            lines.append("  \(values.joined(separator: " "))\(rest)")
        }
        return lines
    }

    private static func quoted(_ value: String?) -> String {
        guard let value else { return "NULL" }
        let line = value.replacing("\n", with: "\\n").replacing("\r", with: "\\r")
        let isPlain = !line.isEmpty && line.utf8.allSatisfy { $0 > 0x20 }
        let short = line.count > 60 ? "\(line.prefix(57))..." : line
        return isPlain ? short : "'\(short)'"
    }
}
