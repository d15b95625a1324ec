import Foundation

/// A dbt that stays in memory: one Python process that answers one invocation after the other.
///
/// The process ends with its standard input, so that it never outlives us, however we end. dbt's own output goes to
/// `logFile`; its last lines are part of the error when the process dies.
public actor DbtRunner {
    /// Where all that dbt prints goes.
    public nonisolated let logFile: URL
    /// dbt-core's version, once something has run.
    public private(set) var version: String?
    private let environment: PythonEnvironment
    private var driver: DriverProcess?
    private var nextID = 1
    /// An actor lets other calls in while one waits; the process can only do one thing at a time.
    private var isBusy = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Nothing is started yet: the first invocation does.
    public init(environment: PythonEnvironment, logFile: URL) {
        self.environment = environment
        self.logFile = logFile
    }

    /// Runs dbt and returns what it did, a failing node included; throws when there is no dbt to run.
    ///
    /// Cancelling the task, or a run longer than `timeout` seconds, ends the process; the next call starts a new one.
    public func invoke(_ invocation: DbtInvocation, timeout: Double? = nil) async throws -> DbtResult {
        await enter()
        defer { leave() }
        let driver = try await startedDriver()
        let request = Request(
            id: nextID, command: invocation.command, shared: invocation.sharedArguments, env: invocation.environment,
            projectDirectory: invocation.projectDirectory.path(percentEncoded: false),
            recording: invocation.recording)
        nextID += 1
        let line = String(decoding: try JSONEncoder().encode(request), as: UTF8.self)
        let deadline = timeout.map { limit in
            Task {
                try await Task.sleep(for: .seconds(limit))
                driver.kill(because: .timedOut(command: invocation.command.first ?? "", seconds: limit))
            }
        }
        defer { deadline?.cancel() }
        do {
            let answer = try await driver.ask(line)
            return try Self.decode(answer)
        } catch {
            self.driver = nil
            driver.kill(because: nil)
            throw error
        }
    }

    /// Ends the process; a running invocation throws.
    public func stop() {
        driver?.kill(because: nil)
        driver = nil
    }

    private func enter() async {
        guard isBusy else {
            isBusy = true
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }

    private func leave() {
        if waiting.isEmpty { isBusy = false } else { waiting.removeFirst().resume() }
    }

    private func startedDriver() async throws -> DriverProcess {
        if let driver { return driver }
        let started = try DriverProcess(environment: environment, logFile: logFile)
        struct Greeting: Decodable {
            var ready: Bool
            var version: String?
            var exception: String?
        }
        let line = try await started.ask(nil)
        guard let greeting = try? JSONDecoder().decode(Greeting.self, from: Data(line.utf8)) else {
            started.kill(because: nil)
            throw DbtError.badAnswer(String(line.prefix(200)))
        }
        guard greeting.ready else { throw DbtError.noDbt(reason: greeting.exception ?? "no reason given") }
        driver = started
        version = greeting.version
        return started
    }

    private static func decode(_ line: String) throws -> DbtResult {
        do {
            return try JSONDecoder().decode(DbtResult.self, from: Data(line.utf8))
        } catch {
            throw DbtError.badAnswer(String(line.prefix(200)))
        }
    }

    private struct Request: Encodable {
        var id: Int
        var command: [String]
        var shared: [String]
        var env: [String: String]
        var projectDirectory: String
        var recording: [String: String]?

        enum CodingKeys: String, CodingKey {
            case id, command, shared, env, recording
            case projectDirectory = "project_dir"
        }
    }
}
