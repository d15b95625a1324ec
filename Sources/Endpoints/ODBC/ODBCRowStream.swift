/// ODBC's types by number, and the driver's name for them where the number says too little.
enum ODBCTypes {
    static func valueType(_ column: ODBCColumn) -> ValueType {
        let name = column.typeName.lowercased()
        switch name {
        case "bool", "boolean": return .boolean
        case "uuid": return .uuid
        case "json", "jsonb": return .json
        case "timestamptz", "datetimeoffset": return .timestamp(digits: 6, zoned: true)
        case "interval": return .text
        default: break
        }
        switch column.code {
        case 4: return .integer(bits: column.isUnsigned ? 64 : 32)
        case 5: return .integer(bits: column.isUnsigned ? 32 : 16)
        case -5: return .integer(bits: 64, signed: !column.isUnsigned)
        case -6: return .integer(bits: 16)
        case -7: return .boolean
        case 2, 3: return .decimal(precision: Int(column.size), scale: Int(column.digits))
        case 7: return .float(bits: 32)
        case 6, 8: return .float(bits: 64)
        case 1, -8: return .paddedText
        case 12, -1, -9, -10: return .text
        case -2, -3, -4: return .bytes
        case -11: return .uuid
        case 9, 91: return .date
        case 10, 92: return .time(digits: 6)
        case 11, 93: return .timestamp(digits: min(9, max(6, Int(column.digits))), zoned: false)
        default: return .text
        }
    }

    /// How a value of a family is asked for.
    static func fetchType(_ type: ValueType) -> ODBC.CType {
        switch type {
        case .integer(_, true): .integer
        case .integer: .unsigned
        case .float(32): .float
        case .float: .double
        case .text, .paddedText, .json: .wide
        case .bytes: .binary
        default: .text
        }
    }
}

/// Rows of an ODBC statement in canonical form.
final class ODBCRowStream: RowStream {
    private var statement: ODBCStatement?
    private let columns: [RequestedColumn]
    private let types: [ODBC.CType]
    private let shifts: [Int64]
    private var buffer: [UInt8] = []
    private var text: [UInt8] = []
    private static let batchRows = 512

    init(_ statement: ODBCStatement, _ columns: [RequestedColumn]) {
        self.statement = statement
        self.columns = columns
        types = columns.map { ODBCTypes.fetchType($0.info.type) }
        shifts = columns.map { column in
            if case .zone(let seconds) = column.adaptation { return -Int64(seconds) * 1_000_000 }
            return 0
        }
    }

    func stop() { statement = nil }

    func read(into batch: inout RowBatch) throws -> Bool {
        guard let statement else { return false }
        let reader = ODBCValueReader(statement.session.library, statement.handle)
        for _ in 0..<Self.batchRows {
            guard try statement.next() else {
                self.statement = nil
                return false
            }
            for index in columns.indices { try append(reader, index, &batch) }
            batch.endRow()
        }
        return true
    }

    private func append(_ reader: ODBCValueReader, _ index: Int, _ batch: inout RowBatch) throws {
        let place = UInt16(index + 1)
        let form = columns[index].form
        switch types[index] {
        case .integer:
            guard let value = try reader.fixed(place, .integer, 0 as Int64) else { return batch.appendNull() }
            batch.append(integer: value, as: form, column: index)
        case .unsigned:
            guard let value = try reader.fixed(place, .unsigned, 0 as UInt64) else { return batch.appendNull() }
            batch.append(integer: value, as: form, column: index)
        case .double:
            guard let value = try reader.fixed(place, .double, 0 as Double) else { return batch.appendNull() }
            batch.append(double: value, as: form, column: index)
        case .float:
            guard let value = try reader.fixed(place, .float, 0 as Float) else { return batch.appendNull() }
            batch.append(float: value, as: form, column: index)
        case .binary, .text:
            guard try reader.bytes(place, types[index], &buffer) else { return batch.appendNull() }
            appendText(buffer, index, &batch)
        case .wide:
            guard try reader.bytes(place, .wide, &buffer) else { return batch.appendNull() }
            decodeWide()
            appendText(text, index, &batch)
        }
    }

    private func appendText(_ value: [UInt8], _ index: Int, _ batch: inout RowBatch) {
        let column = columns[index]
        var value = value[...]
        if column.info.type == .paddedText { while value.last == 0x20 { value = value.dropLast() } }
        if shifts[index] != 0, let time = TimeText(value), let days = time.days, time.zone == nil {
            let micros = Int64(days) * CalendarTime.dayMicros + (time.nanos ?? 0) / 1000 + shifts[index]
            return batch.append(micros: micros, as: column.form, column: index)
        }
        value.withUnsafeBytes { batch.append(text: $0, as: column.form, column: index) }
    }

    /// UTF-16 as the driver sends it, into UTF-8.
    private func decodeWide() {
        text.removeAll(keepingCapacity: true)
        buffer.withUnsafeBytes { raw in
            let units = (0..<raw.count / 2).lazy.map { raw.loadUnaligned(fromByteOffset: $0 * 2, as: UInt16.self) }
            _ = transcode(units.makeIterator(), from: UTF16.self, to: UTF8.self, stoppingOnError: false) {
                text.append($0)
            }
        }
    }
}
