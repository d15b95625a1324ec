import Catalog
import Databases
import Engines
import Foundation

/// Runs one generated case after the other in one worker's pair of databases.
///
/// Not Sendable, because its sessions are not: a worker makes its own.
final class CaseReplay {
    /// What every worker of a pipeline works with.
    struct Plan: Sendable {
        let catalog: CatalogSnapshot
        let routine: Routine
        let models: [DbtModel]
        let otherModels: [DbtModel]
        let domains: SurrogateDomains
        let recording: DbtRecording
        let scope: [Table]
        let databases: ReplayDatabases
        let timeout: Double
        let sampleLimit: Int
        /// What a project for DuckDB reads; nil for one for PostgreSQL.
        let duckdbSources: [QualifiedName]?
        /// For files on their way.
        let folder: URL
    }

    /// How the original is run: as it stands, or with the rows in another order and other plans.
    struct Shuffle {
        var seed: UInt64
        var settings: String
    }

    let plan: Plan
    let worker: Int
    private(set) var caller: PostgresConnection
    private(set) var legacy: PostgresConnection
    let dbt: PostgresConnection
    /// Where a project for DuckDB is built.
    private let mirror: DuckDBMirror?
    private var baseline = ""
    /// The instant that stood for now() in the last build.
    private(set) var instant = ""
    /// Stands for now() instead of the clock's.
    var fixedInstant: String?

    init(_ plan: Plan, worker: Int) throws {
        self.plan = plan
        self.worker = worker
        try plan.databases.make(worker)
        let engine = plan.databases.engine
        caller = try PostgresConnection(engine.connectionString(database: ReplayDatabases.legacy(worker)))
        legacy = try PostgresConnection(engine.connectionString(database: ReplayDatabases.legacy(worker)))
        dbt = try PostgresConnection(engine.connectionString(database: ReplayDatabases.dbt(worker)))
        mirror =
            plan.duckdbSources == nil
            ? nil : try DuckDBMirror(path: nil, catalog: plan.catalog, folder: plan.folder)
        for side in [legacy, dbt] { try RelationReader.pin(side) }
        baseline = try signature()
    }

    func close() {
        for connection in [caller, legacy, dbt] { connection.close() }
        try? plan.databases.drop(worker)
    }

    /// The statements that the database took.
    static func accepted(_ statements: [String], by connection: PostgresConnection) throws -> [String] {
        guard !statements.isEmpty else { return [] }
        let array = statements.map { "\"" + $0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\"" }
        let answer = try connection.query(
            "SELECT p2d_tools.load($1::text[])", ["{\(array.joined(separator: ","))}"])
        let failed = Set((answer[0, 0] ?? "").split(separator: " ").compactMap { Int($0) })
        return statements.enumerated().filter { !failed.contains($0.offset + 1) }.map(\.element)
    }

    /// Runs a case on both sides.
    ///
    /// - Parameter inspect: called after each call that came out equal, with its number from 1, while both sides still hold
    ///   what came of it.
    func run(_ test: GeneratedCase, inspect: (Int) throws -> Void = { _ in }) throws -> CaseResult {
        try dbt.execute("BEGIN; RESET ALL")
        defer { try? dbt.rollback() }
        let rows = try Self.accepted(test.rows, by: dbt)
        try fillLegacy(rows, shuffle: nil)
        // A model may draw from a sequence that nothing but routines draw from.
        if !sequences.isEmpty, let error = try dbt.batch(sequences.joined(separator: ";\n")).error { throw error }
        var result = CaseResult(rows: rows)
        for (index, call) in test.calls.enumerated() {
            _ = try change(call)
            let before = try digest()
            let report = try callOriginal(call, number: index + 1, shuffle: nil)
            let isEnd = try compare(call, index, report, before, &result)
            if isEnd { break }
            result.calls = index + 1
            try inspect(index + 1)
        }
        return result
    }

