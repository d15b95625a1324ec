import Testing
import Verification

/// Every executable case again, on generated states: the original and dbt's own statements, sent again for each state.
///
///     P2D_CASES='012_*' P2D_STATES=200 swift test --filter GeneratedStateTests
///
/// runs 200 states of one case and prints every difference as a script; `P2D_STATES=12` alone runs 12 states of every
/// case, which takes ten minutes on two cores.
@Suite struct GeneratedStateTests {
    @Test(arguments: try Repository.casesForStates())
    func equalsTheOriginalOnGeneratedStates(_ test: EndToEndCase) async throws {
        guard test.expect == .converted, try Repository.notYet()[test.name] == nil else { return }
        let outcome = try await CaseWorkers.shared.generated(test, states: Repository.states)
        let excuse = try Repository.statesNotYet()[test.name]
        if Repository.isRestricted { print("\(test.name): \(outcome.summary); \(outcome.seconds) s") }
        for difference in outcome.differences {
            let isStricter = difference.reason.hasPrefix("the original raised an error, and the project built")
            if let excuse, isStricter || excuse.hasPrefix("rows: ") { continue }
            Issue.record("\(test.name), seed \(outcome.seed), case \(difference.number): \(difference.reason)")
            let samples = difference.relations.flatMap(\.samples).prefix(6).map(CaseDetails.text)
            print(
                (["-- \(test.name), case \(difference.number): \(difference.reason)"] + difference.script + samples)
                    .joined(separator: "\n"))
        }
        #expect(outcome.problem == nil || excuse != nil, "\(test.name): \(outcome.problem ?? "")")
        // States that read the clock change from day to day: a hint, no failure.
        if excuse != nil, outcome.differs == 0 { print("\(test.name) is equal: take it off states-not-yet.txt?") }
    }
}
