import Databases
import Foundation
import Testing

@testable import Diff
@testable import Endpoints

/// The cases that tell a trustworthy diff from the others, on each pair of engines and with each strategy.
@Suite(.serialized) struct TortureTests {
    private func fill(_ run: (String) throws -> Void, _ table: TortureCase.TableText, _ name: String) throws {
        try run("CREATE TABLE \(name) (\(table.columns))")
        if !table.rows.isEmpty { try run("INSERT INTO \(name) VALUES \(table.rows)") }
    }

    private func check(_ found: DiffResult, _ test: TortureCase, _ how: String) {
        #expect(found.counts == test.expected, "\(test.name) by \(how)")
        #expect(found.isEqual == (test.expected == [0, 0, 0]), "\(test.name) by \(how)")
        if let notice = test.notice {
            #expect(found.notices.contains { $0.contains(notice) }, "\(test.name) by \(how): \(found.notices)")
        }
    }

    @Test func postgresAndPostgres() throws {
        let address = try TestServer.database("torture")
        for (index, test) in TortureCase.all.enumerated() {
            try PostgresConnection.with(address) { connection in
                try fill(connection.execute, test.left, "l\(index)")
                try fill(connection.execute, test.right, "r\(index)")
            }
            for strategy in [nil] + Strategy.allCases {
                let left = try PostgresEndpoint(address)
                let right = try PostgresEndpoint(address)
                do {
                    let found = try compare(left, "l\(index)", right, "r\(index)", key: test.key, strategy: strategy)
                    check(found, test, strategy?.rawValue ?? "choice")
                } catch DiffError.impossible where strategy == .join {
                    // NULLs and duplicates in a key, or a key's equality that is not the server's.
                } catch EndpointError.unsupported where strategy == .checksum {
                    // A type without a hash on the server.
                }
            }
        }
    }

    @Test func postgresAndDuckDB() throws {
        let address = try TestServer.database("torture_duck")
        let scratch = try Scratch()
        let file = "\(scratch.path)/right.duckdb"
        let cases = TortureCase.all.filter { $0.duck != nil }
        #expect(cases.count > 50)
        do {
            let session = try DuckDBSession(DuckDBLibrary.load(), path: file, readOnly: false)
            for (index, test) in cases.enumerated() {
                if let table = test.duck { try fill(session.run, table, "r\(index)") }
            }
        }
        for (index, test) in cases.enumerated() {
            try PostgresConnection.with(address) { try fill($0.execute, test.left, "l\(index)") }
            let left = try PostgresEndpoint(address)
            let right = try DuckDBEndpoint(file: file)
            check(try compare(left, "l\(index)", right, "r\(index)", key: test.key), test, "DuckDB")
            let mirrored = try compare(right, "r\(index)", left, "l\(index)", key: test.key)
            #expect(mirrored.counts == [test.expected[1], test.expected[0], test.expected[2]], "\(test.name) mirrored")
        }
    }

    @Test func postgresAndSQLite() throws {
        let address = try TestServer.database("torture_lite")
        let scratch = try Scratch()
        let file = "\(scratch.path)/right.sqlite"
        let cases = TortureCase.all.filter { $0.lite != nil }
        #expect(cases.count > 50)
        do {
            let session = try SQLiteSession(file, readOnly: false)
            for (index, test) in cases.enumerated() {
                if let table = test.lite { try fill(session.run, table, "r\(index)") }
            }
        }
        for (index, test) in cases.enumerated() {
            try PostgresConnection.with(address) { try fill($0.execute, test.left, "l\(index)") }
            let left = try PostgresEndpoint(address)
            let right = try SQLiteEndpoint(file: file)
            let needsCast = test.name == "the last of 38 digits"
            let found = try compare(left, "l\(index)", right, "r\(index)", key: test.key) { settings in
                if needsCast { settings.rules["v"] = ColumnRule(cast: "decimal") }
            }
            check(found, test, "SQLite")
        }
    }
}
