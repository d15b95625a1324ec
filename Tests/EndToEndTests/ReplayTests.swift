import Testing
import Verification

/// Generated cases are not built by dbt, but with the statements that it sent before: that must be the same.
@Suite struct ReplayTests {
    /// Full rewrites, a model that only appends, a loop, parameters with defaults, a watermark, temporary tables.
    @Test(arguments: [
        "020_temp_chain", "049_on_conflict_update", "062_parameters_everywhere", "104_accumulators", "131_watermark",
    ])
    func replayedStatementsGiveWhatDbtGives(_ name: String) async throws {
        let test = try #require(try Repository.named(name))
        let comparisons = try await CaseWorkers.shared.faithfulness(test, cases: [4, 5, 6])
        #expect(comparisons.count >= 3)
        #expect(comparisons.contains { !$0.real.isEmpty }, "\(name): no build succeeded")
        for one in comparisons {
            #expect(one.replayed == one.real, "\(name), case \(one.number), call \(one.call)")
        }
    }
}
