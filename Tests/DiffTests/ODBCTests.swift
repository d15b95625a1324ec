import Databases
import Foundation
import Testing

@testable import Diff
@testable import Endpoints

/// The torture list against MariaDB, where it has the type; PostgreSQL and SQLite through their drivers.
@Suite(.serialized) struct ODBCTests {
    /// Name, PostgreSQL's type and value, MariaDB's type and value, changed or not.
    private static let values: [(String, String, String, String, String, Int)] = [
        ("equal text", "text", "'é ''x'", "varchar(20)", "'é ''x'", 0),
        ("an emoji", "text", "'😀'", "varchar(20)", "'😀'", 0),
        ("trailing blank", "text", "'a '", "varchar(10)", "'a'", 1),
        ("case", "text", "'A'", "varchar(10)", "'a'", 1),
        ("accent", "text", "'á'", "varchar(10)", "'a'", 1),
        ("empty and NULL", "text", "''", "varchar(10)", "NULL", 1),
        ("trailing newline", "text", "E'a\\n'", "varchar(10)", "'a'", 1),
        ("long text", "text", "repeat('xy', 50000) || 'a'", "longtext", "concat(repeat('xy', 50000), 'b')", 1),
        ("long equal text", "text", "repeat('éy', 50000)", "longtext", "repeat('éy', 50000)", 0),
        ("padding", "char(5)", "'ab'", "char(5)", "'ab'", 0),
        ("scale", "numeric", "1.10", "decimal(10,4)", "1.1000", 0),
        (
            "38 digits", "numeric(38,0)", "12345678901234567890123456789012345678", "decimal(38,0)",
            "12345678901234567890123456789012345679", 1
        ),
        ("unsigned", "numeric(20,0)", "18446744073709551615", "bigint unsigned", "18446744073709551615", 0),
        ("smallest bigint", "bigint", "-9223372036854775808", "bigint", "-9223372036854775808", 0),
        ("boolean", "boolean", "true", "tinyint(1)", "1", 0),
        ("boolean and 2", "boolean", "true", "tinyint(1)", "2", 1),
        ("double", "float8", "0.1::float8 + 0.2::float8", "double", "0.1e0 + 0.2e0", 0),
        ("double one unit apart", "float8", "0.3", "double", "0.1e0 + 0.2e0", 1),
        ("tiny", "float8", "1e-20", "double", "2e-20", 1),
        ("double and decimal", "float8", "0.1", "decimal(5,1)", "0.1", 0),
        ("microseconds", "timestamp", "'2024-01-01 10:00:00.123456'", "datetime(6)", "'2024-01-01 10:00:00.123456'", 0),
        ("a lost fraction", "timestamp", "'2024-01-01 10:00:00.123456'", "datetime(3)", "'2024-01-01 10:00:00.123'", 1),
        ("an instant", "timestamptz", "'2024-01-01 12:00:00+02'", "timestamp", "'2024-01-01 10:00:00'", 0),
        ("date", "date", "'2024-02-29'", "date", "'2024-02-29'", 0),
        ("date and midnight", "date", "'2024-02-29'", "datetime", "'2024-02-29 00:00:00'", 0),
        ("time", "time", "'10:00:00.5'", "time(3)", "'10:00:00.5'", 0),
        ("json", "jsonb", "'{\"b\": 1.0, \"a\": [1, 2]}'", "json", "'{\"a\":[1,2],\"b\":1}'", 0),
        ("bytes", "bytea", "'\\x00ff'", "varbinary(10)", "x'00ff'", 0),
        (
            "uuid", "uuid", "'6f9619ff-8b86-d011-b42d-00c04fc964ff'", "char(36)",
            "'6F9619FF-8B86-D011-B42D-00C04FC964FF'", 0
        ),
        ("enum", "text", "'x'", "enum('x','y')", "'x'", 0),
    ]

