import ArgumentParser
import Catalog
import Engines
import Foundation
import Project
import Verification

/// `proc2dbt verify`: runs the originals and the project on the same rows and compares.
struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prove that the dbt project gives the same rows as the procedures.",
        discussion: """
            Both run in databases of an engine that proc2dbt starts itself; the source is only read. Rows come from \
            --source, else from PROC2DBT_SOURCE, else from where extract read. Exit code 0: parity; 4: differences; \
            1: failure, also when something could not be compared.
            """)

    @Argument(help: ArgumentHelp("A folder that extract wrote.", valueName: "dir"))
    var folder: String

    @Option(help: ArgumentHelp("JUnit XML (default: DIR/verify/junit.xml).", valueName: "file"))
    var junit: String?

    @Option(help: ArgumentHelp("A page for people (default: DIR/verify/report.html).", valueName: "file"))
    var html: String?

    @Option(help: ArgumentHelp("Everything as JSON (default: DIR/verify/report.json).", valueName: "file"))
    var json: String?

    @Option(help: "Decides about sampled rows, made-up changes and generated cases (default: that of proc2dbt.yml).")
    var seed: UInt64?

    @Option(
        help: ArgumentHelp(
            "Generated starting states a pipeline, beyond the calls of proc2dbt.yml (default: its verify.cases).",
            valueName: "n"))
    var cases: Int?

    @Option(
        name: .customLong("case"),
        help: ArgumentHelp("Only the generated case of this number, and no other call.", valueName: "k"))
    var onlyCase: Int?

    @Flag(
        help: ArgumentHelp(
            "Write a dbt unit test for each model, from generated cases on which original and project agree."))
    var unitTests = false

    @Option(help: ArgumentHelp("Only the pipelines of these routines.", valueName: "schema.routine"))
    var pipeline: [String] = []

    @Option(help: ArgumentHelp("Database or .sql files that hold the rows.", valueName: "url"))
    var source: String?

    mutating func validate() throws {
        if folder.isEmpty { throw ValidationError("Name a folder that extract wrote.") }
        if let cases, cases < 0 { throw ValidationError("--cases needs a number that is not negative.") }
        if unitTests, onlyCase != nil || !pipeline.isEmpty {
            throw ValidationError("--unit-tests is for all pipelines and many cases: leave --case and --pipeline out.")
        }
        if let onlyCase, onlyCase < 1 { throw ValidationError("--case counts from 1.") }
    }

    func run() async throws {
        let folder = OutputFolder(folder)
        let snapshot = try folder.readCatalog()
        guard FileManager.default.fileExists(atPath: "\(folder.project)/dbt_project.yml") else {
            throw Failure("\(folder.project) holds no dbt project; run `proc2dbt convert \(folder.path)` first")
        }
        let record = try SourceRecord.read(folder.record)
        let configuration = try folder.readConfiguration()
        let rows = try RowSource(option: source, record: record, dialect: snapshot.dialect)
        let conversion = try Conversion(
            of: snapshot, settings: ConversionRun.settings(configuration, record, folder), templates: folder.templates()
        )
        var verification = VerificationRun(folder: folder, snapshot: snapshot, state: rows.state)
        verification.settings = conversion.configuration.verify
        if let seed { verification.seed = seed }
        if let cases { verification.settings.cases = cases }
        verification.onlyCase = onlyCase
        verification.target = conversion.configuration.target
        if unitTests {
            verification.unitTestTemplates = try folder.templates()
            if verification.settings.cases == 0 { verification.settings.cases = VerificationRun.unitTestCases }
        }
        if unitTests, conversion.configuration.target != "postgres" {
            throw Failure(
                "--unit-tests is for projects for postgres; this one is for \(conversion.configuration.target)")
        }
        let scenario = try Scenarios(conversion: conversion, configuration: configuration).only(pipeline)
        let engine = try EmbeddedPostgres.start()
        defer { engine.stop() }
        let outcome = try await verification.run(scenario.verification, on: engine)
        let files = ReportFiles(folder: folder, junit: junit, html: html, json: json)
        try files.write(outcome)
        let written = unitTests ? try folder.write(unitTests: outcome.unitTests, of: conversion) : []
        let text = VerdictText(outcome)
        print((text.lines + scenario.remarks + written + files.lines).joined(separator: "\n"))
        try text.end()
    }
}

/// The calls to make: those of proc2dbt.yml, and proposed ones for pipelines that it does not know.
struct Scenarios {
    private(set) var verification: VerificationScenario
    /// Lines about pipelines that the configuration does not name.
    let remarks: [String]

