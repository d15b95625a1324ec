import CDuckDB

/// DuckDB's types: their families by name, and their values in memory by number.
enum DuckDBTypes {
    /// The family of a type as DESCRIBE spells it.
    static func valueType(_ native: String) -> ValueType {
        let name = native.uppercased()
        if name.hasSuffix("[]") {
            let element = valueType(String(native.dropLast(2)))
            switch element {
            // Lists of lists may be ragged, which arrays can't: they go as text.
            case .array, .other, .json, .interval, .timeWithZone: return .text
            // What is fetched as text by itself is so as an element.
            case .text where name != "VARCHAR[]", .decimal(nil, nil): return .text
            default: return .array(element)
            }
        }
        if name.hasPrefix("DECIMAL(") {
            let numbers = name.dropFirst(8).dropLast().split(separator: ",").compactMap { Int($0.filter(\.isNumber)) }
            return .decimal(precision: numbers.first, scale: numbers.count > 1 ? numbers[1] : 0)
        }
        switch name {
        case "BOOLEAN": return .boolean
        case "TINYINT": return .integer(bits: 8)
        case "SMALLINT": return .integer(bits: 16)
        case "INTEGER": return .integer(bits: 32)
        case "BIGINT": return .integer(bits: 64)
        case "HUGEINT": return .integer(bits: 128)
        case "UTINYINT": return .integer(bits: 8, signed: false)
        case "USMALLINT": return .integer(bits: 16, signed: false)
        case "UINTEGER": return .integer(bits: 32, signed: false)
        case "UBIGINT": return .integer(bits: 64, signed: false)
        case "UHUGEINT", "BIGNUM", "VARINT": return .decimal(precision: nil, scale: nil)
        case "FLOAT": return .float(bits: 32)
        case "DOUBLE": return .float(bits: 64)
        case "VARCHAR": return .text
        case "BLOB": return .bytes
        case "DATE": return .date
        case "TIME": return .time(digits: 6)
        case "TIME WITH TIME ZONE": return .timeWithZone
        case "TIMESTAMP": return .timestamp(digits: 6, zoned: false)
        case "TIMESTAMP_S": return .timestamp(digits: 0, zoned: false)
        case "TIMESTAMP_MS": return .timestamp(digits: 3, zoned: false)
        case "TIMESTAMP_NS": return .timestamp(digits: 9, zoned: false)
        case "TIMESTAMP WITH TIME ZONE": return .timestamp(digits: 6, zoned: true)
        case "INTERVAL": return .interval
        case "UUID": return .uuid
        case "JSON": return .json
        default: return .text
        }
    }

    /// Types that are cast to text on the way, and values that are wanted as the engine's text.
    static func isFetchedAsText(_ column: RequestedColumn) -> Bool {
        switch column.info.type {
        case .text: return column.info.nativeType.uppercased() != "VARCHAR"
        case .decimal(nil, nil): return true
        case .array, .interval, .timeWithZone, .time: return column.form == .text
        default: return false
        }
    }
}

