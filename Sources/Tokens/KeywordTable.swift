/// Finds the keyword that a run of bytes spells, in any casing, without making a string.
///
/// An open-addressed hash table over four cheap facts of a word (its length and three of its bytes); a hit is
/// confirmed byte by byte, so the hash may collide but never lie.
struct KeywordTable: Sendable {
    /// The one table; building it takes microseconds.
    static let shared = KeywordTable()

    private static let slotCount = 1024
    /// Raw values of keywords; 0 is an empty slot.
    private let slots: [UInt16]
    /// All words one after the other, lower case.
    private let letters: [UInt8]
    /// `ends[r]` is where the word of raw value `r` ends in `letters`, and `ends[r - 1]` where it starts.
    private let ends: [UInt16]
    private let longest: Int
    /// The keywords by raw value.
    private let words = Keyword.allCases

    private init() {
        var slots = [UInt16](repeating: 0, count: Self.slotCount)
        var letters: [UInt8] = []
        var ends: [UInt16] = [0]
        var longest = 0
        for (index, word) in Keyword.words.enumerated() {
            let bytes = Array(word.utf8)
            longest = max(longest, bytes.count)
            letters += bytes
            ends.append(UInt16(letters.count))
            var slot = Self.hash(bytes, 0, bytes.count)
            while slots[slot] != 0 { slot = (slot + 1) % Self.slotCount }
            slots[slot] = UInt16(index + 1)
        }
        self.slots = slots
        self.letters = letters
        self.ends = ends
        self.longest = longest
    }

    /// The keyword spelled by `bytes[start ..< end]`, or `.none`.
    func keyword(in bytes: [UInt8], _ start: Int, _ end: Int) -> Keyword {
        guard end - start >= 2, end - start <= longest else { return .none }
        var slot = Self.hash(bytes, start, end)
        while true {
            let raw = slots[slot]
            if raw == 0 { return .none }
            if spells(Int(raw), bytes, start, end) { return words[Int(raw)] }
            slot = (slot + 1) % Self.slotCount
        }
    }

    private func spells(_ raw: Int, _ bytes: [UInt8], _ start: Int, _ end: Int) -> Bool {
        let first = Int(ends[raw - 1])
        guard Int(ends[raw]) - first == end - start else { return false }
        var index = 0
        while index < end - start {
            if bytes[start + index].lowercasedASCII != letters[first + index] { return false }
            index += 1
        }
        return true
    }

    /// Setting bit 0x20 folds letters; that it also moves `_` does no harm, as both sides are moved.
    private static func hash(_ bytes: [UInt8], _ start: Int, _ end: Int) -> Int {
        var value = UInt32(bytes[start] | 0x20)
        value = value &* 31 &+ UInt32(bytes[start + 1] | 0x20)
        value = value &* 31 &+ UInt32(bytes[start + (end - start) / 2] | 0x20)
        value = value &* 31 &+ UInt32(bytes[end - 1] | 0x20)
        value = (value &* 31 &+ UInt32(end - start)) &* 0x9E37_79B1
        return Int(value >> 22)
    }
}

extension UInt8 {
    /// The byte with `A`..`Z` made small.
    @inline(__always)
    var lowercasedASCII: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }
}
