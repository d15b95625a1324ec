import Catalog
import Databases
import Engines
import Foundation
import Project

extension Verifier {
    /// Why no generated case can be run.
    struct NoCases: Error {
        var reason: String
    }

    /// Runs one pipeline on generated states: dbt builds it for real a few times, and its statements are sent again for
    /// each case.
    ///
    /// The starting state must be loaded (`ScratchDatabases.state`); rows of it are what generated ones are made of.
    func runGenerated(
        _ pipeline: VerificationPipeline, catalog: CatalogSnapshot, manifest: DbtManifest, build: DbtBuild,
        databases: ScratchDatabases, project: URL, progress: @escaping @Sendable (Progress) -> Void
    ) async throws -> (outcome: GeneratedOutcome, unitTests: [UnitTest], untested: [String: String]) {
        progress(.recording(pipeline: pipeline.entry))
        let count = options.onlyCase == nil ? options.cases : 1
        do {
            let campaign = try await campaign(
                pipeline, catalog: catalog, manifest: manifest, build: build, databases: databases)
            let outcome = try await campaign.run { done, differing in
                progress(.replaying(pipeline: pipeline.entry, done: done, of: count, differing: differing))
            }
            guard options.unitTestTemplates != nil else { return (outcome, [], [:]) }
            progress(.makingUnitTests(pipeline: pipeline.entry))
            let maker = try UnitTestMaker(campaign, manifest: manifest, project: project)
            let tests = try maker.make(min(count, 300))
            return (outcome, tests, maker.obstacles)
        } catch let obstacle as NoCases {
            var failed = GeneratedOutcome(requested: count, seed: options.seed)
            failed.problem = obstacle.reason
            return (failed, [], [:])
        }
    }

    /// Records what dbt does for a pipeline and reads what its states are made from.
    func campaign(
        _ pipeline: VerificationPipeline, catalog: CatalogSnapshot, manifest: DbtManifest, build: DbtBuild,
        databases: ScratchDatabases
    ) async throws -> CaseCampaign {
        let models = manifest.models.filter { $0.routines.contains(pipeline.entry) }
        let candidates = catalog.routines.filter { $0.name.description == pipeline.entry }
        let first = pipeline.calls.first
        let fitting = candidates.first {
            CallArguments(routine: $0, arguments: first?.arguments ?? [:]).problem == nil
        }
        guard var routine = fitting ?? candidates.first else {
            throw NoCases(reason: "there is no routine \(pipeline.entry)")
        }
        // What names tables keeps its default: the project is that of no other value.
        let fixed = Set(models.flatMap { $0.meta["fixed_parameters"] ?? [] })
        routine.parameters.removeAll { fixed.contains($0.name) }
        // A source's unique_id is `source.project.schema.table`.
        let sources = models.flatMap(\.dependsOn).filter { $0.hasPrefix("source.") }
            .map { $0.split(separator: ".").suffix(2).joined(separator: ".") }
        let scope = PipelineScope(
            entry: routine, catalog: catalog, relations: Set(models.compactMap(\.legacyRelation) + sources))
        let recording: DbtRecording
        do {
            recording = try await DbtRecording(
                entry: pipeline.entry, routine: routine, models: models, calls: pipeline.calls, build: build,
                databases: databases, sources: manifest.relations)
        } catch let problem as DbtRecording.Problem {
            throw NoCases(reason: "dbt could not build the project on the starting state: \(problem)")
        }
        let pair = ReplayDatabases(engine: engine)
        try pair.prepare(schemas: recording.schemas)
        let domains = SurrogateDomains(models: manifest.models, catalog: catalog)
        let maker = try PostgresConnection.with(engine.connectionString(database: ScratchDatabases.state)) { state in
            try StateMaker(
                scope, catalog: catalog, written: Set(manifest.models.compactMap(\.legacyRelation)), domains: domains,
                state: state)
        }
        var known: [String: [String?]] = [:]
        for call in pipeline.calls {
            for (name, value) in call.arguments { known[name, default: []].append(value) }
        }
        let plan = CaseReplay.Plan(
            catalog: catalog, routine: routine, models: models,
            otherModels: manifest.models.filter { model in
                model.isEnabled && !models.contains { $0.uniqueID == model.uniqueID }
            },
            domains: domains, recording: recording, scope: scope.tables, databases: pair,
            timeout: min(10, options.timeout ?? 10), sampleLimit: options.sampleLimit,
            duckdbSources: build.duckdb == nil ? nil : manifest.relations, folder: workDirectory)
        return CaseCampaign(
            plan: plan, maker: maker, arguments: ArgumentMaker(routine: routine, catalog: catalog, known: known),
            seed: options.seed, count: options.cases, only: options.onlyCase, mostDescribed: options.describedCases,
            workers: options.workers)
    }
}
