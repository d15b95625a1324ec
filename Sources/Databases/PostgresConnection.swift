import CLibpq

/// One session of a PostgreSQL server.
///
/// Deliberately not Sendable: a session runs one statement at a time, so it belongs to one task, and the compiler sees to
/// that. The one thing another thread may do is to stop the running statement, through `canceller`.
///
///     try PostgresConnection.with("postgresql://reader@db.example.com/dwh") { connection in
///         let result = try connection.query("select relname from pg_class where oid = $1", ["1259"])
///         print(result[0, 0] ?? "none")
///     }
public final class PostgresConnection {
    private var handle: OpaquePointer?
    private let notices = NoticeBox()
    /// Statements sent so far: what must not grow with the data is told by it.
    public private(set) var statementCount = 0
    /// `user@host:port/database`: who is connected to what, without the password.
    public let target: String
    /// Stops the running statement, from any thread or a signal handler.
    public let canceller: Canceller

    /// Opens a session.
    ///
    /// - Parameter connectionString: a URI (`postgresql://user:password@host:port/database`) or key=value pairs; what it
    ///   leaves out comes from libpq's environment variables and files (`PGHOST`, `PGSERVICE`, `~/.pgpass`, ...).
    public init(_ connectionString: String) throws(DatabaseError) {
        let parsed = try ConnectionString(connectionString)
        // libpq keeps the last of equal keywords: what stands before `dbname` yields to the connection string, what
        // stands after it does not.
        let options = [
            ("connect_timeout", "15"), ("fallback_application_name", "proc2dbt"), ("dbname", connectionString),
            ("client_encoding", "UTF8"),
        ]
        guard let handle = Self.connect(options) else {
            throw .cannotConnect(target: parsed.target, reason: "no memory")
        }
        guard PQstatus(handle) == CONNECTION_OK else {
            let error = Self.connectError(handle, parsed.target)
            PQfinish(handle)
            throw error
        }
        guard let canceller = Canceller(handle) else {
            PQfinish(handle)
            throw .cannotConnect(target: parsed.target, reason: "no memory")
        }
        self.handle = handle
        self.canceller = canceller
        target = parsed.target
        notices.attach(to: handle)
    }

    deinit { close() }

    /// Opens a session for the length of `body`.
    public static func with<R>(_ connectionString: String, _ body: (PostgresConnection) throws -> R) throws -> R {
        let connection = try PostgresConnection(connectionString)
        defer { connection.close() }
        return try body(connection)
    }

    /// Ends the session; using it afterwards throws `connectionLost`.
    public func close() {
        if let handle { PQfinish(handle) }
        handle = nil
    }

    /// The server's version as a number: 150018 is 15.18.
    public var serverVersion: Int { handle.map { Int(PQserverVersion($0)) } ?? 0 }

    /// A setting that the server reports by itself: `server_version`, `TimeZone`, `DateStyle`, ...
    public func reportedSetting(_ name: String) -> String? {
        handle.flatMap { PQparameterStatus($0, name) }.map { String(cString: $0) }
    }

    /// Runs one statement or several separated by semicolons; rows are thrown away.
    ///
    /// Several statements in one call are one transaction: a CALL that commits inside must be alone.
    public func execute(_ sql: String) throws(DatabaseError) {
        let handle = try open(sql)
        _ = try checked(PQexec(handle, sql), sql)
    }

    /// Runs one statement with parameters `$1`, `$2`, ... in text notation (nil is NULL) and returns its rows.
    @discardableResult
    public func query(_ sql: String, _ parameters: [String?] = []) throws(DatabaseError) -> QueryResult {
        let handle = try open(sql)
        let result = withCStrings(parameters) { values in
            PQexecParams(handle, sql, Int32(parameters.count), nil, values, nil, nil, 0)
        }
        return QueryResult(owning: try checked(result, sql).take())
    }

    /// Starts a transaction that sees one state of the database and cannot change it.
    public func beginReadOnlySnapshot() throws(DatabaseError) {
        try execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    }

