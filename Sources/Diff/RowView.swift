import Endpoints

/// The fields of a row in canonical form, found once.
struct RowView {
    let bytes: UnsafeRawBufferPointer
    /// Where each field begins; a length of -1 is NULL.
    private(set) var fields: [(start: Int, length: Int)] = []

    /// Walks over `count` fields.
    init(_ bytes: UnsafeRawBufferPointer, count: Int) {
        self.bytes = bytes
        fields.reserveCapacity(count)
        var position = 0
        for _ in 0..<count {
            let length = Int(Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: Int32.self)))
            fields.append((position + 4, length))
            position += 4 + max(0, length)
        }
    }

    /// The bytes of a field, nil for NULL.
    subscript(index: Int) -> UnsafeRawBufferPointer? {
        let field = fields[index]
        guard field.length >= 0 else { return nil }
        return UnsafeRawBufferPointer(rebasing: bytes[field.start..<(field.start + field.length)])
    }

    /// The row from its first byte to the end of a field.
    func prefix(fields count: Int) -> UnsafeRawBufferPointer {
        guard count > 0 else { return UnsafeRawBufferPointer(rebasing: bytes[..<0]) }
        let last = fields[count - 1]
        return UnsafeRawBufferPointer(rebasing: bytes[..<(last.start + max(0, last.length))])
    }

    /// The same bytes, or NULL in both.
    static func areEqual(_ a: UnsafeRawBufferPointer?, _ b: UnsafeRawBufferPointer?) -> Bool {
        switch (a, b) {
        case (nil, nil): true
        case (let a?, let b?): a.count == b.count && a.elementsEqual(b)
        default: false
        }
    }
}

/// The order in which people expect values: numbers by size, text by its bytes, NULL last.
enum FieldOrder {
    /// True where the first field comes before the second.
    static func precedes(
        _ a: UnsafeRawBufferPointer?, _ b: UnsafeRawBufferPointer?, _ form: CanonicalForm
    ) -> Bool {
        guard let a else { return false }
        guard let b else { return true }
        switch form {
        case .integer(let bytes):
            if a.count == b.count, a.count == bytes { return number(a) < number(b) }
        case .date, .time, .timestamp:
            if a.count == b.count, a.count <= 8 { return number(a) < number(b) }
        case .float64, .float32, .decimal:
            let x = Double(CanonicalText.render(a, as: form)) ?? .nan
            let y = Double(CanonicalText.render(b, as: form)) ?? .nan
            if x < y { return true }
            if y < x { return false }
        default: break
        }
        return a.lexicographicallyPrecedes(b)
    }

    private static func number(_ field: UnsafeRawBufferPointer) -> Int64 {
        field.dropFirst().reduce(Int64(Int8(bitPattern: field.first ?? 0))) { $0 << 8 | Int64($1) }
    }
}
