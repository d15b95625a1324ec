/// Why dbt could not be run at all; `description` is the line a person reads.
public enum DbtError: Error, Sendable, Equatable, CustomStringConvertible {
    /// No virtual environment in any of the folders.
    case noPythonEnvironment(looked: [String])
    /// The environment is there, dbt is not.
    case noDbt(reason: String)
    /// The driver process could not be started.
    case cannotStart(program: String, reason: String)
    /// The driver process ended although it should have answered; `log` holds its last lines.
    case driverDied(status: Int32?, log: String)
    /// An invocation took too long and was stopped.
    case timedOut(command: String, seconds: Double)
    /// The driver said something that is no answer.
    case badAnswer(String)

    /// What is wrong and what to do.
    public var description: String {
        switch self {
        case .noPythonEnvironment(let looked):
            "no Python environment with dbt: run `make setup`, or name one in PROC2DBT_VENV"
                + (looked.first.map { " (looked for \($0))" } ?? "")
        case .noDbt(let reason): "dbt is not in the Python environment: run `make setup` (\(reason))"
        case .cannotStart(let program, let reason): "cannot start \(program): \(reason)"
        case .driverDied(let status, let log):
            "the dbt process ended\(status.map { " with status \($0)" } ?? "")\(log.isEmpty ? "" : ":\n\(log)")"
        case .timedOut(let command, let seconds): "dbt \(command) took longer than \(Int(seconds)) s and was stopped"
        case .badAnswer(let text): "the dbt process answered something else than expected: \(text)"
        }
    }
}
