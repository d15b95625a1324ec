import ArgumentParser
import Diff
import Endpoints
import Engines
import Foundation

/// `proc2dbt diff`: compares two datasets of one or two databases.
struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Compare two tables or queries, in one or two databases, value by value.",
        discussion: """
            Values are compared as typed values, exactly unless a --rule says otherwise. Nothing is written to either \
            database; each side is read at one snapshot. Exit code 0: equal; 4: different; 1: failure.
            """)

    @Argument(
        help: ArgumentHelp(
            "The left database: postgresql://.., odbc:DRIVER=..;.., duckdb:FILE, sqlite:FILE, FILE.csv, FILE.parquet.",
            valueName: "left"))
    var left: String?

    @Argument(help: ArgumentHelp("The right database.", valueName: "right"))
    var right: String?

    @OptionGroup var options: DiffOptions

    @Option(
        help: ArgumentHelp(
            "Settings by table, and what to run where no databases are named (default: proc2dbt.yml, where there is one).",
            valueName: "file"))
    var config: String?

    @Flag(help: "Print the result as one JSON document.")
    var json = false

    @Flag(help: "Show what would be sent to the databases, and compare nothing.")
    var explain = false

    mutating func validate() throws {
        guard (left == nil) == (right == nil) else {
            throw ValidationError("Name both databases, or neither and a --config.")
        }
        try options.validate()
    }

    func run() async throws {
        let file = try configuration()
        guard let left, let right else { return try runAll(file) }
        let entry = options.table.flatMap { name in
            file?.tables[name] ?? file?.tables[String(name.prefix { $0 != "=" })]
        }
        let options = options.merged(with: entry)
        try options.validate()
        let progress = ProgressLine()
        let comparison = try Comparison(left, right, options)
        if explain { return print(try comparison.explanation().joined(separator: "\n")) }
        let result = try comparison.run { progress.show($0.line) }
        progress.clear()
        if let out = options.out, !json { print("differences \(out)") }
        print(json ? try DiffDocument(result).text() : DiffText(result).lines.joined(separator: "\n"))
        if !result.isEqual { throw ExitCode.different }
    }

    private func configuration() throws -> DiffFile? {
        if let config { return try DiffFile(path: config) }
        guard FileManager.default.fileExists(atPath: "proc2dbt.yml") else { return nil }
        return try DiffFile(path: "proc2dbt.yml")
    }

    /// All runs of a file: a line each as they finish, then the verdict.
    private func runAll(_ file: DiffFile?) throws {
        guard let file, !file.runs.isEmpty else {
            throw ValidationError("Name two databases, or a --config whose section diff has runs.")
        }
        let jobs = try file.runs.enumerated().map { index, entry in
            guard let left = entry.left, let right = entry.right else {
                throw Failure("run \(index + 1) names no left or no right")
            }
            let table = entry.table.flatMap { file.tables[String($0.prefix { $0 != "=" })] }
            let own = options.merged(with: entry).merged(with: table)
            try own.validate()
            let addresses = (try DiffFile.expanded(left), try DiffFile.expanded(right))
            return DiffMany.Job(
                name: entry.name ?? entry.table ?? "run \(index + 1)", left: addresses.0, right: addresses.1,
                run: { try Comparison(addresses.0, addresses.1, own).run(nil) })
        }
        let json = json
        let many = DiffMany(jobs: jobs, connections: file.connections, threads: max(4, options.jobs ?? 1))
        let outcomes = many.run { outcome in
            if !json { writeLine(outcome.line) }
        }
        if json { print(try DiffManyDocument(outcomes).text()) }
        let failed = outcomes.count { if case .failure = $0.result { true } else { false } }
        let different = outcomes.count { if case .success(let result) = $0.result { !result.isEqual } else { false } }
        if !json {
            print(
                "\(outcomes.count) compared: \(outcomes.count - failed - different) equal, \(different) different, \(failed) failed"
            )
        }
        if failed > 0 { throw ExitCode(1) }
        if different > 0 { throw ExitCode.different }
    }
}

