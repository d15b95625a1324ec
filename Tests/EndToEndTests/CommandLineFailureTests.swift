import Foundation
import Testing

extension CommandLineTests {
    /// Whatever goes wrong: the right exit code, one line that says what, nothing half-written, no password.
    @Suite struct Failures {
        @Test(arguments: [
            ["extract"], ["extract", "a.sql"], ["extract", "a.sql", "--out", "o", "--dialect", "klingon"],
            ["extract", "a.sql", "--out", "o", "--target", "abacus"], ["verify", "o", "--nonsense"],
            ["extract", "a.sql", "postgresql://h/d", "--out", "o"], ["convert"], ["nonsense"],
            ["extract", "", "--out", "o"],
            ["verify", "o", "--seed", "many"],
        ])
        func badUsage(_ arguments: [String]) throws {
            try withFolder(["a.sql": littleSystem]) { folder in
                let result = try CommandLineProgram.run(arguments, in: folder)
                #expect(result.code == 64)
                #expect(result.output.isEmpty)
                #expect(result.errors.contains("Usage: proc2dbt"))
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.sql"])
            }
        }

        @Test(arguments: [["--help"], ["extract", "--help"], ["help", "verify"], ["--version"]])
        func helpIsNoFailure(_ arguments: [String]) throws {
            let result = try withFolder { try CommandLineProgram.run(arguments, in: $0) }
            #expect(result.code == 0)
            #expect(result.errors.isEmpty, "\(result.errors)")
            #expect(result.output.contains(arguments == ["--version"] ? "0.1.0" : "USAGE: proc2dbt"))
        }

        static let failures: [(arguments: [String], says: String)] = [
            (["extract", "nosuch.sql", "--out", "o"], "cannot read nosuch.sql"),
            (["extract", "empty", "--out", "o"], "no .sql file"),
            (["extract", "tables.sql", "--out", "o"], "no stored procedures"),
            (["extract", "a.sql", "--out", "o", "--schema", "nix"], "schemas with routines are etl, ops"),
            (["extract", "a.sql", "--out", "o", "--routine", "zz*"], "no routine matches 'zz*'"),
            (["extract", "a.sql", "--out", "tables.sql"], "tables.sql: is in the way"),
            (["extract", "a.sql", "--out", "/proc/nothing/here"], "/proc/nothing"),
            (["extract", "mysql://joe:hunter2@h/d", "--out", "o"], "connections of the kind 'mysql'"),
            (["extract", "odbc:DSN=x;PWD=hunter2", "--out", "o"], "odbc:"),
            (
                ["extract", "postgresql://joe:hunter2@127.0.0.1:1/d", "--out", "o"],
                "cannot connect to joe@127.0.0.1:1/d"
            ),
            (["extract", "postgresql://joe:hunter2@[half/d", "--out", "o"], "connection string"),
            (["convert", "nosuch"], "nosuch does not exist"),
            (["convert", "empty"], "empty/catalog/catalog.json"),
            (["convert", "tables.sql"], "tables.sql is not a folder"),
            (["convert", "broken"], "broken/catalog/catalog.json"),
            (["verify", "nosuch"], "nosuch does not exist"),
            (["verify", "broken"], "broken/catalog/catalog.json"),
        ]

        @Test(arguments: failures.indices)
        func failure(_ index: Int) throws {
            let (arguments, says) = Self.failures[index]
            let files = [
                "a.sql": littleSystem, "tables.sql": "create table a (b integer);", "empty/x.txt": "",
                "broken/catalog/catalog.json": "{",
            ]
            try withFolder(files) { folder in
                let before = try contents(of: folder)
                let result = try CommandLineProgram.run(arguments, in: folder)
                #expect(result.code == 1)
                #expect(result.output.isEmpty)
                #expect(result.errorLines.count == 1, "\(result.errors)")
                #expect(result.errors.hasPrefix("proc2dbt: error: "))
                #expect(result.errors.contains(says), "\(result.errors)")
                #expect(!result.errors.contains("hunter2"))
                #expect(try contents(of: folder) == before)
            }
        }

        /// A limit on the size of files stands for the full disk; at each limit another file fails.
        @Test(arguments: [1, 2, 4, 8, 16])
        func fullDisk(_ blocks: Int) throws {
            try withFolder(["a.sql": littleSystem]) { folder in
                let result = try CommandLineProgram.run(
                    ["extract", "a.sql", "--out", "new/er/o"], in: folder, shell: "trap '' XFSZ; ulimit -f \(blocks)")
                if result.code == 0 { return }
                #expect(result.code == 1)
                #expect(result.errorLines.count == 1, "\(result.errors)")
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.sql"])
            }
        }

        @Test(arguments: [
            ("{", "proc2dbt.yml"), ("project_name: a b", "is no name for dbt"),
            ("project_name: a\nentry_points: [etl.nix]", "names 'etl.nix'"), ("project_name: a\nfoo: 1", "foo"),
        ])
        func badConfiguration(_ text: String, _ says: String) throws {
            try withFolder(["a.sql": littleSystem]) { folder in
                #expect(try CommandLineProgram.run(["extract", "a.sql", "--out", "o"], in: folder).code == 0)
                let file = folder.appending(path: "o/proc2dbt.yml")
                try text.write(to: file, atomically: true, encoding: .utf8)
                let result = try CommandLineProgram.run(["convert", "o"], in: folder)
                #expect(result.code == 1)
                #expect(result.errorLines.count == 1, "\(result.errors)")
                #expect(result.errors.contains(says), "\(result.errors)")
                #expect(try String(contentsOf: file, encoding: .utf8) == text)
            }
        }
    }
}
