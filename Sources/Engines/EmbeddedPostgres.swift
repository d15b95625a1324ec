import Databases
import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// A PostgreSQL of our own, in a folder of its own, reachable through a socket in that folder only.
///
/// It is fast and not durable: its data is gone when it stops, and it stops with us in any case. A small shell stands
/// between us and the server and reads from a pipe whose other end only we hold; when that end closes, because we closed
/// it or because we were killed, the shell stops the server and deletes the folder.
///
///     let engine = try EmbeddedPostgres.start()
///     defer { engine.stop() }
///     try engine.createDatabase("scratch")
///     let connection = try PostgresConnection(engine.connectionString(database: "scratch"))
public final class EmbeddedPostgres: Sendable {
    /// How the server is set up.
    public struct Options: Sendable {
        /// Locale of the cluster: decides how text sorts and what counts as a letter.
        public var locale = "C.UTF-8"
        /// Server settings beside our own, which they override.
        public var settings: [String: String] = [:]
        /// How long to wait for the server's first answer.
        public var startTimeout: Duration = .seconds(60)

        /// The usual setup.
        public init() {}
    }

    /// The superuser that all connections use; the folder's permissions are the only lock.
    public let user = "postgres"
    /// Number in the socket's name; no network port.
    public let port = 5432
    /// The folder of the socket, which libpq and dbt take as the host.
    public let hostForDbt: String

    private let folder: RunFolder
    private let state: Mutex<State>

    private struct State {
        /// The shell that stands between, and the pipe that keeps it waiting; nil once stopped.
        var running: (shell: pid_t, pipe: Int32)?
        var cleanupToken = 0
    }

    private init(folder: RunFolder, shell: pid_t, pipe: Int32) {
        self.folder = folder
        hostForDbt = folder.data
        state = Mutex(State(running: (shell, pipe)))
    }

    deinit { stop() }

    /// Starts a server and waits until it answers.
    public static func start(_ options: Options = Options()) throws(EngineError) -> EmbeddedPostgres {
        let binaries = try PostgresBinaries.find()
        let serverUser = try ServerUser.forThisProcess()
        RunFolder.removeAbandoned()
        let folder = try RunFolder.create()
        let engine: EmbeddedPostgres
        do throws(EngineError) {
            let cluster = PostgresCluster(folder: folder, serverUser: serverUser)
            let reachable = try cluster.makeReachable(binaries)
            try cluster.initialise(reachable, locale: options.locale)
            engine = try launch(cluster.serverCommand(reachable, settings: options.settings), folder)
        } catch {
            folder.remove()
            throw error
        }
        let token = SignalCleanup.shared.register { [weak engine] in engine?.stop() }
        engine.state.withLock { $0.cleanupToken = token }
        do throws(EngineError) {
            try engine.waitForAnswer(options.startTimeout)
        } catch {
            engine.stop()
            throw error
        }
        return engine
    }

    /// Connection string of a database of this server, as key=value pairs; it holds no secret.
    public func connectionString(database: String = "postgres") -> String {
        let name = PostgresConnection.quoteOption(database)
        return "host=\(hostForDbt) port=\(port) user=\(user) dbname=\(name)"
    }

    /// Makes a database, as a copy of `template` when one is named (which nobody may be connected to).
    public func createDatabase(_ name: String, template: String? = nil) throws(DatabaseError) {
        let copy = template.map { " TEMPLATE \(PostgresConnection.quoteIdentifier($0))" } ?? ""
        try PostgresConnection(connectionString())
            .execute("CREATE DATABASE \(PostgresConnection.quoteIdentifier(name))\(copy)")
    }

    /// Drops a database if it is there, and throws out who is connected to it.
    public func dropDatabase(_ name: String) throws(DatabaseError) {
        try PostgresConnection(connectionString())
            .execute("DROP DATABASE IF EXISTS \(PostgresConnection.quoteIdentifier(name)) WITH (FORCE)")
    }

    /// Stops the server and deletes its folder; returns when both are gone. May be called again.
    public func stop() {
        let (running, token) = state.withLock { state in
            defer { state.running = nil }
            return (state.running, state.cleanupToken)
        }
        guard let running else { return }
        SignalCleanup.shared.unregister(token)
        close(running.pipe)
        ChildProcess.wait(for: running.shell)
        folder.remove()
    }

    /// Starts the shell that starts the server.
    private static func launch(_ command: [String], _ folder: RunFolder) throws(EngineError) -> EmbeddedPostgres {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw .cannotPrepare(path: "a pipe", reason: String(cString: strerror(errno)))
        }
        // No other child of ours may inherit the writing end: it would keep the server alive.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        do throws(EngineError) {
            let shell = try ChildProcess.spawn(
                ["sh", "-c", watchdog, "proc2dbt-watchdog", folder.path, folder.endMark] + command,
                environment: PostgresCluster.environment, input: .descriptor(ends[0]), log: folder.serverLog)
            return EmbeddedPostgres(folder: folder, shell: shell, pipe: ends[1])
        } catch {
            close(ends[1])
            throw error
        }
    }

    /// Runs the server until it ends or the pipe closes, then waits for the pipe and deletes the folder.
    ///
    /// QUIT is PostgreSQL's immediate stop: the data is thrown away, so there is nothing to write down.
    private static let watchdog = """
        folder=$1; mark=$2; shift 2
        exec 3<&0 </dev/null
        "$@" 3<&- &
        server=$!
        { read -r line; kill -QUIT "$server"; } <&3 2>/dev/null &
        reader=$!
        wait "$server"
        kill "$reader" 2>/dev/null
        : >"$mark"
        read -r line <&3
        rm -rf -- "$folder"
        """

    private func waitForAnswer(_ timeout: Duration) throws(EngineError) {
        let end = ContinuousClock.now + timeout
        var last = "no answer in time"
        while ContinuousClock.now < end {
            do throws(DatabaseError) {
                _ = try PostgresConnection(connectionString())
                return
            } catch {
                last = error.description
            }
            if FileManager.default.fileExists(atPath: folder.endMark) {
                throw .didNotStart(reason: ChildProcess.tail(of: folder.serverLog))
            }
            usleep(20_000)
        }
        throw .didNotStart(reason: "\(last); \(ChildProcess.tail(of: folder.serverLog))")
    }
}