/// How the values of a column lie in memory.
indirect enum DuckDBType {
    case boolean, int8, int16, int32, int64, int128, uint8, uint16, uint32, uint64, float, double, text, blob
    case decimal(bytes: Int, scale: Int)
    case date, time, timeWithZone, interval, uuid
    /// Factor to microseconds, or nanoseconds.
    case timestamp(micros: Int64)
    case timestampNanos
    case list(DuckDBType)
    case unknown(Int)

    /// A type, or an element's type, whose values nobody here can read.
    var isUnknown: Bool {
        switch self {
        case .unknown: true
        case .list(let element): element.isUnknown
        default: false
        }
    }

    init(_ library: DuckDBLibrary, _ type: UnsafeMutableRawPointer?) {
        switch library.typeID(type) {
        case 1: self = .boolean
        case 2: self = .int8
        case 3: self = .int16
        case 4: self = .int32
        case 5: self = .int64
        case 6: self = .uint8
        case 7: self = .uint16
        case 8: self = .uint32
        case 9: self = .uint64
        case 10: self = .float
        case 11: self = .double
        case 12, 31: self = .timestamp(micros: 1)
        case 13: self = .date
        case 14: self = .time
        case 15: self = .interval
        case 16: self = .int128
        case 17: self = .text
        case 18: self = .blob
        case 19:
            let width = library.decimalWidth(type)
            let bytes = width <= 4 ? 2 : width <= 9 ? 4 : width <= 18 ? 8 : 16
            self = .decimal(bytes: bytes, scale: Int(library.decimalScale(type)))
        case 20: self = .timestamp(micros: 1_000_000)
        case 21: self = .timestamp(micros: 1000)
        case 22: self = .timestampNanos
        case 24:
            var child = library.listChildType(type)
            self = .list(DuckDBType(library, child))
            library.destroyType(&child)
        case 27: self = .uuid
        case 30: self = .timeWithZone
        case let other: self = .unknown(Int(other))
        }
    }

    /// Appends one value that is not NULL.
    func append(
        _ vector: DuckDBVector, _ row: Int, as form: CanonicalForm, _ column: Int, shift: Int64, _ batch: inout RowBatch
    ) {
        switch self {
        case .boolean: batch.append((vector.load(row) as UInt8) != 0, as: form, column: column)
        case .int8: batch.append(integer: vector.load(row) as Int8, as: form, column: column)
        case .int16: batch.append(integer: vector.load(row) as Int16, as: form, column: column)
        case .int32: batch.append(integer: vector.load(row) as Int32, as: form, column: column)
        case .int64: batch.append(integer: vector.load(row) as Int64, as: form, column: column)
        case .int128: batch.append(integer: Self.int128(vector, row), as: form, column: column)
        case .uint8: batch.append(integer: vector.load(row) as UInt8, as: form, column: column)
        case .uint16: batch.append(integer: vector.load(row) as UInt16, as: form, column: column)
        case .uint32: batch.append(integer: vector.load(row) as UInt32, as: form, column: column)
        case .uint64: batch.append(integer: vector.load(row) as UInt64, as: form, column: column)
        case .float: batch.append(float: vector.load(row), as: form, column: column)
        case .double: batch.append(double: vector.load(row), as: form, column: column)
        case .text: batch.append(text: vector.text(row), as: form, column: column)
        case .blob: batch.append(text: vector.text(row), as: form, column: column)
        case .decimal(let bytes, let scale):
            let mantissa: Int128 =
                switch bytes {
                case 2: Int128(vector.load(row) as Int16)
                case 4: Int128(vector.load(row) as Int32)
                case 8: Int128(vector.load(row) as Int64)
                default: Self.int128(vector, row)
                }
            batch.append(mantissa: mantissa, scale: scale, as: form, column: column)
        case .date:
            let days: Int32 = vector.load(row)
            if days == .max || days == -.max {
                batch.append(micros: days > 0 ? .max : .min, as: form, column: column)
            } else {
                batch.append(days: Int64(days) - Int64(CalendarTime.epochDays), as: form, column: column)
            }
        case .time:
            let micros: Int64 = vector.load(row)
            if form == .time {
                batch.appendField(micros)
            } else {
                batch.appendMisfit(CanonicalText.clock(micros), column: column)
            }
        case .timeWithZone:
            let bits: UInt64 = vector.load(row)
            // The upper 40 bits are microseconds; the lower 24 count down from the easternmost offset.
            let start = batch.beginField()
            batch.append(word: Int64(bits >> 24))
            batch.append(word: -Int32(57_599 - Int64(bits & 0xFF_FFFF)))
            batch.endField(start)
        case .interval:
            let base = row * 16
            let months = vector.data.unsafelyUnwrapped.loadUnaligned(fromByteOffset: base, as: Int32.self)
            let days = vector.data.unsafelyUnwrapped.loadUnaligned(fromByteOffset: base + 4, as: Int32.self)
            let micros = vector.data.unsafelyUnwrapped.loadUnaligned(fromByteOffset: base + 8, as: Int64.self)
            let start = batch.beginField()
            batch.append(word: micros)
            batch.append(word: days)
            batch.append(word: months)
            batch.endField(start)
        case .uuid:
            let value = Self.int128(vector, row)
            // Kept as a signed number whose order is that of the text: the first bit is turned.
            let bits = UInt128(truncatingIfNeeded: value) ^ (1 << 127)
            if form == .uuid {
                batch.appendField(bits)
            } else {
                let text = withUnsafeBytes(of: bits.bigEndian) { CanonicalText.render($0, as: .uuid) }
                batch.append(text: Array(text.utf8), as: form, column: column)
            }
        case .timestamp(let factor):
            let value: Int64 = vector.load(row)
            if value == .max || value == -.max {
                batch.append(micros: value > 0 ? .max : .min, as: form, column: column)
                return
            }
            let (micros, isTooFar) = value.multipliedReportingOverflow(by: factor)
            let (shifted, isBeyond) = micros.subtractingReportingOverflow(CalendarTime.epochMicros)
            guard !isTooFar, !isBeyond else {
                return batch.appendMisfit("\(value) in units of \(factor) us", column: column)
            }
            batch.append(micros: shifted &+ shift, as: form, column: column)
        case .timestampNanos:
            let value: Int64 = vector.load(row)
            if value == .max || value == -.max {
                batch.append(micros: value > 0 ? .max : .min, as: form, column: column)
                return
            }
            var (micros, nanos) = value.quotientAndRemainder(dividingBy: 1000)
            if nanos < 0 { (micros, nanos) = (micros - 1, nanos + 1000) }
            batch.append(
                micros: micros - CalendarTime.epochMicros &+ shift, nanos: Int16(nanos), as: form, column: column)
        case .list(let element):
            guard case .array(let elementForm) = form else { return batch.appendMisfit("list", column: column) }
            let base = row * 16
            let offset = vector.data.unsafelyUnwrapped.loadUnaligned(fromByteOffset: base, as: UInt64.self)
            let length = vector.data.unsafelyUnwrapped.loadUnaligned(fromByteOffset: base + 8, as: UInt64.self)
            let start = batch.beginField()
            // An empty array has no dimension.
            batch.append(word: length == 0 ? 0 : 1 as Int32)
            if length > 0 {
                batch.append(word: Int32(length))
                batch.append(word: 1 as Int32)
                let child = vector.child
                for index in Int(offset)..<Int(offset + length) {
                    if child.isNull(index) {
                        batch.appendNull()
                    } else {
                        element.append(child, index, as: elementForm, column, shift: shift, &batch)
                    }
                }
            }
            batch.endField(start)
        // Refused when the reading began.
        case .unknown: batch.appendMisfit("", column: column)
        }
    }

    private static func int128(_ vector: DuckDBVector, _ row: Int) -> Int128 {
        let low = vector.data.unsafelyUnwrapped.loadUnaligned(fromByteOffset: row * 16, as: UInt64.self)
        let high = vector.data.unsafelyUnwrapped.loadUnaligned(fromByteOffset: row * 16 + 8, as: Int64.self)
        return Int128(high) << 64 | Int128(low)
    }
}

