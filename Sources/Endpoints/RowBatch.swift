/// Rows in canonical form, one after the other in one buffer.
///
/// A row is its fields in the order of the request; a field is a big-endian Int32 length (-1 for NULL) and that many bytes,
/// so that no value can be taken for a separator, for NULL or for the beginning of the next one.
public struct RowBatch: Sendable {
    /// The rows' bytes.
    public private(set) var bytes: [UInt8] = []
    /// Where each row ends in `bytes`.
    public private(set) var ends: [Int] = []
    /// Values that were not of their column's declared type, or not decodable, by column of the request.
    public var misfits: [Int: Int] = [:]

    /// An empty batch.
    public init() {}

    /// Number of rows.
    public var count: Int { ends.count }

    /// The bytes of one row.
    public func range(_ row: Int) -> Range<Int> { (row == 0 ? 0 : ends[row - 1])..<ends[row] }

    /// Forgets the rows, keeps the memory.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }

    /// The row that was written since the last end is complete.
    public mutating func endRow() { ends.append(bytes.count) }

    /// Takes back what was written since the last end.
    public mutating func dropUnfinishedRow() {
        bytes.removeSubrange((ends.last ?? 0)...)
    }

    /// Appends bytes as they are.
    @inline(__always)
    public mutating func append(_ raw: UnsafeRawBufferPointer) { bytes.append(contentsOf: raw) }

    /// A NULL.
    public mutating func appendNull() { append(word: -1 as Int32) }

    /// A big-endian number without a length.
    @inline(__always)
    public mutating func append<I: FixedWidthInteger>(word: I) {
        withUnsafeBytes(of: word.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// A field that is one number.
    @inline(__always)
    public mutating func appendField<I: FixedWidthInteger>(_ value: I) {
        append(word: Int32(MemoryLayout<I>.size))
        append(word: value)
    }

    /// A field of given bytes.
    public mutating func appendField(_ raw: UnsafeRawBufferPointer) {
        append(word: Int32(raw.count))
        append(raw)
    }

    /// A field of given bytes.
    public mutating func appendField(_ raw: some Sequence<UInt8>) {
        let start = beginField()
        bytes.append(contentsOf: raw)
        endField(start)
    }

    /// A field whose length is known only when it is written; goes with `endField`.
    public mutating func beginField() -> Int {
        append(word: 0 as Int32)
        return bytes.count
    }

    /// Closes what `beginField` opened.
    public mutating func endField(_ start: Int) {
        patch(at: start - 4, Int32(bytes.count - start))
    }

    /// Writes a big-endian number over what stands there.
    @inline(__always)
    public mutating func patch<I: FixedWidthInteger>(at offset: Int, _ value: I) {
        withUnsafeBytes(of: value.bigEndian) { raw in
            bytes.withUnsafeMutableBytes { $0[offset..<(offset + raw.count)].copyBytes(from: raw) }
        }
    }

    /// A value that its column's form cannot hold: a mark that no value of a form can begin with, and its text.
    public mutating func appendMisfit(_ text: UnsafeRawBufferPointer, column: Int) {
        misfits[column, default: 0] += 1
        append(word: Int32(Self.misfitMark + text.count))
        for _ in 0..<(Self.misfitMark / 8) { append(word: UInt64.max) }
        append(text)
    }

    /// Length in bytes of the mark: longer than any field of a fixed length, and all ones, which is no UTF-8, no number of
    /// digits and no number of dimensions.
    static let misfitMark = 24

    /// The text of a misfit, nil for any other field.
    public static func misfitText(_ field: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard field.count >= misfitMark, field.prefix(misfitMark).allSatisfy({ $0 == 0xFF }) else { return nil }
        return UnsafeRawBufferPointer(rebasing: field.dropFirst(misfitMark))
    }
}
