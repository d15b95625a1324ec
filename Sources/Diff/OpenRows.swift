/// Rows of one side that have met no equal row of the other side yet.
///
/// An open-addressing table of row hashes with the rows' bytes in one arena. Equal rows of both sides cancel; a row that comes
/// several times from one side is kept once, with a count: above zero copies of the left side, below zero of the right.
struct OpenRows {
    /// What stands for a row; `copies` is zero in a free slot.
    struct Slot {
        var hash = RowHash(high: 0, low: 0)
        var offset = 0
        var length: Int32 = 0
        var copies: Int32 = 0
    }

    private(set) var slots: ContiguousArray<Slot>
    private(set) var arena: [UInt8] = []
    private var mask: Int
    private(set) var count = 0
    private var garbage = 0

    init(capacity: Int = 1 << 12) {
        slots = ContiguousArray(repeating: Slot(), count: capacity)
        mask = capacity - 1
    }

    /// Bytes of memory in use.
    var footprint: Int { slots.count * MemoryLayout<Slot>.stride + arena.capacity }

    /// Bytes that a rest on disk would take.
    var liveBytes: Int { arena.count - garbage }

    /// Adds copies of a row (negative for the right side) and cancels what it can.
    mutating func add(_ hash: RowHash, copies: Int32, _ bytes: UnsafeRawBufferPointer) {
        var index = Int(truncatingIfNeeded: hash.low) & mask
        while slots[index].copies != 0 {
            if slots[index].hash == hash {
                let sum = slots[index].copies + copies
                if sum == 0 { remove(at: index) } else { slots[index].copies = sum }
                return
            }
            index = (index + 1) & mask
        }
        slots[index] = Slot(hash: hash, offset: arena.count, length: Int32(bytes.count), copies: copies)
        arena.append(contentsOf: bytes)
        count += 1
        if count * 3 > slots.count * 2 { grow() }
    }

    private mutating func remove(at hole: Int) {
        garbage += Int(slots[hole].length)
        count -= 1
        // Slots behind a hole move up, so that no search stops too early (Knuth, TAOCP 3, 6.4 algorithm R).
        var hole = hole
        var next = (hole + 1) & mask
        while slots[next].copies != 0 {
            let home = Int(truncatingIfNeeded: slots[next].hash.low) & mask
            if (next - home) & mask >= (next - hole) & mask {
                slots[hole] = slots[next]
                hole = next
            }
            next = (next + 1) & mask
        }
        slots[hole].copies = 0
        if count == 0 {
            arena.removeAll(keepingCapacity: true)
            garbage = 0
        } else if garbage > 1 << 22 && garbage > arena.count / 2 {
            compact()
        }
    }

    private mutating func grow() {
        let old = slots
        slots = ContiguousArray(repeating: Slot(), count: old.count * 2)
        mask = slots.count - 1
        for slot in old where slot.copies != 0 {
            var index = Int(truncatingIfNeeded: slot.hash.low) & mask
            while slots[index].copies != 0 { index = (index + 1) & mask }
            slots[index] = slot
        }
    }

    private mutating func compact() {
        var packed: [UInt8] = []
        packed.reserveCapacity(liveBytes + liveBytes / 2)
        for index in slots.indices where slots[index].copies != 0 {
            let start = slots[index].offset
            slots[index].offset = packed.count
            packed.append(contentsOf: arena[start..<(start + Int(slots[index].length))])
        }
        arena = packed
        garbage = 0
    }

    /// Hands over each row that is open.
    func forEach(_ body: (Slot, UnsafeRawBufferPointer) throws -> Void) rethrows {
        try arena.withUnsafeBytes { bytes in
            for slot in slots where slot.copies != 0 {
                let range = slot.offset..<(slot.offset + Int(slot.length))
                try body(slot, UnsafeRawBufferPointer(rebasing: bytes[range]))
            }
        }
    }

    /// Forgets everything and gives the memory back.
    mutating func removeAll() { self = OpenRows() }
}
