import Catalog
import Databases
import Findings
import Foundation

/// Where routines come from.
enum Source: Equatable {
    case connection(String)
    case files([String])

    /// Reads the arguments of `extract`: one connection, or files and folders.
    ///
    /// What looks like a URL is never repeated in an error: it may hold a password.
    init(_ arguments: [String]) throws {
        let connections = arguments.filter(Self.isConnection)
        for argument in arguments where !connections.contains(argument) {
            if argument.lowercased().hasPrefix("odbc:") {
                throw Failure("odbc: sources are not read yet; export the routines as .sql files and name their folder")
            }
            if let end = argument.range(of: "://") {
                throw Failure(
                    "connections of the kind '\(argument[..<end.lowerBound])' are not read; use postgresql://.. or .sql files"
                )
            }
        }
        self = connections.first.map(Source.connection) ?? .files(arguments)
    }

    /// A URL, or libpq's key=value pairs.
    static func isConnection(_ text: String) -> Bool {
        let lower = text.lowercased()
        if lower.hasPrefix("postgresql://") || lower.hasPrefix("postgres://") { return true }
        return ["host=", "dbname=", "service="].contains { lower.hasPrefix($0) || lower.contains(" \($0)") }
            && !FileManager.default.fileExists(atPath: text)
    }

    /// For messages, without a secret.
    var summary: String {
        switch self {
        case .connection(let text): "the database (\(PostgresConnection.masked(text)))"
        case .files(let paths): paths.joined(separator: ", ")
        }
    }

    /// What a source holds.
    struct Contents {
        var snapshot: CatalogSnapshot
        var findings: [Finding]
        /// A name for the dbt project: that of the database, the folder or the file.
        var projectName: String
    }

    /// Reads everything that the source has; selection comes later.
    func read(dialect: String) throws -> Contents {
        switch self {
        case .files(let paths):
            let (snapshot, findings) = try readSQLFiles(paths, dialect: dialect)
            let name = URL(fileURLWithPath: paths[0]).standardizedFileURL.lastPathComponent
            let bare = name.lowercased().hasSuffix(".sql") ? String(name.dropLast(4)) : name
            return Contents(snapshot: snapshot, findings: findings, projectName: Self.projectName(from: bare))
        case .connection(let text):
            return try PostgresConnection.with(text) { connection in
                let name = try connection.query("SELECT current_database()")[0, 0] ?? ""
                let snapshot = try readPostgresCatalog(connection)
                return Contents(snapshot: snapshot, findings: [], projectName: Self.projectName(from: name))
            }
        }
    }

    /// A name that dbt takes: lower case letters, digits and underscores, not one of dbt's own packages.
    static func projectName(from text: String) -> String {
        var name = ""
        for scalar in text.lowercased().unicodeScalars {
            let isPlain = ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar)
            if isPlain { name.unicodeScalars.append(scalar) } else if !name.isEmpty, name.last != "_" { name += "_" }
        }
        while name.last == "_" { name.removeLast() }
        if name.isEmpty { return "legacy" }
        return name.first!.isNumber || name == "dbt" || name.hasPrefix("dbt_") ? "legacy_\(name)" : name
    }
}
