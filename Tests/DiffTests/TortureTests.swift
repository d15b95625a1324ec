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

    @Test func typesThatOnlyDuckDBHas() throws {
        // Values that are fetched as text must be so inside of lists, too: what cannot be read must not look equal.
        let scratch = try Scratch()
        let values = [
            ("ENUM('a', 'b')[]", "['a']", "['b']"), ("UHUGEINT[]", "[1]", "[2]"), ("HUGEINT", "1", "2"),
            ("STRUCT(x INTEGER)", "{'x': 1}", "{'x': 2}"), ("INTEGER[][]", "[[1], [2, 3]]", "[[1], [2]]"),
            ("MAP(INTEGER, VARCHAR)", "MAP {1: 'a'}", "MAP {1: 'b'}"), ("BIT", "'101'", "'100'"),
            ("TIMESTAMP_S", "'2024-01-01 00:00:00'", "'2024-01-01 00:00:01'"),
            ("TIMESTAMP_NS", "'2024-01-01 00:00:00.000000001'", "'2024-01-01 00:00:00.000000002'"),
            ("INTEGER[2]", "[1, 2]", "[1, 3]"), ("JSON", "'{\"a\":1}'", "'{\"a\":2}'"),
        ]
        for (side, file) in ["l", "r"].enumerated() {
            let session = try DuckDBSession(
                DuckDBLibrary.load(), path: "\(scratch.path)/\(file).duckdb", readOnly: false)
            for (index, value) in values.enumerated() {
                try session.run("CREATE TABLE t\(index) (id INTEGER PRIMARY KEY, v \(value.0))")
                try session.run(
                    "INSERT INTO t\(index) VALUES (1, \(value.1)), (2, \(side == 0 ? value.1 : value.2)), (3, NULL)")
            }
        }
        for (index, value) in values.enumerated() {
            let found = try compare(
                DuckDBEndpoint(file: "\(scratch.path)/l.duckdb"), "t\(index)",
                DuckDBEndpoint(file: "\(scratch.path)/r.duckdb"), "t\(index)")
            #expect(found.counts == [0, 0, 1], "\(value.0)")
        }
    }

    @Test func storageClassesOfSQLite() throws {
        // In columns that say something else, a number, a text and a blob of the same letters are three values.
        let scratch = try Scratch()
        let values = [
            ("date", "10", "'10'"), ("date", "1.5", "'1.5'"), ("int", "x'616263'", "'abc'"),
            ("text", "x'616263'", "'abc'"),
        ]
        for (side, file) in ["l", "r"].enumerated() {
            let session = try SQLiteSession("\(scratch.path)/\(file).sqlite", readOnly: false)
            for (index, value) in values.enumerated() {
                // Without STRICT and without an affinity that would turn one into the other.
                try session.run("CREATE TABLE t\(index) (id integer primary key, v blob)")
                try session.run("INSERT INTO t\(index) VALUES (1, \(value.1)), (2, \(side == 0 ? value.1 : value.2))")
                try session.run("PRAGMA writable_schema = on")
                try session.run(
                    "UPDATE sqlite_master SET sql = replace(sql, 'v blob', 'v \(value.0)') WHERE name = 't\(index)'")
                try session.run("PRAGMA writable_schema = off")
            }
        }
        for (index, value) in values.enumerated() {
            let found = try compare(
                SQLiteEndpoint(file: "\(scratch.path)/l.sqlite"), "t\(index)",
                SQLiteEndpoint(file: "\(scratch.path)/r.sqlite"), "t\(index)")
            #expect(found.counts == [0, 0, 1], "\(value)")
        }
    }
}
