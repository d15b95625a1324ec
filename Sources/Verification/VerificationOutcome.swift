import Foundation
import Project

/// What a verification found out: the value that the reports are made from.
public struct VerificationOutcome: Codable, Sendable, Equatable {
    /// Name of the dbt project.
    public var project: String
    /// When the verification began.
    public var startedAt: Date
    /// Wall-clock seconds of the whole verification.
    public var seconds: Double
    /// Names and versions of what ran: `PostgreSQL`, `dbt`.
    public var engines: [String: String]
    /// Where the rows came from, without secrets.
    public var source: String
    /// The seed of everything that was made up.
    public var seed: UInt64
    /// What is worth knowing about the rows: tables that were sampled.
    public var notes: [String]
    /// In the order in which they ran.
    public var pipelines: [PipelineOutcome]
    /// Unit tests that passed; no part of the reports.
    public var unitTests: [UnitTest] = []

    private enum CodingKeys: String, CodingKey {
        case project, startedAt, seconds, engines, source, seed, notes, pipelines
    }

    /// An outcome without pipelines.
    public init(project: String, source: String, seed: UInt64 = 0, startedAt: Date = Date()) {
        self.project = project
        self.source = source
        self.seed = seed
        self.startedAt = startedAt
        seconds = 0
        engines = [:]
        notes = []
        pipelines = []
    }

    /// Every comparison of every call.
    public var relations: [RelationOutcome] { pipelines.flatMap(\.calls).flatMap(\.relations) }

    /// The worst verdict of all pipelines.
    public var verdict: Verdict { Verdict.worst(pipelines.map(\.verdict)) }

    /// No pipeline differs.
    public var isParity: Bool { !pipelines.contains { $0.verdict.isDifference } }

    /// How many comparisons ended in each of the six words, in the order of the words.
    public var counts: [(word: Verdict.Word, count: Int)] {
        let words = relations.map(\.verdict.word) + pipelines.filter { $0.calls.isEmpty }.map(\.verdict.word)
        return Verdict.Word.allCases.map { word in (word, words.count { $0 == word }) }
    }
}

/// One entry routine against the dbt models that replace it, on one starting state.
public struct PipelineOutcome: Codable, Sendable, Equatable {
    /// `schema.routine`.
    public var entry: String
    /// The scenario's name.
    public var scenario: String
    /// In the order in which they were made.
    public var calls: [CallOutcome]
    /// Why the pipeline as a whole did not run; nil when it did.
    public var stopped: Verdict?
    /// What came of generated cases; nil when there were none.
    public var generated: GeneratedOutcome?
    /// Wall-clock seconds.
    public var seconds: Double

    /// A pipeline without calls yet.
    public init(entry: String, scenario: String, calls: [CallOutcome] = [], stopped: Verdict? = nil) {
        self.entry = entry
        self.scenario = scenario
        self.calls = calls
        self.stopped = stopped
        seconds = 0
    }

    /// The worst of its calls, of what stopped it and of the generated cases; `proven` when all of these agree and the
    /// generated cases are many enough (`GeneratedOutcome.provenFrom`).
    public var verdict: Verdict {
        let real = Verdict.worst(calls.map(\.verdict) + [stopped].compactMap { $0 })
        guard let generated else { return real }
        if calls.isEmpty && stopped == nil {
            return generated.verdict ?? (generated.matched > 0 ? .matched : real)
        }
        if let found = generated.verdict { return Verdict.worst([real, found]) }
        return generated.isProof && [.matched, .matchedWithRules].contains(real.word) ? .proven : real
    }
}

/// One CALL on the one side, one `dbt build` on the other.
public struct CallOutcome: Codable, Sendable, Equatable {
    /// Counted from 1.
    public var number: Int
    /// The call as SQL: `CALL dw.load_sales('2026-01-01'::date)`.
    public var statement: String
    /// The dbt command that replaces it.
    public var command: String
    /// What was done to the source tables before the call, a line each.
    public var changes: [String]
    /// The error that the original raised; nil when it returned.
    public var originalError: String?
    /// What the original said (RAISE NOTICE and so on), oldest first.
    public var notices: [String]
    /// Errors and warnings of dbt's.
    public var buildMessages: [String]
    /// Seconds that the original took.
    public var originalSeconds: Double
    /// Seconds that dbt took.
    public var buildSeconds: Double
    /// Each model against what it stands for.
    public var relations: [RelationOutcome]
    /// A verdict about the call itself: dbt did not start, a test failed, the original raised an error.
    public var own: Verdict?

    /// A call that has not compared anything yet.
    public init(number: Int, statement: String, command: String) {
        self.number = number
        self.statement = statement
        self.command = command
        changes = []
        notices = []
        buildMessages = []
        originalSeconds = 0
        buildSeconds = 0
        relations = []
    }

    /// The worst of its relations and of its own.
    public var verdict: Verdict { Verdict.worst(relations.map(\.verdict) + [own].compactMap { $0 }) }
}
