import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// The catalog on disk: `catalog.json` and one `.sql` file a routine, all in one folder.
///
/// The same snapshot gives the same bytes. Files are first written beside their places, all of them, and only then moved
/// into place: a full disk leaves the old catalog whole.
public enum CatalogFiles {
    private static let indexName = "catalog.json"

    /// What `catalog.json` holds: the snapshot, with the routines' texts replaced by the names of their files.
    private struct Document: Codable {
        var formatVersion: Int
        var dialect: String
        var serverVersion: String
        var settings: [String: String]
        var extensions: [Extension]
        var types: [UserType]
        var sequences: [Sequence]
        var tables: [Table]
        var routines: [StoredRoutine]
    }

    /// Writes a snapshot into `folder` (made when missing) and removes routine files that the last one had and this one
    /// has not. Other files in the folder stay.
    public static func write(_ snapshot: CatalogSnapshot, to folder: String) throws(CatalogFileError) {
        try makeFolder(folder)
        let names = fileNames(of: snapshot.routines)
        let stored = zip(snapshot.routines, names).map { StoredRoutine($0, file: $1) }
        let document = Document(
            formatVersion: snapshot.formatVersion, dialect: snapshot.dialect, serverVersion: snapshot.serverVersion,
            settings: snapshot.settings, extensions: snapshot.extensions, types: snapshot.types,
            sequences: snapshot.sequences, tables: snapshot.tables, routines: stored)
        let stale = Set((try? index(of: folder))?.routines.map(\.file) ?? []).subtracting(names)

        var pending = PendingFiles(folder: folder)
        do throws(CatalogFileError) {
            for (routine, name) in zip(snapshot.routines, names) {
                try pending.add(name, Data(routine.definition.utf8))
            }
            try pending.add(indexName, try encode(document, folder))
            try pending.moveIntoPlace()
        } catch {
            pending.discard()
            throw error
        }
        // A name with a slash cannot be one of ours.
        for name in stale where !name.contains("/") { unlink("\(folder)/\(name)") }
    }

    /// Reads what `write` wrote.
    public static func read(from folder: String) throws(CatalogFileError) -> CatalogSnapshot {
        let document = try index(of: folder)
        var snapshot = CatalogSnapshot(dialect: document.dialect, serverVersion: document.serverVersion)
        snapshot.formatVersion = document.formatVersion
        snapshot.settings = document.settings
        snapshot.extensions = document.extensions
        snapshot.types = document.types
        snapshot.sequences = document.sequences
        snapshot.tables = document.tables
        for stored in document.routines {
            let path = "\(folder)/\(stored.file)"
            guard let text = String(data: try contents(of: path), encoding: .utf8) else {
                throw .badFormat(path: path, reason: "it is not UTF-8")
            }
            snapshot.routines.append(stored.routine(from: text))
        }
        return snapshot
    }

    private static func index(of folder: String) throws(CatalogFileError) -> Document {
        let path = "\(folder)/\(indexName)"
        let data = try contents(of: path)
        struct Version: Decodable { var formatVersion: Int }
        let known = CatalogSnapshot(dialect: "").formatVersion
        if let found = try? JSONDecoder().decode(Version.self, from: data).formatVersion, found != known {
            throw .badFormat(path: path, reason: "its format version is \(found), this program knows \(known)")
        }
        do {
            return try JSONDecoder().decode(Document.self, from: data)
        } catch let error as DecodingError {
            throw .badFormat(path: path, reason: error.oneLine)
        } catch {
            throw .badFormat(path: path, reason: error.localizedDescription)
        }
    }

    private static func encode(_ document: Document, _ folder: String) throws(CatalogFileError) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        do {
            return try encoder.encode(document) + Data("\n".utf8)
        } catch {
            throw .cannotWrite(path: "\(folder)/\(indexName)", reason: error.localizedDescription)
        }
    }

    private static func contents(of path: String) throws(CatalogFileError) -> Data {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotRead(path: path, reason: String(cString: strerror(errno))) }
        defer { close(descriptor) }
        do {
            return try FileHandle(fileDescriptor: descriptor).readToEnd() ?? Data()
        } catch {
            throw .cannotRead(path: path, reason: error.localizedDescription)
        }
    }

    private static func makeFolder(_ folder: String) throws(CatalogFileError) {
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw .cannotWrite(path: folder, reason: error.localizedDescription)
        }
    }

    /// `schema.name.sql`, the second of equal ones `schema.name__2.sql`: also equal when a file system ignores case.
    static func fileNames(of routines: [Routine]) -> [String] {
        var taken: Set<String> = []
        return routines.map { routine in
            let base = String("\(fileSafe(routine.name.schema)).\(fileSafe(routine.name.name))".prefix(200))
            var name = "\(base).sql"
            var number = 1
            while !taken.insert(name.lowercased()).inserted {
                number += 1
                name = "\(base)__\(number).sql"
            }
            return name
        }
    }

    /// Letters, digits and a few signs stay; other bytes become `%2F` and the like.
    private static func fileSafe(_ name: String) -> String {
        name.utf8.map { byte in
            let character = Character(Unicode.Scalar(byte))
            let isPlain = byte < 0x80 && (character.isLetter || character.isNumber || "_$-".contains(character))
            if isPlain { return String(character) }
            return (byte < 0x10 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}

/// Files written beside their places, to be moved there together.
private struct PendingFiles {
    let folder: String
    private var names: [String] = []

    init(folder: String) { self.folder = folder }

    private func temporary(_ name: String) -> String { "\(folder)/.\(name).new" }

    /// Writes a file's bytes to the disk under its temporary name, unless the file has these bytes already.
    mutating func add(_ name: String, _ data: Data) throws(CatalogFileError) {
        let path = "\(folder)/\(name)"
        if FileManager.default.contents(atPath: path) == data { return }
        let descriptor = open(temporary(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .cannotWrite(path: path, reason: String(cString: strerror(errno))) }
        names.append(name)
        var failure: Int32?
        var rest = data[...]
        while !rest.isEmpty && failure == nil {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 { rest = rest.dropFirst(count) } else if errno != EINTR { failure = errno }
        }
        // A network file system may say only now that the disk is full.
        if close(descriptor) != 0 && failure == nil { failure = errno }
        if let failure { throw .cannotWrite(path: path, reason: String(cString: strerror(failure))) }
    }

    /// Moves all files to their places, the index last.
    mutating func moveIntoPlace() throws(CatalogFileError) {
        while let name = names.first {
            let path = "\(folder)/\(name)"
            guard rename(temporary(name), path) == 0 else {
                throw .cannotWrite(path: path, reason: String(cString: strerror(errno)))
            }
            names.removeFirst()
        }
    }

    /// Takes back what was not moved.
    func discard() {
        for name in names { unlink(temporary(name)) }
    }
}

extension DecodingError {
    /// Which value is wrong, and how.
    fileprivate var oneLine: String {
        let context: Context
        switch self {
        case .keyNotFound(_, let found), .typeMismatch(_, let found), .valueNotFound(_, let found),
            .dataCorrupted(let found):
            context = found
        @unknown default: return "\(self)"
        }
        let path = context.codingPath.map(\.stringValue).joined(separator: ".")
        return path.isEmpty ? context.debugDescription : "\(context.debugDescription) (at \(path))"
    }
}
