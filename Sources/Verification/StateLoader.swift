import Catalog
import Databases
import Engines
import Foundation

/// Fills the state database: tables, routines and rows as they are before the first call.
struct StateLoader {
    let databases: ScratchDatabases
    /// Tables with more rows than this are sampled.
    let rowLimit: Int
    let seed: UInt64

    /// Why a state could not be made.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Makes the state database; returns notes about what was left out.
    func load(_ state: SourceState) throws -> [String] {
        try databases.makeState()
        return try PostgresConnection.with(databases.engine.connectionString(database: ScratchDatabases.state)) {
            target in
            switch state {
            case .sqlFiles(let files, let settings):
                for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
                    try target.query("SELECT set_config($1, $2, false)", [name, value])
                }
                for file in files { try run(file, target) }
                return []
            case .empty:
                return try recreate(target) { _ in [] }
            case .database(let connectionString):
                return try PostgresConnection.with(connectionString) { source in
                    let pump = DataPump(catalog: databases.catalog, rowLimit: rowLimit, seed: seed)
                    return try recreate(target) { try pump.run(from: source, to: $0) }
                }
            }
        }
    }

    private func run(_ file: URL, _ connection: PostgresConnection) throws {
        let text = try String(contentsOf: file, encoding: .utf8)
        do {
            try connection.execute(text)
        } catch {
            throw Failure(description: "\(file.lastPathComponent): \(error)")
        }
    }

    /// The catalog's objects; the rows come before what would check or react to each of them.
    private func recreate(
        _ target: PostgresConnection, fill: (PostgresConnection) throws -> [String]
    ) throws -> [String] {
        let ddl = SchemaDDL(databases.catalog, includeRoutines: .all, includeTriggers: true)
        try SchemaDDL.apply(ddl.beforeData, to: target)
        let notes = try fill(target)
        try SchemaDDL.apply(ddl.routines, to: target)
        try SchemaDDL.apply(ddl.afterData, to: target)
        return notes + databases.catalog.tables.filter(\.hasRules).map { "\($0.name): its rules are not recreated" }
    }
}