    /// Changes the sources on both sides; returns the statements that were taken.
    func change(_ call: GeneratedCase.Call) throws -> [String] {
        let changes = try Self.accepted(call.changes, by: legacy)
        if !changes.isEmpty {
            // What has references was checked on the other side, where the written tables are the current ones.
            let batch = ["SET session_replication_role = replica"] + changes + ["RESET session_replication_role"]
            if let error = try dbt.batch(batch.joined(separator: ";\n")).error { throw error }
        }
        return changes
    }

    // MARK: - The original's side

    func fillLegacy(_ rows: [String], shuffle: Shuffle?) throws {
        if try signature() != baseline { try renew() }
        var order = rows
        if let shuffle {
            var random = Randomness(seed: shuffle.seed, "order")
            order.shuffle(using: &random)
        }
        let tables = plan.scope.map { PostgresConnection.quoteIdentifier($0.name.schema, $0.name.name) }
        var batch = ["SET LOCAL session_replication_role = replica"]
        if !tables.isEmpty { batch.append("TRUNCATE \(tables.joined(separator: ", ")) RESTART IDENTITY CASCADE") }
        batch += order
        batch += sequences
        let outcome = try legacy.batch(batch.joined(separator: ";\n"))
        if let error = outcome.error { throw error }
    }

    /// Sequences go on behind the keys that are there; those that no column owns begin far from them.
    private var sequences: [String] {
        let columns = plan.scope.flatMap { table in
            table.columns.compactMap { column in column.sequence.map { (table, column, $0) } }
        }
        let owned = columns.map { table, column, sequence in
            let name = PostgresConnection.quoteIdentifier(sequence.schema, sequence.name)
            let value = PostgresConnection.quoteIdentifier(column.name)
            let source = PostgresConnection.quoteIdentifier(table.name.schema, table.name.name)
            return "SELECT setval('\(name.replacing("'", with: "''"))'::regclass, "
                + "(SELECT greatest(coalesce(max(\(value)), 0), 0)::bigint + 1 FROM \(source)), false)"
        }
        let used = Set(columns.map(\.2))
        let free = plan.catalog.sequences.filter { !used.contains($0.name) && $0.maximum > 2000 && $0.increment > 0 }
        return owned
            + free.map {
                "ALTER SEQUENCE \(PostgresConnection.quoteIdentifier($0.name.schema, $0.name.name)) RESTART WITH 1000"
            }
    }

    /// Which tables there are, with how many columns.
    private func signature() throws -> String {
        try legacy.query(
            """
            SELECT string_agg(c.oid || ':' || c.relname || ':' || c.relnatts, ',' ORDER BY c.oid) FROM pg_class c
            JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND c.relpersistence <> 't'
                AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'p2d_tools', $1)
            """, [LegacyCall.resultSchema])[0, 0] ?? ""
    }

    private func renew() throws {
        caller.close()
        legacy.close()
        try plan.databases.renewLegacy(worker)
        let name = plan.databases.engine.connectionString(database: ReplayDatabases.legacy(worker))
        caller = try PostgresConnection(name)
        legacy = try PostgresConnection(name)
        try RelationReader.pin(legacy)
        baseline = try signature()
    }

    private func callOriginal(
        _ call: GeneratedCase.Call, number: Int, shuffle: Shuffle?
    ) throws -> LegacyCall.Report {
        let wantsResult = plan.models.contains { $0.legacyRoutineResult == plan.routine.name.description }
        let original = LegacyCall(
            arguments: CallArguments(routine: plan.routine, arguments: call.arguments),
            resultTable: wantsResult ? "call_\(number)" : nil)
        try caller.execute("DISCARD ALL")
        if let shuffle { try caller.execute(shuffle.settings) }
        let report = try original.run(on: caller, timeout: plan.timeout) { body in
            try caller.execute("DISCARD ALL")
            return try body(caller)
        }
        // An error inside a transaction of the routine's own leaves it open.
        if report.error != nil { try? caller.rollback() }
        return report
    }

