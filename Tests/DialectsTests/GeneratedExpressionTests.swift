import Dialects
import Foundation
import Testing

/// Generated queries give the same rows on both engines, or are refused: `P2D_EXPRESSIONS=20000 swift test --filter
/// GeneratedExpressionTests` runs more of them.
@Suite struct GeneratedExpressionTests {
    private static let count = ProcessInfo.processInfo.environment["P2D_EXPRESSIONS"].flatMap { Int($0) } ?? 800
    private static let seed = ProcessInfo.processInfo.environment["P2D_SEED"].flatMap { UInt64($0) } ?? 1

    @Test func generatedQueriesGiveTheSameRows() throws {
        let engines = try BothEngines(rules: #require(try DialectRules.rules(for: "duckdb")))
        var (compared, refused, failed) = (0, 0, 0)
        for number in 0..<Self.count {
            var maker = ExpressionMaker(seed: Self.seed &* 1_000_003 &+ UInt64(number))
            let query = maker.query()
            let expected = try engines.original(query)
            guard let translated = try? engines.translated(query) else {
                refused += 1
                continue
            }
            let found = engines.target(translated)
            if expected.failure != nil {
                failed += 1
                // What PostgreSQL stops at needs no equal rows, but a wrong type or a division by zero should not pass.
                continue
            }
            compared += 1
            if expected != found {
                Issue.record("number \(number)\n\(query)\n\(translated)\n\(expected)\n\(found)")
            }
        }
        // Most of what is made can be said in both.
        #expect(compared > Self.count * 6 / 10, "compared \(compared), refused \(refused), failed \(failed)")
    }
}
