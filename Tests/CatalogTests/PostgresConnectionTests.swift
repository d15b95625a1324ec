import Databases
import Engines
import Foundation
import Testing

@Suite struct ConnectionStringTests {
    @Test func hidesPasswords() {
        let masked = PostgresConnection.masked("postgresql://me:s3cret%40@db.example:5433/dwh?sslmode=disable")
        #expect(masked.contains("host=db.example") && masked.contains("sslmode=disable") && !masked.contains("s3cret"))
        #expect(!PostgresConnection.masked("host=a password='s3 cret'").contains("cret"))
    }

    @Test(arguments: ["postgresql://me:s3cret@x@127.0.0.1:1/d", "host=x s3cret", "postgresql://me:s3cret@[::1/d"])
    func namesNoPieceOfAnUnreadableOne(text: String) {
        let error = #expect(throws: DatabaseError.self) { try PostgresConnection(text) }
        #expect(error?.description.contains("s3cret") == false)
        #expect(error?.description.hasPrefix("cannot read the connection string: ") == true)
    }

    @Test func saysThatNobodyAnswers() {
        let error = #expect(throws: DatabaseError.self) { try PostgresConnection("postgresql://me:pw@127.0.0.1:1/d") }
        #expect(error?.description.hasPrefix("cannot connect to me@127.0.0.1:1/d: ") == true)
        #expect(error?.description.contains("Connection refused") == true)
    }

    @Test func quotes() {
        #expect(PostgresConnection.quoteIdentifier("a\"b") == "\"a\"\"b\"")
        #expect(PostgresConnection.quoteLiteral("it's") == "'it''s'")
        #expect(PostgresConnection.quoteLiteral("a\\'") == "E'a\\\\'''")
    }
}

extension WithEngine {
    @Suite struct PostgresConnectionTests {
        @Test func tellsTheKindsOfFailure() throws {
            let engine = try SharedEngine.get()
            guard case .noSuchDatabase = failure(engine.connectionString(database: "not there")) else {
                Issue.record("no such database")
                return
            }
            guard case .wrongPassword = failure(engine.connectionString() + " user=nobody_here") else {
                Issue.record("no such user")
                return
            }
            try SharedEngine.withDatabase { connection in
                try connection.execute("create table t (x int primary key); drop role if exists weak; create role weak")
                try connection.execute("insert into t values (1)")
                let error = #expect(throws: DatabaseError.self) {
                    try connection.query("insert into t\n values ($1)", ["1"])
                }
                #expect(error?.sqlState == "23505")
                #expect(error?.description.contains("\n") == false)
                #expect(error?.description.hasSuffix("in: insert into t values ($1)") == true)
                try connection.execute("set role weak")
                let denied = #expect(throws: DatabaseError.self) { try connection.execute("table t") }
                #expect(denied?.description.hasPrefix("permission denied: permission denied for table t") == true)
                try connection.execute("reset role; drop role weak")
                connection.close()
                #expect(throws: DatabaseError.self) { try connection.execute("select 1") }
            }
        }

        @Test func tellsAWrongPassword() throws {
            let rules = FileManager.default.temporaryDirectory.path + "/hba-\(UUID())"
            try Data("local all guarded scram-sha-256\nlocal all all trust\n".utf8).write(
                to: URL(fileURLWithPath: rules))
            defer { try? FileManager.default.removeItem(atPath: rules) }
            var options = EmbeddedPostgres.Options()
            options.settings = ["hba_file": rules]
            let engine = try EmbeddedPostgres.start(options)
            defer { engine.stop() }
            try PostgresConnection(engine.connectionString()).execute("create role guarded login password 's3cret'")
            for (password, isRight) in [(" password=s3cret", true), (" password=g3heim", false), ("", false)] {
                let error = failure(engine.connectionString() + " user=guarded" + password)
                #expect((error == nil) == isRight)
                #expect(isRight || error?.description.hasPrefix("wrong user or password for guarded@/tmp/") == true)
                #expect(error?.description.contains("g3heim") != true)
            }
        }

