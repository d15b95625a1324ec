import CLibpq

extension PostgresConnection {
    /// Runs `COPY (..) TO STDOUT` and hands over the data, a row (text) or a piece (binary) at a time.
    ///
    /// - Parameters:
    ///   - sql: a query, or the whole COPY statement when it starts with COPY.
    ///   - binary: asks for the binary format when `sql` is a query.
    ///   - body: gets bytes that are valid during the call only. When it throws, the copy is stopped and the error passed on.
    public func copyOut(
        _ sql: String, binary: Bool = false, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let statement = Self.copyStatement(sql, binary: binary)
        try startCopy(statement, expecting: PGRES_COPY_OUT)
        while let chunk = try nextChunk(statement) {
            do {
                try body(chunk.bytes)
            } catch {
                canceller.cancel()
                while let rest = try? nextChunk(statement) { _ = consume rest }
                throw error
            }
        }
    }

    /// Runs `COPY .. FROM STDIN` with the data that `body` writes, in pieces of any size.
    ///
    /// When `body` throws, nothing is copied and the error is passed on.
    public func copyIn(
        _ sql: String, _ body: (_ write: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) throws {
        try startCopy(sql, expecting: PGRES_COPY_IN)
        do {
            try body { bytes in try self.send(bytes, sql) }
        } catch {
            endCopyIn(failing: "the sender stopped")
            throw error
        }
        try finishCopyIn(sql)
    }

    /// Copies rows of another connection into this one.
    ///
    /// - Parameters:
    ///   - source: the connection to read from.
    ///   - sqlOut: `COPY .. TO STDOUT`, or a query (then in binary).
    ///   - sqlIn: `COPY .. FROM STDIN` in the same format.
    public func copy(from source: PostgresConnection, _ sqlOut: String, _ sqlIn: String) throws(DatabaseError) {
        let statement = Self.copyStatement(sqlOut, binary: true)
        try source.startCopy(statement, expecting: PGRES_COPY_OUT)
        do {
            try startCopy(sqlIn, expecting: PGRES_COPY_IN)
            while let chunk = try source.nextChunk(statement) { try send(chunk.bytes, sqlIn) }
        } catch {
            // Whichever side failed, both must be out of copy mode before the next statement.
            source.canceller.cancel()
            while let rest = try? source.nextChunk(statement) { _ = consume rest }
            endCopyIn(failing: "reading the rows failed")
            throw error
        }
        try finishCopyIn(sqlIn)
    }

    static func copyStatement(_ sql: String, binary: Bool) -> String {
        let isCopy = sql.drop { $0.isWhitespace }.prefix(5).lowercased().hasPrefix("copy")
        return isCopy ? sql : "COPY (\(sql)) TO STDOUT\(binary ? " (FORMAT binary)" : "")"
    }

    func startCopy(_ sql: String, expecting status: ExecStatusType) throws(DatabaseError) {
        let handle = try open(sql)
        let result = try checked(PQexec(handle, sql), sql)
        guard result.status == status else {
            // The other direction, or no COPY at all: leave copy mode with the error it gives.
            endCopyIn(failing: "not this kind of COPY")
            while let rest = try? nextChunk(sql) { _ = consume rest }
            let message = ServerMessage(
                severity: "ERROR", sqlState: "42601", text: "not a COPY statement of the expected direction")
            throw .queryFailed(message, statement: shortened(sql))
        }
    }

    /// The next piece of a COPY TO STDOUT; nil at its end, after the server said that all went well.
    func nextChunk(_ sql: String) throws(DatabaseError) -> CopyChunk? {
        let handle = try open(sql)
        var start: UnsafeMutablePointer<CChar>?
        let count = PQgetCopyData(handle, &start, 0)
        if count > 0, let start { return CopyChunk(start: start, count: Int(count)) }
        guard count == -1 else {
            let error = failure(sql)
            while let rest = PQgetResult(handle) { PQclear(rest) }
            throw error
        }
        try drainResults(handle, sql)
        return nil
    }

    private func send(_ bytes: UnsafeRawBufferPointer, _ sql: String) throws(DatabaseError) {
        let handle = try open(sql)
        // libpq counts in Int32 and copies into its own buffer: pieces of a megabyte keep that buffer small.
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 20))
            let start = piece.baseAddress?.assumingMemoryBound(to: CChar.self)
            guard PQputCopyData(handle, start, Int32(piece.count)) == 1 else {
                // The server has ended the copy: its reason is in the result.
                let error = failure(sql)
                try drainResults(handle, sql)
                throw error
            }
            rest = rest.dropFirst(piece.count)
        }
    }

    private func finishCopyIn(_ sql: String) throws(DatabaseError) {
        let handle = try open(sql)
        guard PQputCopyEnd(handle, nil) == 1 else {
            let error = failure(sql)
            try drainResults(handle, sql)
            throw error
        }
        try drainResults(handle, sql)
    }

    /// Leaves COPY FROM STDIN without keeping a row; does nothing outside of one.
    private func endCopyIn(failing reason: String) {
        guard let handle = try? open("COPY") else { return }
        _ = PQputCopyEnd(handle, reason)
        while let result = PQgetResult(handle) {
            let isStillCopying = [PGRES_COPY_IN, PGRES_COPY_OUT].contains(PQresultStatus(result))
            PQclear(result)
            if isStillCopying { break }
        }
    }

    /// Reads all that the server still has to say about a statement; the first error is thrown after the last word.
    private func drainResults(_ handle: OpaquePointer, _ sql: String) throws(DatabaseError) {
        var first: DatabaseError?
        while let result = PQgetResult(handle) {
            do throws(DatabaseError) {
                _ = try checked(result, sql)
            } catch {
                first = first ?? error
            }
        }
        if let first { throw first }
    }
}

/// A piece of COPY data in libpq's memory.
struct CopyChunk: ~Copyable {
    private let start: UnsafeMutablePointer<CChar>
    private let count: Int

    init(start: UnsafeMutablePointer<CChar>, count: Int) {
        self.start = start
        self.count = count
    }

    deinit { PQfreemem(start) }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }
}
