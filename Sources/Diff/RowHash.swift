import Endpoints

/// 128 bits that stand for a row: two rows with the same are taken for equal.
///
/// Two lanes of 64-by-64-bit multiplications whose halves are folded together (the mixing step of wyhash and XXH3), each
/// with secrets of its own, over the row's bytes and its length. Secrets are drawn anew in each process, so that nobody can
/// prepare rows that collide; with n rows the chance of any wrong verdict is about n squared in 2 to the power of 128.
struct RowHasher: Sendable {
    private let secrets: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)

    /// With secrets of this process.
    init() {
        var generator = SystemRandomNumberGenerator()
        self.init(using: &generator)
    }

    /// With secrets that are always the same: for what must come out alike in every run, such as which keys are sampled.
    init(seed: UInt64) {
        var generator = SplitMix(state: seed)
        self.init(using: &generator)
    }

    private init(using generator: inout some RandomNumberGenerator) {
        // Odd, so that none is zero.
        func draw(_ generator: inout some RandomNumberGenerator) -> UInt64 { generator.next() | 1 }
        secrets = (
            draw(&generator), draw(&generator), draw(&generator), draw(&generator), draw(&generator), draw(&generator)
        )
    }

    /// The hash of some bytes.
    @inline(__always)
    func hash(_ bytes: UnsafeRawBufferPointer) -> RowHash {
        let count = bytes.count
        var a = secrets.0 ^ UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15
        var b = secrets.1
        var position = 0
        while position + 16 <= count {
            let x = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            let y = bytes.loadUnaligned(fromByteOffset: position + 8, as: UInt64.self)
            a = Self.fold(x ^ secrets.2, y ^ a)
            b = Self.fold(x ^ b, y ^ secrets.3)
            position += 16
        }
        if position < count {
            var x: UInt64 = 0
            var y: UInt64 = 0
            if count >= 16 {
                // Overlaps with what was read before; the length tells rows apart.
                x = bytes.loadUnaligned(fromByteOffset: count - 16, as: UInt64.self)
                y = bytes.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self)
            } else {
                for index in 0..<count {
                    if index < 8 {
                        x |= UInt64(bytes[index]) << (8 * UInt64(index))
                    } else {
                        y |= UInt64(bytes[index]) << (8 * UInt64(index - 8))
                    }
                }
            }
            a = Self.fold(x ^ secrets.2, y ^ a)
            b = Self.fold(x ^ b, y ^ secrets.3)
        }
        return RowHash(high: Self.fold(a ^ secrets.4, b ^ secrets.0), low: Self.fold(b ^ secrets.5, a ^ secrets.1))
    }

    @inline(__always)
    private static func fold(_ x: UInt64, _ y: UInt64) -> UInt64 {
        let product = x.multipliedFullWidth(by: y)
        return product.high ^ product.low
    }
}

/// 128 bits that stand for a row or a key.
struct RowHash: Hashable, Sendable {
    var high: UInt64
    var low: UInt64
}

/// A small generator of well-mixed numbers (Steele, Lea and Flood, "Fast splittable pseudorandom number generators").
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
