import Databases
import Engines
import Foundation
import Testing

@testable import Verification

/// All tests with an engine: one after the other on one server.
@Suite(.serialized) struct WithEngine {}

/// The server of all tests of this target; the watchdog stops it when the test program ends.
enum SharedEngine {
    private static let started = Result { try EmbeddedPostgres.start() }

    static func get() throws -> EmbeddedPostgres { try started.get() }
}

/// Two fresh databases, `legacy` and `dbt` in the tests' words.
struct Pair {
    let legacy: PostgresConnection
    let dbt: PostgresConnection

    static func with<R>(_ body: (Pair) throws -> R) throws -> R {
        let engine = try SharedEngine.get()
        // Made once: a new schema takes a tenth of the time of a new database.
        for name in ["left_side", "right_side"]
        where (try? PostgresConnection(engine.connectionString(database: name))) == nil {
            try engine.createDatabase(name)
        }
        let pair = Pair(
            legacy: try PostgresConnection(engine.connectionString(database: "left_side")),
            dbt: try PostgresConnection(engine.connectionString(database: "right_side")))
        defer {
            pair.legacy.close()
            pair.dbt.close()
        }
        for side in [pair.legacy, pair.dbt] {
            try side.execute(
                "SET client_min_messages = warning; DROP SCHEMA public CASCADE; CREATE SCHEMA public; RESET client_min_messages"
            )
            try RelationReader.pin(side)
        }
        return try body(pair)
    }

    func both(_ sql: String) throws {
        try legacy.execute(sql)
        try dbt.execute(sql)
    }

    func compare(_ table: String = "t", _ rules: ComparisonRules = ComparisonRules()) throws -> RelationOutcome {
        let left = try #require(try RelationReader(legacy, schema: "public", name: table))
        let right = try #require(try RelationReader(dbt, schema: "public", name: table))
        return try TableCompare(legacy: left, dbt: right, rules: rules).compare(model: table, relation: table).outcome
    }
}

/// The same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
