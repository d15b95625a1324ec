import Foundation
import Synchronization
import Testing

@testable import Diff
@testable import Endpoints

/// A part whose session breaks is read again, as often as it says, and no row is counted twice.
@Suite struct RetryTests {
    /// How often the readings of the second part break before they come through.
    private func run(breaks: Int) throws -> DiffResult {
        let left = (0..<20_000).map { [String($0 + 100_000), "v\($0)"] }
        var right = left
        right[15_000][1] = "other"
        right.remove(at: 3)
        let rest = Mutex(breaks)
        let breaker: @Sendable () -> Bool = {
            rest.withLock { rest in
                defer { rest -= 1 }
                return rest > 0
            }
        }
        let endpoints = Sides<any Endpoint>(
            left: FlakyEndpoint(left, breaker), right: FlakyEndpoint(right, { false }))
        let datasets = Sides(
            left: Dataset(.table(schema: nil, name: "l")), right: Dataset(.table(schema: nil, name: "r")))
        var settings = DiffSettings()
        settings.jobs = 2
        return try DiffRun(endpoints: endpoints, datasets: datasets, settings: settings).run()
    }

    @Test(arguments: [0, 1, 2]) func comesThrough(_ breaks: Int) throws {
        let found = try run(breaks: breaks)
        #expect(found.counts == [1, 0, 1] && found.rows.left == 20_000 && found.rows.right == 19_999)
        #expect(found.notices.contains { $0.contains("parts") })
    }

    @Test func givesUp() throws {
        let error = #expect(throws: EndpointError.self) { try run(breaks: 100) }
        #expect(error?.description.contains("tried 3 times") == true, "\(String(describing: error))")
    }
}

/// Rows in memory that are read in two parts, the second of which breaks after some rows as often as it is told to.
private final class FlakyEndpoint: Endpoint {
    private let rows: [[String]]
    private let breaks: @Sendable () -> Bool
    private static let cut = "110000"

    init(_ rows: [[String]], _ breaks: @escaping @Sendable () -> Bool) {
        self.rows = rows
        self.breaks = breaks
    }

    var engine: String { "memory" }
    var target: String { "memory" }
    var serverIdentity: String? { nil }
    var circumstances: [String] { [] }
    var interrupt: @Sendable () -> Void { {} }
    var siblingMaker: (@Sendable () throws -> any Endpoint)? {
        let (rows, breaks) = (rows, breaks)
        return { FlakyEndpoint(rows, breaks) }
    }

    func describe(_ dataset: Dataset) throws -> DatasetSchema {
        let columns = ["id", "v"].map { ColumnInfo(name: $0, type: .text, nativeType: "text", isNullable: $0 == "v") }
        return DatasetSchema(columns: columns, keys: [["id"]], estimatedRows: rows.count)
    }
    func cuts(_ dataset: Dataset, _ column: ColumnInfo, parts: Int) throws -> [String] { [Self.cut] }
    func statement(_ request: ReadRequest) throws -> String { "memory" }
    func count(_ dataset: Dataset) throws -> Int { rows.count }
    func keyFaults(_ dataset: Dataset, _ key: [ColumnInfo]) throws -> KeyFaults { KeyFaults(nulls: 0, duplicates: 0) }

    func read(_ request: ReadRequest) throws -> any RowStream {
        let part = request.part
        let wanted = rows.filter { ($0[0] >= part?.from ?? "") && ($0[0] < part?.below ?? "~") }
        return Stream(wanted, isBroken: part?.from != nil && breaks())
    }

    private final class Stream: RowStream {
        private var rest: ArraySlice<[String]>
        private let isBroken: Bool
        private var batches = 0

        init(_ rows: [[String]], isBroken: Bool) {
            rest = rows[...]
            self.isBroken = isBroken
        }

        func stop() {}

        func read(into batch: inout RowBatch) throws -> Bool {
            batches += 1
            if isBroken && batches == 3 { throw EndpointError.connectionLost("the session is gone") }
            for row in rest.prefix(500) {
                for value in row { batch.appendField(value.utf8) }
                batch.endRow()
            }
            rest = rest.dropFirst(500)
            return !rest.isEmpty
        }
    }
}
