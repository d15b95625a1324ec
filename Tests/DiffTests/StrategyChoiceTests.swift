import Databases
import Testing

@testable import Diff
@testable import Endpoints

/// How rows travel is chosen by itself, and the answer does not hang on it.
@Suite(.serialized) struct StrategyChoiceTests {
    private func tables(_ name: String, type: String, value: String) throws -> Sides<String> {
        let addresses = Sides(
            left: try TestServer.database("choice_\(name)_l"), right: try TestServer.database("choice_\(name)_r"))
        for side in Side.allCases {
            try PostgresConnection.with(addresses[side]) { connection in
                try connection.execute("CREATE TABLE t (id int PRIMARY KEY, v \(type))")
                try connection.execute("INSERT INTO t SELECT g, \(value) FROM generate_series(1, 5000) g")
            }
        }
        try PostgresConnection.with(addresses.right) { connection in
            try connection.execute("UPDATE t SET v = NULL WHERE id = 77; DELETE FROM t WHERE id IN (5, 4000)")
        }
        return addresses
    }

    private func diff(_ addresses: Sides<String>, limit: Int) throws -> DiffResult {
        try compare(PostgresEndpoint(addresses.left), "t", PostgresEndpoint(addresses.right), "t") {
            $0.moveLimit = limit
        }
    }

    @Test func largeTablesStayWhereTheyAre() throws {
        let addresses = try tables("large", type: "text", value: "'v' || g")
        // Nobody has counted the rows: they are read.
        #expect(try diff(addresses, limit: 1000).strategy == .stream)
        for side in Side.allCases { try PostgresConnection.with(addresses[side]) { try $0.execute("ANALYZE t") } }
        let small = try diff(addresses, limit: 100_000)
        let large = try diff(addresses, limit: 1000)
        #expect(small.strategy == .stream && large.strategy == .checksum)
        #expect(large.strategyReason.contains("more than 1000 rows"), "\(large.strategyReason)")
        #expect(small.counts == [2, 0, 1] && large.counts == [2, 0, 1])
    }

    @Test func typesWithoutAHashAreRead() throws {
        let addresses = try tables("json", type: "json", value: "json_build_object('a', g)")
        for side in Side.allCases { try PostgresConnection.with(addresses[side]) { try $0.execute("ANALYZE t") } }
        let found = try diff(addresses, limit: 1000)
        #expect(found.strategy == .stream && found.strategyReason.contains("checksums"), "\(found.strategyReason)")
        #expect(found.counts == [2, 0, 1])
    }
}
