import Endpoints
import Foundation

/// One comparison from two endpoints to a result.
///
///     let run = DiffRun(endpoints: Sides(left: left, right: right), datasets: datasets, settings: DiffSettings())
///     let result = try run.run()
///     print(result.isEqual)
public struct DiffRun {
    let endpoints: Sides<any Endpoint>
    let datasets: Sides<Dataset>
    let settings: DiffSettings
    /// Told now and then how many rows have come from each side, and how many are expected.
    public var progress: ((DiffProgress) -> Void)?
    /// Given each difference, in the order of the keys as far as memory allows.
    public var sink: ((Difference) throws -> Void)?

    /// Describes a comparison; nothing is read yet.
    public init(endpoints: Sides<any Endpoint>, datasets: Sides<Dataset>, settings: DiffSettings) {
        self.endpoints = endpoints
        self.datasets = datasets
        self.settings = settings
    }

    /// Pairs the columns and finds the key.
    public func plan() throws -> DiffPlan {
        try DiffPlanner(endpoints: endpoints, datasets: datasets, settings: settings).plan()
    }

    /// Compares.
    public func run() throws -> DiffResult { try run(plan()) }

    /// Compares by a plan that `plan` made.
    public func run(_ plan: DiffPlan) throws -> DiffResult {
        try run(plan, ledgerMemory: max(1 << 20, settings.memory / 2))
    }

    /// - Parameter ledgerMemory: bytes that open rows may take before they go to disk.
    func run(_ plan: DiffPlan, ledgerMemory: Int) throws -> DiffResult {
        let start = Date()
        // A rule that cannot be read is told before anything is.
        for column in plan.columns { _ = try RuleComparison(form: column.form, rule: column.rule) }
        var choice = try StrategyChoice(endpoints: endpoints, plan: plan, settings: settings).choose()
        var ledger = Ledger(keyFields: plan.keyCount, memory: ledgerMemory, spillFolder: settings.spillFolder)
        var found = Found()
        switch choice.strategy {
        case .join:
            found = try JoinStrategy(endpoints: endpoints, plan: plan, settings: settings).run(&ledger, progress)
        case .stream:
            found = try StreamStrategy(endpoints: endpoints, plan: plan, settings: settings).run(&ledger, progress)
        case .checksum:
            do {
                found = try ChecksumStrategy(endpoints: endpoints, plan: plan, settings: settings).run(
                    &ledger, progress)
            } catch EndpointError.unsupported(let reason) where settings.strategy == nil {
                // A server that is too old, or types whose hashes differ where the values do not.
                choice = (.stream, "\(choice.reason), but checksums are out of the question: \(reason)")
                ledger = Ledger(keyFields: plan.keyCount, memory: ledgerMemory, spillFolder: settings.spillFolder)
                found = try StreamStrategy(endpoints: endpoints, plan: plan, settings: settings).run(&ledger, progress)
            }
        }
        var result = DiffResult(plan: plan, strategy: choice.strategy, strategyReason: choice.reason)
        result.rows = found.rows
        result.misfits = found.misfits
        result.statements = found.statements
        result.circumstances = Sides(left: endpoints.left.circumstances, right: endpoints.right.circumstances)
        result.targets = Sides(left: endpoints.left.target, right: endpoints.right.target)
        result.sampledShare = plan.sampledShare
        var settlement = try Settlement(plan: plan, result: result, sampleLimit: settings.samples, sink: sink)
        try ledger.settle { try settlement.add($0) }
        result = settlement.finished()
        result.spilledBytes = ledger.spilledBytes
        result.notices = Notices(result, found).lines
        result.seconds = Date().timeIntervalSince(start)
        return result
    }
}

/// How far a comparison is.
public struct DiffProgress: Sendable {
    /// Rows that have been read.
    public var rows = Sides(left: 0, right: 0)
    /// Rows that are expected, where the engine has an estimate.
    public var expected = Sides<Int?>(left: nil, right: nil)
    /// Since the beginning, in seconds.
    public var seconds = 0.0
}

/// What a strategy brings home beside the open rows.
struct Found {
    var rows = Sides(left: 0, right: 0)
    var misfits = Sides<[Int: Int]>(left: [:], right: [:])
    var statements = Sides(left: "", right: "")
    var remarks: [String] = []
}