/// One line that several threads may print.
private func writeLine(_ text: String) {
    try? FileHandle.standardOutput.write(contentsOf: Data("\(text)\n".utf8))
}

extension DiffMany.Outcome {
    /// The outcome on one line.
    var line: String {
        switch result {
        case .failure(let error): return "\(name): failed: \(error)"
        case .success(let found):
            if found.isEqual { return "\(name): equal, \(found.rows.left) rows" }
            let only = found.exclusiveRows
            return "\(name): different: \(found.changedRows) changed, \(only.left) only left, \(only.right) only right"
        }
    }
}

/// Outcomes as one JSON document.
private struct DiffManyDocument: Encodable {
    struct One: Encodable {
        var name: String
        var result: DiffDocument?
        var error: String?
    }
    var version = 1
    var diffs: [One]

    init(_ outcomes: [DiffMany.Outcome]) {
        diffs = outcomes.map { outcome in
            switch outcome.result {
            case .success(let result): One(name: outcome.name, result: DiffDocument(result))
            case .failure(let error): One(name: outcome.name, error: error.description)
            }
        }
    }

    func text() throws -> String { try DiffDocument.encoded(self) }
}

/// One comparison with its sessions.
struct Comparison {
    private let addresses: Sides<Address>
    private let endpoints: Sides<any Endpoint>
    private let options: DiffOptions
    private var run: DiffRun

    init(_ left: String, _ right: String, _ options: DiffOptions) throws {
        self.options = options
        addresses = Sides(left: try Address(left), right: try Address(right))
        let settings = try options.settings()
        let datasets = try options.datasets(addresses)
        endpoints = try addresses.map { try $0.open() }
        run = DiffRun(endpoints: endpoints, datasets: datasets, settings: settings)
    }

    func explanation() throws -> [String] { try run.explanation() }

    /// Compares, and writes the differences where `--out` says.
    func run(_ progress: ((DiffProgress) -> Void)?) throws -> DiffResult {
        var run = run
        run.progress = progress
        // Ctrl-C stops the statements on the servers, too.
        let interrupts = [endpoints.left.interrupt, endpoints.right.interrupt]
        let token = SignalCleanup.shared.register { for interrupt in interrupts { interrupt() } }
        defer { SignalCleanup.shared.unregister(token) }
        let plan = try run.plan()
        let writer = try options.out.map { text in
            try DifferenceTarget(text, table: DiffOptions.table).open(plan, addresses: addresses)
        }
        if let writer { run.sink = { try writer.write($0) } }
        let result = try run.run(plan)
        try writer?.finish()
        return result
    }
}

