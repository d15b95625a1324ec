import CSQLite
import Foundation

/// A SQLite file, read in one transaction.
public final class SQLiteEndpoint: Endpoint {
    let session: SQLiteSession

    /// Opens a file for reading.
    public init(file: String) throws {
        guard FileManager.default.fileExists(atPath: file) else {
            throw EndpointError.notFound(what: "the file \(file)", where: "this machine")
        }
        session = try SQLiteSession(URL(fileURLWithPath: file).resolvingSymlinksInPath().path)
        try session.run("BEGIN")
        // A deferred transaction begins with the first reading.
        _ = try session.texts("SELECT count(*) FROM sqlite_master")
    }

    /// The engine and its version.
    public var engine: String { "SQLite \(String(cString: sqlite3_libversion()))" }
    /// Who is connected to what, without a password.
    public var target: String { session.path }
    /// The same for two sessions that one statement can join; nil where none can.
    public var serverIdentity: String? { "sqlite/\(session.path)" }
    /// Settings and state that decide about the answer, a line each.
    public var circumstances: [String] {
        ["SQLite \(String(cString: sqlite3_libversion())), read-only, one transaction; each value by its own type"]
    }

    /// Stops what is being read, from any thread.
    public var interrupt: @Sendable () -> Void {
        let session = session
        return { session.interrupt() }
    }

    /// Columns, keys and an estimate of the rows; throws `EndpointError.notFound` where there is no such dataset.
    public func describe(_ dataset: Dataset) throws -> DatasetSchema {
        switch dataset.origin {
        case .table(let schema, let name): return try describe(schema ?? "main", name, dataset)
        case .query:
            let statement = try session.prepare("SELECT * FROM \(DatasetSQL.standard.relation(dataset)) LIMIT 0")
            return DatasetSchema(
                columns: statement.columns.map { name, declared in
                    ColumnInfo(name: name, type: SQLiteTypes.valueType(declared ?? ""), nativeType: declared ?? "any")
                })
        }
    }

    private func describe(_ schema: String, _ name: String, _ dataset: Dataset) throws -> DatasetSchema {
        let table = DatasetSQL.literal(name)
        let place = DatasetSQL.literal(schema)
        let rows = try session.texts(
            "SELECT name, type, \"notnull\", pk FROM pragma_table_info(\(table), \(place)) ORDER BY cid")
        guard !rows.isEmpty else { throw EndpointError.notFound(what: "table \(name)", where: target) }
        let primary = rows.filter { $0[3] != "0" }.sorted { (Int($0[3] ?? "") ?? 0) < (Int($1[3] ?? "") ?? 0) }
            .compactMap { $0[0] }
        // Only a single INTEGER PRIMARY KEY is never NULL in SQLite.
        let rowID =
            primary.count == 1 ? rows.first { $0[0] == primary[0] && $0[1]?.uppercased() == "INTEGER" }?[0] : nil
        let columns = rows.map { row in
            ColumnInfo(
                name: row[0] ?? "", type: SQLiteTypes.valueType(row[1] ?? ""),
                nativeType: row[1].flatMap { $0.isEmpty ? nil : $0 } ?? "any",
                isNullable: row[2] == "0" && row[0] != rowID)
        }
        var keys = primary.isEmpty ? [] : [primary]
        let indexes = try session.texts(
            "SELECT name FROM pragma_index_list(\(table), \(place)) WHERE \"unique\" = 1 AND partial = 0 AND origin <> 'pk' ORDER BY seq DESC"
        )
        for index in indexes {
            let members = try session.texts(
                "SELECT name FROM pragma_index_info(\(DatasetSQL.literal(index[0] ?? "")), \(place)) ORDER BY seqno")
            // An expression has no name.
            let names = members.compactMap { $0[0] }
            if names.count == members.count { keys.append(names) }
        }
        return DatasetSchema(columns: columns, keys: keys)
    }

    /// Number of rows.
    public func count(_ dataset: Dataset) throws -> Int {
        try session.texts(
            "SELECT count(*) FROM \(DatasetSQL.standard.relation(dataset))\(DatasetSQL.standard.condition(dataset, nil))"
        ).first?[0]
        .flatMap { Int($0) } ?? 0
    }

    /// Rows with a NULL in the key, and rows beyond the first of each of its values.
    public func keyFaults(_ dataset: Dataset, _ key: [ColumnInfo]) throws -> KeyFaults {
        let names = key.map { DatasetSQL.standard.quote($0.name) }
        let anyNull = names.map { "\($0) IS NULL" }.joined(separator: " OR ")
        let groups = names.map { "\($0) COLLATE BINARY" }.joined(separator: ", ")
        let rows = try session.texts(
            """
            SELECT coalesce(sum(CASE WHEN any_null THEN copies END), 0),
                coalesce(sum(CASE WHEN NOT any_null THEN copies - 1 END), 0)
            FROM (SELECT count(*) AS copies, \(anyNull) AS any_null
                FROM \(DatasetSQL.standard.relation(dataset))\(DatasetSQL.standard.condition(dataset, nil))
                GROUP BY \(groups), \(anyNull)) AS keys
            """)
        let numbers = rows.first?.map { $0.flatMap { Int($0) } ?? 0 } ?? [0, 0]
        return KeyFaults(nulls: numbers[0], duplicates: numbers[1])
    }

    /// The statement that `read` sends.
    public func statement(_ request: ReadRequest) throws -> String {
        let list = request.columns.map { DatasetSQL.standard.quote($0.info.name) }.joined(separator: ", ")
        return
            "SELECT \(list) FROM \(DatasetSQL.standard.relation(request.dataset))\(DatasetSQL.standard.condition(request.dataset, request.part))"
    }

    /// Starts reading; the session can do nothing else until the end.
    public func read(_ request: ReadRequest) throws -> any RowStream {
        SQLiteRowStream(try session.prepare(statement(request)), request.columns)
    }
}

/// SQLite's declared types, which are words and bind nobody.
enum SQLiteTypes {
    /// What a declaration means to the people who wrote it.
    static func valueType(_ declared: String) -> ValueType {
        let name = declared.uppercased()
        let word = String(name.prefix { $0 != "(" && $0 != " " })
        switch word {
        case "": return .dynamic
        case "BOOLEAN", "BOOL": return .boolean
        case "DATE": return .date
        case "TIME": return .time(digits: 6)
        case "TIMESTAMPTZ": return .timestamp(digits: 6, zoned: true)
        case "DATETIME", "TIMESTAMP": return .timestamp(digits: 6, zoned: name.contains("WITH TIME ZONE"))
        case "UUID", "GUID": return .uuid
        case "JSON", "JSONB": return .json
        case "DECIMAL", "NUMERIC", "NUMBER", "MONEY":
            let numbers = name.drop { $0 != "(" }.split { !$0.isNumber }.compactMap { Int($0) }
            return .decimal(precision: numbers.first, scale: numbers.count > 1 ? numbers[1] : numbers.isEmpty ? nil : 0)
        case "BLOB", "BYTEA", "BINARY", "VARBINARY": return .bytes
        default: break
        }
        // The rules of "Datatypes in SQLite", 3.1, in their order.
        if name.contains("INT") { return .integer(bits: 64) }
        if name.contains("CHAR") || name.contains("CLOB") || name.contains("TEXT") || name.contains("STRING") {
            return .text
        }
        if name.contains("BLOB") { return .bytes }
        if name.contains("REAL") || name.contains("FLOA") || name.contains("DOUB") { return .float(bits: 64) }
        return .dynamic
    }
}
