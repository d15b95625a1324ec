import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// What must be done before the program ends by Ctrl-C, `kill` or a closed terminal.
///
/// Signals are a thing of the whole process, so this is the one shared object of the program. The handler itself only
/// writes the signal's number into a pipe, which is all a handler may do; a thread reads it, runs the actions, newest
/// first, and lets the signal end the process as it would have. A second Ctrl-C ends it at once.
public final class SignalCleanup: Sendable {
    /// The process's registry.
    public static let shared = SignalCleanup()

    private struct State {
        var isInstalled = false
        var isEnding = false
        var nextToken = 0
        var actions: [Int: @Sendable () -> Void] = [:]
    }
    private let state = Mutex(State())

    private init() {}

    /// Adds an action, to be taken back with `unregister`. It runs on a thread of its own.
    public func register(_ action: @escaping @Sendable () -> Void) -> Int {
        let (token, mustInstall) = state.withLock { state in
            defer { state.isInstalled = true }
            state.nextToken += 1
            state.actions[state.nextToken] = action
            return (state.nextToken, !state.isInstalled)
        }
        if mustInstall { install() }
        return token
    }

    /// Takes back an action.
    public func unregister(_ token: Int) {
        state.withLock { state in state.actions[token] = nil }
    }

    /// A signal came and the actions run: errors that they cause elsewhere are not worth a report, the end is near.
    public var isEnding: Bool { state.withLock { $0.isEnding } }

    private func install() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        signalPipe = ends[1]
        let readEnd = ends[0]
        Thread.detachNewThread { self.waitForSignal(on: readEnd) }
        for number in [SIGINT, SIGTERM, SIGHUP] {
            var action = sigaction()
            // Who started us with a signal ignored (nohup) wants it ignored.
            guard sigaction(number, nil, &action) == 0, !isIgnored(action) else { continue }
            signal(number) { number in
                let savedError = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(signalPipe, &byte, 1)
                errno = savedError
            }
        }
    }

    /// Lets the calling thread take the signals that end a program. Dispatch's threads block all signals, and programs
    /// that they start inherit that: without this, Ctrl-C would wait for the first action to be registered.
    public static func unblockSignals() {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, number) }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }

    private func waitForSignal(on descriptor: Int32) {
        Self.unblockSignals()
        var byte: UInt8 = 0
        while read(descriptor, &byte, 1) != 1 {
            if errno != EINTR { return }
        }
        let number = Int32(byte)
        signal(number, SIG_DFL)
        let actions = state.withLock { state in
            state.isEnding = true
            return state.actions.sorted { $0.key > $1.key }.map(\.value)
        }
        for action in actions { action() }
        kill(getpid(), number)
    }
}

/// The writing end of the pipe. Set once, before the first handler is installed, and only read by handlers.
nonisolated(unsafe) private var signalPipe: Int32 = -1

private func isIgnored(_ action: sigaction) -> Bool {
    #if canImport(Darwin)
        let handler = action.__sigaction_u.__sa_handler
    #else
        let handler = action.__sigaction_handler.sa_handler
    #endif
    return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
}
