import Endpoints

/// Takes the rows of both sides in any order and keeps what has no partner: the difference.
///
/// Memory is bounded: beyond `memory` the open rows go to disk, partitioned by their key, and are settled a partition at a time
/// in the end. Rows of one key always meet, because equal keys have equal bytes and so one partition.
struct Ledger {
    /// The first fields of a row are its key; zero when rows have none.
    let keyFields: Int
    /// Bytes that open rows may take.
    let memory: Int
    /// Where open rows go that memory does not hold.
    let spillFolder: String

    private var open = OpenRows()
    private var spill: SpillFiles?
    private let hasher = RowHasher()
    private let level: UInt64
    /// Bytes that went to disk.
    var spilledBytes: Int { spill?.writtenBytes ?? 0 }

    init(keyFields: Int, memory: Int, spillFolder: String, level: UInt64 = 0) {
        self.keyFields = keyFields
        self.memory = memory
        self.spillFolder = spillFolder
        self.level = level
    }

    /// Enters the rows of a batch.
    mutating func add(_ batch: RowBatch, _ side: Side) throws {
        let copies: Int32 = side == .left ? 1 : -1
        batch.bytes.withUnsafeBytes { bytes in
            var start = 0
            for end in batch.ends {
                let row = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
                open.add(hasher.hash(row), copies: copies, row)
                start = end
            }
        }
        try makeRoom()
    }

    /// Enters one row.
    mutating func add(_ row: UnsafeRawBufferPointer, _ side: Side) throws {
        open.add(hasher.hash(row), copies: side == .left ? 1 : -1, row)
        try makeRoom()
    }

    /// Takes over what another ledger could not settle by itself.
    mutating func absorb(_ rows: OpenRows) throws {
        try rows.forEach { slot, row in
            // The other ledger hashed with its own secrets.
            open.add(hasher.hash(row), copies: slot.copies, row)
            try makeRoom()
        }
    }

    private mutating func add(_ slot: OpenRows.Slot, _ row: UnsafeRawBufferPointer) throws {
        open.add(slot.hash, copies: slot.copies, row)
        try makeRoom()
    }

    private mutating func makeRoom() throws {
        guard open.footprint > memory else { return }
        let files = try spill ?? SpillFiles(folder: spillFolder)
        spill = files
        // Another level of a partition that is still too large must not cut it the same way again.
        let partitioner = RowHasher(seed: 0x70_61_72_74 &+ level)
        let keyFields = keyFields
        try open.forEach { slot, row in
            let key = keyFields == 0 ? row : Self.key(of: row, fields: keyFields)
            let partition = Int(partitioner.hash(key).high >> 58)
            try files.write(slot, row, partition: partition)
        }
        open.removeAll()
    }

    /// Hands over the difference, partition by partition: all rows of a key come in one call.
    mutating func settle(_ body: (OpenRows) throws -> Void) throws {
        guard let files = spill else {
            try body(open)
            return open.removeAll()
        }
        // What is still in memory joins the rest of its key.
        let rest = open
        open.removeAll()
        let partitioner = RowHasher(seed: 0x70_61_72_74 &+ level)
        try rest.forEach { slot, row in
            let key = keyFields == 0 ? row : Self.key(of: row, fields: keyFields)
            try files.write(slot, row, partition: Int(partitioner.hash(key).high >> 58))
        }
        for partition in 0..<SpillFiles.partitions {
            var part = Ledger(keyFields: keyFields, memory: memory, spillFolder: spillFolder, level: level + 1)
            // One key (or row) with more copies than memory holds would be cut for ever: the fourth level keeps it.
            if level >= 3 {
                part = Ledger(keyFields: keyFields, memory: .max, spillFolder: spillFolder, level: level + 1)
            }
            try files.read(partition: partition) { try part.add($0, $1) }
            try part.settle(body)
        }
    }

    /// The first fields of a row.
    static func key(of row: UnsafeRawBufferPointer, fields: Int) -> UnsafeRawBufferPointer {
        var position = 0
        for _ in 0..<fields {
            let length = Int(Int32(bigEndian: row.loadUnaligned(fromByteOffset: position, as: Int32.self)))
            position += 4 + max(0, length)
        }
        return UnsafeRawBufferPointer(rebasing: row[..<position])
    }
}
