import Catalog
import Databases
import Endpoints
import Engines
import Foundation
import Project

/// Proves a generated project: calls the originals in one database, builds the project in another, compares all rows.
///
///     let engine = try EmbeddedPostgres.start()
///     let dbt = DbtRunner(environment: try .locate(), logFile: folder.appending(path: "dbt.log"))
///     let verifier = Verifier(engine: engine, dbt: dbt, workDirectory: folder)
///     let outcome = try await verifier.verify(
///         project: projectFolder, catalog: snapshot, scenarios: [scenario], state: .sqlFiles(files))
public struct Verifier: Sendable {
    /// What can be set.
    public struct Options: Sendable {
        /// Decides about sampled rows and made-up changes.
        public var seed: UInt64 = 1
        /// Tables with more rows than this are sampled, with all rows that the sample refers to.
        public var rowLimit = 1_000_000
        /// Longest time for one original call or one dbt build, in seconds; nil for no limit.
        public var timeout: Double? = 600
        /// The warehouse that the project is for: `postgres` or `duckdb`.
        public var target = "postgres"
        /// Threads of dbt.
        public var threads = 4
        /// dbt's target schema.
        public var schema = "dbt"
        /// At most so many sample rows a comparison.
        public var sampleLimit = 20
        /// Generated cases a pipeline, beyond the calls of the scenario.
        public var cases = 0
        /// Makes no call of the scenario: they only lend their arguments to the generated cases.
        public var skipsScenario = false
        /// Only the generated case of this number.
        public var onlyCase: Int?
        /// Generated cases that differ are described in full, with the smallest state found, up to this many a pipeline.
        public var describedCases = 5
        /// Makes unit tests (`VerificationOutcome.unitTests`), written down with these templates; nil makes none.
        public var unitTestTemplates: TemplateFolder?
        /// Pairs of databases that generated cases run in side by side.
        public var workers = 2

        /// The usual settings.
        public init() {}
    }

    /// What is being done, for a person who waits.
    public enum Progress: Sendable, Equatable {
        case loadingState
        case parsingProject
        case copyingState(scenario: String)
        case calling(pipeline: String, call: Int, of: Int)
        case building(pipeline: String, call: Int, of: Int)
        case comparing(pipeline: String, call: Int, of: Int)
        case finished(pipeline: String, verdict: Verdict)
        /// dbt builds a pipeline whose statements are sent again for each generated case.
        case recording(pipeline: String)
        case replaying(pipeline: String, done: Int, of: Int, differing: Int)
        case makingUnitTests(pipeline: String)
        case runningUnitTests(Int)
    }

    let engine: EmbeddedPostgres
    let dbt: DbtRunner
    let workDirectory: URL
    let options: Options

    /// Makes a verifier that works in databases of `engine` and writes dbt's files below `workDirectory`.
    public init(engine: EmbeddedPostgres, dbt: DbtRunner, workDirectory: URL, options: Options = Options()) {
        self.engine = engine
        self.dbt = dbt
        self.workDirectory = workDirectory
        self.options = options
    }

    /// Runs all scenarios, each from the same starting state, and returns what differs.
    ///
    /// Throws only when nothing can be said at all: no engine, no dbt, an unreadable state. Whatever goes wrong for one
    /// pipeline is part of the outcome.
    public func verify(
        project: URL, catalog: CatalogSnapshot, scenarios: [VerificationScenario], state: SourceState,
        progress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) async throws -> VerificationOutcome {
        let start = Date()
        let settings = try String(contentsOf: project.appending(path: "dbt_project.yml"), encoding: .utf8)
        var outcome = VerificationOutcome(
            project: DbtProfile.value(of: "name", in: settings) ?? project.lastPathComponent,
            source: state.summary, seed: options.seed, startedAt: start)
        let databases = ScratchDatabases(engine: engine, catalog: catalog)
        progress(.loadingState)
        let loader = StateLoader(databases: databases, rowLimit: options.rowLimit, seed: options.seed)
        outcome.notes = try loader.load(state)
        for scenario in scenarios {
            progress(.copyingState(scenario: scenario.name))
            try databases.copyState(entries: Set(scenario.pipelines.map(\.entry)))
            progress(.parsingProject)
            let build = try DbtBuild(verifier: self, project: project, catalog: catalog)
            switch try await build.parse() {
            case .failure(let problem):
                outcome.pipelines += scenario.pipelines.map {
                    PipelineOutcome(
                        entry: $0.entry, scenario: scenario.name,
                        stopped: .differs("dbt cannot read the project: \(problem.reason)"))
                }
            case .success(let manifest):
                let run = ScenarioRun(
                    verifier: self, catalog: catalog, manifest: manifest, build: build, name: scenario.name)
                var pipelines = try await run.run(scenario.pipelines, progress)
                if options.cases > 0 || options.onlyCase != nil {
                    var tests: [UnitTest] = []
                    var untested: [String: String] = [:]
                    for index in pipelines.indices where pipelines[index].stopped == nil {
                        let (generated, made, without) = try await runGenerated(
                            scenario.pipelines[index], catalog: catalog, manifest: manifest, build: build,
                            databases: databases, project: project, progress: progress)
                        pipelines[index].generated = generated
                        // A model that several routines need has one test.
                        tests += made.filter { test in !tests.contains { $0.model == test.model } }
                        untested.merge(without) { first, _ in first }
                    }
                    if options.unitTestTemplates != nil {
                        progress(.runningUnitTests(tests.count))
                        let proven = try await proven(
                            tests, of: scenario, project: project, catalog: catalog, manifest: manifest,
                            databases: databases)
                        outcome.unitTests += proven.passed
                        for test in tests { untested[test.model] = nil }
                        outcome.notes += proven.remarks
                        outcome.notes += untested.sorted { $0.key < $1.key }.map {
                            "\($0.key): no unit test: \($0.value) in the generated states"
                        }
                    }
                }
                outcome.pipelines += pipelines
            }
        }
        outcome.engines["PostgreSQL"] = try PostgresConnection.with(engine.connectionString()) {
            $0.reportedSetting("server_version") ?? ""
        }
        if options.target == "duckdb" { outcome.engines["DuckDB"] = try DuckDBDatabase(path: nil).version }
        outcome.engines["dbt"] = await dbt.version ?? ""
        outcome.seconds = Date().timeIntervalSince(start)
        return outcome
    }
}

extension SourceState {
    /// Where the rows come from, without a secret.
    var summary: String {
        switch self {
        case .database(let connectionString): PostgresConnection.masked(connectionString)
        case .sqlFiles(let files, _): files.map(\.lastPathComponent).joined(separator: ", ")
        case .empty: "empty tables"
        }
    }
}
