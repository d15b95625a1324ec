import Databases
import Testing

@testable import Verification

extension WithEngine {
    @Suite struct TableCompareTests {
        /// Type, a value, the other side's value, whether they are equal.
        @Test(arguments: [
            ("numeric", "1.10", "1.1", true), ("numeric", "1.4", "1.2", false), ("numeric", "NaN", "NaN", true),
            ("numeric", "100", "1e2", true), ("numeric", "-0.50", "-0.5", true), ("numeric", "100", "10", false),
            (
                "numeric(40,0)", "1234567890123456789012345678901234567890", "1234567890123456789012345678901234567891",
                false
            ),
            ("double precision", "0.30000000000000004", "0.3", false), ("double precision", "-0.0", "0.0", true),
            ("double precision", "NaN", "NaN", true), ("double precision", "1e-20", "2e-20", false),
            ("text", "a ", "a", false), ("text", "a", "A", false), ("text", "a", "a\n", false),
            ("text", "\\N", "N", false), ("text", "a\\tb", "a\tb", false), ("text", "1.10", "1.1", false),
            ("character(5)", "a", "a  ", true), ("character varying(9)", "a", "a ", false),
            ("interval", "1 month", "30 days", false),
            ("timestamptz", "2024-01-01 00:00+00", "2024-01-01 01:00+01", true),
            ("timestamp", "infinity", "-infinity", false),
            ("timestamp", "2024-01-01 00:00:00.123", "2024-01-01 00:00:00.123001", false),
            ("jsonb", #"{"a": 1.0, "b": "1.0"}"#, #"{"b": "1.0", "a": 1}"#, true), ("jsonb", #""1.0""#, #""1""#, false),
            ("jsonb", #"["a\"1.0"]"#, #"["a\"1"]"#, false), ("jsonb", "[[],[]]", "[[[]]]", false),
            ("json", #"{"a":1}"#, #"{"a":1}"#, true), ("numeric[]", "{1.10,NULL}", "{1.1,NULL}", true),
            ("text[]", "{NULL}", #"{"NULL"}"#, false), ("text[]", #"{"a,b"}"#, "{a,b}", false),
            ("bytea", #"\x00ff"#, #"\x00fe"#, false), ("boolean", "t", "true", true),
            ("uuid", "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", true),
        ])
        func values(type: String, left: String, right: String, isEqual: Bool) throws {
            try Pair.with { pair in
                try pair.both("CREATE TABLE t (id int, v \(type))")
                try pair.legacy.query("INSERT INTO t VALUES (1, $1)", [left])
                try pair.dbt.query("INSERT INTO t VALUES (1, $1)", [right])
                let outcome = try pair.compare()
                #expect(outcome.verdict == .matched || !isEqual)
                #expect(outcome.verdict.isDifference || isEqual)
            }
        }

        @Test func nullIsNoValue() throws {
            try Pair.with { pair in
                try pair.both("CREATE TABLE t (a text, b text)")
                try pair.legacy.execute("INSERT INTO t VALUES ('', NULL)")
                try pair.dbt.execute("INSERT INTO t VALUES (NULL, '')")
                #expect(try pair.compare().verdict.isDifference)
            }
        }

        @Test func copiesCount() throws {
            try Pair.with { pair in
                try pair.both("CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1), (2)")
                #expect(try pair.compare().verdict == .matched)
                try pair.dbt.execute("DELETE FROM t WHERE ctid = (SELECT min(ctid) FROM t WHERE a = 1)")
                let outcome = try pair.compare()
                #expect(outcome.onlyLegacyRows == 1 && outcome.onlyDbtRows == 0 && outcome.equalRows == 2)
            }
        }

        @Test(arguments: [
            ("a numeric(10,2)", "a numeric"), ("a int, b int", "b int, a int"), ("a int", "a int, b int"),
            ("a int, b int", "a int"), ("a varchar(10)", "a varchar(11)"), ("a int", "a bigint"),
            ("a timestamp", "a timestamptz"), ("a text", "\"A\" text"),
        ])
        func structure(left: String, right: String) throws {
            try Pair.with { pair in
                try pair.legacy.execute("CREATE TABLE t (\(left))")
                try pair.dbt.execute("CREATE TABLE t (\(right))")
                let outcome = try pair.compare()
                #expect(outcome.verdict.isDifference && !outcome.structure.isEmpty)
            }
        }

        @Test func samplesArePairedByKey() throws {
            try Pair.with { pair in
                try pair.both(
                    "CREATE TABLE t (id int, v text, w int); INSERT INTO t SELECT i, 'v' || i, i FROM generate_series(1, 500) i"
                )
                try pair.dbt.execute(
                    "UPDATE t SET v = NULL WHERE id = 7; UPDATE t SET w = 0 WHERE id IN (7, 8); DELETE FROM t WHERE id = 9; INSERT INTO t VALUES (501, 'x', 1)"
                )
                let outcome = try pair.compare("t", ComparisonRules(key: ["id"]))
                #expect(outcome.changedRows == 2 && outcome.onlyLegacyRows == 1 && outcome.onlyDbtRows == 1)
                #expect(outcome.differingColumns == [.init(column: "w", count: 2), .init(column: "v", count: 1)])
                let seven = try #require(outcome.samples.first { $0.cells[0].legacy == .text("7") })
                #expect(seven.cells[1] == .init(column: "v", legacy: .text("v7"), dbt: .null, differs: true))
                #expect(
                    outcome.verdict
                        == .differs("2 rows changed, 1 row only in legacy, 1 row only in dbt (w, v), of 500 in legacy"))
            }
        }

        @Test func volatileColumnsCountAsNullOrNot() throws {
            try Pair.with { pair in
                try pair.both("CREATE TABLE t (id int, at timestamptz)")
                try pair.legacy.execute("INSERT INTO t VALUES (1, now()), (2, NULL)")
                try pair.dbt.execute("INSERT INTO t VALUES (1, now() + interval '1 s'), (2, NULL)")
                let rules = ComparisonRules(volatileColumns: ["at"])
                #expect(try pair.compare("t", rules).verdict == .matchedWithRules(["at: null or not"]))
                try pair.dbt.execute("UPDATE t SET at = now()")
                #expect(try pair.compare("t", rules).verdict.isDifference)
            }
        }

        /// Tables made by chance, changed by chance: every change is found, and nothing else.
        @Test(arguments: 0..<12)
        func randomEdits(seed: Int) throws {
            var random = SeededGenerator(UInt64(seed))
            try Pair.with { pair in
                let count = Int.random(in: 1...300, using: &random)
                let rows = (0..<count).map { _ in
                    (
                        Int.random(in: 0...20, using: &random),
                        ["x", "", "y\ty", "\\", "ä\n"].randomElement(using: &random),
                        Bool.random(using: &random) ? nil : Int.random(in: 0...3, using: &random)
                    )
                }
                func insert(_ connection: PostgresConnection, _ rows: [(Int, String?, Int?)]) throws {
                    for row in rows {
                        try connection.query(
                            "INSERT INTO t VALUES ($1, $2, $3)", [String(row.0), row.1, row.2.map { String($0) }])
                    }
                }
                try pair.both("CREATE TABLE t (a int, b text, c numeric)")
                try insert(pair.legacy, rows)
                var edited = rows
                let isEdited = Bool.random(using: &random)
                if isEdited {
                    let victim = Int.random(in: 0..<count, using: &random)
                    switch Int.random(in: 0...2, using: &random) {
                    case 0: edited.remove(at: victim)
                    case 1: edited.append(rows[victim])
                    default: edited[victim].2 = edited[victim].2 == nil ? 1 : nil
                    }
                }
                try insert(pair.dbt, edited.shuffled(using: &random))
                #expect(try pair.compare().verdict.isDifference == isEdited)
            }
        }
    }
}