/// What is compared, and how.
struct DiffOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The table on the left, and after = the one on the right if it has another name.", valueName: "a[=b]"))
    var table: String?

    @Option(help: ArgumentHelp("A query instead of a table on the left.", valueName: "sql"))
    var queryLeft: String?

    @Option(help: ArgumentHelp("A query instead of a table on the right.", valueName: "sql"))
    var queryRight: String?

    @Option(
        help: ArgumentHelp(
            "A column that identifies rows; may be repeated (default: found by itself).", valueName: "column"))
    var key: [String] = []

    @Option(help: ArgumentHelp("Compare only these, separated by commas; may be repeated.", valueName: "columns"))
    var columns: [String] = []

    @Option(help: ArgumentHelp("Leave these out, separated by commas; may be repeated.", valueName: "columns"))
    var exclude: [String] = []

    @Option(help: ArgumentHelp("A column with another name on the right; may be repeated.", valueName: "left=right"))
    var map: [String] = []

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp("Only rows for which this holds, on both sides.", valueName: "sql"))
    var filter: String?

    @Option(help: ArgumentHelp("Only rows of the left for which this holds.", valueName: "sql"))
    var whereLeft: String?

    @Option(help: ArgumentHelp("Only rows of the right for which this holds.", valueName: "sql"))
    var whereRight: String?

    @Option(help: ArgumentHelp("Only rows at or above a watermark.", valueName: "column=value"))
    var since: String?

    @Option(help: ArgumentHelp("Only rows below a watermark.", valueName: "column=value"))
    var until: String?

    @Option(
        help: ArgumentHelp(
            "What may differ: COLUMN:RULE,.. or type:FAMILY:RULE,.. or *:RULE,..; rules are abs=N, rel=N, within=N(us|ms|s), "
                + "precision=N, trim, case, empty_is_null, unordered, zone=+HH:MM, cast=TYPE.",
            valueName: "rule"))
    var rule: [String] = []

    @Option(help: ArgumentHelp("join, stream or checksum (default: chosen by itself).", valueName: "name"))
    var strategy: String?

    @Option(
        help: ArgumentHelp(
            "Compare a part of the keys: N rows or P% of them, the same on both sides.", valueName: "n|p%"))
    var sample: String?

    @Option(
        help: ArgumentHelp(
            "Write all differences to FILE.csv, FILE.parquet, sqlite:FILE, or a new table left:TABLE or right:TABLE.",
            valueName: "target"))
    var out: String?

    @Option(help: ArgumentHelp("Most memory for rows, such as 2GiB (default: 512MiB).", valueName: "size"))
    var memory: String?

    @Option(help: ArgumentHelp("Parts that are read at the same time (default: 1).", valueName: "n"))
    var jobs: Int?

    @Option(help: ArgumentHelp("Samples kept for a column and a side (default: 20).", valueName: "n"))
    var samples: Int?

    func validate() throws {
        if let jobs, jobs < 1 { throw ValidationError("--jobs needs a number above zero.") }
        if let samples, samples < 0 { throw ValidationError("--samples needs a number that is not negative.") }
        if let strategy, Strategy(rawValue: strategy) == nil {
            throw ValidationError("--strategy is one of \(Strategy.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        if let memory, Self.bytes(memory) == nil { throw ValidationError("--memory needs a size such as 512MiB.") }
        for pair in map where pair.split(separator: "=", maxSplits: 1).count != 2 {
            throw ValidationError("--map needs left=right, not \(pair).")
        }
    }

    func settings() throws -> DiffSettings {
        var settings = DiffSettings()
        settings.key = key.flatMap(Self.names)
        settings.columns = columns.flatMap(Self.names)
        settings.excluded = exclude.flatMap(Self.names)
        for pair in map {
            let pieces = pair.split(separator: "=", maxSplits: 1).map(String.init)
            settings.mapped[pieces[0]] = pieces[1]
        }
        for text in rule {
            let pieces = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            let isFamily = pieces.first == "type"
            guard pieces.count >= (isFamily ? 3 : 2) else {
                throw ValidationError("--rule needs COLUMN:RULE, not \(text).")
            }
            let name = isFamily ? "type:\(pieces[1])" : pieces[0]
            if isFamily && !DiffSettings.families.contains(pieces[1]) {
                throw ValidationError("--rule type: is one of \(DiffSettings.families.joined(separator: ", ")).")
            }
            // A zone has a colon of its own.
            try settings.rules[name, default: ColumnRule()].add(
                pieces.dropFirst(isFamily ? 2 : 1).joined(separator: ":"))
        }
        settings.strategy = strategy.flatMap(Strategy.init)
        settings.memory = memory.flatMap(Self.bytes) ?? settings.memory
        settings.jobs = jobs ?? 1
        settings.samples = samples ?? settings.samples
        if let sample { settings.sample = try Self.sample(sample) }
        return settings
    }

    /// What is read on each side; a CSV or Parquet file needs no table's name.
    func datasets(_ addresses: Sides<Address>) throws -> Sides<Dataset> {
        var names = (table ?? "").split(separator: "=", maxSplits: 1).map(String.init)
        if names.count == 1 { names.append(names[0]) }
        let isNamed = Sides(
            left: queryLeft != nil || addresses.left.isTable, right: queryRight != nil || addresses.right.isTable)
        guard !names.isEmpty || (isNamed.left && isNamed.right) else {
            throw ValidationError("Name what to compare: --table A[=B], or --query-left and --query-right.")
        }
        let bounds = [try Self.bound(since, ">=", "--since"), try Self.bound(until, "<", "--until")].compactMap { $0 }
        let dataset = { (query: String?, name: String?, own: String?) -> Dataset in
            let filters = [filter, own].compactMap { $0 } + bounds
            let condition = filters.isEmpty ? nil : filters.map { "(\($0)\n)" }.joined(separator: " AND ")
            if let query { return Dataset(.query(query), filter: condition) }
            return Dataset(Self.table(name ?? ""), filter: condition)
        }
        return Sides(
            left: dataset(queryLeft, names.first, whereLeft), right: dataset(queryRight, names.last, whereRight))
    }

    /// `schema.table`, with double quotes around what holds points or capitals.
    static func table(_ text: String) -> Dataset.Origin {
        var parts: [String] = [""]
        var isQuoted = false
        var previousWasQuote = false
        for character in text {
            if character == "\"" {
                // Two quotes inside of quotes are one.
                if !isQuoted && previousWasQuote { parts[parts.count - 1].append("\"") }
                isQuoted.toggle()
                previousWasQuote = !isQuoted
                continue
            }
            previousWasQuote = false
            if character == "." && !isQuoted { parts.append("") } else { parts[parts.count - 1].append(character) }
        }
        guard parts.count > 1 else { return .table(schema: nil, name: parts[0]) }
        return .table(schema: parts.dropLast().joined(separator: "."), name: parts[parts.count - 1])
    }

    /// `5%`, `10000`.
    private static func sample(_ text: String) throws -> DiffSettings.Sample {
        if text.hasSuffix("%"), let share = Double(text.dropLast()), share > 0, share <= 100 {
            return .share(share / 100)
        }
        if let rows = Int(text), rows > 0 { return .rows(rows) }
        throw ValidationError("--sample needs a number of rows or a percentage such as 5%.")
    }

    /// `updated_at=2024-01-01` as a condition.
    private static func bound(_ text: String?, _ comparison: String, _ option: String) throws -> String? {
        guard let text else { return nil }
        let pieces = text.split(separator: "=", maxSplits: 1).map(String.init)
        guard pieces.count == 2 else { throw ValidationError("\(option) needs COLUMN=VALUE, not \(text).") }
        let isPlain = pieces[0].utf8.allSatisfy {
            ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x5F
        }
        // Bare where it can be: engines quote names in different ways.
        let column = isPlain ? pieces[0] : "\"\(pieces[0].replacing("\"", with: "\"\""))\""
        return "\(column) \(comparison) '\(pieces[1].replacing("'", with: "''"))'"
    }

    private static func names(_ list: String) -> [String] {
        list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    }

    /// `512MiB`, `2GB`, `100000`.
    static func bytes(_ text: String) -> Int? {
        let units: [(String, Int)] = [
            ("kib", 1 << 10), ("mib", 1 << 20), ("gib", 1 << 30), ("kb", 1000), ("mb", 1_000_000),
            ("gb", 1_000_000_000),
            ("k", 1 << 10), ("m", 1 << 20), ("g", 1 << 30), ("b", 1),
        ]
        let lower = text.lowercased()
        for (unit, factor) in units where lower.hasSuffix(unit) {
            let number = lower.dropLast(unit.count).trimmingCharacters(in: .whitespaces)
            return Double(number).flatMap { $0 > 0 ? Int($0 * Double(factor)) : nil }
        }
        return Int(lower).flatMap { $0 > 0 ? $0 : nil }
    }
}

extension DiffProgress {
    /// Rows, rate and time left, for the terminal.
    var line: String {
        let done = rows.left + rows.right
        let rate = seconds > 0 ? Double(done) / seconds : 0
        var text = "\(rows.left) and \(rows.right) rows, \(Int(rate)) a second"
        if let left = expected.left, let right = expected.right, rate > 0, left + right > done {
            text += ", \(Int(Double(left + right - done) / rate) + 1) s left"
        }
        return text
    }
}
