import Databases

/// One session of a PostgreSQL server: a read-only transaction at one snapshot, rows by binary COPY.
public final class PostgresEndpoint: Endpoint {
    let connection: PostgresConnection
    private let address: String
    private let snapshot: String?
    /// The same for two sessions that one statement can join; nil where none can.
    public let serverIdentity: String?
    /// Settings and state that decide about the answer, a line each.
    public private(set) var circumstances: [String]

    /// Opens a session.
    ///
    /// - Parameter snapshot: one that another session exported; nil for a new one.
    public init(_ address: String, snapshot: String? = nil) throws {
        self.address = address
        connection = try PostgresConnection(address)
        // Pinned, so that casts to text print the same everywhere; synchronized scans would start one side in the middle,
        // and rows would wait for their partners.
        try connection.execute(
            """
            SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres';
            SET extra_float_digits = 1; SET bytea_output = 'hex'; SET lc_monetary = 'C'; SET xmlbinary = 'base64';
            SET synchronize_seqscans = off
            """)
        try connection.beginReadOnlySnapshot()
        if let snapshot {
            try connection.execute("SET TRANSACTION SNAPSHOT \(PostgresConnection.quoteLiteral(snapshot))")
        }
        // Before any savepoint: a subtransaction cannot export.
        self.snapshot = try snapshot ?? Self.exported(connection)
        let facts = try connection.query(
            "SELECT current_user, current_database(), pg_is_in_recovery(), pg_current_snapshot()")
        let version = connection.reportedSetting("server_version") ?? "?"
        circumstances = [
            "PostgreSQL \(version), role \(facts[0, 0] ?? "?"), database \(facts[0, 1] ?? "?"), one REPEATABLE READ READ ONLY "
                + "transaction at snapshot \(facts[0, 3] ?? "?"), TimeZone UTC"
        ]
        if facts[0, 2] == "t" { circumstances.append("a standby: the newest rows may be missing") }
        serverIdentity = Self.identity(connection)
    }

    /// The engine and its version.
    public var engine: String { "PostgreSQL \(connection.reportedSetting("server_version") ?? "")" }

    /// Who is connected to what, without a password.
    public var target: String { connection.target }

    /// Stops what is being read, from any thread.
    public var interrupt: @Sendable () -> Void {
        let canceller = connection.canceller
        return { canceller.cancel() }
    }

    /// Makes further sessions at the same snapshot; nil where there is none to share.
    public var siblingMaker: (@Sendable () throws -> any Endpoint)? {
        guard let snapshot else { return nil }
        let address = address
        return { try PostgresEndpoint(address, snapshot: snapshot) }
    }

    /// Values of a column that cut a table into about equal parts; empty where it cannot be cut.
    public func cuts(_ dataset: Dataset, _ column: ColumnInfo, parts: Int) throws -> [String] {
        guard case .table = dataset.origin, parts > 1 else { return [] }
        switch column.type {
        case .integer, .date, .timestamp: break
        default: return []
        }
        let name = PostgresConnection.quoteIdentifier(column.name)
        var isTime = true
        if case .integer = column.type { isTime = false }
        // The infinities are in the first and the last part; there is nothing between them to cut.
        let finite = isTime ? " WHERE isfinite(\(name))" : ""
        // Read off the two ends of an index; equal steps between them.
        let ends = try guarding {
            try connection.query(
                """
                SELECT low::text, high::text, ARRAY(
                    SELECT (\(Self.step(column, parts)))::\(column.nativeType)::text
                    FROM generate_series(1, \(parts - 1)) AS n)
                FROM (SELECT min(\(name)) AS low, max(\(name)) AS high FROM \(relation(dataset))\(finite)) AS ends
                """)
        }
        guard let list = ends[0, 2], list.count > 2 else { return [] }
        let values = list.dropFirst().dropLast().split(separator: ",").map { $0.filter { $0 != "\"" } }
        var cuts: [String] = []
        for value in values where value != cuts.last { cuts.append(value) }
        return cuts.map(PostgresConnection.quoteLiteral)
    }

    /// The n-th of equal steps between two ends, without leaving the type's range on the way.
    private static func step(_ column: ColumnInfo, _ parts: Int) -> String {
        switch column.type {
        case .integer: "low::numeric + trunc((high::numeric - low::numeric) * n / \(parts))"
        case .date: "low + ((high - low)::bigint * n / \(parts))::int"
        default: "low + (high - low) * (n::double precision / \(parts))"
        }
    }