    /// Ends the transaction and keeps what it did.
    public func commit() throws(DatabaseError) { try execute("COMMIT") }

    /// Ends the transaction and takes back what it did.
    public func rollback() throws(DatabaseError) { try execute("ROLLBACK") }

    /// The notices, warnings and infos since the last call, oldest first, at most 10,000.
    public func takeNotices() -> [ServerMessage] {
        defer { notices.messages.removeAll() }
        return notices.messages
    }

    /// The open handle, or the error for a closed connection.
    func open(_ sql: String) throws(DatabaseError) -> OpaquePointer {
        guard let handle else { throw .connectionLost(reason: "it was closed", statement: shortened(sql)) }
        statementCount += 1
        return handle
    }

    /// Passes a good result on and turns a bad one into an error.
    func checked(_ result: OpaquePointer?, _ sql: String) throws(DatabaseError) -> OwnedResult {
        guard let result else { throw failure(sql) }
        switch PQresultStatus(result) {
        case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE, PGRES_NONFATAL_ERROR:
            defer { PQclear(result) }
            guard let message = ServerMessage(result) else { throw failure(sql) }
            switch message.sqlState {
            case "42501", "28000": throw .permissionDenied(message, statement: shortened(sql))
            default: throw .queryFailed(message, statement: shortened(sql))
            }
        default: return OwnedResult(handle: result)
        }
    }

    /// The error for a statement that gave no result at all, or one without a SQLSTATE: libpq itself is unhappy.
    func failure(_ sql: String) -> DatabaseError {
        let reason = handle.map { shortened(String(cString: PQerrorMessage($0))) } ?? "it was closed"
        return .connectionLost(reason: reason, statement: shortened(sql))
    }

    private static func connect(_ options: [(String, String)]) -> OpaquePointer? {
        withCStrings(options.map(\.0)) { keywords in
            withCStrings(options.map(\.1)) { values in PQconnectdbParams(keywords, values, 1) }
        }
    }

    /// libpq gives no SQLSTATE for a refused connection, only text: the texts below are the server's English ones, and
    /// any other language ends in `cannotConnect` with the server's own words.
    private static func connectError(_ handle: OpaquePointer, _ target: String) -> DatabaseError {
        let reason = shortened(String(cString: PQerrorMessage(handle)), to: 400)
        let isPassword =
            PQconnectionNeedsPassword(handle) == 1 || reason.contains("password authentication failed")
            || reason.contains("no password supplied")
            || (reason.contains("role \"") && reason.contains("does not exist"))
        if isPassword { return .wrongPassword(target: target, reason: reason) }
        if reason.contains("database \"") && reason.contains("does not exist") {
            return .noSuchDatabase(target: target, reason: reason)
        }
        return .cannotConnect(target: target, reason: reason)
    }
}

/// A result that is either handed on or freed.
struct OwnedResult: ~Copyable {
    private let handle: OpaquePointer

    init(handle: OpaquePointer) { self.handle = handle }

    deinit { PQclear(handle) }

    var status: ExecStatusType { PQresultStatus(handle) }

    /// Hands the result on to one who frees it.
    consuming func take() -> OpaquePointer {
        let taken = handle
        discard self
        return taken
    }
}

/// Calls `body` with a C array of C strings (nil stays a null pointer) that ends with a null pointer.
func withCStrings<R>(_ strings: [String?], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> R) -> R {
    var bytes: [CChar] = []
    let offsets = strings.map { string -> Int? in
        guard let string else { return nil }
        defer { bytes.append(contentsOf: string.utf8CString) }
        return bytes.count
    }
    return bytes.withUnsafeBufferPointer { buffer in
        let pointers = offsets.map { offset in offset.flatMap { buffer.baseAddress?.advanced(by: $0) } } + [nil]
        return pointers.withUnsafeBufferPointer { pointers in
            // Never nil: the closing null pointer is always there.
            body(pointers.baseAddress.unsafelyUnwrapped)
        }
    }
}