    @Test func mariaDB() throws {
        let address = try TestServer.database("odbc_maria")
        let maria = try MariaDBServer.address(database: "work")
        let session = try ODBCSession(ODBCLibrary.load(), maria)
        _ = try session.statement("SET SESSION time_zone = '+00:00'")
        try PostgresConnection.with(address) { connection in
            for (index, test) in Self.values.enumerated() {
                try connection.execute(
                    "CREATE TABLE t\(index) (id int primary key, v \(test.1)); INSERT INTO t\(index) VALUES (1, \(test.2)), (2, NULL)"
                )
                _ = try session.statement("CREATE TABLE t\(index) (id int primary key, v \(test.3) NULL)")
                _ = try session.statement("INSERT INTO t\(index) VALUES (1, \(test.4)), (2, NULL)")
            }
        }
        for (index, test) in Self.values.enumerated() {
            let found = try compare(PostgresEndpoint(address), "t\(index)", ODBCEndpoint(maria), "t\(index)")
            #expect(found.counts == [0, 0, test.5], "\(test.0): \(found.columns.flatMap(\.samples))")
            #expect(found.plan.key == ["id"] && found.plan.keyReason.contains("unique constraint"))
        }
    }

    @Test func keysByBytes() throws {
        // To MariaDB 'a' = 'A' = 'á' = 'a ': as keys they are four.
        let address = try TestServer.database("odbc_keys")
        let maria = try MariaDBServer.address(database: "work")
        let session = try ODBCSession(ODBCLibrary.load(), maria)
        let rows = "('a', 1), ('A', 2), ('á', 3), ('a ', 4)"
        _ = try session.statement("CREATE TABLE k (id varchar(5), v int)")
        _ = try session.statement("INSERT INTO k VALUES \(rows)")
        try PostgresConnection.with(address) {
            try $0.execute("CREATE TABLE k (id text primary key, v int); INSERT INTO k VALUES \(rows)")
        }
        let found = try compare(PostgresEndpoint(address), "k", ODBCEndpoint(maria), "k", key: ["id"])
        #expect(found.isEqual && found.plan.isKeyUnique)
    }

    @Test func otherDrivers() throws {
        let address = try TestServer.database("odbc_others")
        let columns = "id int primary key, a varchar(20), n numeric(20,5), d timestamp, b text"
        let rows = "(1, 'é', 12345678901234.56789, '2024-01-01 10:00:00.5', ''), (2, NULL, NULL, NULL, NULL)"
        try PostgresConnection.with(address) {
            try $0.execute("CREATE TABLE t (\(columns)); INSERT INTO t VALUES \(rows)")
        }
        let engine = try TestServer.engine()
        let parts = engine.connectionString(database: "odbc_others")
        let socket = try PostgresConnection.with(address) { connection in
            let found = try connection.query(
                "SELECT current_setting('unix_socket_directories'), current_setting('port'), current_user")
            return (0..<3).map { found[0, $0] ?? "" }
        }
        #expect(!parts.isEmpty)
        let odbc =
            "DRIVER={PostgreSQL Unicode};SERVER=\(socket[0]);PORT=\(socket[1]);UID=\(socket[2]);DATABASE=odbc_others"
        let found = try compare(PostgresEndpoint(address), "t", ODBCEndpoint(odbc), "t")
        #expect(found.isEqual && found.rows.right == 2, "\(found.columns.flatMap(\.samples))")
        let scratch = try Scratch()
        do {
            let session = try SQLiteSession("\(scratch.path)/t.sqlite", readOnly: false)
            try session.run("CREATE TABLE t (id integer primary key, a varchar(20), d timestamp, b text)")
            try session.run("INSERT INTO t VALUES (1, 'é', '2024-01-01 10:00:00.5', ''), (2, NULL, NULL, 'x')")
        }
        let lite = try compare(
            PostgresEndpoint(address), "t", ODBCEndpoint("DRIVER=SQLite3;DATABASE=\(scratch.path)/t.sqlite"), "t"
        ) { $0.excluded = ["n"] }
        #expect(lite.counts == [0, 0, 1])
    }

    @Test func refusals() throws {
        let error = #expect(throws: EndpointError.self) {
            try ODBCEndpoint("DRIVER={No Such Driver};PWD=secret;SERVER=x")
        }
        #expect(error?.description.contains("secret") == false)
        let maria = try MariaDBServer.address(database: "work")
        let missing = #expect(throws: EndpointError.self) {
            try ODBCEndpoint(maria).describe(Dataset(.table(schema: nil, name: "nowhere")))
        }
        guard case .notFound = missing else {
            Issue.record("\(String(describing: missing))")
            return
        }
    }
}
