import Foundation
import Testing

@testable import Endpoints

extension CommandLineTests {
    /// `proc2dbt diff` as a user runs it, on files: exit codes, texts, the JSON document, many at once.
    @Suite struct Diffs {
        /// A folder with two SQLite files, a CSV file and a text that is no database.
        private func withDatabases<R>(_ body: (URL) throws -> R) throws -> R {
            try withFolder([
                "c.csv": "id,name,amount\n1,a,1.5\n2,b,2.50\n3,,\n", "notes.txt": "no database",
            ]) { folder in
                let rows = [
                    "left.sqlite": "(1, 'a', 1.5), (2, 'b', 2.5), (3, NULL, NULL)",
                    "right.sqlite": "(1, 'a', 1.5), (2, 'x', 2.5), (4, 'd', 4)",
                ]
                for (file, values) in rows {
                    let session = try SQLiteSession(folder.appending(path: file).path, readOnly: false)
                    try session.run("CREATE TABLE orders (id integer primary key, name text, amount decimal(10,2))")
                    try session.run("INSERT INTO orders VALUES \(values)")
                    try session.run("CREATE TABLE copy AS SELECT * FROM orders")
                }
                return try body(folder)
            }
        }

        @Test func equalAndDifferent() throws {
            try withDatabases { folder in
                let equal = try CommandLineProgram.run(
                    ["diff", "left.sqlite", "left.sqlite", "--table", "orders=copy"], in: folder)
                #expect(equal.code == 0 && equal.errors.isEmpty, "\(equal)")
                #expect(equal.output.hasPrefix("orders and copy: equal\n"))
                let different = try CommandLineProgram.run(
                    ["diff", "left.sqlite", "right.sqlite", "--table", "orders"], in: folder)
                #expect(different.code == 4 && different.errors.isEmpty)
                for line in [
                    "changed       1", "only left     1", "only right    1", "id=2: b -> x",
                    "id (first unique constraint of the left)",
                ] {
                    #expect(different.output.contains(line), "\(different.output)")
                }
            }
        }

        @Test func document() throws {
            try withDatabases { folder in
                let found = try CommandLineProgram.run(
                    ["diff", "left.sqlite", "right.sqlite", "--table", "orders", "--json"], in: folder)
                #expect(found.code == 4)
                let json = try #require(
                    try JSONSerialization.jsonObject(with: Data(found.output.utf8)) as? [String: Any])
                #expect((json["summary"] as? [String: Any])?["rows_changed"] as? Int == 1)
            }
        }

        @Test func files() throws {
            try withDatabases { folder in
                let csv = try CommandLineProgram.run(["diff", "left.sqlite", "c.csv", "--table", "orders"], in: folder)
                #expect(csv.code == 0, "\(csv)")
                let out = try CommandLineProgram.run(
                    ["diff", "left.sqlite", "right.sqlite", "--table", "orders", "--out", "d.csv"], in: folder)
                #expect(out.code == 4)
                let text = try String(contentsOf: folder.appending(path: "d.csv"), encoding: .utf8)
                #expect(text.split(separator: "\n").count == 4)
            }
        }

        @Test func options() throws {
            try withDatabases { folder in
                func counts(_ more: String...) throws -> [Int] {
                    let found = try CommandLineProgram.run(
                        ["diff", "left.sqlite", "right.sqlite", "--json", "--table", "orders"] + more, in: folder)
                    #expect(found.errors.isEmpty, "\(found.errors)")
                    let json = try JSONSerialization.jsonObject(with: Data(found.output.utf8)) as? [String: Any]
                    let summary = json?["summary"] as? [String: Any]
                    return ["rows_left", "rows_right", "rows_changed", "rows_only_left", "rows_only_right"].map {
                        summary?[$0] as? Int ?? -1
                    }
                }
                #expect(try counts() == [3, 3, 1, 1, 1])
                #expect(try counts("--where", "id < 3") == [2, 2, 1, 0, 0])
                #expect(try counts("--where-left", "id < 3", "--where-right", "id = 4") == [2, 1, 0, 2, 1])
                #expect(try counts("--since", "id=2", "--until", "id=4") == [2, 1, 1, 1, 0])
                #expect(try counts("--exclude", "name") == [3, 3, 0, 1, 1])
                #expect(try counts("--rule-sql", "NAME:l = 'b' and r = 'x'") == [3, 3, 0, 1, 1])
                #expect(try counts("--columns", "amount") == [3, 3, 0, 1, 1])
                #expect(try counts("--key", "amount", "--columns", "name") == [3, 3, 1, 1, 1])
                #expect(try counts("--sample", "100%") == [3, 3, 1, 1, 1])
                #expect(try counts("--sample", "1000") == [3, 3, 1, 1, 1])
                let query = try CommandLineProgram.run(
                    [
                        "diff", "left.sqlite", "right.sqlite", "--query-left", "select 1 as a", "--query-right",
                        "select 1 as a;",
                    ], in: folder)
                #expect(query.code == 0, "\(query)")
            }
        }