    init(conversion: Conversion, configuration: ProjectConfiguration?) {
        var all = conversion.configuration
        let known = Set(all.pipelines.map(\.entry))
        let missing = conversion.plan.pipelines.filter { !known.contains($0.entry) }
        all.pipelines += missing.map(PipelineScenario.proposed)
        // `calls: []` is the user's way to leave a pipeline out.
        let left = all.pipelines.filter(\.calls.isEmpty).map(\.entry)
        all.pipelines.removeAll { $0.calls.isEmpty }
        verification = VerificationScenario(all)
        remarks =
            missing.map { "\($0.entry): not in proc2dbt.yml, verified with proposed calls" }
            + left.map { "\($0): no calls in proc2dbt.yml, not verified" }
    }
}

extension Scenarios {
    /// With these entry routines only; all when none is named.
    func only(_ entries: [String]) throws -> Scenarios {
        guard !entries.isEmpty else { return self }
        var chosen = self
        for entry in entries where !verification.pipelines.contains(where: { $0.entry == entry }) {
            throw Failure("--pipeline \(entry): there is no such pipeline with calls")
        }
        chosen.verification.pipelines.removeAll { !entries.contains($0.entry) }
        return chosen
    }
}

/// One verification in a folder.
struct VerificationRun {
    let folder: OutputFolder
    let snapshot: CatalogSnapshot
    let state: SourceState
    var settings = VerifySettings()
    var seed: UInt64?
    /// Only the generated case of this number.
    var onlyCase: Int?
    /// The warehouse that the project is for.
    var target = "postgres"
    /// Makes unit tests; nil makes none.
    var unitTestTemplates: TemplateFolder?

    /// So many states have something for nearly every model.
    static let unitTestCases = 120

    init(folder: OutputFolder, snapshot: CatalogSnapshot, state: SourceState) {
        self.folder = folder
        self.snapshot = snapshot
        self.state = state
    }

    func run(_ scenario: VerificationScenario, on engine: EmbeddedPostgres) async throws -> VerificationOutcome {
        guard !scenario.pipelines.isEmpty else {
            throw Failure("nothing to verify: there is no pipeline with calls; add some to \(folder.configuration)")
        }
        let work = URL(fileURLWithPath: folder.verification).appending(path: "work")
        try? FileManager.default.removeItem(at: work)
        try AtomicFile.createFolder(work.path)
        let dbt = DbtRunner(environment: try .locate(), logFile: work.appending(path: "dbt.log"))
        var options = Verifier.Options()
        options.seed = seed ?? UInt64(settings.seed)
        options.rowLimit = settings.rowLimit
        options.cases = settings.cases
        options.onlyCase = onlyCase
        options.target = target
        options.unitTestTemplates = unitTestTemplates
        options.skipsScenario = onlyCase != nil
        let verifier = Verifier(engine: engine, dbt: dbt, workDirectory: work, options: options)
        let progress = ProgressLine()
        defer { progress.clear() }
        let project = URL(fileURLWithPath: folder.project)
        do {
            let outcome = try await verifier.verify(
                project: project, catalog: snapshot, scenarios: [scenario], state: state,
                progress: { progress.show($0.line) })
            await dbt.stop()
            return outcome
        } catch {
            await dbt.stop()
            throw error
        }
    }
}

extension Verifier.Progress {
    /// What is being done, for the terminal.
    fileprivate var line: String {
        switch self {
        case .loadingState: "loading the rows"
        case .parsingProject: "dbt reads the project"
        case .copyingState: "copying the starting state"
        case .calling(let pipeline, let call, let count): "\(pipeline): calling the original, \(call) of \(count)"
        case .building(let pipeline, let call, let count): "\(pipeline): dbt build, \(call) of \(count)"
        case .comparing(let pipeline, let call, let count): "\(pipeline): comparing, \(call) of \(count)"
        case .finished(let pipeline, let verdict): "\(pipeline): \(verdict.word.rawValue)"
        case .recording(let pipeline): "\(pipeline): dbt build, recorded for generated cases"
        case .makingUnitTests(let pipeline): "\(pipeline): choosing rows for unit tests"
        case .runningUnitTests(let count): "dbt runs \(count) unit tests"
        case .replaying(let pipeline, let done, let count, let differing):
            "\(pipeline): generated case \(done) of \(count)"
                + (differing > 0 ? ", \(differing) \(differing == 1 ? "differs" : "differ")" : "")
        }
    }
}
