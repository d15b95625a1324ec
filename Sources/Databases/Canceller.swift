import CLibpq

/// Stops the statement that a connection is running.
///
/// Sendable, because it holds nothing but libpq's own cancel token, which is made once, never changed, and may be used
/// from any thread and even from a signal handler.
public final class Canceller: @unchecked Sendable {
    private let token: OpaquePointer

    init?(_ connection: OpaquePointer) {
        guard let token = PQgetCancel(connection) else { return nil }
        self.token = token
    }

    deinit { PQfreeCancel(token) }

    /// Asks the server to stop what it is doing; harmless when it does nothing. True when the request was sent.
    @discardableResult
    public func cancel() -> Bool {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            PQcancel(token, buffer.baseAddress, Int32(buffer.count)) == 1
        }
    }
}
