import CLibpq

extension PostgresConnection {
    /// What came of several statements that were sent as one message.
    public struct BatchOutcome {
        /// The rows of those statements that return any, in order.
        public var results: [QueryResult]
        /// Why the server stopped; nil when all went well.
        public var error: DatabaseError?
    }

    /// Sends statements separated by semicolons as one message, which saves the way there and back for each of them.
    ///
    /// They are one transaction unless one is open already. The first error ends the batch; what it had returned by then
    /// is part of the outcome.
    public func batch(_ sql: String) throws(DatabaseError) -> BatchOutcome {
        let handle = try open(sql)
        guard PQsendQuery(handle, sql) == 1 else { throw failure(sql) }
        var outcome = BatchOutcome(results: [])
        while let result = PQgetResult(handle) {
            do throws(DatabaseError) {
                let owned = try checked(result, sql)
                if owned.status == PGRES_TUPLES_OK { outcome.results.append(QueryResult(owning: owned.take())) }
            } catch {
                if case .connectionLost = error { throw error }
                outcome.error = outcome.error ?? error
            }
        }
        return outcome
    }
}
