import Findings
import Foundation
import Tokens

/// Why .sql files could not be read at all. What stands in them is never an error, only a finding.
public enum SQLFileError: Error, Equatable, CustomStringConvertible {
    /// A file or folder that cannot be opened or read, and why.
    case unreadable(path: String, reason: String)
    /// A folder without a .sql file.
    case noFiles(path: String)
    /// A dialect that the program does not know.
    case unknownDialect(String)
    /// A file of 4 GB or more.
    case tooLarge(path: String)

    /// The line that a person reads.
    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
        case .noFiles(let path): "no .sql file in \(path)"
        case .unknownDialect(let name):
            "unknown dialect \(name); known are \(LexicalProfile.all.map(\.name).joined(separator: ", "))"
        case .tooLarge(let path): "cannot read \(path): a file must be smaller than 4 GB"
        }
    }
}

/// Builds a snapshot from .sql files and folders of them, without a connection.
///
/// Folders are read recursively and in the order of their paths' bytes, so that the result depends on the files alone.
/// Reading is tolerant: what it does not understand becomes a finding and the statement after it is read as usual.
public func readSQLFiles(_ paths: [String], dialect: String) throws(SQLFileError) -> (
    snapshot: CatalogSnapshot, findings: [Finding]
) {
    guard let profile = LexicalProfile.named(dialect) else { throw .unknownDialect(dialect) }
    var catalog = FileCatalog(profile: profile)
    for path in paths {
        for file in try sqlFiles(path) {
            catalog.read(try contents(file), file: file)
        }
    }
    return catalog.finish()
}

/// The same for one text that is already in memory; `file` is the name that findings give it.
func readSQL(_ text: String, dialect: String, file: String = "input.sql") throws(SQLFileError) -> (
    snapshot: CatalogSnapshot, findings: [Finding]
) {
    guard let profile = LexicalProfile.named(dialect) else { throw .unknownDialect(dialect) }
    var catalog = FileCatalog(profile: profile)
    catalog.read(Array(text.utf8), file: file)
    return catalog.finish()
}

/// The path itself when it is a file, otherwise the .sql files under it.
private func sqlFiles(_ path: String) throws(SQLFileError) -> [String] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
        throw .unreadable(path: path, reason: "no such file or folder")
    }
    guard isFolder.boolValue else { return [path] }
    let files: [String]
    do {
        // `subpathsOfDirectory` skips what it may not open, so the folder itself is asked first.
        _ = try FileManager.default.contentsOfDirectory(atPath: path)
        files = try FileManager.default.subpathsOfDirectory(atPath: path)
    } catch {
        throw .unreadable(path: path, reason: error.localizedDescription)
    }
    let base = path.hasSuffix("/") ? path : path + "/"
    let found = files.filter { name in
        let parts = name.split(separator: "/")
        guard parts.last?.lowercased().hasSuffix(".sql") == true, !parts.contains(where: { $0.hasPrefix(".") }) else {
            return false
        }
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: base + name, isDirectory: &isFolder) && !isFolder.boolValue
    }
    if found.isEmpty { throw .noFiles(path: path) }
    return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { base + $0 }
}

private func contents(_ path: String) throws(SQLFileError) -> [UInt8] {
    let data: Data
    do {
        data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
        throw .unreadable(path: path, reason: error.localizedDescription)
    }
    guard data.count < Int(UInt32.max) else { throw .tooLarge(path: path) }
    // SQL Server's tools write UTF-16 with a byte order mark.
    let isUTF16 = data.starts(with: [0xFF, 0xFE]) || data.starts(with: [0xFE, 0xFF])
    if isUTF16, let text = String(data: data, encoding: .utf16) { return Array(text.utf8) }
    return Array(data)
}
