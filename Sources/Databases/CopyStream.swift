import CLibpq

/// Data of a `COPY .. TO STDOUT`, fetched piece by piece, so that two servers can be read in step.
public final class CopyOutStream {
    private let connection: PostgresConnection
    private let statement: String
    private var isDone = false

    /// Starts the copy; see `PostgresConnection.copyOut` for the arguments. The connection can do nothing else until its end.
    public init(_ connection: PostgresConnection, _ sql: String, binary: Bool = false) throws(DatabaseError) {
        self.connection = connection
        statement = PostgresConnection.copyStatement(sql, binary: binary)
        try connection.startCopy(statement, expecting: PGRES_COPY_OUT)
    }

    /// Hands the next piece (a row, in binary) to `body`; its bytes are valid during the call only. False at the end, after the
    /// server said that all went well.
    public func next(_ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Bool {
        guard !isDone else { return false }
        do {
            guard let chunk = try connection.nextChunk(statement) else {
                isDone = true
                return false
            }
            try body(chunk.bytes)
            return true
        } catch let error as DatabaseError {
            isDone = true
            throw error
        }
    }

    /// Stops the copy and throws away what is still on its way.
    public func stop() {
        guard !isDone else { return }
        isDone = true
        connection.canceller.cancel()
        while let rest = try? connection.nextChunk(statement) { _ = consume rest }
    }
}
