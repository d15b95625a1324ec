import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
    // The system's functions, under names that our own methods do not hide.
    private let sendSignal = Glibc.kill
    private let systemRead = Glibc.read
#else
    import Darwin
    private let sendSignal = Darwin.kill
    private let systemRead = Darwin.read
#endif

/// The Python process: lines in, lines out, one question at a time.
final class DriverProcess: Sendable {
    private struct State {
        var waiter: CheckedContinuation<String, any Error>?
        /// An answer that came before anybody asked for it (the greeting).
        var early: String?
        var end: DbtError?
        var reason: DbtError?
    }
    private let state = Mutex(State())
    private let processID: pid_t
    private let input: FileHandle
    private let logFile: URL

    init(environment: PythonEnvironment, logFile: URL) throws {
        // A pipe whose reader is gone must give an error, not end the whole program.
        signal(SIGPIPE, SIG_IGN)
        let process = Process()
        process.executableURL = environment.python
        process.arguments = ["-u", "-c", String(decoding: PackageResources.dbt_driver_py, as: UTF8.self)]
        var variables = ProcessInfo.processInfo.environment
        variables["DO_NOT_TRACK"] = "1"
        variables["PYTHONDONTWRITEBYTECODE"] = "1"
        variables["PYTHONUTF8"] = "1"
        process.environment = variables
        try FileManager.default.createDirectory(
            at: logFile.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data().write(to: logFile)
        let toDriver = Pipe()
        let fromDriver = Pipe()
        process.standardInput = toDriver
        process.standardOutput = fromDriver
        process.standardError = try FileHandle(forWritingTo: logFile)
        do {
            try process.run()
        } catch {
            throw DbtError.cannotStart(program: environment.python.path(), reason: "\(error)")
        }
        processID = process.processIdentifier
        input = toDriver.fileHandleForWriting
        self.logFile = logFile
        // A blocking read needs a thread of its own; the cooperative pool has only as many as there are cores.
        let output = UncheckedHandle(handle: fromDriver.fileHandleForReading, process: process)
        Thread { [self] in read(output) }.start()
    }

    /// Sends a line (nil: only waits) and returns the line that comes back.
    func ask(_ line: String?) async throws -> String {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let early: Result<String, any Error>? = state.withLock { state in
                    if let end = state.end { return .failure(end) }
                    if let early = state.early {
                        state.early = nil
                        return .success(early)
                    }
                    state.waiter = continuation
                    return nil
                }
                if let early { return continuation.resume(with: early) }
                guard let line else { return }
                // A failing write means that the process is gone; the reader notices that, too, and says why.
                try? input.write(contentsOf: Data((line + "\n").utf8))
            }
        } onCancel: {
            kill(because: nil)
        }
    }

    /// Ends the process at once; `reason` is what the one who waits gets to hear.
    func kill(because reason: DbtError?) {
        let isRunning = state.withLock { state in
            state.reason = state.reason ?? reason
            return state.end == nil
        }
        if isRunning { _ = sendSignal(processID, SIGKILL) }
    }

    private func read(_ output: UncheckedHandle) {
        var rest = Data()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            // Not FileHandle's reading: that ends the program when a signal interrupts it.
            let count = systemRead(output.handle.fileDescriptor, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { break }
            rest.append(contentsOf: buffer[..<count])
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                deliver(String(decoding: rest[rest.startIndex..<end], as: UTF8.self))
                rest = Data(rest[rest.index(after: end)...])
            }
        }
        output.process.waitUntilExit()
        finish(status: output.process.terminationStatus)
    }

    private func deliver(_ line: String) {
        let waiter = state.withLock { state in
            defer { state.waiter = nil }
            if state.waiter == nil { state.early = line }
            return state.waiter
        }
        waiter?.resume(returning: line)
    }

    private func finish(status: Int32) {
        let log = (try? String(contentsOf: logFile, encoding: .utf8)) ?? ""
        let tail = log.split(separator: "\n").suffix(20).joined(separator: "\n")
        let (waiter, end) = state.withLock { state in
            let end = state.reason ?? .driverDied(status: status, log: tail)
            state.end = end
            defer { state.waiter = nil }
            return (state.waiter, end)
        }
        waiter?.resume(throwing: end)
    }
}

/// Carries the two Foundation objects to the reading thread, the only one that touches them from then on.
private struct UncheckedHandle: @unchecked Sendable {
    var handle: FileHandle
    var process: Process
}
