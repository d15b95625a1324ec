import Foundation

/// What DuckDB writes for us.
public enum DuckDBConversion {
    /// Throws where the library is missing.
    public static func check() throws { _ = try DuckDBLibrary.load() }

    /// Turns a CSV file whose values are all text (nothing is NULL, `""` is empty) into a Parquet file.
    public static func parquet(fromCSV source: String, columns: [String], to path: String) throws {
        let session = try DuckDBSession(DuckDBLibrary.load(), path: nil)
        let types = columns.map { "\(DatasetSQL.literal($0)): 'VARCHAR'" }.joined(separator: ", ")
        let temporary = "\(path).part-\(ProcessInfo.processInfo.processIdentifier)"
        do {
            try session.run(
                """
                COPY (SELECT * FROM read_csv(\(DatasetSQL.literal(source)), header = true, delim = ',', quote = '"',
                    escape = '"', nullstr = '', allow_quoted_nulls = false, auto_detect = false, columns = {\(types)}))
                TO \(DatasetSQL.literal(temporary)) (FORMAT parquet)
                """)
        } catch {
            try? FileManager.default.removeItem(atPath: temporary)
            throw error
        }
        guard rename(temporary, path) == 0 else {
            let reason = String(cString: strerror(errno))
            unlink(temporary)
            throw EndpointError.engine("cannot write \(path): \(reason)", statement: nil)
        }
    }
}
