@testable import Tokens

/// A generator with a fixed seed (SplitMix64), so that a failing case can be had again.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

extension LexedText {
    /// What is wrong with the tiling, if anything is.
    var tilingFault: String? {
        var expected: UInt32 = 0
        for (index, token) in tokens.enumerated() {
            if token.start != expected { return "token \(index) starts at \(token.start), not at \(expected)" }
            if token.end <= token.start { return "token \(index) is empty" }
            if token.keyword != .none, token.kind != .word { return "token \(index) has a keyword but is no word" }
            expected = token.end
        }
        return Int(expected) == bytes.count ? nil : "tokens end at \(expected), the text at \(bytes.count)"
    }

    /// Kinds and texts of the tokens that are not blanks, as `kind:text`.
    var described: [String] {
        tokens.indices.filter { tokens[$0].kind != .whitespace }.map { "\(tokens[$0].kind):\(text($0))" }
    }
}
