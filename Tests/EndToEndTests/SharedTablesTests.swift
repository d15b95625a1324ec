import Catalog
import Databases
import Engines
import Foundation
import Models
import Project
import Testing
import Versions

/// Three routines that share an audit log and a dimension, called on one side and built by dbt on the other.
@Suite(.serialized) struct SharedTablesTests {
    /// A call, and the vars that say the same.
    private struct Step {
        var routine: String
        var arguments: [String: String] = [:]

        var call: String {
            let list = arguments.sorted { $0.key < $1.key }.map { "p_\($0.key) => '\($0.value)'" }
            return "call etl.\(routine)(\(list.joined(separator: ", ")))"
        }
        var variables: [String: DbtValue] {
            Dictionary(uniqueKeysWithValues: arguments.map { ("\(routine)_p_\($0.key)", .text($0.value)) })
        }
    }

    private static let order = ["load", "summarise", "close_day"]

    private static let sequences: [[Step]] = [
        [Step(routine: "load"), Step(routine: "summarise"), Step(routine: "close_day"), Step(routine: "load")],
        [
            Step(routine: "close_day"), Step(routine: "load", arguments: ["min": "20", "note": "a {{ b }}"]),
            Step(routine: "load"), Step(routine: "summarise", arguments: ["min": "50"]),
            Step(routine: "close_day", arguments: ["keep": "5"]),
        ],
    ]

    @Test func eachRoutineAloneIsItsCall() async throws {
        try await SharedTablesProject.with { project in
            for sequence in Self.sequences {
                try project.reset()
                for (number, step) in sequence.enumerated() {
                    try project.original(step.call)
                    try await project.dbt(
                        ["build", "--select", "config.meta.routine:etl.\(step.routine)"], step.variables)
                    #expect(try project.differences == [], "\(number): \(step.call)")
                }
            }
        }
    }

    @Test func aFullBuildIsAllCallsInOrder() async throws {
        try await SharedTablesProject.with { project in
            try project.reset()
            for run in 0..<2 {
                for routine in Self.order { try project.original("call etl.\(routine)()") }
                try await project.dbt(["build"])
                #expect(try project.differences == [], "run \(run)")
            }
            try project.original("call etl.load()")
            try project.original("call etl.close_day(3)")
            try await project.dbt(
                ["build", "--select", "config.meta.routine:etl.load", "config.meta.routine:etl.close_day"],
                ["close_day_p_keep": .number("3")])
            #expect(try project.differences == [], "two of three")
        }
    }

    @Test func whatIsNoCallChangesNothing() async throws {
        try await SharedTablesProject.with { project in
            try project.reset()
            try await project.dbt(["run", "--select", "fct_audit_log", "dim_customer"])
            #expect(try project.differences == [], "before any build")
            try project.original("call etl.load()")
            try await project.dbt(["build", "--select", "config.meta.routine:etl.load"])
            for command in [
                ["run", "--select", "fct_audit_log", "dim_customer"], ["compile"], ["docs", "generate"],
                ["show", "--select", "fct_audit_log"],
            ] {
                try await project.dbt(command)
                #expect(try project.differences == [], "\(command)")
            }
        }
    }
}

/// The project of all three routines, and a database for either side.
private final class SharedTablesProject {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "EndToEnd/SharedTables")
    private static let sides = ["original", "converted"]

    private let engine: EmbeddedPostgres
    private let runner: DbtRunner
    private let work: URL
    private let catalog: CatalogSnapshot

    private init() throws {
        engine = try EmbeddedPostgres.start()
        work = FileManager.default.temporaryDirectory.appending(path: "p2d-shared-\(UUID().uuidString)")
        runner = DbtRunner(environment: try .locate(), logFile: work.appending(path: "dbt.log"))
        try engine.createDatabase("catalog")
        catalog = try PostgresConnection.with(engine.connectionString(database: "catalog")) { connection in
            for file in ["schema.sql", "procs.sql"] { try connection.execute(Self.text(file)) }
            return try readPostgresCatalog(connection)
        }
        try write()
    }

    static func with(_ body: (SharedTablesProject) async throws -> Void) async throws {
        let project = try SharedTablesProject()
        defer {
            project.engine.stop()
            try? FileManager.default.removeItem(at: project.work)
        }
        try await body(project)
        await project.runner.stop()
    }

    private static func text(_ file: String) throws -> String {
        try String(contentsOf: folder.appending(path: file), encoding: .utf8)
    }

    private func write() throws {
        let index = CatalogIndex(catalog)
        let written = catalog.routines.reduce(into: Set<QualifiedName>()) {
            $0.formUnion(writtenTables(by: $1, catalog: index))
        }
        let pipelines = ["load", "summarise", "close_day"].compactMap { name in
            catalog.routines.first { $0.name == QualifiedName("etl", name) }.map {
                lowerPipeline(entry: $0, catalog: index, written: written)
            }
        }
        let plan = planModels(pipelines, catalog: index, options: PlanOptions(projectName: "shared"))
        #expect(plan.findings.allSatisfy { $0.code == "P2D-123" && $0.severity == .note })
        let templates = Self.folder.deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "templates")
        let files = try renderProject(
            plan.project, catalog: catalog,
            options: RenderOptions(templates: TemplateFolder(at: templates.path(percentEncoded: false))))
        for file in files {
            let place = work.appending(path: "project/\(file.path)")
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(file.content.utf8).write(to: place)
        }
    }

    /// Both sides as they were before the first call.
    func reset() throws {
        for side in Self.sides {
            try engine.dropDatabase(side)
            try engine.createDatabase(side)
            try on(side) { try $0.execute(Self.text("schema.sql")) }
        }
        try on("original") { try $0.execute(Self.text("procs.sql")) }
    }

    func original(_ sql: String) throws { try on("original") { try $0.execute(sql) } }

    func dbt(_ command: [String], _ variables: [String: DbtValue] = [:]) async throws {
        let project = work.appending(path: "project")
        let result = try await runner.invoke(
            DbtInvocation(
                command, projectDirectory: project, profilesDirectory: project,
                targetDirectory: work.appending(path: "target"), variables: variables,
                environment: [
                    "DBT_HOST": engine.hostForDbt, "DBT_PORT": "\(engine.port)", "DBT_USER": engine.user,
                    "DBT_DBNAME": "converted", "DBT_THREADS": "4",
                ]))
        let bad = result.results.filter { !$0.isGood }.map { "\($0.name): \($0.message)" }
        #expect(result.success, "\(command): \(result.exception ?? "") \(bad)")
    }

    /// Tables whose rows are not the same: a table without a model yet is the legacy one.
    var differences: [String] {
        get throws {
            try ["audit_log", "dim_customer", "order_copy", "daily_total", "snapshot"].filter { table in
                let expected = try on("original") { try Self.rows($0, "dw.\(table)") }
                let actual = try on("converted") { connection in
                    let built = try connection.query("select to_regclass('dbt_dw.\(table)')::text")[0, 0]
                    return try Self.rows(connection, built == nil ? "dw.\(table)" : "dbt_dw.\(table)")
                }
                return expected != actual
            }
        }
    }

    private static func rows(_ connection: PostgresConnection, _ relation: String) throws -> [String?] {
        let result = try connection.query("select t::text from \(relation) as t order by 1")
        return result.rows.map { result[$0, 0] }
    }

    private func on<R>(_ side: String, _ body: (PostgresConnection) throws -> R) throws -> R {
        try PostgresConnection.with(engine.connectionString(database: side), body)
    }
}
