import Databases
import Engines
import Testing

/// The one suite that holds all tests with an engine: they run one after the other on one server.
@Suite(.serialized) struct WithEngine {}

/// The server of all tests of this target; the watchdog stops it when the test program ends.
enum SharedEngine {
    private static let started = Result { try EmbeddedPostgres.start() }

    static func get() throws -> EmbeddedPostgres { try started.get() }

    /// Runs `body` with a connection to a fresh database, which is dropped afterwards.
    static func withDatabase<R>(
        _ name: String = "scratch", _ body: (PostgresConnection) throws -> R
    ) throws -> R {
        let engine = try get()
        try engine.dropDatabase(name)
        try engine.createDatabase(name)
        defer { try? engine.dropDatabase(name) }
        return try PostgresConnection.with(engine.connectionString(database: name), body)
    }
}
