import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// Children started the plain way, blocking and without leaking descriptors: what an engine that outlives any one
/// function needs, and a scoped API cannot give.
enum ChildProcess {
    /// Where a child's standard input comes from.
    enum Input {
        case nothing
        case descriptor(Int32)
    }

    /// Starts a program found on PATH; its output and errors are appended to `log`.
    ///
    /// The child has its own session, so that Ctrl-C reaches us and not it, and gets no descriptor but these three.
    static func spawn(
        _ arguments: [String], environment: [String: String], input: Input = .nothing, log: String
    ) throws(EngineError) -> pid_t {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
            let flags = POSIX_SPAWN_SETSID | POSIX_SPAWN_CLOEXEC_DEFAULT
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
            // POSIX_SPAWN_SETSID, which glibc shows to GNU C only.
            let flags: Int32 = 0x80
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        // Dispatch's threads block all signals, and a child inherits that: a shell would never hear of its children.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        let signalFlags = Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
        posix_spawnattr_setflags(&attributes, Int16(flags | signalFlags))
        switch input {
        case .nothing: posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        case .descriptor(let descriptor): posix_spawn_file_actions_adddup2(&actions, descriptor, 0)
        }
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        #if !canImport(Darwin)
            let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
            for descriptor in open.compactMap({ Int32($0) }) where descriptor > 2 {
                posix_spawn_file_actions_addclose(&actions, descriptor)
            }
        #endif

        var process = pid_t()
        let words = arguments.map { strdup($0) } + [nil]
        let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (words + variables).forEach { free($0) } }
        let code = posix_spawnp(&process, arguments[0], &actions, &attributes, words, variables)
        guard code == 0 else {
            throw .commandFailed(command: arguments[0], reason: String(cString: strerror(code)))
        }
        return process
    }

    /// Runs a program to its end and returns its exit status (128 + the signal when one ended it).
    static func run(
        _ arguments: [String], environment: [String: String], log: String
    ) throws(EngineError) -> Int32 {
        wait(for: try spawn(arguments, environment: environment, log: log))
    }

    /// Waits for a child of ours and returns its exit status.
    @discardableResult
    static func wait(for process: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) == -1 {
            if errno != EINTR { return -1 }
        }
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
    }

    /// The last lines of a log, on one line.
    static func tail(of log: String, lines: Int = 3) -> String {
        let text = FileManager.default.contents(atPath: log).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let last = text.split(separator: "\n").suffix(lines)
        return last.isEmpty ? "it says nothing" : last.joined(separator: "; ")
    }
}
