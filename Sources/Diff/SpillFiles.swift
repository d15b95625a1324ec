import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// Open rows on disk, in partitions by key, where memory does not reach.
///
/// The files have no name: they are unlinked as soon as they are open, so that nothing stays behind, whatever happens.
final class SpillFiles {
    /// Number of partitions; a power of two.
    static let partitions = 64
    private static let bufferBytes = 1 << 17

    private var files: [Int32] = []
    private var buffers: [[UInt8]]
    private(set) var writtenBytes = 0
    private let folder: String

    /// Makes the files in a folder.
    init(folder: String) throws {
        self.folder = folder
        buffers = Array(repeating: [], count: Self.partitions)
        for _ in 0..<Self.partitions {
            var template = Array("\(folder)/proc2dbt-diff-XXXXXX".utf8CString)
            let file = mkstemp(&template)
            guard file >= 0 else { throw DiffError.spill(folder: folder, reason: String(cString: strerror(errno))) }
            unlink(template)
            files.append(file)
        }
    }

    deinit { for file in files { close(file) } }

    /// Adds an open row to a partition.
    func write(_ slot: OpenRows.Slot, _ row: UnsafeRawBufferPointer, partition: Int) throws {
        var header = (slot.hash.high, slot.hash.low, Int64(slot.copies), Int64(row.count))
        withUnsafeBytes(of: &header) { buffers[partition].append(contentsOf: $0) }
        buffers[partition].append(contentsOf: row)
        if buffers[partition].count >= Self.bufferBytes { try flush(partition) }
    }

    private func flush(_ partition: Int) throws {
        try buffers[partition].withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = UnsafeRawBufferPointer(rebasing: rest)
                let written = Glibc.write(files[partition], piece.baseAddress, piece.count)
                if written < 0 && errno == EINTR { continue }
                guard written > 0 else {
                    throw DiffError.spill(folder: folder, reason: String(cString: strerror(errno)))
                }
                rest = rest.dropFirst(written)
                writtenBytes += written
            }
        }
        buffers[partition].removeAll(keepingCapacity: true)
    }

    /// Hands over the rows of a partition in the order in which they were written.
    func read(partition: Int, _ body: (OpenRows.Slot, UnsafeRawBufferPointer) throws -> Void) throws {
        try flush(partition)
        guard lseek(files[partition], 0, SEEK_SET) == 0 else {
            throw DiffError.spill(folder: folder, reason: String(cString: strerror(errno)))
        }
        var buffer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = chunk.withUnsafeMutableBytes { Glibc.read(files[partition], $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw DiffError.spill(folder: folder, reason: String(cString: strerror(errno))) }
            if count == 0 { break }
            buffer.append(contentsOf: chunk[..<count])
            var position = 0
            try buffer.withUnsafeBytes { bytes in
                while position + 32 <= bytes.count {
                    let length = Int(bytes.loadUnaligned(fromByteOffset: position + 24, as: Int64.self))
                    guard position + 32 + length <= bytes.count else { break }
                    let slot = OpenRows.Slot(
                        hash: RowHash(
                            high: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self),
                            low: bytes.loadUnaligned(fromByteOffset: position + 8, as: UInt64.self)),
                        copies: Int32(
                            truncatingIfNeeded: bytes.loadUnaligned(fromByteOffset: position + 16, as: Int64.self)))
                    try body(slot, UnsafeRawBufferPointer(rebasing: bytes[(position + 32)..<(position + 32 + length)]))
                    position += 32 + length
                }
            }
            buffer.removeSubrange(..<position)
        }
        // The space is free for the partitions that are still to come.
        ftruncate(files[partition], 0)
    }
}
