import Catalog
import Databases
import Engines
import Foundation

extension Verifier {
    /// Runs one pipeline on generated states: dbt builds it for real a few times, and its statements are sent again for
    /// each case.
    ///
    /// The starting state must be loaded (`ScratchDatabases.state`); rows of it are what generated ones are made of.
    func runGenerated(
        _ pipeline: VerificationPipeline, catalog: CatalogSnapshot, manifest: DbtManifest, build: DbtBuild,
        databases: ScratchDatabases, progress: @escaping @Sendable (Progress) -> Void
    ) async throws -> GeneratedOutcome {
        var failed = GeneratedOutcome(requested: options.cases, seed: options.seed)
        let models = manifest.models.filter { $0.routines.contains(pipeline.entry) }
        let candidates = catalog.routines.filter { $0.name.description == pipeline.entry }
        let first = pipeline.calls.first
        let fitting = candidates.first {
            CallArguments(routine: $0, arguments: first?.arguments ?? [:]).problem == nil
        }
        guard let routine = fitting ?? candidates.first else {
            failed.problem = "there is no routine \(pipeline.entry)"
            return failed
        }
        let scope = PipelineScope(entry: routine, catalog: catalog)
        progress(.recording(pipeline: pipeline.entry))
        let recording: DbtRecording
        do {
            recording = try await DbtRecording(
                entry: pipeline.entry, routine: routine, models: models, calls: pipeline.calls, build: build,
                databases: databases)
        } catch let problem as DbtRecording.Problem {
            failed.problem = "dbt could not build the project on the starting state: \(problem)"
            return failed
        }
        let pair = ReplayDatabases(engine: engine)
        try pair.prepare(schemas: recording.schemas)
        let maker = try PostgresConnection.with(engine.connectionString(database: ScratchDatabases.state)) { state in
            try StateMaker(
                scope, catalog: catalog, written: Set(manifest.models.compactMap(\.legacyRelation)), state: state)
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
            domains: SurrogateDomains(models: manifest.models, catalog: catalog), recording: recording,
            scope: scope.tables, databases: pair, timeout: min(10, options.timeout ?? 10),
            sampleLimit: options.sampleLimit)
        let campaign = CaseCampaign(
            plan: plan, maker: maker, arguments: ArgumentMaker(routine: routine, catalog: catalog, known: known),
            seed: options.seed, count: options.cases, only: options.onlyCase, mostDescribed: options.describedCases,
            workers: options.workers)
        let count = options.onlyCase == nil ? options.cases : 1
        return try await campaign.run { done, differing in
            progress(.replaying(pipeline: pipeline.entry, done: done, of: count, differing: differing))
        }
    }
}
