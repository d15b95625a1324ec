import Engines
import Foundation

/// A profiles.yml of ours for one scratch database.
///
/// The project has its own, but that one may point at a real warehouse: a verification never uses it.
struct DbtProfile {
    /// The folder of the file.
    let directory: URL

    /// Writes the file for the profile that the project asks for.
    init(
        project: URL, directory: URL, engine: EmbeddedPostgres, database: String, schema: String, threads: Int,
        duckdb: DuckDBFile? = nil
    ) throws {
        let settings = try String(contentsOf: project.appending(path: "dbt_project.yml"), encoding: .utf8)
        let name = Self.value(of: "profile", in: settings) ?? "default"
        // Everything as JSON text, which is YAML, too.
        func quoted(_ text: String) -> String { DbtValue.text(text).json }
        var yaml = """
            \(quoted(name)):
              target: verification
              outputs:
                verification:
                  type: postgres
                  host: \(quoted(engine.hostForDbt))
                  port: \(engine.port)
                  user: \(quoted(engine.user))
                  password: ""
                  dbname: \(quoted(database))
                  schema: \(quoted(schema))
                  threads: \(threads)

            """
        if let duckdb {
            yaml = """
                \(quoted(name)):
                  target: verification
                  outputs:
                    verification:
                      type: duckdb
                      path: \(quoted(duckdb.path.path))
                      schema: \(quoted(schema))
                      threads: \(threads)
                      settings:
                        TimeZone: \(quoted(duckdb.timeZone))

                """
        }
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        try yaml.write(to: directory.appending(path: "profiles.yml"), atomically: true, encoding: .utf8)
        self.directory = directory
        // For projects whose models or macros look at the environment themselves.
        environment = [
            "DBT_HOST": engine.hostForDbt, "DBT_PORT": String(engine.port), "DBT_USER": engine.user,
            "DBT_DBNAME": database, "DBT_SCHEMA": schema, "DBT_PASSWORD": "",
        ]
    }

    /// The file that a project for DuckDB is built in.
    struct DuckDBFile: Sendable {
        var path: URL
        var timeZone: String
    }

    /// Variables that the project's own profile reads.
    let environment: [String: String]

    /// The value of a top-level key of dbt_project.yml.
    static func value(of key: String, in settings: String) -> String? {
        for line in settings.split(whereSeparator: \.isNewline) where line.hasPrefix("\(key):") {
            let value = line.dropFirst(key.count + 1).prefix { $0 != "#" }
            return value.trimmingCharacters(in: CharacterSet(charactersIn: " \t'\""))
        }
        return nil
    }
}
