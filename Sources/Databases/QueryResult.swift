import CLibpq

/// The rows a query gave, kept as libpq keeps them: one block of memory, values decoded when asked for.
///
/// Sendable, because libpq never changes a result after it has arrived.
public final class QueryResult: @unchecked Sendable {
    private let handle: OpaquePointer

    /// Takes over a result of libpq's and frees it in the end.
    init(owning handle: OpaquePointer) {
        self.handle = handle
    }

    deinit { PQclear(handle) }

    /// Number of rows that came back.
    public var rowCount: Int { Int(PQntuples(handle)) }
    /// Number of columns, also without rows.
    public var columnCount: Int { Int(PQnfields(handle)) }
    /// Row numbers, to loop over.
    public var rows: Range<Int> { 0..<rowCount }
    /// Names of the columns, which may be equal to each other.
    public var columnNames: [String] { (0..<columnCount).map { String(cString: PQfname(handle, Int32($0))) } }
    /// Type oids of the columns.
    public var columnTypes: [UInt32] { (0..<columnCount).map { PQftype(handle, Int32($0)) } }
    /// Type modifiers of the columns, -1 without one.
    public var columnTypeModifiers: [Int] { (0..<columnCount).map { Int(PQfmod(handle, Int32($0))) } }
    /// Rows inserted, updated, deleted or returned, when the statement counts any.
    public var affectedRows: Int? { Int(String(cString: PQcmdTuples(handle))) }

    /// The value in PostgreSQL's text notation; nil for NULL.
    public subscript(row: Int, column: Int) -> String? {
        precondition(rows.contains(row) && column >= 0 && column < columnCount, "no such value in the result")
        if PQgetisnull(handle, Int32(row), Int32(column)) == 1 { return nil }
        return String(cString: PQgetvalue(handle, Int32(row), Int32(column)))
    }

    /// The value's bytes without a copy; nil for NULL.
    public func withBytes<R>(_ row: Int, _ column: Int, _ body: (UnsafeRawBufferPointer?) throws -> R) rethrows -> R {
        precondition(rows.contains(row) && column >= 0 && column < columnCount, "no such value in the result")
        if PQgetisnull(handle, Int32(row), Int32(column)) == 1 { return try body(nil) }
        let length = Int(PQgetlength(handle, Int32(row), Int32(column)))
        return try body(UnsafeRawBufferPointer(start: PQgetvalue(handle, Int32(row), Int32(column)), count: length))
    }
}
