import Catalog
import Databases
import Dialects
import Endpoints
import Engines
import Foundation

/// A DuckDB database in which a project for DuckDB is built, beside the PostgreSQL database that holds its sources and gets
/// its models' rows back.
///
/// The comparison then finds both sides in PostgreSQL, whichever engine built the project: a model's table gets the legacy
/// table's types where DuckDB's are what these become in a project for it, and PostgreSQL types of DuckDB's own kind
/// where they are not, which is a difference that gets reported.
final class DuckDBMirror {
    /// The database's name within DuckDB, as dbt calls a file of this name.
    static let name = "p2d_verification"

    /// A decimal of DuckDB holds what PostgreSQL's `numeric` does to 12 places, the last of them perhaps rounded twice.
    static let decimalPlaces = 10

    let database: DuckDBDatabase
    private let types: SpelledTypes
    private let folder: URL

    /// - Parameters:
    ///   - path: the file; nil keeps all in memory.
    ///   - folder: where rows are written on their way.
    init(path: URL?, catalog: CatalogSnapshot, folder: URL) throws {
        database = try DuckDBDatabase(path: path?.path)
        types = try SpelledTypes(catalog)
        self.folder = folder
        if path == nil { try renew() }
        try database.execute("SET TimeZone = '\(Self.timeZone(catalog).replacing("'", with: "''"))'")
    }

    static func timeZone(_ catalog: CatalogSnapshot) -> String {
        catalog.settings.first { $0.key.lowercased() == "timezone" }?.value ?? "UTC"
    }

    /// An empty database in memory, under the name that recorded statements use.
    func renew() throws {
        try database.execute("USE memory")
        try database.execute("DETACH DATABASE IF EXISTS \(Self.name)")
        try database.execute("ATTACH ':memory:' AS \(Self.name)")
        try database.execute("USE \(Self.name)")
    }

    // MARK: there

    /// A state that DuckDB cannot hold: `NaN` in a `numeric`, a year before the common era.
    struct Unloadable: Error, CustomStringConvertible {
        let description: String
    }

    /// Copies relations of PostgreSQL; those that are there are replaced. Throws `Unloadable`.
    func load(_ relations: [QualifiedName], from connection: PostgresConnection) throws {
        try RelationReader.pin(connection)
        for name in relations {
            guard let reader = try RelationReader(connection, schema: name.schema, name: name.name) else { continue }
            do {
                try load(reader, as: name)
            } catch let error as EndpointError {
                throw Unloadable(description: "DuckDB cannot hold the rows of \(name): \(DuckDBDatabase.reason(error))")
            }
        }
    }

    private func load(_ reader: RelationReader, as name: QualifiedName) throws {
        // Names that differ in case alone are one name there: what reads such a table cannot be built.
        guard Set(reader.columns.map { $0.name.lowercased() }).count == reader.columns.count else { return }
        let relation = Self.quoted(name)
        let columns = reader.columns.map { ($0, (try? types.types.target($0.baseType)) ?? "varchar") }
        try database.execute("CREATE SCHEMA IF NOT EXISTS \(Self.quoted(name.schema))")
        let definitions = columns.map { "\(Self.quoted($0.0.name)) \($0.1)" }
        try database.execute(
            "CREATE OR REPLACE TABLE \(relation) (\(definitions.isEmpty ? "nothing integer" : definitions.joined(separator: ", ")))"
        )
        guard !columns.isEmpty else { return }
        let file = folder.appending(path: "rows-\(UUID().uuidString).csv")
        defer { try? FileManager.default.removeItem(at: file) }
        let rowCount = try write(reader, to: file)
        guard rowCount > 0 else { return }
        let names = columns.indices.map { "c\($0)" }
        let values = zip(names, columns).map { name, column in
            column.1.hasSuffix("[]")
                ? "cast(cast(\(name) as json) as \(column.1))"
                : column.1 == "blob" ? "from_hex(\(name))" : "cast(\(name) as \(column.1))"
        }
        let fields = names.map { "'\($0)': 'VARCHAR'" }.joined(separator: ", ")
        try database.execute(
            """
            INSERT INTO \(relation) SELECT \(values.joined(separator: ", "))
            FROM read_csv('\(file.path.replacing("'", with: "''"))', header = false, auto_detect = false, delim = ',',
                quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false, new_line = '\\n', parallel = false,
                max_line_size = 100000000, columns = {\(fields)})
            """)
    }

    /// As CSV in which only NULL is without quotes.
    private func write(_ reader: RelationReader, to file: URL) throws -> Int {
        let items = reader.columns.map { column -> String in
            let name = PostgresConnection.quoteIdentifier(column.name)
            if column.baseType.hasSuffix("[]") { return "to_json(\(name))::text" }
            // The cast drops the blanks that fill a `character(n)` up.
            if column.baseType.hasPrefix("character(") { return "\(name)::text" }
            return column.baseType == "bytea" ? "encode(\(name), 'hex')" : name
        }
        try Data().write(to: file)
        let handle = try FileHandle(forWritingTo: file)
        defer { try? handle.close() }
        var count = 0
        var buffer: [UInt8] = []
        try reader.connection.copyOut("SELECT \(items.joined(separator: ", ")) FROM \(reader.relation)") { row in
            count += 1
            CopyText.forEachField(row) { index, field in
                if index > 0 { buffer.append(UInt8(ascii: ",")) }
                guard let field else { return }
                buffer.append(UInt8(ascii: "\""))
                for byte in CopyText.unescaped(field) {
                    if byte == UInt8(ascii: "\"") { buffer.append(byte) }
                    buffer.append(byte)
                }
                buffer.append(UInt8(ascii: "\""))
            }
            buffer.append(UInt8(ascii: "\n"))
            if buffer.count > 1 << 20 {
                try handle.write(contentsOf: buffer)
                buffer.removeAll(keepingCapacity: true)
            }
        }
        try handle.write(contentsOf: buffer)
        return count
    }

    // MARK: and back

    /// Copies a built relation into PostgreSQL; `expected` are the columns of the table that it stands for.
    ///
    /// A value that the legacy type does not take (a text that is too long) throws a `DatabaseError`.
    func unload(
        schema: String, name: String, expected: [RelationReader.Column], into connection: PostgresConnection
    ) throws {
        let found = try columns(schema, name)
        let quoted = PostgresConnection.quoteIdentifier(schema, name)
        try connection.execute("CREATE SCHEMA IF NOT EXISTS \(PostgresConnection.quoteIdentifier(schema))")
        try connection.execute("DROP TABLE IF EXISTS \(quoted) CASCADE")
        guard !found.isEmpty else { return }
        let columns = found.enumerated().map { index, column -> (name: String, type: String) in
            let wanted = expected.indices.contains(index) ? expected[index] : nil
            if let wanted, (try? types.printed(wanted.baseType, database)) == column.type {
                return (column.name, wanted.type)
            }
            return (column.name, SpelledTypes.postgres(column.type))
        }
        let definitions = columns.map { "\(PostgresConnection.quoteIdentifier($0.name)) \($0.type)" }
        try connection.execute("CREATE TABLE \(quoted) (\(definitions.joined(separator: ", ")))")
        let items = found.map { column -> String in
            let name = Self.quoted(column.name)
            if column.type.hasSuffix("[]") { return "cast(to_json(\(name)) as varchar)" }
            return column.type == "BLOB" ? "'\\x' || lower(hex(\(name)))" : "cast(\(name) as varchar)"
        }
        let query = "SELECT \(items.joined(separator: ", ")) FROM \(Self.quoted(QualifiedName(schema, name)))"
        try connection.copyIn("COPY \(quoted) FROM STDIN") { write in
            try database.forEachRow(query, columns: items.count) { row in
                let fields = zip(row, found).map { value, column in
                    CopyText.escaped(column.type.hasSuffix("[]") ? value.map(Self.array) : value)
                }
                try Array((fields.joined(separator: "\t") + "\n").utf8).withUnsafeBytes { try write($0) }
            }
        }
    }

    /// Columns and types of a relation of the database, as DuckDB prints them.
    private func columns(_ schema: String, _ name: String) throws -> [(name: String, type: String)] {
        try database.rows(
            """
            SELECT column_name, data_type FROM duckdb_columns()
            WHERE database_name = current_database() AND schema_name = \(Self.literal(schema))
                AND table_name = \(Self.literal(name)) ORDER BY column_index
            """, columns: 2
        ).map { (name: $0[0] ?? "", type: $0[1] ?? "") }
    }

    /// A JSON array as PostgreSQL writes arrays.
    private static func array(_ json: String) -> String {
        guard let values = try? JSONSerialization.jsonObject(with: Data(json.utf8)) as? [Any] else { return json }
        let elements = values.map { value -> String in
            switch value {
            case is NSNull: "NULL"
            case let text as String:
                "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
            default: "\(value)"
            }
        }
        return "{\(elements.joined(separator: ","))}"
    }

    static func literal(_ text: String) -> String { "'\(text.replacing("'", with: "''"))'" }
    static func quoted(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }
    static func quoted(_ name: QualifiedName) -> String { "\(quoted(name.schema)).\(quoted(name.name))" }
}

/// PostgreSQL's types in DuckDB's words, as DuckDB itself prints them.
final class SpelledTypes {
    let types: TypeTranslation
    private var known: [String: String] = [:]

    init(_ catalog: CatalogSnapshot) throws {
        types = try TypeTranslation(target: "duckdb", catalog: catalog)
    }

    /// `numeric(12,2)` -> `DECIMAL(12,2)`.
    func printed(_ type: String, _ database: DuckDBDatabase) throws -> String {
        if let found = known[type] { return found }
        let target = try types.target(type)
        let found = try database.rows("SELECT typeof(cast(null as \(target)))", columns: 1).first?.first ?? nil
        known[type] = found ?? target
        return found ?? target
    }

    /// A type for what DuckDB has and the legacy table has not.
    static func postgres(_ type: String) -> String {
        if type.hasSuffix("[]") { return postgres(String(type.dropLast(2))) + "[]" }
        if type.hasPrefix("DECIMAL") { return "numeric" + type.dropFirst(7) }
        switch type {
        case "VARCHAR": return "text"
        case "DOUBLE": return "double precision"
        case "FLOAT": return "real"
        case "TINYINT", "UTINYINT": return "smallint"
        case "USMALLINT": return "integer"
        case "UINTEGER": return "bigint"
        case "HUGEINT", "UHUGEINT", "UBIGINT": return "numeric"
        case "BLOB": return "bytea"
        case "JSON": return "jsonb"
        case "BOOLEAN", "SMALLINT", "INTEGER", "BIGINT", "DATE", "TIME", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE",
            "INTERVAL",
            "UUID":
            return type.lowercased()
        default: return "text"
        }
    }
}