/// Rows of a DuckDB statement in canonical form.
final class DuckDBRowStream: RowStream {
    private var result: DuckDBResult?
    private let columns: [RequestedColumn]
    private let types: [DuckDBType]
    private let shifts: [Int64]

    init(_ result: DuckDBResult, _ columns: [RequestedColumn]) throws {
        self.result = result
        self.columns = columns
        types = columns.indices.map { result.type($0) }
        for (column, type) in zip(columns, types) where type.isUnknown {
            throw EndpointError.unsupported(
                "column \(column.info.name) of DuckDB's type \(column.info.nativeType) cannot be read; cast it in a --query"
            )
        }
        shifts = columns.map { column in
            if case .zone(let seconds) = column.adaptation { return -Int64(seconds) * 1_000_000 }
            return 0
        }
    }

    func stop() { result = nil }

    func read(into batch: inout RowBatch) throws -> Bool {
        guard let chunk = try result?.next() else {
            result = nil
            return false
        }
        let vectors = columns.indices.map { chunk.vector($0) }
        for row in 0..<chunk.count {
            for (index, vector) in vectors.enumerated() {
                if vector.isNull(row) {
                    batch.appendNull()
                } else {
                    types[index].append(
                        vector, row, as: columns[index].form, index, shift: shifts[index], &batch)
                }
            }
            batch.endRow()
        }
        return true
    }
}
