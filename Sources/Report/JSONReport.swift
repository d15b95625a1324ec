import Foundation
import Verification

/// The outcome as JSON, for programs: everything that is known, uncut.
public enum JSONReport {
    /// Writes the document: verdicts as words with a reason, times in seconds, keys sorted.
    public static func json(_ outcome: VerificationOutcome) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .iso8601
        return try encoder.encode(Document(outcome))
    }

    /// The outcome with what a reader would otherwise have to work out.
    private struct Document: Encodable {
        var formatVersion = 1
        var verdict: Verdict
        var parity: Bool
        /// A list, because keys of a dictionary would be renamed by the encoder.
        var counts: [Count]
        var outcome: VerificationOutcome

        init(_ outcome: VerificationOutcome) {
            verdict = outcome.verdict
            parity = outcome.isParity
            counts = outcome.counts.map { Count(verdict: $0.word.rawValue, count: $0.count) }
            self.outcome = outcome
        }
    }

    private struct Count: Encodable {
        var verdict: String
        var count: Int
    }
}
