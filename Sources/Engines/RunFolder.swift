import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// A folder of one run of ours below `/tmp` (a socket's path may have 107 bytes only), which no run leaves behind.
///
/// A lock on a file inside says that the owner lives: the kernel drops it with the process, however that ends, and
/// neither a process number used again nor another container that shares `/tmp` can fool it.
struct RunFolder {
    private static let root = "/tmp"
    private static let prefix = "proc2dbt-pg-"

    let path: String
    private let lock: Int32

    var data: String { path + "/data" }
    var serverLog: String { path + "/server.log" }
    var initdbLog: String { path + "/initdb.log" }
    /// There once the server has ended.
    var endMark: String { path + "/ended" }
    /// A copy of the programs, when the server's user cannot reach the originals.
    var install: String { path + "/install" }

    /// Makes a new folder that only its owner can read.
    static func create() throws(EngineError) -> RunFolder {
        var template = Array("\(root)/\(prefix)XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw .cannotPrepare(path: "\(root)/\(prefix)*", reason: String(cString: strerror(errno)))
        }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let lock = open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            let reason = String(cString: strerror(errno))
            close(lock)
            throw .cannotPrepare(path: path, reason: reason)
        }
        return RunFolder(path: path, lock: lock)
    }

    /// Deletes the folder, unless somebody did so already.
    func remove() {
        try? FileManager.default.removeItem(atPath: path)
        close(lock)
    }

    /// Deletes what killed runs of ours left behind, and stops their servers.
    static func removeAbandoned() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        for name in names where name.hasPrefix(prefix) {
            let path = "\(root)/\(name)"
            var status = stat()
            // Only folders of our own, never through a link.
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid() else {
                continue
            }
            let lock = open(path + "/lock", O_RDWR | O_CLOEXEC | O_NOFOLLOW)
            defer { if lock >= 0 { close(lock) } }
            // A folder without a lock is being made at this moment, or is none of ours.
            if lock < 0 || flock(lock, LOCK_EX | LOCK_NB) != 0 { continue }
            stopServer(of: path + "/data")
            try? FileManager.default.removeItem(atPath: path)
        }
    }

    /// Stops the server of an abandoned data folder, if it is still the process that the folder names.
    private static func stopServer(of data: String) {
        guard let text = try? String(contentsOfFile: data + "/postmaster.pid", encoding: .utf8),
            let process = text.split(separator: "\n").first.flatMap({ pid_t($0) }), process > 1
        else { return }
        for signal in [SIGQUIT, SIGKILL] {
            for _ in 0..<50 {
                let command = try? String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8)
                guard command?.contains(data) == true else { return }
                kill(process, signal)
                usleep(100_000)
            }
        }
    }
}
