/// 128 bits that stand for a row: two rows with the same are taken for equal.
///
/// Two of the standard library's hashers with different beginnings. They are seeded anew in each process, which is fine,
/// because hashes never leave it, and good, because nobody can prepare rows that collide.
struct RowHash: Hashable {
    private var high: UInt64
    private var low: UInt64

    /// The hash of what `feed` puts in.
    init(_ feed: (inout Sink) -> Void) {
        var sink = Sink()
        feed(&sink)
        (high, low) = sink.finish()
    }

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The hash of no rows at all, to add to.
    static let zero = RowHash(high: 0, low: 0)

    /// Sums of hashes stand for multisets: the order of adding does not matter, the number of copies does.
    static func &+ (left: RowHash, right: RowHash) -> RowHash {
        RowHash(high: left.high &+ right.high, low: left.low &+ right.low)
    }

    /// The standard library asks for a hash of the hash; its bits are as good as random already.
    func hash(into hasher: inout Hasher) { hasher.combine(high) }

    /// Takes values in; each with its length before it, so that (x, yz) and (xy, z) differ.
    struct Sink {
        private var first = Hasher()
        private var second = Hasher()

        fileprivate init() { second.combine(1 as UInt8) }

        /// A marker that no value can imitate: NULL, or null-or-not in place of a value.
        mutating func add(marker: UInt8) {
            // No value is this long.
            add(word: .max - UInt64(marker))
        }

        /// A number.
        mutating func add(word: UInt64) {
            first.combine(word)
            second.combine(word)
        }

        /// The bytes of a value.
        mutating func add(bytes: UnsafeRawBufferPointer) {
            add(word: UInt64(bytes.count))
            first.combine(bytes: bytes)
            second.combine(bytes: bytes)
        }

        /// Another hash.
        mutating func add(_ hash: RowHash) {
            add(word: hash.high)
            add(word: hash.low)
        }

        fileprivate func finish() -> (UInt64, UInt64) {
            (UInt64(bitPattern: Int64(first.finalize())), UInt64(bitPattern: Int64(second.finalize())))
        }
    }
}
