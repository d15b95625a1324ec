import ArgumentParser
import Catalog
import Databases
import Engines
import Foundation
import Project
import Verification

/// `proc2dbt demo`: the whole way, on the sample systems, with engines of its own.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Convert and prove the sample systems, with engines that proc2dbt starts itself.",
        discussion: "Exit code 0: parity; 4: differences; 1: failure.")

    @Option(help: ArgumentHelp("The folder to write to.", valueName: "dir"))
    var out = "demo-out"

    mutating func validate() throws {
        if out.isEmpty { throw ValidationError("--out needs a folder.") }
    }

    func run() async throws {
        let templates = try TemplateFolder.find()
        let systems = try SampleSystem.all(besides: templates)
        _ = try PythonEnvironment.locate()
        let engine = try EmbeddedPostgres.start()
        defer { engine.stop() }
        var failures: [any Error] = []
        for system in systems {
            print("== \(system.name)")
            do {
                try await run(system, on: engine, templates)
            } catch {
                failures.append(error)
                if !(error is ExitCode) { print("\(system.name): \(Failure.line(for: error))") }
            }
            print("")
        }
        // A difference says more than a failure beside it.
        if failures.contains(where: { $0 as? ExitCode == .different }) { throw ExitCode.different }
        if let first = failures.first { throw first }
    }

    private func run(_ system: SampleSystem, on engine: EmbeddedPostgres, _ templates: TemplateFolder) async throws {
        let progress = ProgressLine()
        progress.show("\(system.name): making the database")
        let connection = try system.makeDatabase(on: engine)
        let folder = OutputFolder("\(out)/\(system.name)")
        let contents = try Extraction(source: .connection(connection)).read()
        // The engine is gone afterwards: `verify` finds the rows in the sample's files.
        let record = SourceRecord(
            .files(system.files.map(\.path)), dialect: contents.snapshot.dialect, projectName: contents.projectName,
            target: "postgres", findings: [])
        let given = try folder.readConfiguration()
        var settings = ConversionRun.settings(given, record, folder)
        if given == nil { settings.configuration = system.configuration(contents.projectName) }
        let conversion = try Conversion(of: contents.snapshot, settings: settings, templates: templates)
        let written = try folder.write(
            catalog: contents.snapshot, record: record, conversion: conversion, templates: templates)
        progress.clear()
        print(
            ConversionText(conversion: conversion, folder: folder, written: written, verbose: false).lines
                .joined(separator: "\n") + "\n")

        var verification = VerificationRun(
            folder: folder, snapshot: contents.snapshot, state: .database(connectionString: connection))
        verification.settings = conversion.configuration.verify
        let outcome = try await verification.run(system.scenario, on: engine)
        let files = ReportFiles(folder: folder)
        try files.write(outcome)
        let text = VerdictText(outcome)
        print((text.lines + files.lines).joined(separator: "\n"))
        try text.end()
    }
}

/// A folder of `sample-procs` with a scenario.
struct SampleSystem {
    let name: String
    let files: [URL]
    let scenario: VerificationScenario

    /// The systems that stand beside the templates.
    static func all(besides templates: TemplateFolder) throws -> [SampleSystem] {
        let folder = URL(fileURLWithPath: templates.folders.last ?? ".").deletingLastPathComponent()
            .appending(path: "sample-procs")
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
        let systems = try names.filter {
            FileManager.default.fileExists(atPath: folder.appending(path: "\($0)/scenario.yml").path)
        }.map { try SampleSystem(folder.appending(path: $0)) }
        guard !systems.isEmpty else {
            throw Failure("no sample systems in \(folder.path); run the demo from a source checkout")
        }
        return systems
    }

    private init(_ folder: URL) throws {
        let file = try ScenarioFile(contentsOf: folder.appending(path: "scenario.yml"))
        name = folder.lastPathComponent
        files = file.files
        scenario = file.scenario
    }

    /// Makes the system's database and returns how to connect to it.
    func makeDatabase(on engine: EmbeddedPostgres) throws -> String {
        try engine.createDatabase(name)
        let connectionString = engine.connectionString(database: name)
        try PostgresConnection.with(connectionString) { connection in
            for file in files {
                do {
                    try connection.execute(String(contentsOf: file, encoding: .utf8))
                } catch {
                    throw Failure("\(file.path): \(Failure.line(for: error))")
                }
            }
        }
        return connectionString
    }

    /// A configuration whose pipelines are those of the scenario, and that copies all rows.
    func configuration(_ projectName: String) -> ProjectConfiguration {
        var result = ProjectConfiguration(projectName: projectName)
        result.verify.rowLimit = 1_000_000
        result.pipelines = scenario.pipelines.map { pipeline in
            PipelineScenario(
                entry: pipeline.entry,
                calls: pipeline.calls.map { call in
                    let arguments = call.arguments.sorted { $0.key < $1.key }.map { name, value in
                        ScenarioArgument(name: name, value: value.map { .text($0) } ?? .null)
                    }
                    return ScenarioCall(
                        arguments: arguments, changes: call.changes.isAutomatic ? .automatic : .none,
                        changesBefore: call.changes.statements)
                })
        }
        return result
    }
}