/// What a reader should know about a result.
private struct Notices {
    let lines: [String]

    init(_ result: DiffResult, _ found: Found) {
        let plan = result.plan
        var lines = plan.schemas.left.remarks + plan.schemas.right.remarks + found.remarks
        for column in plan.columns {
            if let remark = column.remark { lines.append("column \(column.name): \(remark)") }
        }
        for side in Side.allCases {
            if let faults = plan.keyFaults[side] {
                if faults.nulls > 0 { lines.append("\(faults.nulls) rows of the \(side) have a NULL in the key") }
                if faults.duplicates > 0 {
                    lines.append("\(faults.duplicates) rows of the \(side) share their key with another row")
                }
            }
            for (index, count) in result.misfits[side].sorted(by: { $0.key < $1.key }) {
                lines.append(
                    "\(count) values of the \(side)'s column \(plan.columns[index].name) are not what its type says; they "
                        + "equal nothing but themselves")
            }
        }
        for column in result.columns where column.equalUnderRule > 0 {
            let rule = plan.columns.first { $0.name == column.name }?.rule.description ?? ""
            lines.append(
                "\(column.equalUnderRule) values of column \(column.name) are equal only under the rule \(rule)")
        }
        for column in plan.columns.prefix(plan.keyCount) where !column.rule.isExact {
            lines.append("key column \(column.name): keys are compared exactly, its rule was not applied")
        }
        if plan.keyCount == 0 {
            lines.append("no key: rows are compared as a multiset, changed rows show as one row on each side")
            if plan.columns.contains(where: { !$0.rule.isExact }) {
                lines.append("rules need a key and were not applied")
            }
        }
        if let share = result.sampledShare {
            let keys = max(result.rows.left, result.rows.right)
            let different = result.changedRows + result.exclusiveRows.left + result.exclusiveRows.right
            let bounds = Self.interval(different, of: keys)
            let text = { (part: Double) in "\((part * 10_000).rounded() / 100) %" }
            lines.append(
                "a sample of \(text(share)) of the keys, the same on both sides; \(different) of \(keys) differ, which means that between "
                    + "\(text(bounds.low)) and \(text(bounds.high)) of all keys do (with 95 % confidence)")
        }
        if result.rows.left == 0 && result.rows.right == 0 { lines.append("both sides are empty") }
        self.lines = lines
    }

    /// Wilson's interval for a share (E. B. Wilson, "Probable inference", 1927), which is right for none and for all, too.
    private static func interval(_ count: Int, of all: Int) -> (low: Double, high: Double) {
        guard all > 0 else { return (0, 1) }
        let (n, z) = (Double(all), 1.96)
        let share = Double(count) / n
        let middle = share + z * z / (2 * n)
        let reach = z * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
        let scale = 1 + z * z / n
        return (max(0, (middle - reach) / scale), min(1, (middle + reach) / scale))
    }
}

extension DiffRun {
    /// What a comparison would do: strategy, key, pairs of columns and statements, a line each. Catalogs are read, rows only
    /// where a key has to be proved.
    public func explanation() throws -> [String] {
        let plan = try plan()
        let choice = try StrategyChoice(endpoints: endpoints, plan: plan, settings: settings).choose()
        var lines = [
            "strategy: \(choice.strategy.rawValue) (\(choice.reason))",
            "key: \(plan.key.isEmpty ? "none" : plan.key.joined(separator: ", ")) (\(plan.keyReason))",
        ]
        for column in plan.columns {
            let types = Set([column.columns.left.nativeType, column.columns.right.nativeType]).sorted().joined(
                separator: " / ")
            lines.append("column \(column.name): \(types)\(column.remark.map { "; \($0)" } ?? "")")
        }
        switch choice.strategy {
        case .join:
            if let endpoint = endpoints.left as? any JoiningEndpoint {
                let request = JoinRequest(
                    left: plan.request(.left), right: plan.request(.right), keyCount: plan.keyCount)
                lines.append("both: \(try endpoint.joinStatement(request))")
            }
        case .stream, .checksum:
            for side in Side.allCases { lines.append("\(side): \(try endpoints[side].statement(plan.request(side)))") }
        }
        for side in Side.allCases { lines += endpoints[side].circumstances.map { "\(side): \($0)" } }
        return lines
    }
}
