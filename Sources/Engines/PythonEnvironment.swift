import Foundation

/// The virtual environment that `make setup` makes: where dbt and the private PostgreSQL come from.
public struct PythonEnvironment: Sendable, Equatable {
    /// The environment's folder.
    public var directory: URL

    /// An environment in a folder that is known to hold one.
    public init(directory: URL) {
        self.directory = directory
    }

    /// Its interpreter.
    public var python: URL { directory.appending(path: "bin/python") }

    /// Looks for the environment: `PROC2DBT_VENV` when it is set, else `.venv` beside the Package.swift or the binary,
    /// in the current folder or one above it.
    public static func locate(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(DbtError) -> PythonEnvironment {
        if let path = environment["PROC2DBT_VENV"], !path.isEmpty {
            let found = PythonEnvironment(directory: URL(filePath: path))
            guard found.isUsable else { throw .noPythonEnvironment(looked: ["PROC2DBT_VENV=\(path)"]) }
            return found
        }
        var looked: [String] = []
        let binary = URL(filePath: CommandLine.arguments.first ?? "").resolvingSymlinksInPath()
        for start in [FileManager.default.currentDirectoryPath, binary.deletingLastPathComponent().path()] {
            // A folder is at most so deep; the loop also ends at the root.
            var folder = URL(filePath: start).standardizedFileURL
            for _ in 0..<32 {
                let found = PythonEnvironment(directory: folder.appending(path: ".venv"))
                if found.isUsable { return found }
                looked.append(found.directory.path())
                if folder.path() == "/" { break }
                folder.deleteLastPathComponent()
            }
        }
        throw .noPythonEnvironment(looked: looked)
    }

    private var isUsable: Bool { FileManager.default.isExecutableFile(atPath: python.path()) }
}
