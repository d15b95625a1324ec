import Catalog
import Engines
import Foundation

/// dbt against the scratch database: parses once, then builds what a routine needs.
struct DbtBuild: Sendable {
    /// Why dbt cannot read the project.
    struct Problem: Error {
        var reason: String
    }
    private let dbt: DbtRunner
    private let project: URL
    private let profiles: URL
    private let target: URL
    private let environment: [String: String]
    private let timeout: Double?
    /// The file that a project for DuckDB is built in; nil for one for PostgreSQL.
    let duckdb: DbtProfile.DuckDBFile?

    init(verifier: Verifier, project: URL, catalog: CatalogSnapshot) throws {
        if verifier.options.target == "duckdb" {
            let file = verifier.workDirectory.appending(path: "\(DuckDBMirror.name).duckdb")
            duckdb = DbtProfile.DuckDBFile(path: file, timeZone: DuckDBMirror.timeZone(catalog))
            for suffix in ["", ".wal"] { try? FileManager.default.removeItem(atPath: file.path + suffix) }
        } else {
            duckdb = nil
        }
        let profile = try DbtProfile(
            project: project, directory: verifier.workDirectory.appending(path: "profiles"), engine: verifier.engine,
            database: ScratchDatabases.dbt, schema: verifier.options.schema, threads: verifier.options.threads,
            duckdb: duckdb)
        dbt = verifier.dbt
        timeout = verifier.options.timeout
        self.project = project
        profiles = profile.directory
        environment = profile.environment
        target = verifier.workDirectory.appending(path: "target")
    }

    /// Reads the project; the manifest says which models there are.
    func parse() async throws -> Result<DbtManifest, Problem> {
        let result = try await dbt.invoke(invocation(["parse"], [:]), timeout: timeout)
        guard result.success else {
            let texts = [result.exception].compactMap { $0 } + (result.messages ?? []).map(\.text)
            return .failure(Problem(reason: texts.first ?? "no reason given"))
        }
        return .success(try DbtManifest(contentsOf: target.appending(path: "manifest.json")))
    }

    /// Builds what the routine needs: the new CALL.
    func build(entry: String, variables: [String: DbtValue]) async throws -> DbtResult {
        // Unit tests have inputs of their own: they say nothing about this state.
        try await dbt.invoke(
            invocation(Self.command(entry) + ["--exclude-resource-type", "unit_test"], variables), timeout: timeout)
    }

    /// Runs all unit tests; what they read must have been built, if only for its columns.
    func runUnitTests() async throws -> DbtResult {
        try await dbt.invoke(invocation(["test", "--select", "test_type:unit"], [:]), timeout: timeout)
    }

    /// Builds and records what dbt sends; `variables` hold markers, `values` what is sent in their place.
    func record(entry: String, variables: [String: DbtValue], values: [String: String]) async throws -> DbtResult {
        var invocation = invocation(
            // One thread: the statements come in an order that can be sent again.
            Self.command(entry) + ["--exclude-resource-type", "unit_test", "--threads", "1"], variables)
        invocation.recording = values
        return try await dbt.invoke(invocation, timeout: timeout)
    }

    /// The command as a person would type it.
    static func text(entry: String, variables: [String: DbtValue]) -> String {
        let vars = variables.isEmpty ? "" : " --vars '\(DbtValue.object(variables).replacing("'", with: "'\\''"))'"
        return "dbt \(command(entry).joined(separator: " "))\(vars)"
    }

    private static func command(_ entry: String) -> [String] { ["build", "--select", "config.meta.routine:\(entry)"] }

    private func invocation(_ command: [String], _ variables: [String: DbtValue]) -> DbtInvocation {
        DbtInvocation(
            command, projectDirectory: project, profilesDirectory: profiles, targetDirectory: target,
            variables: variables, environment: environment)
    }
}
