import Databases
import Foundation
import Synchronization
import Testing

@testable import Diff
@testable import Endpoints

/// Things that break in the middle: a clear error or the right answer, and nothing left behind.
@Suite(.serialized) struct FailureTests {
    private static let address = Result { () throws -> String in
        let address = try TestServer.database("failures")
        try PostgresConnection.with(address) { connection in
            try connection.execute(
                """
                CREATE TABLE l (id int primary key, v text);
                INSERT INTO l SELECT g, 'row ' || g FROM generate_series(1, 60000) AS g;
                CREATE TABLE r (LIKE l INCLUDING ALL);
                INSERT INTO r SELECT id, CASE WHEN id % 1000 = 0 THEN 'other' ELSE v END FROM l WHERE id % 7777 <> 0;
                ANALYZE l; ANALYZE r
                """)
        }
        return address
    }
    // 60 changed but for the one that is missing, 7 missing.
    private static let expected = [7, 0, 60]

    private func run(
        jobs: Int, memory: Int = 64 << 20, _ change: (inout DiffSettings) -> Void = { _ in },
        progress: ((DiffProgress) -> Void)? = nil
    ) throws -> DiffResult {
        let address = try Self.address.get()
        var settings = DiffSettings()
        settings.strategy = .stream
        settings.jobs = jobs
        settings.memory = memory
        change(&settings)
        let datasets = Sides(
            left: Dataset(.table(schema: nil, name: "l")), right: Dataset(.table(schema: nil, name: "r")))
        let endpoints = Sides<any Endpoint>(left: try PostgresEndpoint(address), right: try PostgresEndpoint(address))
        var run = DiffRun(endpoints: endpoints, datasets: datasets, settings: settings)
        run.progress = progress
        return try run.run()
    }

    @Test func parts() throws {
        let one = try run(jobs: 1)
        let many = try run(jobs: 3)
        #expect(one.counts == Self.expected && many.counts == Self.expected)
        #expect(many.notices.contains { $0.contains("parts") })
        #expect(one.columns[1].samples == many.columns[1].samples)
        #expect(one.exclusiveSamples.left == many.exclusiveSamples.left)
    }

    @Test func sessionsThatAreEnded() throws {
        // Somebody ends sessions that read parts: they are read again.
        let address = try Self.address.get()
        let ended = Mutex(0)
        let isDone = Mutex(false)
        let killer = Thread {
            guard let connection = try? PostgresConnection(address) else { return }
            for _ in 0..<2000 {
                if isDone.withLock({ $0 }) { return }
                let found = try? connection.query(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE 'COPY%' LIMIT 1
                    """)
                if (found?.rowCount ?? 0) > 0 {
                    ended.withLock { $0 += 1 }
                    if ended.withLock({ $0 }) >= 2 { return }
                }
            }
        }
        killer.start()
        let found = try run(jobs: 2)
        isDone.withLock { $0 = true }
        #expect(found.counts == Self.expected)
    }

    @Test func lostServer() throws {
        // The one session of a side is ended while it reads: an error, not half an answer.
        let address = try Self.address.get()
        let left = try PostgresEndpoint(address)
        let right = try PostgresEndpoint(address)
        let pid = try right.connection.query("SELECT pg_backend_pid()")[0, 0] ?? ""
        let request = ReadRequest(
            Dataset(.query("SELECT id, repeat(v, 100) AS v FROM r")),
            columns: [RequestedColumn(ColumnInfo(name: "v", type: .text, nativeType: "text"), as: .text)])
        let stream = try right.read(request)
        var batch = RowBatch()
        _ = try stream.read(into: &batch)
        _ = try left.connection.query("SELECT pg_terminate_backend($1::int)", [pid])
        let error = #expect(throws: EndpointError.self) {
            while try stream.read(into: &batch) { batch.removeAll() }
        }
        guard case .connectionLost = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func takenPermission() throws {
        let address = try Self.address.get()
        try PostgresConnection.with(address) { connection in
            try connection.execute(
                "DROP ROLE IF EXISTS p2d_reader; CREATE ROLE p2d_reader; SET ROLE p2d_reader; RESET ROLE; REVOKE ALL ON r FROM PUBLIC"
            )
        }
        let left = try PostgresEndpoint(address)
        let right = try PostgresEndpoint(address)
        try right.connection.execute("SET LOCAL ROLE p2d_reader")
        let error = #expect(throws: DatabaseError.self) { try compare(left, "l", right, "r") }
        #expect(error?.description.hasPrefix("permission denied") == true)
    }

    @Test func noPlaceForRows() throws {
        // The sides come in opposite orders, so that rows have to wait, and the folder for them is not there.
        let address = try Self.address.get()
        var settings = DiffSettings()
        settings.strategy = .stream
        settings.memory = 2 << 20
        settings.spillFolder = "/nonexistent/folder"
        let datasets = Sides(
            left: Dataset(.query("SELECT id, v FROM l ORDER BY id")),
            right: Dataset(.query("SELECT id, v FROM r ORDER BY id DESC")))
        let endpoints = Sides<any Endpoint>(left: try PostgresEndpoint(address), right: try PostgresEndpoint(address))
        let error = #expect(throws: DiffError.self) {
            try DiffRun(endpoints: endpoints, datasets: datasets, settings: settings).run()
        }
        #expect(error?.description.contains("TMPDIR") == true)
        // With a folder the same goes through the disk, and leaves nothing there.
        let scratch = try Scratch()
        settings.spillFolder = scratch.path
        let again = Sides<any Endpoint>(left: try PostgresEndpoint(address), right: try PostgresEndpoint(address))
        let found = try DiffRun(endpoints: again, datasets: datasets, settings: settings).run()
        #expect(found.counts == Self.expected && found.spilledBytes > 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
    }

    @Test func interrupted() throws {
        let address = try Self.address.get()
        let endpoint = try PostgresEndpoint(address)
        let interrupt = endpoint.interrupt
        let thread = Thread {
            Thread.sleep(forTimeInterval: 0.3)
            interrupt()
        }
        thread.start()
        #expect(throws: EndpointError.interrupted) { try endpoint.count(Dataset(.query("SELECT pg_sleep(20)"))) }
    }
}