        static let failures: [(arguments: [String], says: String)] = [
            (["nosuch.sqlite", "left.sqlite", "--table", "orders"], "the file nosuch.sqlite does not exist"),
            (["notes.txt", "left.sqlite", "--table", "orders"], "cannot tell what kind of database"),
            (["left.sqlite", "right.sqlite", "--table", "nowhere"], "table nowhere does not exist in"),
            (
                ["left.sqlite", "right.sqlite", "--table", "orders", "--key", "nix"],
                "there is no column nix on the left"
            ),
            (["left.sqlite", "right.sqlite", "--table", "orders", "--where", "nix = 1"], "no such column: nix"),
            (
                ["left.sqlite", "right.sqlite", "--table", "orders", "--rule", "amuont:abs=1"],
                "there is no column amuont on the left"
            ),
            (["left.sqlite", "right.sqlite", "--table", "orders", "--rule", "amount:round=2"], "known are abs=N"),
            (
                ["left.sqlite", "right.sqlite", "--table", "orders", "--strategy", "join"],
                "the two sides are not one server"
            ),
            (["left.sqlite", "right.sqlite", "--table", "orders", "--out", "d.xlsx"], "FILE.csv"),
            (
                ["left.sqlite", "right.sqlite", "--table", "orders", "--out", "/nowhere/d.csv"],
                "cannot write /nowhere/d.csv"
            ),
            (
                ["left.sqlite", "right.sqlite", "--query-left", "select 1 as a", "--query-right", "select 2 as b"],
                "no column in common"
            ),
            (
                ["left.sqlite", "right.sqlite", "--query-left", "selec 1", "--query-right", "select 2 as b"],
                "syntax error"
            ),
            (
                ["postgresql://u:geheim@127.0.0.1:1/x", "right.sqlite", "--table", "orders"],
                "cannot connect to u@127.0.0.1:1/x"
            ),
            (
                ["odbc:DRIVER=Nix;PWD=geheim", "right.sqlite", "--table", "orders"],
                "cannot connect through ODBC to DRIVER=Nix"
            ),
            (["--config", "nosuch.yml"], "cannot read nosuch.yml"),
        ]

