import Testing

/// Every folder of `Tests/EndToEnd/Cases`, converted and executed.
///
///     P2D_CASES='012_*' P2D_KEEP=/tmp/kept swift test --filter CaseTests
///
/// runs one case, keeps its project and prints its models and what differs. The table of a run is
/// `.build/e2e-results.tsv`, with `.build/e2e-details/<case>.txt` for each case that did not pass.
@Suite struct CaseTests {
    @Test(arguments: try Repository.cases())
    func equalsTheOriginal(_ test: EndToEndCase) async throws {
        let result = try await CaseWorkers.shared.run(test)
        let excuse = try Repository.notYet()[test.name]
        if Repository.isRestricted && result.judgement != .passed { print("\(result.summary)\n\n\(result.details)\n") }
        switch result.judgement {
        case .passed:
            #expect(excuse == nil, "\(test.name) passes: take it off Tests/EndToEnd/not-yet.txt")
        case .notYet where excuse != nil:
            // Only an honest refusal can be excused, never other rows.
            break
        default:
            Issue.record("\(result.summary)")
        }
    }

    @Test func excusesAreOfCasesAndHaveReasons() throws {
        let names = Set(try Repository.names())
        for (name, reason) in try Repository.notYet() {
            #expect(names.contains(name), "not-yet.txt: there is no case \(name)")
            #expect(!reason.isEmpty, "not-yet.txt: \(name) needs a reason")
        }
    }
}
