/// Why a database did not do what was asked; `description` is the one line a person reads. No case holds a password.
public enum DatabaseError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The connection string cannot be read.
    case badConnectionString(reason: String)
    /// Nobody answers there, or the server turns the connection away.
    case cannotConnect(target: String, reason: String)
    /// The server refuses the user or the password.
    case wrongPassword(target: String, reason: String)
    /// The server is there, the database is not.
    case noSuchDatabase(target: String, reason: String)
    /// The user may not do this (SQLSTATE 42501 and 28000).
    case permissionDenied(ServerMessage, statement: String)
    /// The server reports an error for a statement.
    case queryFailed(ServerMessage, statement: String)
    /// The connection broke in the middle of a statement.
    case connectionLost(reason: String, statement: String)

    /// The five-character SQLSTATE, when the server gave one.
    public var sqlState: String? {
        switch self {
        case .permissionDenied(let message, _), .queryFailed(let message, _): message.sqlState
        default: nil
        }
    }

    /// What the server said, when it said something about a statement.
    public var serverMessage: ServerMessage? {
        switch self {
        case .permissionDenied(let message, _), .queryFailed(let message, _): message
        default: nil
        }
    }

    /// The statement was stopped by `Canceller.cancel()` or a timeout.
    public var isCancellation: Bool { sqlState == "57014" }

    /// What went wrong, on one line and without secrets.
    public var description: String {
        switch self {
        case .badConnectionString(let reason):
            "cannot read the connection string: \(reason)"
        case .cannotConnect(let target, let reason):
            "cannot connect to \(target): \(reason)"
        case .wrongPassword(let target, let reason):
            "wrong user or password for \(target): \(reason)"
        case .noSuchDatabase(let target, let reason):
            "no such database at \(target): \(reason)"
        case .permissionDenied(let message, let statement):
            "permission denied: \(message.oneLine) in: \(statement)"
        case .queryFailed(let message, let statement):
            "query failed: \(message.oneLine) in: \(statement)"
        case .connectionLost(let reason, let statement):
            "connection lost: \(reason) in: \(statement)"
        }
    }
}

/// An error or a notice, field by field as the server sent it.
public struct ServerMessage: Sendable, Equatable, CustomStringConvertible {
    /// `ERROR`, `WARNING`, `NOTICE`, `INFO`, `LOG`, `DEBUG`, always in English.
    public var severity: String
    /// The five-character code: `23505` for a duplicate key.
    public var sqlState: String
    /// The message itself, which may have several lines.
    public var text: String
    /// More about this occurrence, such as the key that stands in the way.
    public var detail: String?
    /// What the server advises.
    public var hint: String?
    /// The call stack: `PL/pgSQL function f() line 3 at RAISE`.
    public var context: String?
    /// Position in the statement, counted in characters from 1.
    public var position: Int?

    /// Makes a message.
    public init(
        severity: String, sqlState: String, text: String, detail: String? = nil, hint: String? = nil,
        context: String? = nil, position: Int? = nil
    ) {
        self.severity = severity
        self.sqlState = sqlState
        self.text = text
        self.detail = detail
        self.hint = hint
        self.context = context
        self.position = position
    }

    /// The text, the detail and the SQLSTATE on one line.
    var oneLine: String {
        let parts = [text, detail].compactMap { $0 }.map { shortened($0, to: 500) }
        return "\(parts.joined(separator: "; ")) (SQLSTATE \(sqlState))"
    }

    /// `NOTICE: text`.
    public var description: String { "\(severity): \(text)" }
}

/// One line of at most `limit` characters: blanks and line breaks become single blanks, a longer rest becomes three dots.
func shortened(_ text: String, to limit: Int = 200) -> String {
    // Bounded work, also for a statement of many megabytes.
    let head = text.prefix(limit * 4)
    let line = head.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    return head.endIndex == text.endIndex && line.count <= limit ? line : "\(line.prefix(limit))..."
}
