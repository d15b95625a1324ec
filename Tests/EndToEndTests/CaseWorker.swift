import Catalog
import Databases
import Engines
import Foundation
import Project
import Verification
import Versions

/// A PostgreSQL and a dbt of its own, which run one case after the other.
///
/// Starting them costs seconds and is done once; what is paid for each case is parsing its project and building it.
final class CaseWorker: Sendable {
    private static let catalogDatabase = "p2d_catalog"
    private let engine: EmbeddedPostgres
    private let dbt: DbtRunner
    private let folder: URL

    /// Starts the server; dbt starts with the first case.
    init(number: Int) throws {
        folder = Repository.workFolder.appending(path: "\(number)")
        try? FileManager.default.removeItem(at: folder)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        engine = try EmbeddedPostgres.start()
        dbt = DbtRunner(environment: try .locate(), logFile: folder.appending(path: "dbt.log"))
    }

    /// Converts a case and compares both sides after each of its calls.
    func run(_ test: EndToEndCase, mutant: RuleMutant? = nil, target: String = "postgres") async -> CaseResult {
        var result = CaseResult(test)
        let start = Date()
        var conversion: CaseConversion?
        var outcome: PipelineOutcome?
        do {
            let converted = try CaseConversion(test, catalog: readCatalog(test), mutant: mutant, target: target)
            conversion = converted
            let compared = try await compare(test, converted) { $0.target = target }
            outcome = compared
            result.judge(converted, compared)
        } catch {
            result.judgement = .failed
            result.status = conversion?.status.rawValue ?? ""
            result.difference = "\(error)"
        }
        result.details = CaseDetails(conversion: conversion, outcome: outcome).text
        result.seconds = Date().timeIntervalSince(start)
        return result
    }

    /// Only converts a case.
    func conversion(_ test: EndToEndCase) throws -> CaseConversion {
        try CaseConversion(test, catalog: readCatalog(test))
    }

    /// Converts a case and compares both sides on generated states.
    func generated(_ test: EndToEndCase, states: Int, target: String = "postgres") async throws -> GeneratedOutcome {
        let conversion = try CaseConversion(test, catalog: readCatalog(test), target: target)
        let outcome = try await compare(test, conversion) { options in
            options.skipsScenario = true
            options.target = target
            options.cases = states
            options.workers = 1
            options.describedCases = 2
        }
        guard let generated = outcome.generated else {
            throw EndToEndCase.Invalid(description: "\(test.name): \(outcome.verdict.reason ?? "nothing was run")")
        }
        return generated
    }

    /// Builds generated states of a case with dbt and with the statements recorded from it.
    func faithfulness(_ test: EndToEndCase, cases: [Int]) async throws -> [ReplayFaithfulness.Comparison] {
        let conversion = try CaseConversion(test, catalog: readCatalog(test))
        let project = folder.appending(path: "\(test.name)-replayed")
        try? FileManager.default.removeItem(at: project)
        try conversion.write(to: project)
        let verifier = Verifier(engine: engine, dbt: dbt, workDirectory: folder.appending(path: "verifier"))
        return try await ReplayFaithfulness(verifier).compare(
            VerificationPipeline(entry: test.entry, calls: test.calls), project: project, catalog: conversion.catalog,
            state: .sqlFiles(test.sqlFiles), cases: cases)
    }

    private func readCatalog(_ test: EndToEndCase) throws -> CatalogSnapshot {
        try engine.dropDatabase(Self.catalogDatabase)
        try engine.createDatabase(Self.catalogDatabase)
        return try PostgresConnection.with(engine.connectionString(database: Self.catalogDatabase)) { connection in
            for file in test.sqlFiles { try connection.execute(String(contentsOf: file, encoding: .utf8)) }
            return try readPostgresCatalog(connection)
        }
    }

    private func compare(
        _ test: EndToEndCase, _ conversion: CaseConversion,
        _ change: (inout Verifier.Options) -> Void = { _ in }
    ) async throws -> PipelineOutcome {
        let project = Repository.keepFolder?.appending(path: test.name) ?? folder.appending(path: test.name)
        try? FileManager.default.removeItem(at: project)
        defer { if Repository.keepFolder == nil { try? FileManager.default.removeItem(at: project) } }
        try conversion.write(to: project)
        var options = Verifier.Options()
        options.timeout = 60
        options.threads = 2
        change(&options)
        let verifier = Verifier(
            engine: engine, dbt: dbt, workDirectory: folder.appending(path: "verifier"), options: options)
        let scenario = VerificationScenario(
            name: test.name, pipelines: [VerificationPipeline(entry: test.entry, calls: test.calls)])
        let outcome = try await verifier.verify(
            project: project, catalog: conversion.catalog, scenarios: [scenario], state: .sqlFiles(test.sqlFiles))
        return outcome.pipelines[0]
    }
}

/// As many workers as there are cores; a case waits until one is free.
actor CaseWorkers {
    static let shared = CaseWorkers()

    /// Started one after the other by the first cases; why one could not start is the answer to all who ask for it.
    private var started: [Result<CaseWorker, any Error>] = []
    private var free: [Int] = []
    private var waiting: [CheckedContinuation<Int, Never>] = []
    private let most = max(1, min(8, ProcessInfo.processInfo.activeProcessorCount))

    /// Runs the case on a worker that nobody else uses meanwhile.
    func run(_ test: EndToEndCase) async throws -> CaseResult {
        let number = await take()
        defer { give(number) }
        let worker = try started[number].get()
        await ResultTable.shared.add(CaseResult(test))
        let result = await worker.run(test)
        await ResultTable.shared.add(result)
        return result
    }

    /// Runs the case with a faulty rule on a worker that nobody else uses meanwhile.
    func run(_ test: EndToEndCase, mutant: RuleMutant) async throws -> CaseResult {
        let number = await take()
        defer { give(number) }
        return try await started[number].get().run(test, mutant: mutant)
    }

    /// Runs the case with a project for another warehouse, on a worker that nobody else uses meanwhile.
    func run(_ test: EndToEndCase, target: String) async throws -> CaseResult {
        let number = await take()
        defer { give(number) }
        return await (try started[number].get()).run(test, target: target)
    }

    /// Only converts the case, on a worker that nobody else uses meanwhile.
    func conversion(_ test: EndToEndCase) async throws -> CaseConversion {
        let number = await take()
        defer { give(number) }
        return try started[number].get().conversion(test)
    }

    /// Compares dbt with its recorded statements on a worker that nobody else uses meanwhile.
    func faithfulness(_ test: EndToEndCase, cases: [Int]) async throws -> [ReplayFaithfulness.Comparison] {
        let number = await take()
        defer { give(number) }
        return try await started[number].get().faithfulness(test, cases: cases)
    }

    /// Runs generated states of the case on a worker that nobody else uses meanwhile.
    func generated(_ test: EndToEndCase, states: Int, target: String = "postgres") async throws -> GeneratedOutcome {
        let number = await take()
        defer { give(number) }
        return try await started[number].get().generated(test, states: states, target: target)
    }

    private func take() async -> Int {
        if let number = free.popLast() { return number }
        guard started.count < most else { return await withCheckedContinuation { waiting.append($0) } }
        let number = started.count
        started.append(Result { try CaseWorker(number: number) })
        return number
    }

    private func give(_ number: Int) {
        if waiting.isEmpty { free.append(number) } else { waiting.removeFirst().resume(returning: number) }
    }
}
