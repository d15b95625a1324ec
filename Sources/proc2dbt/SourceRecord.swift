import Catalog
import Databases
import Findings
import Foundation
import Project

/// `.proc2dbt/source.json`: where a catalog came from, so that `verify` finds the rows again. Never a password.
struct SourceRecord: Codable, Equatable {
    var formatVersion = 1
    /// libpq's key=value pairs without secrets.
    var connection: String?
    /// Absolute paths of the .sql files and folders.
    var files: [String]?
    var dialect: String
    var projectName: String
    var target: String
    /// What the reader of the files had to say; `convert` reports it again.
    var findings: [Finding]
    /// Schemas and name patterns that `extract` was told to keep to; nil: everything.
    var schemas: [String]?
    var routines: [String]?

    init(
        _ source: Source, dialect: String, projectName: String, target: String, findings: [Finding],
        selection: RoutineSelection = RoutineSelection()
    ) {
        if !selection.schemas.isEmpty { schemas = selection.schemas }
        if !selection.globs.isEmpty { routines = selection.globs }
        switch source {
        case .connection(let text): connection = PostgresConnection.masked(text)
        case .files(let paths): files = paths.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
        }
        self.dialect = dialect
        self.projectName = projectName
        self.target = target
        self.findings = findings
    }

    /// The record; nil when there is none.
    static func read(_ path: String) throws -> SourceRecord? {
        guard let bytes = try AtomicFile.read(path) else { return nil }
        guard let record = try? JSONDecoder().decode(SourceRecord.self, from: Data(bytes)) else {
            throw Failure("\(path) is not a record of this program: remove it, or run `proc2dbt extract` again")
        }
        return record
    }

    func write(to path: String) throws { try AtomicFile.write(JSONText.encoded(self), to: path) }
}
