import Catalog
import Databases
import Endpoints
import Engines
import Foundation
import Project
import Steps
import Tokens

/// Builds that are sent again to a database in memory.
extension DuckDBMirror {
    /// A text of several statements, one by one.
    static func statements(_ text: String) -> [String] {
        let source = SourceText(text, profile: .postgresql)
        var result: [String] = []
        var start = 0
        for index in 0...source.count where index == source.count || source.kind(index) == .semicolon {
            if index > start { result.append(source.text(start..<index)) }
            start = index + 1
        }
        return result
    }

    /// Arguments as literals that DuckDB reads.
    func literals(_ call: GeneratedCase.Call, _ plan: CaseReplay.Plan) -> [String: String] {
        let arrays = Set(plan.routine.parameters.filter { $0.type.hasSuffix("[]") }.map(\.name))
        return Dictionary(
            uniqueKeysWithValues: call.arguments.map { name, value in
                guard var value else { return (name, "NULL") }
                // PostgreSQL's notation of an array; the macro of the project turns it, too.
                if arrays.contains(name), value.hasPrefix("{") {
                    value = value.replacing("{", with: "[").replacing("}", with: "]")
                }
                return (name, Self.literal(value))
            })
    }

    /// Sends a build; returns why it failed, when it did.
    func build(
        _ statements: [DbtStatement], schemas: [String], sources: [QualifiedName], from connection: PostgresConnection,
        isFirst: Bool
    ) throws -> String? {
        if isFirst {
            try renew()
            for schema in schemas { try database.execute("CREATE SCHEMA IF NOT EXISTS \(Self.quoted(schema))") }
        }
        // Each build has a session of its own when dbt makes it.
        for row in try database.rows("SELECT table_name FROM duckdb_tables() WHERE temporary", columns: 1) {
            try database.execute("DROP TABLE temp.\(Self.quoted(row[0] ?? ""))")
        }
        try load(sources, from: connection)
        for statement in statements {
            do {
                guard DbtRecording.isTest(statement.node) else {
                    try database.execute(statement.sql)
                    continue
                }
                let outcome = try database.rows(
                    "SELECT cast(failures AS varchar), cast(should_error AS varchar) FROM (\(statement.sql)) AS outcome",
                    columns: 2)
                if outcome.first?[1] == "true" { return "\(statement.node): \(outcome[0][0] ?? "") failures" }
            } catch let error as EndpointError {
                return DuckDBDatabase.reason(error)
            }
        }
        return nil
    }
}

extension DbtManifest {
    /// The relations that the project reads.
    var relations: [QualifiedName] { sources.map { QualifiedName($0.schema, $0.identifier) } }
}

extension DbtBuild {
    /// The file of a project for DuckDB, opened; nil for a project for PostgreSQL.
    func mirror(_ catalog: CatalogSnapshot) throws -> DuckDBMirror? {
        guard let duckdb else { return nil }
        return try DuckDBMirror(
            path: duckdb.path, catalog: catalog, folder: duckdb.path.deletingLastPathComponent())
    }

    /// The same with nothing in it.
    func emptyMirror(_ catalog: CatalogSnapshot) throws -> DuckDBMirror? {
        guard let duckdb else { return nil }
        for suffix in ["", ".wal"] { try? FileManager.default.removeItem(atPath: duckdb.path.path + suffix) }
        return try mirror(catalog)
    }
}
