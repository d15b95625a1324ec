import Foundation
import Testing

/// The generated projects of the samples under the linters that teams use: nothing is found.
@Suite(.serialized, .enabled(if: CommandLineProgram.hasEnvironment)) struct LinterTests {
    private static let package = CommandLineProgram.package

    /// A linter: how it is called in the folder of the dbt project.
    struct Linter: CustomTestStringConvertible {
        var name: String
        var environment: String
        var arguments: [String]
        var variables: [String: String] = [:]
        var testDescription: String { name }
    }

    static let linters = [
        Linter(
            name: "sqlfluff", environment: ".venv-lint",
            arguments: ["lint", ".", "--processes", "2", "--disable-progress-bar"]),
        Linter(name: "yamllint", environment: ".venv-lint", arguments: ["--strict", "."]),
        Linter(
            name: "dbt", environment: ".venv",
            arguments: ["--warn-error", "parse", "--no-partial-parse", "--show-all-deprecations"]),
        // The next two read what dbt wrote.
        Linter(name: "dbt-bouncer", environment: ".venv-lint", arguments: ["run", "--preset", "strict"]),
        Linter(
            name: "dbt-score", environment: ".venv-lint",
            arguments: ["lint", "--manifest", "target/manifest.json", "--fail-any-item-under", "10"]),
        // dbt 2 is called dbt, too.
        Linter(
            name: "dbt", environment: ".venv-lint",
            arguments: ["parse", "--warn-error", "--profiles-dir", ".", "--target-path", "target-2"],
            variables: ["DBT_ALLOW_EXPERIMENTAL_ADAPTERS": "true", "DO_NOT_TRACK": "1"]),
    ]

    /// One sample stands for the projects for DuckDB, for the time that it takes; `P2D_LINT=all` looks at all of them.
    private static let projects =
        ["billing", "insurance", "retail"].map { ($0, "postgres") } + [("billing", "duckdb")]
        + (ProcessInfo.processInfo.environment["P2D_LINT"] == nil
            ? [] : [("insurance", "duckdb"), ("retail", "duckdb")])

    @Test(arguments: projects)
    func findNothing(_ sample: String, _ target: String) throws {
        try withFolder { folder in
            let source = Self.package.appending(path: "sample-procs/\(sample)").path
            let result = try CommandLineProgram.run(
                ["extract", source, "--out", "out", "--target", target], in: folder)
            #expect(result.code == 0, "\(result.errors)")
            let project = folder.appending(path: "out/dbt")
            for var linter in Self.linters {
                // A loop that carries tables is one recursive query, which nothing cuts in two.
                if linter.name == "dbt-score", sample == "insurance" {
                    linter.arguments += [
                        "--disabled-rule", "dbt_score.rules.generic.sql_has_reasonable_number_of_lines",
                    ]
                }
                let (code, output) = try Self.run(linter, in: project)
                #expect(code == 0, "\(linter.name): \(output.suffix(3000))")
            }
        }
    }

    /// A linter that finds nothing anywhere proves nothing.
    @Test func findsWhatIsThere() throws {
        try withFolder(["a.sql": "SELECT a,b FROM t", "b.yml": "a:   [1,2 ]\n"]) { folder in
            for linter in Self.linters.prefix(2) {
                var linter = linter
                if linter.name == "sqlfluff" { linter.arguments += ["--dialect", "postgres"] }
                let (code, _) = try Self.run(linter, in: folder)
                #expect(code != 0, "\(linter.name)")
            }
        }
    }

    /// A project that is not as it should be, for the linters that look at projects.
    @Test func findsWhatIsWrongWithAProject() throws {
        try withFolder { folder in
            let source = Self.package.appending(path: "sample-procs/billing").path
            _ = try CommandLineProgram.run(["extract", source, "--out", "out"], in: folder)
            let project = folder.appending(path: "out/dbt")
            let file = project.appending(path: "models/staging/app/_stg_app__models.yml")
            let text = try String(contentsOf: file, encoding: .utf8)
            let start = try #require(text.range(of: "    description: |-\n"))
            let end = try #require(text.range(of: "    config:\n", range: start.upperBound..<text.endIndex))
            let broken = text.replacingCharacters(in: start.lowerBound..<end.lowerBound, with: "    descripton: gone\n")
            try broken.write(to: file, atomically: true, encoding: .utf8)
            // Without a manifest the last three would fail for another reason.
            let parse = Linter(name: "dbt", environment: ".venv", arguments: ["parse", "--no-partial-parse"])
            #expect(try Self.run(parse, in: project).code == 0)
            for linter in Self.linters.suffix(3) {
                let (code, output) = try Self.run(linter, in: project)
                #expect(code != 0, "\(linter.name) \(linter.environment): \(output)")
            }
        }
    }

    private static func run(_ linter: Linter, in folder: URL) throws -> (code: Int32, output: String) {
        let process = Process()
        process.executableURL = package.appending(path: "\(linter.environment)/bin/\(linter.name)")
        process.arguments = linter.arguments
        process.currentDirectoryURL = folder
        process.environment = ProcessInfo.processInfo.environment.merging(linter.variables) { $1 }
        process.standardInput = FileHandle.nullDevice
        let log = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try Data().write(to: log)
        defer { try? FileManager.default.removeItem(at: log) }
        let handle = try FileHandle(forWritingTo: log)
        process.standardOutput = handle
        process.standardError = handle
        try process.run()
        process.waitUntilExit()
        return (process.terminationStatus, try String(contentsOf: log, encoding: .utf8))
    }
}
