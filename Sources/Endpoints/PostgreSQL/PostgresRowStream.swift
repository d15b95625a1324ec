import Databases

/// Rows of a binary COPY, turned into canonical form.
final class PostgresRowStream: RowStream {
    private let stream: CopyOutStream
    private let codes: [PostgresFieldCode]
    /// All fields keep their length: a row is copied in one go and patched where it has to be.
    private let isFlat: Bool
    private let hasPatches: Bool
    private var sawHeader = false
    /// Rows a batch: enough to make the way back and forth cheap, few enough to stay in the cache.
    private static let batchRows = 512

    init(_ connection: PostgresConnection, _ sql: String, _ columns: [RequestedColumn]) throws {
        codes = columns.map(PostgresFieldCode.init)
        isFlat = codes.allSatisfy(\.keepsLength)
        hasPatches = codes.contains { $0 != .asIs }
        stream = try CopyOutStream(connection, sql, binary: true)
    }

    deinit { stream.stop() }

    func stop() { stream.stop() }

    func read(into batch: inout RowBatch) throws -> Bool {
        do {
            for _ in 0..<Self.batchRows {
                guard try stream.next({ try take($0, &batch) }) else { return false }
            }
            return true
        } catch let error as DatabaseError {
            throw PostgresEndpoint.translated(error)
        }
    }

    /// One message of the server's: the header with or without the first row, a row, or the end.
    private func take(_ message: UnsafeRawBufferPointer, _ batch: inout RowBatch) throws {
        var position = 0
        if !sawHeader {
            guard message.count >= 19 else { throw malformed("no header") }
            sawHeader = true
            position = 19 + Int(CanonicalText.load(message, at: 15) as Int32)
        }
        while position + 2 <= message.count {
            let fields: Int16 = CanonicalText.load(message, at: position)
            position += 2
            if fields == -1 { return }
            guard Int(fields) == codes.count else {
                throw malformed("\(fields) fields where \(codes.count) were asked for")
            }
            position = isFlat ? try copy(message, position, &batch) : try convert(message, position, &batch)
        }
    }

    /// Copies a row as it stands and patches numbers that have several spellings.
    private func copy(_ message: UnsafeRawBufferPointer, _ start: Int, _ batch: inout RowBatch) throws -> Int {
        let base = batch.bytes.count
        guard hasPatches else {
            // The message holds this row and nothing behind it.
            batch.append(UnsafeRawBufferPointer(rebasing: message[start...]))
            batch.endRow()
            return message.count
        }
        batch.append(UnsafeRawBufferPointer(rebasing: message[start...]))
        var position = start
        for code in codes {
            guard position + 4 <= message.count else { throw malformed("a row that ends too early") }
            let length = Int(CanonicalText.load(message, at: position) as Int32)
            position += 4
            guard length > 0 else { continue }
            switch code {
            case .decimal: if length >= 8 { batch.patch(at: base + position - start + 6, 0 as Int16) }
            case .float64:
                let bits: UInt64 = CanonicalText.load(message, at: position)
                let canonical = RowBatch.canonical(Double(bitPattern: bits)).bitPattern
                if canonical != bits { batch.patch(at: base + position - start, canonical) }
            case .float32:
                let bits: UInt32 = CanonicalText.load(message, at: position)
                let canonical = RowBatch.canonical(Float(bitPattern: bits)).bitPattern
                if canonical != bits { batch.patch(at: base + position - start, canonical) }
            default: break
            }
            position += length
        }
        batch.endRow()
        return message.count
    }

    private func convert(_ message: UnsafeRawBufferPointer, _ start: Int, _ batch: inout RowBatch) throws -> Int {
        var position = start
        for (column, code) in codes.enumerated() {
            guard position + 4 <= message.count else { throw malformed("a row that ends too early") }
            let length = Int(CanonicalText.load(message, at: position) as Int32)
            position += 4
            guard length >= 0 else {
                batch.appendNull()
                continue
            }
            guard position + length <= message.count else { throw malformed("a row that ends too early") }
            code.append(UnsafeRawBufferPointer(rebasing: message[position..<(position + length)]), column, &batch)
            position += length
        }
        batch.endRow()
        return position
    }

    private func malformed(_ what: String) -> EndpointError {
        .protocolViolation("the server's COPY data cannot be read: \(what)")
    }
}

