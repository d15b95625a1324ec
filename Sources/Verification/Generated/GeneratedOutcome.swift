/// What came of the generated cases of one pipeline.
public struct GeneratedOutcome: Codable, Sendable, Equatable {
    /// From so many compared cases on, all of them equal, a pipeline that also matches on the real rows is `proven`.
    public static let provenFrom = 200

    /// Cases that were asked for.
    public var requested: Int
    /// The seed that, with a case's number, gives the same case again.
    public var seed: UInt64
    /// All calls equal.
    public var matched = 0
    /// Original and project both failed; the calls before that were equal.
    public var originalFailed = 0
    /// The original gives other rows itself when its rows lie in another order.
    public var nondeterministic = 0
    /// Other rows, or only one of the two failed.
    public var differs = 0
    /// Nothing was compared, because the original took too long or the state could not be made.
    public var notRun = 0
    /// Calls compared in all cases.
    public var calls = 0
    /// Why no case could be run at all; nil when they could.
    public var problem: String?
    /// Some of what differs, the lowest case numbers first.
    public var differences: [GeneratedDifference] = []
    /// Numbers of the cases in which the original is not deterministic, at most a hundred.
    public var nondeterministicCases: [Int] = []
    /// Reasons for which cases were not run, each once.
    public var notRunReasons: [String] = []
    /// Wall-clock seconds.
    public var seconds = 0.0

    /// Nothing run yet.
    public init(requested: Int, seed: UInt64) {
        self.requested = requested
        self.seed = seed
    }

    /// Cases that ended in a verdict about the project.
    public var compared: Int { matched + originalFailed + differs }

    /// What the cases say; nil when they say nothing against the pipeline.
    public var verdict: Verdict? {
        if let problem { return .notRun("no generated case could be run: \(problem)") }
        guard differs > 0 else { return nil }
        let first = differences.first.map { " (case \($0.number): \($0.reason))" } ?? ""
        return .differs("\(differs) of \(requested) generated cases differ\(first)")
    }

    /// Enough cases, and all that could be compared are equal.
    public var isProof: Bool { problem == nil && differs == 0 && matched >= Self.provenFrom }

    /// One line for people.
    public var summary: String {
        if let problem { return "no generated case could be run: \(problem)" }
        let parts = [
            (matched, "matched"), (differs, "differ"), (originalFailed, "failed on both sides"),
            (nondeterministic, "nondeterministic in the original"), (notRun, "not run"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return "\(requested) generated cases, seed \(seed): \(parts.joined(separator: ", "))"
    }
}

/// A generated case in which original and project differ, with all that makes it happen again.
public struct GeneratedDifference: Codable, Sendable, Equatable {
    /// The case's number; with the seed it gives the same case.
    public var number: Int
    /// The call after which it shows, from 1.
    public var call: Int
    /// What differs.
    public var reason: String
    /// The state and the calls as SQL, the smallest found: INSERTs, then for each call its changes and the CALL.
    public var script: [String]
    /// Relations that differ, with sample rows.
    public var relations: [RelationOutcome]
}
