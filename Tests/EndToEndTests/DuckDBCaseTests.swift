import Foundation
import Testing

/// The cases of `Tests/EndToEnd/Cases` as projects for DuckDB: what is converted has the original's rows there, too, and
/// what has no equal in DuckDB is refused.
///
///     P2D_DUCKDB='*' swift test --filter DuckDBCaseTests
///
/// runs all of them, `P2D_DUCKDB='012_*'` those that match; else some stand for all, for the time that they take. The table
/// of a run is `.build/duckdb-results.tsv`, details are beside it.
@Suite struct DuckDBCaseTests {
    /// Globs; nil for every so many-th case.
    private static let wanted = ProcessInfo.processInfo.environment["P2D_DUCKDB"]
    private static let step = 8

    private static func cases() throws -> [EndToEndCase] {
        let all = try Repository.names()
        let names =
            wanted.map { globs in
                all.filter { name in globs.split(separator: ",").contains { fnmatch(String($0), name, 0) == 0 } }
            } ?? all.enumerated().filter { $0.offset.isMultiple(of: step) }.map(\.element)
        return try names.compactMap { try Repository.named($0) }
    }

    @Test(arguments: try cases())
    func equalsTheOriginal(_ test: EndToEndCase) async throws {
        let result = try await CaseWorkers.shared.run(test, target: "duckdb")
        try Self.note(result)
        let excuse = try Repository.duckDBNotYet()[test.name]
        switch result.judgement {
        case .passed:
            #expect(excuse == nil, "\(test.name) passes: take it off Tests/EndToEnd/duckdb-not-yet.txt")
        case .notYet: break
        default:
            if excuse == nil { Issue.record("\(result.summary)") }
        }
    }

    /// Whoever asks for cases wants to see what came of them.
    private static func note(_ result: CaseResult) throws {
        guard wanted != nil else { return }
        let folder = Repository.buildFolder.appending(path: "duckdb-details")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data("\(result.summary)\n\n\(result.details)\n".utf8).write(to: folder.appending(path: "\(result.name).txt"))
    }
}