    /// A digest of every table of the scope that no model stands for.
    private func digest() throws -> [String: String] {
        let modelled = Set(plan.models.compactMap(\.legacyRelation))
        let parts = plan.scope.filter { !modelled.contains($0.name.description) }.map { table in
            "SELECT \(PostgresConnection.quoteLiteral(table.name.description)), "
                + "count(*) || ':' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) "
                + "FROM \(PostgresConnection.quoteIdentifier(table.name.schema, table.name.name)) AS t"
        }
        guard !parts.isEmpty else { return [:] }
        let found = try legacy.query(parts.joined(separator: " UNION ALL "))
        return Dictionary(found.rows.map { (found[$0, 0] ?? "", found[$0, 1] ?? "") }) { first, _ in first }
    }

    // MARK: - Comparing

    /// True when the case ends with this call.
    private func compare(
        _ call: GeneratedCase.Call, _ index: Int, _ report: LegacyCall.Report, _ before: [String: String],
        _ result: inout CaseResult
    ) throws -> Bool {
        if let error = report.error, error.contains("SQLSTATE 57014") {
            result.ending = .notRun("the original took longer than \(Int(plan.timeout)) seconds")
            return true
        }
        let failure = try build(call, isFirst: index == 0) ?? unload(report)
        switch (report.error, failure) {
        case (let error?, .some):
            result.ending = .originalFailed(error)
            return true
        case (let error?, nil):
            result.ending = .differs(
                call: index + 1, reason: "the original raised an error, and the project built: \(error)", relations: [])
            return true
        case (nil, let failure?):
            result.ending = .differs(
                call: index + 1, reason: "the project failed, and the original did not: \(failure)", relations: [])
            return true
        case (nil, nil): break
        }
        var relations = try comparison.compare(report, good)
        let after = try digest()
        relations += after.filter { before[$0.key] != $0.value }.keys.sorted().map {
            RelationOutcome(
                model: "", relation: $0,
                verdict: .differs("the original changed this table, and no model of the routine stands for it"))
        }
        let different = relations.filter(\.verdict.isDifference)
        result.relations += relations.count { !$0.verdict.isDifference && $0.verdict.word != .refused }
        result.needsRules = result.needsRules || relations.contains { $0.verdict.word == .matchedWithRules }
        guard let first = different.first else { return false }
        result.ending = .differs(
            call: index + 1, reason: "\(first.relation): \(first.verdict.reason ?? "")", relations: different)
        return true
    }

    private var comparison: CallComparison {
        CallComparison(
            legacy: legacy, dbt: dbt, catalog: plan.catalog, models: plan.models, otherModels: plan.otherModels,
            domains: plan.domains, sampleLimit: plan.sampleLimit,
            decimalPlaces: mirror == nil ? nil : DuckDBMirror.decimalPlaces)
    }

    /// A build in which every model succeeded.
    private var good: DbtResult {
        var result = DbtResult(stoppedBecause: "")
        result.success = true
        result.exitCode = 0
        result.exception = nil
        result.results = plan.models.filter(\.isEnabled).map(DbtNodeResult.built)
        return result
    }

