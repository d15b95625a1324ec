/// A 128-bit FNV-1a hash of a file's bytes: it tells an edited file from an untouched one, no more; it is no proof
/// against somebody who wants to be mistaken for us.
enum ContentHash {
    static func of(_ bytes: some Swift.Sequence<UInt8>) -> String {
        var hash: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d
        let prime: UInt128 = 0x0000_0000_0100_0000_0000_0000_0000_013b
        for byte in bytes { hash = (hash ^ UInt128(byte)) &* prime }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 32 - digits.utf8.count) + digits
    }
}
