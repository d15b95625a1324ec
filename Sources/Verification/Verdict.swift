/// The six words of parity, with the reason where one is needed.
public enum Verdict: Codable, Sendable, Equatable {
    /// Equal rows on the real state and on hundreds of generated ones (`GeneratedOutcome.provenFrom`); rules that the
    /// comparison needed stand with each relation.
    case proven
    /// Equal rows, every column exactly.
    case matched
    /// Equal rows under the named rules (volatile values, surrogate keys).
    case matchedWithRules([String])
    /// Not equal; the reason in one sentence.
    case differs(String)
    /// Nothing was compared, and why.
    case notRun(String)
    /// The converter refused the part that would be compared, and why.
    case refused(String)

    /// The bare word.
    public enum Word: String, Codable, Sendable, CaseIterable {
        case proven, matched
        case matchedWithRules = "matched with rules"
        case differs
        case notRun = "not run"
        case refused
    }

    /// The bare word of this verdict.
    public var word: Word {
        switch self {
        case .proven: .proven
        case .matched: .matched
        case .matchedWithRules: .matchedWithRules
        case .differs: .differs
        case .notRun: .notRun
        case .refused: .refused
        }
    }

    /// The reason, or the rules as one sentence; nil where the word says all.
    public var reason: String? {
        switch self {
        case .proven, .matched: nil
        case .matchedWithRules(let rules): rules.joined(separator: "; ")
        case .differs(let reason), .notRun(let reason), .refused(let reason): reason
        }
    }

    /// True for `differs`.
    public var isDifference: Bool { word == .differs }

    /// The verdict to show for several: a difference outweighs all, then what was refused or not run, then the weaker match.
    public static func worst(_ verdicts: [Verdict]) -> Verdict {
        let weights: [Word: Int] = [
            .proven: 0, .matched: 1, .matchedWithRules: 2, .notRun: 3, .refused: 4, .differs: 5,
        ]
        guard let worst = verdicts.max(by: { (weights[$0.word] ?? 0) < (weights[$1.word] ?? 0) }) else {
            return .notRun("nothing to compare")
        }
        guard worst.word == .matchedWithRules else { return worst }
        // The rules of all, each once, in the order of first use.
        var rules: [String] = []
        for case .matchedWithRules(let more) in verdicts { rules += more.filter { !rules.contains($0) } }
        return .matchedWithRules(rules)
    }
}

extension Verdict {
    /// `{"word": "differs", "reason": ".."}`, and `rules` for a match under rules.
    private enum CodingKeys: String, CodingKey { case word, reason, rules }

    /// Writes the word with its reason or rules.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(word, forKey: .word)
        if case .matchedWithRules(let rules) = self {
            try container.encode(rules, forKey: .rules)
        } else {
            try container.encodeIfPresent(reason, forKey: .reason)
        }
    }

    /// Reads what `encode` wrote.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let reason = try container.decodeIfPresent(String.self, forKey: .reason) ?? ""
        switch try container.decode(Word.self, forKey: .word) {
        case .proven: self = .proven
        case .matched: self = .matched
        case .matchedWithRules: self = .matchedWithRules(try container.decode([String].self, forKey: .rules))
        case .differs: self = .differs(reason)
        case .notRun: self = .notRun(reason)
        case .refused: self = .refused(reason)
        }
    }
}
