import Catalog
import Foundation
import Verification

/// Where a verification takes the starting rows from.
struct RowSource {
    let state: SourceState

    /// - Parameters:
    ///   - option: `--source`; without it `PROC2DBT_SOURCE` counts, then the record of `extract`.
    init(
        option: String?, record: SourceRecord?, dialect: String,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws {
        let chosen = option ?? environment["PROC2DBT_SOURCE"].flatMap { $0.isEmpty ? nil : $0 }
        if let chosen {
            state = try Self.state(of: Source([chosen]), dialect: dialect)
        } else if let connection = record?.connection {
            // Its password comes from PGPASSWORD or ~/.pgpass, as libpq finds it.
            state = .database(connectionString: connection)
        } else if let files = record?.files {
            state = try Self.state(of: .files(files), dialect: dialect)
        } else {
            throw Failure("no rows to verify with: name a database with --source or in PROC2DBT_SOURCE")
        }
    }

    private static func state(of source: Source, dialect: String) throws -> SourceState {
        switch source {
        case .connection(let text): return .database(connectionString: text)
        case .files(let paths):
            guard dialect == "postgresql" else {
                throw Failure(
                    "\(dialect) files cannot be run here: load their tables into a PostgreSQL and name it with --source"
                )
            }
            return .sqlFiles(try paths.flatMap(sqlFiles))
        }
    }

    /// The files in the order in which `extract` reads them.
    private static func sqlFiles(_ path: String) throws -> [URL] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw Failure("\(path) is no longer there; name the rows with --source")
        }
        guard isFolder.boolValue else { return [URL(fileURLWithPath: path)] }
        let names = try FileManager.default.subpathsOfDirectory(atPath: path).filter { name in
            name.lowercased().hasSuffix(".sql") && !name.split(separator: "/").contains { $0.hasPrefix(".") }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { URL(fileURLWithPath: "\(path)/\($0)") }
    }
}
