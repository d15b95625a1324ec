/// A DuckDB database that this process writes to: a file, or memory alone.
///
///     let database = try DuckDBDatabase(path: nil)
///     try database.execute("create table t (a integer)")
///     let rows = try database.rows("select cast(a as varchar) from t", columns: 1)
///
/// Not for two threads at once. The file is locked as long as this lives.
public final class DuckDBDatabase {
    private let session: DuckDBSession

    /// Opens or makes a file; nil for a database in memory. Throws `EndpointError`.
    public init(path: String?) throws {
        session = try DuckDBSession(.load(), path: path, readOnly: false)
    }

    /// Version of the library, as it says it.
    public var version: String { session.library.version }

    /// Runs one statement for its effect.
    public func execute(_ sql: String) throws { try session.run(sql) }

    /// The rows of a statement whose columns are all VARCHAR.
    public func rows(_ sql: String, columns: Int) throws -> [[String?]] { try session.texts(sql, columns: columns) }

    /// The same a row at a time; only some of them are in memory.
    public func forEachRow(_ sql: String, columns: Int, _ body: ([String?]) throws -> Void) throws {
        try session.forEachText(sql, columns: columns, body)
    }

    /// DuckDB's own words about an error, without the statement.
    public static func reason(_ error: any Error) -> String {
        if case EndpointError.engine(let reason, _) = error { return reason }
        return "\(error)"
    }
}
