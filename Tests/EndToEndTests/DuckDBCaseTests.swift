import Foundation
import Testing
import Verification

/// The cases of `Tests/EndToEnd/Cases` as projects for DuckDB: what is converted has the original's rows there, too, and
/// what has no equal in DuckDB is refused.
///
///     P2D_DUCKDB='*' swift test --filter DuckDBCaseTests
///
/// runs all of them, `P2D_DUCKDB='012_*'` those that match, with what came of them in `.build/duckdb-details`; else some stand
/// for all, for the time that they take. `P2D_DUCKDB_STATES=40` runs so many generated states of each.
@Suite struct DuckDBCaseTests {
    private static let environment = ProcessInfo.processInfo.environment
    /// Globs; nil for every so many-th case.
    private static let wanted = environment["P2D_DUCKDB"]
    private static let states = environment["P2D_DUCKDB_STATES"].flatMap { Int($0) }

    private static func cases(every step: Int) throws -> [EndToEndCase] {
        let all = try Repository.names()
        let names =
            wanted.map { globs in
                all.filter { name in globs.split(separator: ",").contains { fnmatch(String($0), name, 0) == 0 } }
            } ?? all.enumerated().filter { $0.offset.isMultiple(of: step) }.map(\.element)
        return try names.compactMap { try Repository.named($0) }
    }

    @Test(arguments: try cases(every: 48))
    func equalsTheOriginal(_ test: EndToEndCase) async throws {
        let result = try await CaseWorkers.shared.run(test, target: "duckdb")
        try Self.note(result)
        let excuse = try Repository.duckDBNotYet()[test.name]
        switch result.judgement {
        case .passed:
            #expect(excuse == nil, "\(test.name) passes: take it off Tests/EndToEnd/duckdb-not-yet.txt")
        case .notYet: break
        case .doesNotBuild where excuse != nil:
            // Only a build that stops can be excused, never other rows.
            break
        default: Issue.record("\(result.summary)")
        }
    }

    @Test(arguments: try wanted == nil || states != nil ? cases(every: 191) : [])
    func equalsTheOriginalOnGeneratedStates(_ test: EndToEndCase) async throws {
        guard test.expect == .converted, try Repository.duckDBNotYet()[test.name] == nil else { return }
        let outcome: GeneratedOutcome
        do {
            outcome = try await CaseWorkers.shared.generated(test, states: Self.states ?? 12, target: "duckdb")
        } catch is EndToEndCase.Invalid {
            // Refused, as a whole or in part: nothing to run.
            return
        }
        if Self.states != nil { print("\(test.name): \(outcome.summary); \(outcome.seconds) s") }
        let excuse = try Repository.statesNotYet()[test.name]
        for difference in outcome.differences {
            // An original that raises where the project builds is a matter of both targets.
            let isStricter = difference.reason.hasPrefix("the original raised an error, and the project built")
            if isStricter || excuse?.hasPrefix("rows: ") == true { continue }
            Issue.record("\(test.name), seed \(outcome.seed), case \(difference.number): \(difference.reason)")
            let samples = difference.relations.flatMap(\.samples).prefix(6).map(CaseDetails.text)
            print((difference.script + samples).joined(separator: "\n"))
        }
    }

    @Test func excusesAreOfCasesAndHaveReasons() throws {
        let names = Set(try Repository.names())
        for (name, reason) in try Repository.duckDBNotYet() {
            #expect(names.contains(name) && !reason.isEmpty, "duckdb-not-yet.txt: \(name)")
        }
    }

    /// Whoever asks for cases wants to see what came of them.
    private static func note(_ result: CaseResult) throws {
        guard wanted != nil else { return }
        let folder = Repository.buildFolder.appending(path: "duckdb-details")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data("\(result.summary)\n\n\(result.details)\n".utf8)
            .write(to: folder.appending(path: "\(result.name).txt"))
    }
}
