import CSQLite

/// A connection to a SQLite file; only tests write.
///
/// Sendable, because the one thing that another thread does with it is to interrupt, which SQLite allows.
final class SQLiteSession: @unchecked Sendable {
    let path: String
    private var handle: OpaquePointer?

    init(_ path: String, readOnly: Bool = true) throws(EndpointError) {
        self.path = path
        let mode = readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        let result = sqlite3_open_v2(path, &handle, mode | SQLITE_OPEN_NOMUTEX, nil)
        guard result == SQLITE_OK else {
            let reason = String(cString: sqlite3_errmsg(handle))
            sqlite3_close_v2(handle)
            handle = nil
            throw .engine("cannot open \(path): \(reason)", statement: nil)
        }
        sqlite3_busy_timeout(handle, 10_000)
    }

    deinit { sqlite3_close_v2(handle) }

    func interrupt() { sqlite3_interrupt(handle) }

    func run(_ sql: String) throws { _ = try texts(sql) }

    /// All rows as text.
    func texts(_ sql: String) throws -> [[String?]] {
        let statement = try prepare(sql)
        var rows: [[String?]] = []
        while try statement.step() {
            rows.append(
                (0..<statement.columnCount).map { column in
                    sqlite3_column_text(statement.handle, Int32(column)).map { String(cString: $0) }
                })
        }
        return rows
    }

    func prepare(_ sql: String) throws(EndpointError) -> SQLiteStatement {
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK, let statement else {
            throw failure(sql)
        }
        return SQLiteStatement(self, statement, sql)
    }

    func failure(_ sql: String) -> EndpointError {
        if sqlite3_errcode(handle) == SQLITE_INTERRUPT { return .interrupted }
        let statement = sql.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return .engine(
            "\(path): \(String(cString: sqlite3_errmsg(handle)))",
            statement: statement.count > 200 ? "\(statement.prefix(197))..." : statement)
    }
}

/// A prepared statement.
final class SQLiteStatement {
    private let session: SQLiteSession
    let handle: OpaquePointer
    private let sql: String

    init(_ session: SQLiteSession, _ handle: OpaquePointer, _ sql: String) {
        self.session = session
        self.handle = handle
        self.sql = sql
    }

    deinit { sqlite3_finalize(handle) }

    var columnCount: Int { Int(sqlite3_column_count(handle)) }

    /// Names and declared types.
    var columns: [(name: String, declared: String?)] {
        (0..<Int32(columnCount)).map { column in
            (
                String(cString: sqlite3_column_name(handle, column)),
                sqlite3_column_decltype(handle, column).map { String(cString: $0) }
            )
        }
    }

    /// Goes to the next row; false at the end.
    func step() throws(EndpointError) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default: throw session.failure(sql)
        }
    }

    /// The bytes of a text or a blob; valid until the next step.
    func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
        let start = sqlite3_column_blob(handle, column)
        return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))
    }
}

/// Rows of a SQLite statement in canonical form.
final class SQLiteRowStream: RowStream {
    private var statement: SQLiteStatement?
    private let columns: [RequestedColumn]
    private let shifts: [Int64]
    private static let batchRows = 512

    init(_ statement: SQLiteStatement, _ columns: [RequestedColumn]) {
        self.statement = statement
        self.columns = columns
        shifts = columns.map { column in
            if case .zone(let seconds) = column.adaptation { return -Int64(seconds) * 1_000_000 }
            return 0
        }
    }

    func stop() { statement = nil }

    func read(into batch: inout RowBatch) throws -> Bool {
        guard let statement else { return false }
        for _ in 0..<Self.batchRows {
            guard try statement.step() else {
                self.statement = nil
                return false
            }
            for (index, column) in columns.enumerated() { append(statement, Int32(index), column, &batch) }
            batch.endRow()
        }
        return true
    }

    /// Every value by its own storage class, not by its column's declaration. A misfit that is no text says what it is: the number
    /// 10 in a column of dates is another value than the text 10.
    private func append(
        _ statement: SQLiteStatement, _ place: Int32, _ column: RequestedColumn, _ batch: inout RowBatch
    ) {
        let index = Int(place)
        let storage = sqlite3_column_type(statement.handle, place)
        if column.form == .opaque { return appendTagged(statement, place, storage, &batch) }
        switch storage {
        case SQLITE_NULL: batch.appendNull()
        case SQLITE_INTEGER:
            let value = sqlite3_column_int64(statement.handle, place)
            switch column.form {
            // What a number would mean as a time (seconds? days?) nobody has said.
            case .text, .date, .time, .timestamp, .instantNanos, .uuid, .bytes, .json:
                column.form == .json
                    ? batch.append(text: Array(String(value).utf8), as: .json, column: index)
                    : batch.appendMisfit("\(value) (integer)", column: index)
            default: batch.append(integer: value, as: column.form, column: index)
            }
        case SQLITE_FLOAT:
            let value = sqlite3_column_double(statement.handle, place)
            switch column.form {
            case .integer, .decimal, .float64, .float32: batch.append(double: value, as: column.form, column: index)
            case .json: batch.append(text: Array(value.description.utf8), as: .json, column: index)
            default: batch.appendMisfit("\(value) (real)", column: index)
            }
        case SQLITE_TEXT:
            let text = statement.bytes(place)
            switch column.form {
            // Text in a column of numbers stays text, whatever it says; decimals may be kept as text to be exact.
            case .integer, .float32, .float64, .bytes: batch.appendMisfit(text, column: index)
            default:
                if shifts[index] != 0, let time = TimeText(text), let days = time.days, time.zone == nil {
                    let micros = Int64(days) * CalendarTime.dayMicros + (time.nanos ?? 0) / 1000 + shifts[index]
                    return batch.append(micros: micros, as: column.form, column: index)
                }
                batch.append(text: text, as: column.form, column: index)
            }
        default:
            let bytes = statement.bytes(place)
            switch column.form {
            case .bytes: batch.appendField(bytes)
            case .uuid where bytes.count == 16: batch.appendField(bytes)
            default: batch.appendMisfit("x'\(CanonicalText.hexadecimal(bytes))' (blob)", column: index)
            }
        }
    }

    /// A value with its type before it, for two columns without a declared type; numbers are equal by their size.
    private func appendTagged(_ statement: SQLiteStatement, _ place: Int32, _ storage: Int32, _ batch: inout RowBatch) {
        guard storage != SQLITE_NULL else { return batch.appendNull() }
        let start = batch.beginField()
        switch storage {
        case SQLITE_INTEGER:
            batch.append(word: UInt8(ascii: "n"))
            batch.appendDecimal(sqlite3_column_int64(statement.handle, place))
        case SQLITE_FLOAT:
            batch.append(word: UInt8(ascii: "n"))
            batch.appendDecimal(shortest: sqlite3_column_double(statement.handle, place))
        default:
            batch.append(word: storage == SQLITE_TEXT ? UInt8(ascii: "t") : UInt8(ascii: "b"))
            batch.append(statement.bytes(place))
        }
        batch.endField(start)
    }
}
