import Databases
import Endpoints
import Engines
import Foundation

@testable import Diff

/// A PostgreSQL server of the tests' own.
enum TestServer {
    private static let started = Result { try EmbeddedPostgres.start() }

    static func engine() throws -> EmbeddedPostgres { try started.get() }

    /// A database of its own for a suite.
    static func database(_ name: String) throws -> String {
        let engine = try engine()
        try PostgresConnection.with(engine.connectionString(database: "postgres")) { connection in
            try connection.execute("DROP DATABASE IF EXISTS \"\(name)\"")
            try connection.execute("CREATE DATABASE \"\(name)\" TEMPLATE template0 ENCODING 'UTF8'")
        }
        return engine.connectionString(database: name)
    }
}

/// A folder that goes away.
final class Scratch {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "p2d-diff-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

extension DiffResult {
    /// Rows only left, only right, changed.
    var counts: [Int] { [exclusiveRows.left, exclusiveRows.right, changedRows] }
}

/// Compares two tables.
func compare(
    _ left: any Endpoint, _ leftTable: String, _ right: any Endpoint, _ rightTable: String, key: [String] = [],
    strategy: Strategy? = nil, _ change: (inout DiffSettings) -> Void = { _ in }
) throws -> DiffResult {
    var settings = DiffSettings()
    settings.key = key
    settings.strategy = strategy
    change(&settings)
    let datasets = Sides(
        left: Dataset(.table(schema: nil, name: leftTable)), right: Dataset(.table(schema: nil, name: rightTable)))
    return try DiffRun(endpoints: Sides(left: left, right: right), datasets: datasets, settings: settings).run()
}
