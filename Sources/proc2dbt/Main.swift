import ArgumentParser
import Engines
import Foundation

/// The program: its subcommands, and the one place where an error becomes a line and an exit code.
@main
struct Proc2dbt: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proc2dbt",
        abstract: "Turns stored procedures into a dbt project and proves that both give the same rows.",
        version: "0.1.0",
        subcommands: [
            Extract.self, Convert.self, Verify.self, StatusCommand.self, DiffCommand.self, Demo.self, FindingsPage.self,
        ])

    /// ArgumentParser would print `Error:`; ours is one line with the program's name. Bad usage stays its own business.
    static func main() async {
        SignalCleanup.unblockSignals()
        var command: any ParsableCommand
        do {
            command = try parseAsRoot()
        } catch {
            exit(withError: error)
        }
        do {
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let error where error is ExitCode || error is ValidationError || exitCode(for: error) == .success {
            // `--help` is a command of ArgumentParser's own that ends with a success of a type we can't name.
            ProgressLine().clear()
            exit(withError: error)
        } catch {
            // The engine that this error misses was stopped by a signal, which ends us in a moment.
            while SignalCleanup.shared.isEnding { try? await Task.sleep(for: .seconds(1)) }
            ProgressLine().clear()
            writeToStandardError("proc2dbt: error: \(Failure.line(for: error))\n")
            exit(withError: ExitCode(1))
        }
    }
}

/// Exit codes beyond success (0), failure (1) and bad usage (64).
extension ExitCode {
    /// Some routine is converted in part only, or not at all.
    static let incomplete = ExitCode(3)
    /// The original and the project gave different rows.
    static let different = ExitCode(4)
}
