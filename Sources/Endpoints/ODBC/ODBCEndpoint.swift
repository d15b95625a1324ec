/// Any database that has an ODBC driver; tried with MariaDB, PostgreSQL and SQLite.
///
/// Values travel one by one: slower than the endpoints of their own, and as exact. Numbers come as decimal text or binary,
/// never through a floating-point number that they were not.
public final class ODBCEndpoint: Endpoint {
    private let session: ODBCSession
    private let text: String
    /// Settings and state that decide about the answer, a line each.
    public private(set) var circumstances: [String]

    /// Opens a connection: `DRIVER={..};SERVER=..;..` or `DSN=..`.
    public init(_ text: String) throws {
        self.text = text
        session = try ODBCSession(ODBCLibrary.load(), text)
        var settings: [String] = []
        var hasSnapshot = false
        switch Self.family(session.product) {
        case .mysql:
            _ = session.tryRun("SET NAMES utf8mb4")
            _ = session.tryRun("SET SESSION time_zone = '+00:00'")
            settings.append("time_zone +00:00")
            _ = session.tryRun("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            hasSnapshot = session.tryRun("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
        case .postgres:
            for setting in [
                "TimeZone = 'UTC'", "DateStyle = 'ISO, YMD'", "extra_float_digits = 1", "IntervalStyle = 'postgres'",
            ] {
                _ = session.tryRun("SET \(setting)")
            }
            settings.append("TimeZone UTC")
            hasSnapshot = session.tryRun("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        case .sqlite: hasSnapshot = session.tryRun("BEGIN")
        case .other: break
        }
        circumstances = [
            ([
                "\(session.product) \(session.version) through ODBC",
                hasSnapshot
                    ? "one read-only transaction"
                    : "no snapshot: rows that change while they are read may show as differences",
            ] + settings).joined(separator: ", ")
        ]
    }

    private enum Family { case mysql, postgres, sqlite, other }

    private static func family(_ product: String) -> Family {
        let name = product.lowercased()
        if name.contains("mysql") || name.contains("mariadb") { return .mysql }
        if name.contains("postgres") { return .postgres }
        return name.contains("sqlite") ? .sqlite : .other
    }

    /// The engine and its version.
    public var engine: String { "\(session.product) \(session.version)" }
    /// Who is connected to what, without a password.
    public var target: String { ODBCSession.masked(text) }
    /// The same for two sessions that one statement can join; nil where none can.
    public var serverIdentity: String? { nil }

    /// Stops what is being read, from any thread.
    public var interrupt: @Sendable () -> Void {
        let session = session
        return { session.cancel() }
    }

    /// Columns, keys and an estimate of the rows; throws `EndpointError.notFound` where there is no such dataset.
    public func describe(_ dataset: Dataset) throws -> DatasetSchema {
        let statement = try shape(dataset)
        var columns = try statement.columns().map(Self.info)
        // SQLite's driver prints them with 15 digits before we see them.
        let hasRounding =
            Self.family(session.product) == .sqlite
            && columns.contains { $0.type == .float(bits: 64) || $0.type == .float(bits: 32) }
        let remarks =
            hasRounding
            ? [
                "this driver gives floating-point numbers with 15 digits only; the address sqlite:FILE reads all of them"
            ] : []
        guard case .table(let schema, let name) = dataset.origin else {
            return DatasetSchema(columns: columns, remarks: remarks)
        }
        let key = session.primaryKey(schema: schema, table: name)
        for index in columns.indices where key.contains(columns[index].name) { columns[index].isNullable = false }
        return DatasetSchema(columns: columns, keys: key.isEmpty ? [] : [key], remarks: remarks)
    }

    /// A statement with the dataset's columns and no rows.
    private func shape(_ dataset: Dataset) throws(EndpointError) -> ODBCStatement {
        do {
            return try session.statement("SELECT * FROM \(sql.relation(dataset)) WHERE 1 = 0")
        } catch {
            // The standard's code for a missing table, and PostgreSQL's.
            let text = error.description
            guard text.contains("42S02") || text.contains("42P01") || text.contains("no such table") else {
                throw error
            }
            throw .notFound(what: "table \(sql.relation(dataset))", where: target)
        }
    }

    private static func info(_ column: ODBCColumn) -> ColumnInfo {
        ColumnInfo(
            name: column.name, type: ODBCTypes.valueType(column), nativeType: column.typeName.lowercased(),
            isNullable: column.isNullable, hasLooseCollation: false)
    }

    /// Number of rows.
    public func count(_ dataset: Dataset) throws -> Int {
        let row = try numbers("SELECT count(*) FROM \(sql.relation(dataset))\(sql.condition(dataset))", 1)
        return row[0]
    }

    /// Rows with a NULL in the key, and rows beyond the first of each of its values.
    public func keyFaults(_ dataset: Dataset, _ key: [ColumnInfo]) throws -> KeyFaults {
        let names = key.map { sql.quote($0.name) }
        // Bytes decide about keys: `_ci` collations call different texts equal.
        let groups = zip(key, names).map { column, name in
            Self.family(session.product) == .mysql && column.type == .text ? "CAST(\(name) AS BINARY)" : name
        }
        let anyNull = "CASE WHEN \(names.map { "\($0) IS NULL" }.joined(separator: " OR ")) THEN 1 ELSE 0 END"
        let row = try numbers(
            """
            SELECT coalesce(sum(CASE WHEN any_null = 1 THEN copies ELSE 0 END), 0),
                coalesce(sum(CASE WHEN any_null = 0 THEN copies - 1 ELSE 0 END), 0)
            FROM (SELECT count(*) AS copies, \(anyNull) AS any_null FROM \(sql.relation(dataset))\(sql.condition(dataset))
                GROUP BY \(groups.joined(separator: ", ")), \(anyNull)) q
            """, 2)
        return KeyFaults(nulls: row[0], duplicates: row[1])
    }

    private func numbers(_ sql: String, _ count: Int) throws -> [Int] {
        let statement = try session.statement(sql)
        guard try statement.next() else { return Array(repeating: 0, count: count) }
        let reader = ODBCValueReader(session.library, statement.handle)
        return try (1...count).map { place in
            // Sums may come as decimals.
            try reader.text(UInt16(place)).flatMap { Double($0) }.map { Int($0) } ?? 0
        }
    }

    /// The statement that `read` sends.
    public func statement(_ request: ReadRequest) throws -> String {
        let list = request.columns.map { sql.quote($0.info.name) }.joined(separator: ", ")
        return "SELECT \(list) FROM \(sql.relation(request.dataset))\(sql.condition(request.dataset))"
    }

    /// Starts reading; the session can do nothing else until the end.
    public func read(_ request: ReadRequest) throws -> any RowStream {
        try ODBCRowStream(session.statement(statement(request)), request.columns)
    }

    /// Statements with the names quoted as the driver says.
    private var sql: DatasetSQL {
        let mark = session.quote
        return DatasetSQL { mark.isEmpty ? $0 : mark + $0.replacing(mark, with: mark + mark) + mark }
    }
}
