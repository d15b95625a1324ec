import Foundation

/// What `proc2dbt diff` takes for a side: a server or a file.
public enum Address: Sendable, Equatable {
    /// A PostgreSQL connection string.
    case postgres(String)
    /// A DuckDB file.
    case duckdb(String)
    /// A CSV or Parquet file, and DuckDB's function that reads it.
    case file(String, reader: String)
    /// A SQLite file.
    case sqlite(String)
    /// An ODBC connection string.
    case odbc(String)

    /// Reads an address; throws `EndpointError.badAddress` with the kinds that are known.
    public init(_ text: String) throws(EndpointError) {
        let lower = text.lowercased()
        if lower.hasPrefix("odbc:") {
            self = .odbc(String(text.dropFirst(5)))
        } else if lower.hasPrefix("postgresql://") || lower.hasPrefix("postgres://") || text.contains("dbname=")
            || text.contains("host=")
        {
            self = .postgres(text)
        } else if lower.hasPrefix("duckdb:") {
            self = .duckdb(Self.path(text))
        } else if lower.hasPrefix("sqlite:") {
            self = .sqlite(Self.path(text))
        } else if lower.hasPrefix("csv:") {
            self = .file(Self.path(text), reader: "read_csv")
        } else if lower.hasPrefix("parquet:") {
            self = .file(Self.path(text), reader: "read_parquet")
        } else if [".csv", ".csv.gz", ".tsv", ".tsv.gz"].contains(where: lower.hasSuffix) {
            self = .file(text, reader: "read_csv")
        } else if lower.hasSuffix(".parquet") {
            self = .file(text, reader: "read_parquet")
        } else if let found = Self.byContent(text) {
            self = found
        } else if lower.hasSuffix(".duckdb") {
            self = .duckdb(text)
        } else if lower.hasSuffix(".sqlite") || lower.hasSuffix(".sqlite3") {
            self = .sqlite(text)
        } else {
            throw .badAddress(
                "cannot tell what kind of database this address names; known are postgresql://.., odbc:DRIVER=..;.., duckdb:FILE, sqlite:FILE, "
                    + "and files that end in .csv, .csv.gz, .tsv, .parquet, .duckdb, .sqlite")
        }
    }

    /// `duckdb:/a/b`, `duckdb:///a/b`.
    private static func path(_ text: String) -> String {
        let rest = text.drop { $0 != ":" }.dropFirst()
        return rest.hasPrefix("//") ? String(rest.dropFirst(2)) : String(rest)
    }

    /// A file says itself what it is: SQLite's begin with its name, DuckDB's have theirs after a checksum.
    private static func byContent(_ path: String) -> Address? {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        guard let head = try? file.read(upToCount: 16) else { return nil }
        if head.starts(with: Array("SQLite format 3".utf8)) { return .sqlite(path) }
        if head.count >= 12, head.dropFirst(8).starts(with: Array("DUCK".utf8)) { return .duckdb(path) }
        return nil
    }

    /// True for a file that is a table itself.
    public var isTable: Bool {
        if case .file = self { return true }
        return false
    }

    /// Opens a session there.
    public func open() throws -> any Endpoint {
        switch self {
        case .postgres(let address): try PostgresEndpoint(address)
        case .duckdb(let file): try DuckDBEndpoint(file: file)
        case .file(let file, let reader): try DuckDBEndpoint(reading: file, as: reader)
        case .sqlite(let file): try SQLiteEndpoint(file: file)
        case .odbc(let text): try ODBCEndpoint(text)
        }
    }
}
