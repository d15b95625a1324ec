import CSQLite

/// Fills a new table of a SQLite file with text, in one transaction.
public final class SQLiteWriter {
    private let session: SQLiteSession
    private let insertion: SQLiteStatement

    /// Makes the table; the file is made where there is none.
    public init(_ path: String, table: String, columns: [String]) throws {
        session = try SQLiteSession(path, readOnly: false)
        let name = DatasetSQL.standard.quote(table)
        let list = columns.map { "\(DatasetSQL.standard.quote($0)) TEXT" }.joined(separator: ", ")
        try session.run("BEGIN IMMEDIATE")
        try session.run("CREATE TABLE \(name) (\(list))")
        let places = columns.map { _ in "?" }.joined(separator: ", ")
        insertion = try session.prepare("INSERT INTO \(name) VALUES (\(places))")
    }

    /// Adds rows.
    public func insert(_ rows: [[String?]]) throws {
        // SQLite keeps a copy of its own of what is bound this way.
        let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        for row in rows {
            for (index, value) in row.enumerated() {
                let place = Int32(index + 1)
                if let value {
                    sqlite3_bind_text(insertion.handle, place, value, Int32(value.utf8.count), copied)
                } else {
                    sqlite3_bind_null(insertion.handle, place)
                }
            }
            _ = try insertion.step()
            sqlite3_reset(insertion.handle)
        }
    }

    /// Keeps what was written; without it the transaction is taken back.
    public func commit() throws { try session.run("COMMIT") }
}