        @Test func passesParametersAndValues() throws {
            try PostgresConnection.with(SharedEngine.get().connectionString()) { connection in
                let result = try connection.query(
                    "select $1::text as a, $2::int as b, $3::text as c", ["é'\\", nil, ""])
                #expect([result[0, 0], result[0, 1], result[0, 2]] == ["é'\\", nil, ""])
                #expect(result.columnNames == ["a", "b", "c"])
                #expect(result.columnTypes == [25, 23, 25])
                #expect(connection.serverVersion >= 130_000)
            }
        }

        @Test func collectsNotices() throws {
            try PostgresConnection.with(SharedEngine.get().connectionString()) { connection in
                try connection.execute("do $$ begin raise notice 'one'; raise warning 'two'; end $$")
                #expect(connection.takeNotices().map(\.description) == ["NOTICE: one", "WARNING: two"])
                #expect(connection.takeNotices().isEmpty)
            }
        }

        @Test func stopsAStatementFromAnotherThread() throws {
            try PostgresConnection.with(SharedEngine.get().connectionString()) { connection in
                let canceller = connection.canceller
                Thread.detachNewThread {
                    usleep(200_000)
                    canceller.cancel()
                }
                let error = #expect(throws: DatabaseError.self) { try connection.execute("select pg_sleep(20)") }
                #expect(error?.isCancellation == true)
            }
        }

        @Test func cannotWriteInASnapshot() throws {
            try PostgresConnection.with(SharedEngine.get().connectionString()) { connection in
                try connection.beginReadOnlySnapshot()
                #expect(throws: DatabaseError.self) { try connection.execute("create table nope (x int)") }
                try connection.rollback()
            }
        }

        @Test func copies() throws {
            struct Stop: Error {}
            try SharedEngine.withDatabase("source") { source in
                try source.execute("create table t as select i, repeat('x', 1000) as v from generate_series(1, 5000) i")
                try SharedEngine.withDatabase { target in
                    try target.execute("create table t (i int, v text)")
                    try target.copy(from: source, "table t", "copy t from stdin (format binary)")
                    let count = try target.query("select count(*), sum(i) from t")
                    #expect([count[0, 0], count[0, 1]] == ["5000", "12502500"])

                    try target.copyIn("copy t from stdin") { write in
                        try Array("7\tseven\n8\t\\N\n".utf8).withUnsafeBytes(write)
                    }
                    var text: [UInt8] = []
                    try target.copyOut("select * from t where v is null or v = 'seven' order by i") {
                        text += Array($0)
                    }
                    #expect(String(decoding: text, as: UTF8.self) == "7\tseven\n8\t\\N\n")

                    // Whatever goes wrong, both connections are ready for the next statement.
                    #expect(throws: Stop.self) { try target.copyOut("table t") { _ in throw Stop() } }
                    #expect(throws: Stop.self) { try target.copyIn("copy t from stdin") { _ in throw Stop() } }
                    #expect(throws: DatabaseError.self) { try target.copyOut("select 1/0") { _ in } }
                    #expect(throws: DatabaseError.self) { try target.copyOut("copy t from stdin") { _ in } }
                    #expect(throws: DatabaseError.self) { try target.copyIn("copy t to stdout") { _ in } }
                    #expect(throws: DatabaseError.self) { try target.copyIn("select 1") { _ in } }
                    #expect(throws: DatabaseError.self) {
                        try target.copy(from: source, "table t", "copy u from stdin")
                    }
                    #expect(throws: DatabaseError.self) {
                        try target.copy(from: source, "select 'a'::text, 2", "copy t from stdin (format binary)")
                    }
                    for connection in [source, target] { #expect(try connection.query("select 1")[0, 0] == "1") }
                    #expect(try target.query("select count(*) from t")[0, 0] == "5002")
                }
            }
        }

        private func failure(_ connectionString: String) -> DatabaseError? {
            do throws(DatabaseError) {
                _ = try PostgresConnection(connectionString)
                return nil
            } catch {
                return error
            }
        }
    }
}
