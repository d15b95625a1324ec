import CDuckDB
import Foundation

/// A DuckDB file, or CSV and Parquet files read through DuckDB; opened so that nothing can be written.
public final class DuckDBEndpoint: Endpoint {
    let library: DuckDBLibrary
    private let session: DuckDBSession
    private let path: String?
    /// What stands for any table of a CSV or Parquet file.
    private let fileRelation: String?

    /// Opens a DuckDB file.
    public init(file: String) throws {
        guard FileManager.default.fileExists(atPath: file) else {
            throw EndpointError.notFound(what: "the file \(file)", where: "this machine")
        }
        library = try DuckDBLibrary.load()
        session = try DuckDBSession(library, path: file)
        path = URL(fileURLWithPath: file).resolvingSymlinksInPath().path
        fileRelation = nil
        try prepareSession()
    }

    /// Reads a CSV or Parquet file; `*` may stand in the path.
    public init(reading file: String, as reader: String) throws {
        if !file.contains("*"), !FileManager.default.fileExists(atPath: file) {
            throw EndpointError.notFound(what: "the file \(file)", where: "this machine")
        }
        library = try DuckDBLibrary.load()
        session = try DuckDBSession(library, path: nil)
        path = file
        fileRelation = "\(reader)(\(DatasetSQL.literal(file)))"
        try prepareSession()
    }

    private static let csvRemark =
        "types of a CSV file are what DuckDB finds in it: 00012 and 12 are one number there, and an empty field is NULL"

    private func prepareSession() throws {
        // Rows in the order of the file: partners then come at about the same time.
        try session.run("SET preserve_insertion_order = true")
        try session.run("BEGIN TRANSACTION")
    }

    /// The engine and its version.
    public var engine: String { "DuckDB \(library.version)" }
    /// Who is connected to what, without a password.
    public var target: String { path ?? "memory" }
    /// The same for two sessions that one statement can join; nil where none can.
    public var serverIdentity: String? { fileRelation == nil ? path.map { "duckdb/\($0)" } : nil }
    /// Settings and state that decide about the answer, a line each.
    public var circumstances: [String] { ["DuckDB \(library.version), read-only, one transaction"] }

    /// Stops what is being read, from any thread.
    public var interrupt: @Sendable () -> Void {
        let session = session
        return { session.interrupt() }
    }

    /// Columns, keys and an estimate of the rows; throws `EndpointError.notFound` where there is no such dataset.
    public func describe(_ dataset: Dataset) throws -> DatasetSchema {
        let relation = relation(dataset)
        let names: [[String?]]
        do {
            names = try session.texts(
                "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM \(relation))", columns: 2)
        } catch EndpointError.engine(let text, _) where text.contains("does not exist") {
            throw EndpointError.notFound(what: "table \(relation)", where: target)
        }
        var columns = names.map { row in
            ColumnInfo(name: row[0] ?? "", type: DuckDBTypes.valueType(row[1] ?? ""), nativeType: row[1] ?? "")
        }
        guard case .table(let schema, let name) = dataset.origin, fileRelation == nil else {
            return DatasetSchema(
                columns: columns, remarks: fileRelation?.hasPrefix("read_csv") == true ? [Self.csvRemark] : [])
        }
        let place =
            "lower(table_name) = lower(\(DatasetSQL.literal(name))) AND database_name = current_database() AND "
            + (schema.map { "lower(schema_name) = lower(\(DatasetSQL.literal($0)))" }
                ?? "schema_name = current_schema()")
        let nullable = try session.texts(
            "SELECT column_name, is_nullable::VARCHAR FROM duckdb_columns() WHERE \(place)", columns: 2)
        for row in nullable where row[1] == "false" {
            if let index = columns.firstIndex(where: { $0.name == row[0] }) { columns[index].isNullable = false }
        }
        let keys = try session.texts(
            """
            SELECT constraint_index::VARCHAR, constraint_type, unnest(constraint_column_names)
            FROM duckdb_constraints() WHERE \(place) AND constraint_type IN ('PRIMARY KEY', 'UNIQUE')
            ORDER BY constraint_type, constraint_index
            """, columns: 3)
        var sets: [[String]] = []
        var last: String?
        for row in keys {
            if row[0] != last { sets.append([]) }
            last = row[0]
            sets[sets.count - 1].append(row[2] ?? "")
            if row[1] == "PRIMARY KEY", let index = columns.firstIndex(where: { $0.name == row[2] }) {
                columns[index].isNullable = false
            }
        }
        let size = try session.texts("SELECT estimated_size::VARCHAR FROM duckdb_tables() WHERE \(place)", columns: 1)
        let estimate = dataset.filter == nil ? size.first?[0].flatMap { Int($0) } : nil
        return DatasetSchema(columns: columns, keys: sets, estimatedRows: estimate)
    }

    /// Number of rows.
    public func count(_ dataset: Dataset) throws -> Int {
        let rows = try session.texts(
            "SELECT count(*)::VARCHAR FROM \(relation(dataset))\(DatasetSQL.standard.condition(dataset, nil))",
            columns: 1)
        return rows.first?[0].flatMap { Int($0) } ?? 0
    }

    /// Rows with a NULL in the key, and rows beyond the first of each of its values.
    public func keyFaults(_ dataset: Dataset, _ key: [ColumnInfo]) throws -> KeyFaults {
        let names = key.map { DatasetSQL.standard.quote($0.name) }
        let anyNull = names.map { "\($0) IS NULL" }.joined(separator: " OR ")
        let rows = try session.texts(
            """
            SELECT coalesce(sum(copies) FILTER (WHERE any_null), 0)::VARCHAR,
                coalesce(sum(copies - 1) FILTER (WHERE NOT any_null AND copies > 1), 0)::VARCHAR
            FROM (SELECT count(*) AS copies, \(anyNull) AS any_null
                FROM \(relation(dataset))\(DatasetSQL.standard.condition(dataset, nil))
                GROUP BY \(names.joined(separator: ", ")), \(anyNull)) AS keys
            """, columns: 2)
        let numbers = rows.first?.map { $0.flatMap { Int($0) } ?? 0 } ?? [0, 0]
        return KeyFaults(nulls: numbers[0], duplicates: numbers[1])
    }

    /// The statement that `read` sends.
    public func statement(_ request: ReadRequest) throws -> String {
        let list = request.columns.map { column in
            let name = DatasetSQL.standard.quote(column.info.name)
            return DuckDBTypes.isFetchedAsText(column) ? "\(name)::VARCHAR" : name
        }
        return "SELECT \(list.joined(separator: ", ")) FROM \(relation(request.dataset))"
            + DatasetSQL.standard.condition(request.dataset, request.part)
    }

    /// Starts reading; the session can do nothing else until the end.
    public func read(_ request: ReadRequest) throws -> any RowStream {
        try DuckDBRowStream(session.stream(statement(request)), request.columns)
    }

    /// The FROM item; a file stands for any table.
    private func relation(_ dataset: Dataset) -> String {
        if let fileRelation, case .table = dataset.origin { return fileRelation }
        return DatasetSQL.standard.relation(dataset)
    }
}