    /// Number of rows.
    public func count(_ dataset: Dataset) throws -> Int {
        try guarding {
            let result = try connection.query(
                "SELECT count(*) FROM \(relation(dataset))\(Self.condition(dataset, nil))")
            return result[0, 0].flatMap { Int($0) } ?? 0
        }
    }

    /// Rows with a NULL in the key, and rows beyond the first of each of its values.
    public func keyFaults(_ dataset: Dataset, _ key: [ColumnInfo]) throws -> KeyFaults {
        let names = key.map { PostgresConnection.quoteIdentifier($0.name) }
        // Bytes decide about keys: a collation that calls different texts equal must not.
        let groups = key.map {
            let name = PostgresConnection.quoteIdentifier($0.name)
            return $0.hasLooseCollation ? "\(name)::text COLLATE \"C\"" : name
        }
        let anyNull = names.map { "\($0) IS NULL" }.joined(separator: " OR ")
        let sql = """
            SELECT coalesce(sum(copies) FILTER (WHERE any_null), 0),
                coalesce(sum(copies - 1) FILTER (WHERE NOT any_null AND copies > 1), 0)
            FROM (SELECT count(*) AS copies, \(anyNull) AS any_null
                FROM \(relation(dataset))\(Self.condition(dataset, nil))
                GROUP BY \((groups + [anyNull]).joined(separator: ", "))) AS keys
            """
        return try guarding {
            let result = try connection.query(sql)
            return KeyFaults(
                nulls: result[0, 0].flatMap { Int($0) } ?? 0, duplicates: result[0, 1].flatMap { Int($0) } ?? 0)
        }
    }

    /// The statement that `read` sends.
    public func statement(_ request: ReadRequest) throws -> String {
        let list = request.columns.map(Self.expression).joined(separator: ", ")
        return "SELECT \(list) FROM \(relation(request.dataset))\(Self.condition(request.dataset, request.part))"
    }

    /// Starts reading; the session can do nothing else until the end.
    public func read(_ request: ReadRequest) throws -> any RowStream {
        try guarding { try PostgresRowStream(connection, statement(request), request.columns) }
    }

    /// The FROM item of a dataset.
    func relation(_ dataset: Dataset) -> String { DatasetSQL.standard.relation(dataset) }

    /// The WHERE clause, with a blank in front; empty without a condition.
    static func condition(_ dataset: Dataset, _ part: KeyRange?) -> String {
        DatasetSQL.standard.condition(dataset, part)
    }

    /// The output column of a request: bare, or cast to text where the wire format of the type is of no use.
    static func expression(_ column: RequestedColumn) -> String {
        let name = PostgresConnection.quoteIdentifier(column.info.name)
        switch PostgresTypes.transport(column.info, as: column.form) {
        case .binary: return name
        case .text: return "\(name)::text"
        case .numeric: return "\(name)::numeric"
        }
    }

    /// The same for two sessions of one database; nil where the server doesn't say.
    private static func identity(_ connection: PostgresConnection) -> String? {
        // A failed statement would end the transaction: the savepoint keeps it.
        guard (try? connection.execute("SAVEPOINT identity")) != nil else { return nil }
        let sql = """
            SELECT system_identifier || '/' || (SELECT oid FROM pg_database WHERE datname = current_database())
                || '/' || pg_postmaster_start_time()
            FROM pg_control_system()
            """
        let found = try? connection.query(sql)
        try? connection.execute("ROLLBACK TO SAVEPOINT identity; RELEASE SAVEPOINT identity")
        return found?[0, 0].map { "postgresql/\($0)" }
    }

    /// The session's snapshot for others to join; nil where the server can't (then there is one session a side).
    private static func exported(_ connection: PostgresConnection) throws(DatabaseError) -> String? {
        if let found = try? connection.query("SELECT pg_export_snapshot()") { return found[0, 0] }
        try connection.rollback()
        try connection.beginReadOnlySnapshot()
        return nil
    }

    /// Turns a cancelled statement into the error for it.
    func guarding<R>(_ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw Self.translated(error)
        }
    }

    /// A cancelled statement, a lost session, or the error as it is.
    static func translated(_ error: DatabaseError) -> any Error {
        if error.isCancellation { return EndpointError.interrupted }
        if case .connectionLost = error { return EndpointError.connectionLost(error.description) }
        // An administrator or a crash of the server ended the session.
        if let state = error.sqlState, ["57P01", "57P02", "57P03"].contains(state) {
            return EndpointError.connectionLost(error.description)
        }
        return error
    }
}