        @Test(arguments: failures)
        func failure(_ arguments: [String], _ says: String) throws {
            try withDatabases { folder in
                let before = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
                let found = try CommandLineProgram.run(["diff"] + arguments, in: folder)
                #expect(found.code == 1, "\(found)")
                #expect(found.output.isEmpty && found.errorLines.count == 1, "\(found)")
                #expect(found.errors.contains(says) && !found.errors.contains("geheim"), "\(found.errors)")
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == before)
            }
        }

        @Test(arguments: [
            ["left.sqlite"], ["left.sqlite", "right.sqlite"], [], ["a", "b", "--table", "t", "--jobs", "0"],
            ["a", "b", "--table", "t", "--strategy", "magic"], ["a", "b", "--table", "t", "--memory", "lots"],
            ["left.sqlite", "right.sqlite", "--table", "t", "--sample", "x"], ["a", "b", "--table", "t", "--map", "x"],
        ])
        func badUsage(_ arguments: [String]) throws {
            try withDatabases { folder in
                let found = try CommandLineProgram.run(["diff"] + arguments, in: folder)
                #expect(found.code == 64 && found.output.isEmpty, "\(found)")
            }
        }

        @Test func manyAtOnce() throws {
            try withDatabases { folder in
                let text = """
                    project_name: shop
                    diff:
                      connections: 2
                      tables:
                        orders: {exclude: [name]}
                      runs:
                        - {left: left.sqlite, right: left.sqlite, table: orders=copy}
                        - {name: without names, left: left.sqlite, right: right.sqlite, table: orders}
                        - {name: broken, left: left.sqlite, right: "${P2D_TEST_NOWHERE_DB}", table: copy}
                        - {name: with names, left: left.sqlite, right: right.sqlite, table: copy, key: [id]}
                    """
                let file = folder.appending(path: "proc2dbt.yml")
                try text.write(to: file, atomically: true, encoding: .utf8)
                let missing = try CommandLineProgram.run(["diff"], in: folder)
                #expect(missing.code == 1 && missing.errors.contains("P2D_TEST_NOWHERE_DB"), "\(missing)")
                try text.replacing("${P2D_TEST_NOWHERE_DB}", with: "nosuch.sqlite").write(
                    to: file, atomically: true, encoding: .utf8)
                let found = try CommandLineProgram.run(["diff"], in: folder)
                #expect(found.code == 1 && found.errors.isEmpty, "\(found)")
                for line in [
                    "orders=copy: equal, 3 rows", "without names: different: 0 changed, 1 only left, 1 only right",
                    "broken: failed: the file nosuch.sqlite",
                    "with names: different: 1 changed, 1 only left, 1 only right",
                    "4 compared: 1 equal, 2 different, 1 failed",
                ] { #expect(found.output.contains(line), "\(found.output)") }
                let json = try CommandLineProgram.run(["diff", "--json"], in: folder)
                let document = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
                #expect(
                    (document?["diffs"] as? [[String: Any]])?.map { $0["error"] != nil } == [false, false, true, false])
                // The table's settings count for a single comparison, too.
                let one = try CommandLineProgram.run(
                    ["diff", "left.sqlite", "right.sqlite", "--table", "orders"], in: folder)
                #expect(one.output.contains("only left     1") && !one.output.contains("changed"))
                try "diff: {runs: [{left: a, wrong: b}]}".write(to: file, atomically: true, encoding: .utf8)
                let wrong = try CommandLineProgram.run(["diff"], in: folder)
                #expect(wrong.code == 1 && wrong.errors.contains("diff.runs.wrong is unknown"), "\(wrong)")
            }
        }

        @Test func spillOnAFullDisk() throws {
            try withDatabases { folder in
                // A limit on the size of files stands in for a full disk.
                let numbers = { (first: Int, step: String, last: Int) in
                    "WITH RECURSIVE n(i) AS (SELECT \(first) UNION ALL SELECT i \(step) FROM n WHERE i <> \(last)) "
                        + "SELECT i AS id, 'row number ' || i AS name FROM n"
                }
                let arguments = [
                    "diff", "left.sqlite", "right.sqlite", "--query-left", numbers(1, "+ 1", 60000), "--query-right",
                    numbers(60000, "- 1", 1), "--memory", "1MiB", "--key", "id",
                ]
                let fine = try CommandLineProgram.run(arguments, in: folder)
                #expect(fine.code == 0, "\(fine)")
                let full = try CommandLineProgram.run(arguments, in: folder, shell: "trap '' XFSZ; ulimit -f 20")
                #expect(
                    full.code == 1 && full.errors.contains("cannot keep rows in") && full.errorLines.count == 1,
                    "\(full)")
            }
        }

        @Test func interrupted() throws {
            try withDatabases { folder in
                let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS id FROM n"
                let start = Date()
                let found = try CommandLineProgram.run(
                    [
                        "diff", "left.sqlite", "right.sqlite", "--query-left", endless, "--query-right", endless,
                        "--key", "id",
                    ], in: folder,
                    signal: (SIGINT, 1))
                #expect(found.code == -SIGINT, "\(found)")
                #expect(Date().timeIntervalSince(start) < 20)
                #expect(found.output.isEmpty)
            }
        }
    }
}