/// What happens to the fields of one column.
indirect enum PostgresFieldCode: Equatable {
    /// Canonical already.
    case asIs
    /// Numeric: without its display scale.
    case decimal
    case float32
    case float64
    case integer(as: CanonicalForm)
    case unsigned(as: CanonicalForm)
    case boolean(as: CanonicalForm)
    case numeric(as: CanonicalForm)
    case realAs(CanonicalForm)
    case doubleAs(CanonicalForm)
    case unpadded
    case text(as: CanonicalForm)
    /// A version byte, then the document.
    case jsonb
    case date(as: CanonicalForm)
    case timestamp(as: CanonicalForm, shift: Int64)
    case uuid(as: CanonicalForm)
    case array(PostgresFieldCode)

    var keepsLength: Bool {
        switch self {
        case .asIs, .decimal, .float32, .float64: true
        default: false
        }
    }

    init(_ column: RequestedColumn) {
        switch PostgresTypes.transport(column.info, as: column.form) {
        case .text: self = column.form == .text ? .asIs : .text(as: column.form)
        case .numeric: self = column.form == .decimal ? .decimal : .numeric(as: column.form)
        case .binary:
            self = Self.binary(
                column.info.type, column.form, isJSONB: column.info.nativeType.hasPrefix("jsonb"), column.adaptation)
        }
    }

    private static func binary(
        _ type: ValueType, _ form: CanonicalForm, isJSONB: Bool, _ adaptation: RequestedColumn.Adaptation
    ) -> PostgresFieldCode {
        switch (type, form) {
        case (.integer(let bits, true), .integer(let bytes)) where bits == bytes * 8: return .asIs
        case (.integer(_, true), _): return .integer(as: form)
        case (.integer, _): return .unsigned(as: form)
        case (.boolean, .boolean): return .asIs
        case (.boolean, _): return .boolean(as: form)
        case (.decimal, .decimal): return .decimal
        case (.decimal, _): return .numeric(as: form)
        case (.float(32), .float32): return .float32
        case (.float(32), _): return .realAs(form)
        case (.float, .float64): return .float64
        case (.float, _): return .doubleAs(form)
        case (.text, .text), (.text, .bytes): return .asIs
        case (.text, _): return .text(as: form)
        case (.paddedText, .text): return .unpadded
        case (.paddedText, _): return .text(as: form)
        case (.date, .date): return .asIs
        case (.date, _): return .date(as: form)
        case (.timestamp, _):
            var shift: Int64 = 0
            if case .zone(let seconds) = adaptation { shift = -Int64(seconds) * 1_000_000 }
            return form == .timestamp && shift == 0 ? .asIs : .timestamp(as: form, shift: shift)
        case (.uuid, .uuid): return .asIs
        case (.uuid, _): return .uuid(as: form)
        case (.json, .json): return isJSONB ? .jsonb : .text(as: .json)
        case (.array(let element), .array(let elementForm)):
            return .array(binary(element, elementForm, isJSONB: isJSONB, .none))
        default: return .asIs
        }
    }

    /// Appends one field that is not NULL.
    func append(_ field: UnsafeRawBufferPointer, _ column: Int, _ batch: inout RowBatch) {
        switch self {
        case .asIs: batch.appendField(field)
        case .decimal:
            let start = batch.bytes.count
            batch.appendField(field)
            if field.count >= 8 { batch.patch(at: start + 10, 0 as Int16) }
        case .float32: batch.append(float: Float(bitPattern: CanonicalText.load(field)), as: .float32, column: column)
        case .float64: batch.append(double: Double(bitPattern: CanonicalText.load(field)), as: .float64, column: column)
        case .integer(let form):
            batch.append(integer: CanonicalText.integer(field, bytes: field.count), as: form, column: column)
        case .unsigned(let form): batch.append(integer: CanonicalText.load(field) as UInt32, as: form, column: column)
        case .boolean(let form): batch.append(field.first == 1, as: form, column: column)
        case .numeric(let form):
            batch.append(text: Array(CanonicalText.decimal(field).utf8), as: form, column: column)
        case .realAs(let form):
            batch.append(float: Float(bitPattern: CanonicalText.load(field)), as: form, column: column)
        case .doubleAs(let form):
            batch.append(double: Double(bitPattern: CanonicalText.load(field)), as: form, column: column)
        case .unpadded:
            var end = field.count
            while end > 0 && field[end - 1] == 0x20 { end -= 1 }
            batch.appendField(UnsafeRawBufferPointer(rebasing: field[..<end]))
        case .text(let form): batch.append(text: field, as: form, column: column)
        case .jsonb:
            batch.append(text: UnsafeRawBufferPointer(rebasing: field.dropFirst()), as: .json, column: column)
        case .date(let form):
            let days: Int32 = CanonicalText.load(field)
            if days == .max || days == .min {
                batch.append(micros: days > 0 ? .max : .min, as: form, column: column)
            } else {
                batch.append(days: Int64(days), as: form, column: column)
            }
        case .timestamp(let form, let shift):
            let micros: Int64 = CanonicalText.load(field)
            let isFinite = micros != .max && micros != .min
            batch.append(micros: isFinite ? micros &+ shift : micros, as: form, column: column)
        case .uuid(let form):
            batch.append(text: Array(CanonicalText.render(field, as: .uuid).utf8), as: form, column: column)
        case .array(let element): appendArray(field, element, column, &batch)
        }
    }

    /// Dimensions and elements, without the flag for NULLs and the element type, whose number differs between databases.
    private func appendArray(
        _ field: UnsafeRawBufferPointer, _ element: PostgresFieldCode, _ column: Int, _ batch: inout RowBatch
    ) {
        let dimensions = Int(CanonicalText.load(field) as Int32)
        let start = batch.beginField()
        batch.append(word: Int32(dimensions))
        var position = 12
        for _ in 0..<max(0, dimensions) {
            batch.append(word: CanonicalText.load(field, at: position) as Int32)
            batch.append(word: CanonicalText.load(field, at: position + 4) as Int32)
            position += 8
        }
        while position + 4 <= field.count {
            let length = Int(CanonicalText.load(field, at: position) as Int32)
            position += 4
            guard length >= 0, position + length <= field.count else {
                batch.appendNull()
                continue
            }
            element.append(UnsafeRawBufferPointer(rebasing: field[position..<(position + length)]), column, &batch)
            position += length
        }
        batch.endField(start)
    }
}