    /// Sends a build's statements; returns why it failed, when it did.
    func build(_ call: GeneratedCase.Call, isFirst: Bool) throws -> String? {
        let inputs = ArgumentMaker(routine: plan.routine, catalog: plan.catalog, known: [:]).inputs
        let isWhole = inputs.allSatisfy { call.arguments[$0.name] != nil }
        let form = isWhole ? plan.recording.given : plan.recording.leftOut ?? plan.recording.given
        let build = isFirst ? form.first : form.later
        let literals = call.arguments.mapValues { $0.map(PostgresConnection.quoteLiteral) ?? "NULL" }
        instant =
            fixedInstant ?? Date().ISO8601Format(.iso8601(timeZone: .gmt, includingFractionalSeconds: true)) + "+00:00"
        if let mirror {
            let statements = plan.recording.statements(build, literals: mirror.literals(call, plan), instant: instant)
            return try mirror.build(
                statements, schemas: plan.recording.schemas, sources: plan.duckdbSources ?? [], from: dbt,
                isFirst: isFirst)
        }
        let text = plan.recording.text(
            build, literals: literals, instant: instant, database: ReplayDatabases.dbt(worker))
        // psycopg2, which dbt uses, asks for ISO dates; and each build has sessions of its own.
        let outcome = try dbt.batch(
            "DISCARD TEMP; RESET ALL; SET client_min_messages = error; SET datestyle = ISO;\n\(text)")
        if let error = outcome.error { return error.serverMessage?.text ?? error.description }
        let tests = outcome.results.filter { $0.columnNames == ["failures", "should_warn", "should_error"] }
        for (name, test) in zip(build.tests, tests) where test.rowCount > 0 && test[0, 2] == "t" {
            return "\(name): \(test[0, 0] ?? "") failures"
        }
        return nil
    }

    /// Brings the models of a build in DuckDB back; returns why they do not fit.
    private func unload(_ report: LegacyCall.Report) throws -> String? {
        guard let mirror, report.error == nil else { return nil }
        for model in plan.models where model.isEnabled && model.isCompared {
            let expected = try comparison.legacySide(model, report)?.columns ?? []
            try dbt.execute("SAVEPOINT unload")
            do {
                try mirror.unload(schema: model.schema, name: model.alias, expected: expected, into: dbt)
                try dbt.execute("RELEASE unload")
            } catch let error as DatabaseError {
                guard let message = error.serverMessage else { throw error }
                try dbt.execute("ROLLBACK TO unload")
                return "\(model.name): its rows do not fit the legacy table: \(message.text)"
            }
        }
        return nil
    }

    // MARK: - Is it the original itself?

    /// Runs only the original, up to a call, and returns what each relation holds under the rules, or the error.
    func original(
        _ test: GeneratedCase, rows: [String], calls: Int, relations: [String], shuffle: Shuffle?
    ) throws -> [String: String] {
        try fillLegacy(rows, shuffle: shuffle)
        var error = ""
        var report = LegacyCall.Report(notices: [], seconds: 0)
        for (index, call) in test.calls.prefix(calls).enumerated() {
            _ = try Self.accepted(call.changes, by: legacy)
            if let shuffle { try legacy.query("SELECT p2d_tools.shuffle($1)", [String(shuffle.seed)]) }
            report = try callOriginal(call, number: index + 1, shuffle: shuffle)
            error = report.error ?? ""
            if report.error != nil { break }
        }
        var contents = ["": error.isEmpty ? "" : "raised"]
        for model in plan.models where model.legacyRelation != nil || model.legacyRoutineResult != nil {
            let name = model.legacyRelation ?? "result of \(model.legacyRoutineResult ?? "")"
            guard relations.isEmpty || relations.contains(name),
                let reader = try comparison.legacySide(model, report)
            else { continue }
            let canonicalizer = RowCanonicalizer(columns: reader.columns, masking: comparison.rules(model))
            var sum = RowHash.zero
            try reader.forEachRow { sum = sum &+ canonicalizer.hash($0) }
            contents[name] = "\(sum)"
        }
        return contents
    }
}

/// What came of one case.
struct CaseResult: Sendable {
    enum Ending: Sendable {
        case matched
        case originalFailed(String)
        case notRun(String)
        case differs(call: Int, reason: String, relations: [RelationOutcome])
    }
    /// The rows that the database took.
    var rows: [String]
    /// Calls that were compared and equal.
    var calls = 0
    var relations = 0
    var needsRules = false
    var ending = Ending.matched

    var isDifference: Bool { if case .differs = ending { true } else { false } }
}
