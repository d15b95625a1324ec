import Catalog
import Engines
import Foundation
import Project

#if canImport(Glibc)
    import Glibc
#endif

/// The folder that `extract` writes and all other commands work in.
struct OutputFolder {
    let path: String

    /// The folder itself need not exist.
    init(_ path: String) {
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    var catalog: String { "\(path)/catalog" }
    var configuration: String { "\(path)/proc2dbt.yml" }
    var project: String { "\(path)/dbt" }
    var report: String { "\(path)/report.json" }
    var verification: String { "\(path)/verify" }
    var record: String { "\(path)/.proc2dbt/source.json" }

    /// The program's templates; files in the folder's own `templates` come first.
    func templates() throws -> TemplateFolder {
        let own = "\(path)/templates"
        return try .find(overrides: FileManager.default.fileExists(atPath: own) ? own : nil)
    }

    /// Fails when there is no such folder.
    func requireExistence() throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw Failure("\(path) does not exist; run `proc2dbt extract SOURCE --out \(path)` first")
        }
        guard isFolder.boolValue else { throw Failure("\(path) is not a folder") }
    }

    /// The catalog in the folder.
    func readCatalog() throws -> CatalogSnapshot {
        try requireExistence()
        return try CatalogFiles.read(from: catalog)
    }

    /// The user's configuration, where there is one.
    func readConfiguration() throws -> ProjectConfiguration? {
        guard try AtomicFile.read(configuration) != nil else { return nil }
        return try ProjectConfiguration.read(configuration)
    }

    /// What was written.
    struct Written {
        var wroteConfiguration = false
        var project = WriteSummary()
    }

    /// Writes what is given: the catalog with its record, and the conversion.
    ///
    /// Each file is written atomically. When a write into a folder that was empty or not there fails, it is left as it
    /// was; in a folder with an earlier conversion a failed run can be repeated. A signal waits until all is written.
    func write(
        catalog snapshot: CatalogSnapshot? = nil, record: SourceRecord? = nil, conversion: Conversion? = nil,
        templates: TemplateFolder? = nil
    ) throws -> Written {
        let guarding = SignalGuard()
        defer { guarding.end() }
        let before = FolderState(path)
        do {
            try AtomicFile.createFolder(path)
            var written = Written()
            if let snapshot { try CatalogFiles.write(snapshot, to: catalog) }
            if let record { try record.write(to: self.record) }
            if let conversion, let templates {
                written.project = try writeProject(conversion.files, to: project)
                written.wroteConfiguration = try conversion.configuration.writeOnce(
                    to: configuration, templates: templates)
                try AtomicFile.write(JSONText.encoded(conversion.report), to: report)
            }
            return written
        } catch {
            before.restore()
            throw error
        }
    }
}

/// What a folder was before it was written to.
private struct FolderState {
    private let path: String
    private let wasEmpty: Bool
    /// Folders that were not there, the outermost last.
    private let missing: [String]

    init(_ path: String) {
        self.path = path
        var missing: [String] = []
        var folder = URL(fileURLWithPath: path).standardizedFileURL
        while folder.path != "/", !FileManager.default.fileExists(atPath: folder.path) {
            missing.append(folder.path)
            folder.deleteLastPathComponent()
        }
        self.missing = missing
        wasEmpty = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).isEmpty
    }

    /// Removes everything when there was nothing; else leaves all as it is.
    func restore() {
        guard wasEmpty else { return }
        for name in ["catalog", "dbt", "proc2dbt.yml", "report.json", ".proc2dbt"] {
            try? FileManager.default.removeItem(atPath: "\(path)/\(name)")
        }
        for folder in missing { rmdir(folder) }
    }
}

/// Makes a signal wait for the end of a short piece of work; a second one does not wait.
private final class SignalGuard: Sendable {
    private let token: Int
    private let done = DispatchSemaphore(value: 0)

    init() {
        let done = done
        token = SignalCleanup.shared.register {
            // Longer than any disk that works needs.
            _ = done.wait(timeout: .now() + 30)
        }
    }

    func end() {
        SignalCleanup.shared.unregister(token)
        done.signal()
    }
}

/// JSON as this program writes it: the same value, the same bytes.
enum JSONText {
    static func encoded(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try Array(encoder.encode(value)) + [UInt8(ascii: "\n")]
    }
}
