import Catalog
import Databases
import Engines
import Foundation
import Project

/// A failure with the line that a person reads: what is the matter and what to do.
struct Failure: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }

    /// Any error as one line, with a hint where there is something to do about it.
    static func line(for error: any Error) -> String {
        let text: String
        switch error {
        case let error as CocoaError: text = (error.filePath.map { "\($0): " } ?? "") + error.localizedDescription
        case let error as any CustomStringConvertible: text = error.description
        default: text = String(describing: error)
        }
        let line = text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }
            .joined(separator: " ")
        return hint(for: error, line).map { "\(line); \($0)" } ?? line
    }

    private static func hint(for error: any Error, _ line: String) -> String? {
        switch error {
        case DatabaseError.wrongPassword:
            return "check the user, and give the password in the URL, in PGPASSWORD or in ~/.pgpass"
        case DatabaseError.cannotConnect: return "check host and port, and that the server is running"
        case DatabaseError.noSuchDatabase: return "check the database's name at the end of the URL"
        case DatabaseError.badConnectionString: return "it should look like postgresql://user@host:5432/database"
        case CatalogFileError.cannotRead, CatalogFileError.badFormat:
            return "run `proc2dbt extract` into this folder (again)"
        default: break
        }
        if line.contains("No space left on device") { return "free some space and run again" }
        if line.contains("Permission denied") || line.contains("Read-only file system")
            || line.contains("volume is read only")
        {
            return "choose a folder that you may write to"
        }
        return nil
    }
}

/// Writes a text to the standard error stream.
func writeToStandardError(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
}
