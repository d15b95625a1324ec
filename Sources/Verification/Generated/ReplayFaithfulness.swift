import Catalog
import Databases
import Engines
import Foundation

/// Whether statements that are sent again give what a real dbt gives: both, on the same generated states.
package struct ReplayFaithfulness: Sendable {
    /// What each model of a pipeline held after one call of one case, as digests; empty where the build failed.
    package struct Comparison: Sendable {
        package var number: Int
        package var call: Int
        package var replayed: [String: String]
        package var real: [String: String]
    }
    private let verifier: Verifier

    package init(_ verifier: Verifier) { self.verifier = verifier }

    /// Builds each of the cases twice: with dbt, and with the statements that were recorded before.
    package func compare(
        _ pipeline: VerificationPipeline, project: URL, catalog: CatalogSnapshot, state: SourceState, cases: [Int]
    ) async throws -> [Comparison] {
        let databases = ScratchDatabases(engine: verifier.engine, catalog: catalog)
        _ = try StateLoader(databases: databases, rowLimit: 1000, seed: 1).load(state)
        try databases.copyState(entries: [pipeline.entry])
        let build = try DbtBuild(verifier: verifier, project: project, catalog: catalog)
        let manifest = try await build.parse().get()
        let campaign = try await verifier.campaign(
            pipeline, catalog: catalog, manifest: manifest, build: build, databases: databases)
        var comparisons: [Comparison] = []
        for number in cases {
            let test = campaign.test(number)
            let (changes, replayed) = try replayed(test, campaign)
            let real = try await real(test, changes, campaign, build)
            for call in 0..<min(replayed.count, real.count) {
                comparisons.append(
                    Comparison(number: number, call: call + 1, replayed: replayed[call], real: real[call]))
            }
        }
        return comparisons
    }

    private func replayed(
        _ test: GeneratedCase, _ campaign: CaseCampaign
    ) throws -> (changes: [[String]], digests: [[String: String]]) {
        let replay = try CaseReplay(campaign.plan, worker: 0)
        defer { replay.close() }
        return try replay.builds(test)
    }

    /// The same rows and changes in a fresh database, built by dbt itself.
    private func real(
        _ test: GeneratedCase, _ changes: [[String]], _ campaign: CaseCampaign, _ build: DbtBuild
    ) async throws -> [[String: String]] {
        let plan = campaign.plan
        let template = "p2d_emptied"
        let engine = verifier.engine
        try engine.dropDatabase(template)
        try engine.createDatabase(template, template: ScratchDatabases.dbt)
        defer {
            // The emptied database is the workers' template: it must be as it was.
            try? engine.dropDatabase(ScratchDatabases.dbt)
            try? engine.createDatabase(ScratchDatabases.dbt, template: template)
            try? engine.dropDatabase(template)
        }
        func inDatabase<R>(_ body: (PostgresConnection) throws -> R) throws -> R {
            try PostgresConnection.with(engine.connectionString(database: ScratchDatabases.dbt), body)
        }
        try inDatabase { _ = try CaseReplay.accepted(test.rows, by: $0) }
        let names = plan.models.reduce(into: [:]) { $0.merge($1.parameters) { first, _ in first } }
        var digests: [[String: String]] = []
        for (call, statements) in zip(test.calls, changes) {
            try inDatabase { connection in
                try connection.execute("SET session_replication_role = replica")
                for statement in statements { try connection.execute(statement) }
            }
            let arguments = CallArguments(routine: plan.routine, arguments: call.arguments)
            let result = try await build.build(
                entry: plan.routine.name.description, variables: arguments.variables(names))
            guard result.success else {
                digests.append([:])
                break
            }
            digests.append(try inDatabase { try plan.digests($0) })
        }
        return digests
    }
}

extension CaseReplay {
    /// Sends the builds of a case and returns what the models hold after each, with the changes that both sides took.
    func builds(_ test: GeneratedCase) throws -> (changes: [[String]], digests: [[String: String]]) {
        try dbt.execute("BEGIN; RESET ALL")
        defer { try? dbt.rollback() }
        let rows = try Self.accepted(test.rows, by: dbt)
        try fillLegacy(rows, shuffle: nil)
        var changes: [[String]] = []
        var digests: [[String: String]] = []
        for (index, call) in test.calls.enumerated() {
            changes.append(try change(call))
            guard try build(call, isFirst: index == 0) == nil else {
                digests.append([:])
                break
            }
            digests.append(try plan.digests(dbt))
        }
        return (changes, digests)
    }
}

extension CaseReplay.Plan {
    /// What each built model holds; values of the clock count as null or not.
    fileprivate func digests(_ connection: PostgresConnection) throws -> [String: String] {
        try RelationReader.pin(connection)
        var digests: [String: String] = [:]
        for model in models where model.isEnabled && model.materialization != "ephemeral" {
            guard let reader = try RelationReader(connection, schema: model.schema, name: model.alias) else { continue }
            let rules = ComparisonRules(volatileColumns: Set(model.meta["volatile_columns"] ?? []))
            let canonicalizer = RowCanonicalizer(columns: reader.columns, masking: rules)
            var sum = RowHash.zero
            var count = 0
            try reader.forEachRow {
                sum = sum &+ canonicalizer.hash($0)
                count += 1
            }
            digests[model.name] = "\(count) rows, \(sum)"
        }
        return digests
    }
}
