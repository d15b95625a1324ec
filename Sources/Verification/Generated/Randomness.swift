/// Numbers that look like chance and are the same for the same seed on every machine (SplitMix64).
struct Randomness: RandomNumberGenerator {
    private var state: UInt64

    /// A stream of its own for each purpose: what one consumer draws does not move the others.
    init(seed: UInt64, _ purpose: String) {
        // FNV-1a: the standard library's hash changes from run to run.
        state = purpose.utf8.reduce(seed ^ 0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// True in `percent` of a hundred cases.
    mutating func chance(_ percent: Int) -> Bool { Int(next() % 100) < percent }

    /// A number below `bound`, which is above zero.
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// One of them; nil of none.
    mutating func pick<C: RandomAccessCollection>(_ choices: C) -> C.Element? {
        guard !choices.isEmpty else { return nil }
        return choices[choices.index(choices.startIndex, offsetBy: below(choices.count))]
    }
}
