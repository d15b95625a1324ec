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
        let connectionString = databases.engine.connectionString(database: ScratchDatabases.state)
        switch state {
        case .sqlFiles(let files, let settings):
            try PostgresConnection.with(connectionString) { connection in
                for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
                    try connection.query("SELECT set_config($1, $2, false)", [name, value])
                }
                for file in files { try run(file, connection) }
            }
            return []
        case .database, .empty:
            throw Failure(description: "not there yet")
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
}
