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
