import Databases
import Foundation
import Testing

@testable import Diff
@testable import Endpoints

/// The whole difference in files and tables, and the JSON document.
@Suite(.serialized) struct OutputTests {
    private static let address = Result { () throws -> String in
        let address = try TestServer.database("output")
        try PostgresConnection.with(address) { connection in
            try connection.execute(
                """
                CREATE TABLE l (id int primary key, v text, n numeric);
                INSERT INTO l VALUES (1, 'same', 1), (2, 'a,"b"', 2), (3, NULL, 3), (4, '', 4), (5, 'line\nline\\t', 5);
                CREATE TABLE r (LIKE l INCLUDING ALL);
                INSERT INTO r VALUES (1, 'same', 1), (2, 'b', 2), (3, '', 3), (5, NULL, 5.5), (6, 'new', NULL)
                """)
        }
        return address
    }

    private func run(_ target: DifferenceTarget) throws {
        let address = try Self.address.get()
        let endpoints = Sides<any Endpoint>(left: try PostgresEndpoint(address), right: try PostgresEndpoint(address))
        let datasets = Sides(
            left: Dataset(.table(schema: nil, name: "l")), right: Dataset(.table(schema: nil, name: "r")))
        var run = DiffRun(endpoints: endpoints, datasets: datasets, settings: DiffSettings())
        let plan = try run.plan()
        let writer = try target.open(plan, addresses: Sides(left: .postgres(address), right: .postgres(address)))
        run.sink = { try writer.write($0) }
        let result = try run.run(plan)
        #expect(result.counts == [1, 1, 3])
        try writer.finish()
    }

    private static let rows: [[String?]] = [
        ["changed", "2", "a,\"b\"", "b", "2", "2"], ["changed", "3", nil, "", "3", "3"],
        ["only_left", "4", "", nil, "4", nil], ["changed", "5", "line\nline\\t", nil, "5", "5.5"],
        ["only_right", "6", nil, "new", nil, nil],
    ]

    @Test func csv() throws {
        let scratch = try Scratch()
        try run(.csv("\(scratch.path)/d.csv"))
        let text = try String(contentsOfFile: "\(scratch.path)/d.csv", encoding: .utf8)
        #expect(
            text == """
                difference,id,v_left,v_right,n_left,n_right
                changed,2,"a,""b""\",b,2,2
                changed,3,,"",3,3
                only_left,4,"",,4,
                changed,5,"line
                line\\t",,5,5.5
                only_right,6,,new,,

                """)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["d.csv"])
    }

    @Test func parquet() throws {
        let scratch = try Scratch()
        let path = "\(scratch.path)/d.parquet"
        try run(.parquet(path))
        let session = try DuckDBSession(DuckDBLibrary.load(), path: nil)
        #expect(try session.texts("SELECT * FROM read_parquet('\(path)') ORDER BY id", columns: 6) == Self.rows)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["d.parquet"])
    }

    @Test func sqlite() throws {
        let scratch = try Scratch()
        try run(.sqlite("\(scratch.path)/d.db"))
        let session = try SQLiteSession("\(scratch.path)/d.db")
        #expect(try session.texts("SELECT * FROM diff ORDER BY id") == Self.rows)
        // A second time the table is there already: an error, and the first one stays.
        #expect(throws: EndpointError.self) { try run(.sqlite("\(scratch.path)/d.db")) }
        #expect(try session.texts("SELECT * FROM diff ORDER BY id") == Self.rows)
    }

    @Test func table() throws {
        try run(.table(.right, .table(schema: "public", name: "differences")))
        try PostgresConnection.with(Self.address.get()) { connection in
            let found = try connection.query("SELECT * FROM differences ORDER BY id")
            let rows = found.rows.map { row in (0..<found.columnCount).map { found[row, $0] } }
            #expect(rows == Self.rows)
        }
    }

    @Test func document() throws {
        let address = try Self.address.get()
        let found = try compare(PostgresEndpoint(address), "l", PostgresEndpoint(address), "r")
        let text = try DiffDocument(found).text()
        let json = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(json["verdict"] as? String == "different")
        let summary = try #require(json["summary"] as? [String: Any])
        #expect(
            summary["rows_left"] as? Int == 5 && summary["rows_changed"] as? Int == 3
                && summary["rows_equal"] as? Int == 1)
        #expect(summary["rows_only_left"] as? Int == 1 && summary["rows_only_right"] as? Int == 1)
        // Matching cells: 3 of the equal row, 9 of three changed ones less 3 and 1 differing; all cells: 6 rows of 3.
        let score = try #require(summary["match_score"] as? Double)
        #expect(abs(score - 8.0 / 18) < 1e-9)
        let columns = try #require(json["columns"] as? [[String: Any]])
        let samples = try #require(columns[0]["samples"] as? [[String: Any]])
        #expect(samples[1]["left"] is NSNull && samples[1]["right"] as? String == "")
        #expect(!text.contains("password"))
    }

    @Test func readsWhatItIsTold() throws {
        let table = { (text: String) in Dataset.Origin.table(schema: nil, name: text) }
        #expect(try DifferenceTarget("x.csv", table: table) == .csv("x.csv"))
        #expect(try DifferenceTarget("sqlite:x.db", table: table) == .sqlite("x.db"))
        #expect(try DifferenceTarget("left:t", table: table) == .table(.left, .table(schema: nil, name: "t")))
        #expect(throws: DiffError.self) { try DifferenceTarget("x.xlsx", table: table) }
    }
}
