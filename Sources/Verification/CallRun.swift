import Catalog
import Databases
import Engines
import Foundation

/// One call on both sides, and what came of it.
struct CallRun {
    let scenario: ScenarioRun
    let entry: String
    let models: [DbtModel]
    let arguments: CallArguments
    let changes: SourceChanges
    let number: Int

    private var engine: EmbeddedPostgres { scenario.verifier.engine }
    private var options: Verifier.Options { scenario.verifier.options }
    var legacyString: String { engine.connectionString(database: ScratchDatabases.legacy) }
    var dbtString: String { engine.connectionString(database: ScratchDatabases.dbt) }

    /// `progress` gets a function, because the number of calls is the caller's to know.
    func run(_ progress: ((Int) -> Verifier.Progress) -> Void) async throws -> CallOutcome {
        let variables = arguments.variables(parameterNames)
        var outcome = CallOutcome(
            number: number, statement: arguments.statement,
            command: DbtBuild.text(entry: entry, variables: variables))
        do {
            outcome.changes = try applyChanges()
        } catch let error as DatabaseError {
            outcome.own = .notRun("the changes before the call failed: \(error)")
            return outcome
        }
        progress { .calling(pipeline: entry, call: number, of: $0) }
        let modelled = Set(models.compactMap(\.legacyRelation))
        let before = try PostgresConnection.with(legacyString) { try LegacyTables($0, except: modelled) }
        let legacy = try callOriginal(&outcome)
        progress { .building(pipeline: entry, call: number, of: $0) }
        let start = Date()
        do {
            try loadSources()
        } catch let error as DuckDBMirror.Unloadable {
            outcome.own = .notRun(error.description)
            return outcome
        }
        var result = try await build(variables)
        outcome.buildSeconds = Date().timeIntervalSince(start)
        outcome.buildMessages = (result.messages ?? []).map { "\($0.level): \($0.text)" }
        progress { .comparing(pipeline: entry, call: number, of: $0) }
        try unloadModels(&result, legacy)
        outcome.own = own(legacy, result)
        outcome.relations = try compare(legacy, result, before, modelled)
        return outcome
    }

    /// Parameter -> var, from all models of the routine.
    private var parameterNames: [String: String] {
        models.reduce(into: [:]) { $0.merge($1.parameters) { first, _ in first } }
    }

    private func applyChanges() throws -> [String] {
        if !changes.statements.isEmpty {
            // One message is one transaction: all of them or none.
            let sql = changes.statements.joined(separator: ";\n")
            for side in [legacyString, dbtString] {
                try PostgresConnection.with(side) { try $0.execute(sql) }
            }
        }
        guard changes.isAutomatic else { return changes.statements }
        let written = Set(scenario.manifest.models.compactMap(\.legacyRelation))
        let mutation = SourceMutation(catalog: scenario.catalog, written: written, seed: options.seed)
        let made = try PostgresConnection.with(legacyString) { legacy in
            try PostgresConnection.with(dbtString) { dbt in
                try mutation.apply(legacy: legacy, dbt: dbt, round: number)
            }
        }
        return changes.statements + made
    }

    private func callOriginal(_ outcome: inout CallOutcome) throws -> LegacyCall.Report {
        let wantsResult = models.contains { $0.legacyRoutineResult == entry }
        let call = LegacyCall(
            arguments: arguments, resultTable: wantsResult ? "call_\(number)" : nil)
        let report = try call.run(legacyString, timeout: options.timeout)
        outcome.originalSeconds = report.seconds
        outcome.originalError = report.error
        outcome.notices = Array(report.notices.prefix(200))
        return report
    }

    /// Builds; a build that never comes back is a result, too.
    private func build(_ variables: [String: DbtValue]) async throws -> DbtResult {
        do {
            return try await scenario.build.build(entry: entry, variables: variables)
        } catch let error as DbtError {
            guard case .timedOut = error else { throw error }
            return DbtResult(stoppedBecause: error.description)
        }
    }

    /// What is to be said about the call as a whole.
    private func own(_ legacy: LegacyCall.Report, _ result: DbtResult) -> Verdict? {
        if let exception = result.exception { return .differs("dbt did not run: \(exception)") }
        var tests = result.results.filter { $0.resourceType != "model" && !$0.isGood && $0.status != "skipped" }
        if legacy.error != nil {
            // The project says so itself when the routine raises: the test on its failures is meant to fail.
            tests.removeAll { $0.name.contains("_failures") && $0.name.contains("no_failure") }
        }
        if !tests.isEmpty {
            let texts = tests.prefix(5).map { "\($0.name) (\($0.resourceType)): \($0.status), \($0.message)" }
            return .differs("\(tests.count) nodes that are no models failed: \(texts.joined(separator: "; "))")
        }
        if let error = legacy.error {
            return .notRun("the original raised an error, so that this call proves nothing: \(error)")
        }
        return nil
    }

    func comparison(_ legacy: PostgresConnection, _ dbt: PostgresConnection) -> CallComparison {
        CallComparison(
            legacy: legacy, dbt: dbt, catalog: scenario.catalog, models: models,
            otherModels: scenario.manifest.models.filter { model in
                model.isEnabled && !models.contains { $0.uniqueID == model.uniqueID }
            },
            domains: SurrogateDomains(models: scenario.manifest.models, catalog: scenario.catalog),
            sampleLimit: options.sampleLimit,
            decimalPlaces: scenario.build.duckdb == nil ? nil : DuckDBMirror.decimalPlaces)
    }

    private func compare(
        _ legacy: LegacyCall.Report, _ result: DbtResult, _ before: LegacyTables, _ modelled: Set<String>
    ) throws -> [RelationOutcome] {
        try PostgresConnection.with(legacyString) { left in
            try PostgresConnection.with(dbtString) { right in
                var outcomes = try comparison(left, right).compare(legacy, result)
                let after = try LegacyTables(left, except: modelled)
                outcomes += after.changes(since: before).map { table, how in
                    RelationOutcome(
                        model: "", relation: table,
                        verdict: .differs("the original \(how) this table, and no model of the routine stands for it"))
                }
                return outcomes
            }
        }
    }
}
