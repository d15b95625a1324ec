import CDuckDB

/// A connection to a DuckDB database of its own.
///
/// Sendable, because the one thing that another thread does with it is to interrupt, which DuckDB allows.
final class DuckDBSession: @unchecked Sendable {
    let library: DuckDBLibrary
    private var database: UnsafeMutableRawPointer?
    private var connection: UnsafeMutableRawPointer?

    /// Opens a file, or a database in memory; only tests write.
    init(_ library: DuckDBLibrary, path: String?, readOnly: Bool = true) throws(EndpointError) {
        self.library = library
        var config: UnsafeMutableRawPointer?
        guard library.createConfig(&config) == 0 else { throw .engine("DuckDB has no memory", statement: nil) }
        defer { library.destroyConfig(&config) }
        if path != nil && readOnly { _ = library.setConfig(config, "access_mode", "READ_ONLY") }
        var message: UnsafeMutablePointer<CChar>?
        guard library.open(path ?? ":memory:", &database, config, &message) == 0 else {
            let reason = message.map { String(cString: $0) } ?? "unknown"
            library.free(message)
            throw .engine("cannot open \(path ?? "DuckDB"): \(Self.oneLine(reason))", statement: nil)
        }
        guard library.connect(database, &connection) == 0 else {
            library.close(&database)
            throw .engine("cannot connect to \(path ?? "DuckDB")", statement: nil)
        }
    }

    deinit {
        library.disconnect(&connection)
        library.close(&database)
    }

    func interrupt() { library.interrupt(connection) }

    /// Runs a statement for its effect.
    func run(_ sql: String) throws {
        let result = try stream(sql)
        while let chunk = try result.next() { _ = chunk }
    }

    /// The rows of a statement whose columns are all VARCHAR.
    func texts(_ sql: String, columns: Int) throws -> [[String?]] {
        var result: [[String?]] = []
        try forEachText(sql, columns: columns) { result.append($0) }
        return result
    }

    /// The same a row at a time: only one chunk of them is in memory.
    func forEachText(_ sql: String, columns: Int, _ body: ([String?]) throws -> Void) throws {
        let info = ColumnInfo(name: "", type: .text, nativeType: "VARCHAR")
        let rows = try DuckDBRowStream(
            stream(sql), Array(repeating: RequestedColumn(info, as: .text), count: columns))
        var batch = RowBatch()
        while try rows.read(into: &batch) {
            try batch.bytes.withUnsafeBytes { bytes in
                for row in 0..<batch.count {
                    var position = batch.range(row).lowerBound
                    try body(
                        (0..<columns).map { _ -> String? in
                            let length = Int(CanonicalText.load(bytes, at: position) as Int32)
                            position += 4
                            guard length >= 0 else { return nil }
                            defer { position += length }
                            return String(decoding: bytes[position..<(position + length)], as: UTF8.self)
                        })
                }
            }
            batch.removeAll()
        }
    }

    /// Starts a statement; its rows come chunk by chunk, and are not gathered first.
    func stream(_ sql: String) throws(EndpointError) -> DuckDBResult {
        var statement: UnsafeMutableRawPointer?
        defer { library.destroyPrepare(&statement) }
        guard library.prepare(connection, sql, &statement) == 0 else {
            throw failure(library.prepareError(statement), sql)
        }
        var pending: UnsafeMutableRawPointer?
        defer { library.destroyPending(&pending) }
        guard library.pendingStreaming(statement, &pending) == 0 else {
            throw failure(library.pendingError(pending), sql)
        }
        let result = DuckDBResult(self, sql)
        guard library.executePending(pending, &result.value) == 0 else {
            throw failure(library.resultError(&result.value), sql)
        }
        return result
    }

    func failure(_ message: UnsafePointer<CChar>?, _ sql: String) -> EndpointError {
        let reason = message.map { Self.oneLine(String(cString: $0)) } ?? "unknown error"
        if reason.contains("INTERRUPT") || reason.contains("Interrupted") { return .interrupted }
        let statement = Self.oneLine(sql)
        return .engine(reason, statement: statement.count > 200 ? "\(statement.prefix(197))..." : statement)
    }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}

/// Rows that a statement gives, a chunk of up to 2,048 at a time.
final class DuckDBResult {
    let session: DuckDBSession
    private let sql: String
    var value = duckdb_result_value()

    init(_ session: DuckDBSession, _ sql: String) {
        self.session = session
        self.sql = sql
    }

    deinit { session.library.destroyResult(&value) }

    /// The next chunk, nil at the end.
    func next() throws(EndpointError) -> DuckDBChunk? {
        guard let chunk = session.library.fetchChunk(value) else {
            if let message = session.library.resultError(&value), message.pointee != 0 {
                throw session.failure(message, sql)
            }
            return nil
        }
        return DuckDBChunk(session.library, chunk)
    }

    var columnCount: Int { Int(session.library.columnCount(&value)) }

    /// The type of a column.
    func type(_ column: Int) -> DuckDBType {
        var type = session.library.columnType(&value, UInt64(column))
        defer { session.library.destroyType(&type) }
        return DuckDBType(session.library, type)
    }
}

/// Columns of some rows, in DuckDB's memory.
final class DuckDBChunk {
    private let library: DuckDBLibrary
    private var handle: UnsafeMutableRawPointer?
    let count: Int

    init(_ library: DuckDBLibrary, _ handle: UnsafeMutableRawPointer) {
        self.library = library
        self.handle = handle
        count = Int(library.chunkSize(handle))
    }

    deinit { library.destroyChunk(&handle) }

    func vector(_ column: Int) -> DuckDBVector { DuckDBVector(library, library.chunkVector(handle, UInt64(column))) }
}

/// Values of one column; valid as long as its chunk.
struct DuckDBVector {
    let library: DuckDBLibrary
    let handle: UnsafeMutableRawPointer?
    let data: UnsafeMutableRawPointer?
    private let validity: UnsafeMutableRawPointer?

    init(_ library: DuckDBLibrary, _ handle: UnsafeMutableRawPointer?) {
        self.library = library
        self.handle = handle
        data = library.vectorData(handle)
        validity = library.vectorValidity(handle)
    }

    func isNull(_ row: Int) -> Bool {
        guard let validity else { return false }
        return validity.load(fromByteOffset: row / 64 * 8, as: UInt64.self) >> UInt64(row % 64) & 1 == 0
    }

    func load<Value>(_ row: Int, as type: Value.Type = Value.self) -> Value {
        // DuckDB hands out memory for every row of the chunk.
        data.unsafelyUnwrapped.loadUnaligned(fromByteOffset: row * MemoryLayout<Value>.stride, as: type)
    }

    /// The bytes of a string; valid as long as the chunk.
    func text(_ row: Int) -> UnsafeRawBufferPointer {
        let base = data.unsafelyUnwrapped + row * 16
        let length = Int(base.load(as: UInt32.self))
        if length <= 12 { return UnsafeRawBufferPointer(start: base + 4, count: length) }
        return UnsafeRawBufferPointer(start: base.load(fromByteOffset: 8, as: UnsafeRawPointer.self), count: length)
    }

    var child: DuckDBVector { DuckDBVector(library, library.listChild(handle)) }
}
