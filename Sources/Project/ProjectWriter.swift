import Foundation

/// What happened to the files of a project; each list is sorted.
public struct WriteSummary: Sendable, Equatable {
    /// New or renewed.
    public var written: [String] = []
    /// Already there with the same bytes.
    public var unchanged: [String] = []
    /// Edited by a person: left alone. Where the generated text changed, it stands beside as `<file>.new`.
    public var edited: [String] = []
    /// The `.new` files written by this run.
    public var offered: [String] = []
    /// Deleted by a person: left deleted.
    public var deleted: [String] = []
    /// No longer generated, untouched: removed.
    public var removed: [String] = []
    /// No longer generated, but edited: left alone.
    public var orphaned: [String] = []

    /// Nothing happened yet.
    public init() {}

    /// Lines for a person about the files that were not simply written; empty when there is nothing to say.
    public var remarks: [String] {
        edited.map { path in
            offered.contains("\(path).new")
                ? "\(path): edited, kept; the new version is \(path).new" : "\(path): edited, kept"
        }
            + deleted.map { "\($0): deleted by you, not written again" }
            + orphaned.map { "\($0): no longer generated, but edited, kept" }
    }
}

/// Writes a project's files into a folder, with respect for what a person did there.
///
/// Untouched files are renewed, edited ones are never overwritten, deleted ones stay deleted, and files that are no
/// longer generated go. How it tells them apart stands in `.proc2dbt/generated.json` beside the folder. Every file
/// is written atomically; a run that breaks off can simply be repeated.
@discardableResult
public func writeProject(_ files: [GeneratedFile], to folder: String) throws -> WriteSummary {
    var writer = try ProjectWriter(folder: folder)
    return try writer.write(files)
}

struct ProjectWriter {
    private let folder: String
    private let manifestPath: String
    private var manifest: GeneratedManifest
    private var next = GeneratedManifest()
    private var summary = WriteSummary()

    init(folder: String) throws {
        self.folder = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        manifestPath = FilePaths.join(FilePaths.parent(self.folder), ".proc2dbt/generated.json")
        manifest = try GeneratedManifest.read(manifestPath)
        // Without the folder nothing of it was deleted file by file: begin anew.
        if !FileManager.default.fileExists(atPath: self.folder) { manifest = GeneratedManifest() }
    }

    mutating func write(_ files: [GeneratedFile]) throws -> WriteSummary {
        let files = files.sorted { $0.path < $1.path }
        for file in files { try check(file.path) }
        let plan = try files.map { ($0, try decide($0)) }
        let wanted = Set(plan.flatMap { [$0.0.path, "\($0.0.path).new"] })
        let stale = manifest.files.keys.filter { !wanted.contains($0) }.sorted()
        try announce(plan, stale: stale)
        for (file, decision) in plan { try carryOut(decision, file) }
        for path in stale { try removeStale(path) }
        if next != manifest || !manifest.pending.isEmpty { try next.write(manifestPath) }
        return summary
    }

    private enum Decision: Equatable {
        case write, keep, leaveDeleted
        /// Edited by a person; `offer` when the generated text is not what it was.
        case edited(offer: Bool)
    }

    private func decide(_ file: GeneratedFile) throws -> Decision {
        let hash = ContentHash.of(file.content.utf8)
        guard let present = try AtomicFile.read(place(file.path)) else {
            return manifest.files[file.path] == nil ? .write : .leaveDeleted
        }
        let presentHash = ContentHash.of(present)
        if presentHash == hash { return .keep }
        if manifest.isOurs(file.path, hash: presentHash) { return .write }
        return .edited(offer: manifest.files[file.path]?.last != hash)
    }

    // Tells the next run what this one is about to do, should it break off.
    private func announce(_ plan: [(GeneratedFile, Decision)], stale: [String]) throws {
        var announced = manifest
        for (file, decision) in plan {
            let hash = ContentHash.of(file.content.utf8)
            switch decision {
            case .write: announced.pending[file.path] = hash
            case .edited(offer: true): announced.pending["\(file.path).new"] = hash
            case .keep, .leaveDeleted, .edited(offer: false): break
            }
        }
        announced.removing = stale
        if announced != manifest { try announced.write(manifestPath) }
    }

    private mutating func carryOut(_ decision: Decision, _ file: GeneratedFile) throws {
        let hash = ContentHash.of(file.content.utf8)
        next.files[file.path] = manifest.files[file.path]
        next.note(file.path, hash: hash)
        switch decision {
        case .write:
            try AtomicFile.write(Array(file.content.utf8), to: place(file.path))
            summary.written.append(file.path)
            try removeOffer(file.path)
        case .keep:
            summary.unchanged.append(file.path)
            try removeOffer(file.path)
        case .leaveDeleted:
            summary.deleted.append(file.path)
        case .edited(let offer):
            summary.edited.append(file.path)
            try self.offer(file, hash: hash, isNew: offer)
        }
    }

    private mutating func offer(_ file: GeneratedFile, hash: String, isNew: Bool) throws {
        let path = "\(file.path).new"
        let present = try AtomicFile.read(place(path)).map { ContentHash.of($0) }
        let isOurs = present.map { manifest.isOurs(path, hash: $0) || $0 == hash } ?? true
        next.files[path] = manifest.files[path]
        guard isNew, isOurs else { return }
        try AtomicFile.write(Array(file.content.utf8), to: place(path))
        next.note(path, hash: hash)
        summary.offered.append(path)
    }

    // The file is as generated again, so what was offered beside it is of no use.
    private func removeOffer(_ path: String) throws {
        let path = "\(path).new"
        guard manifest.files[path] != nil || manifest.pending[path] != nil,
            let present = try AtomicFile.read(place(path)), manifest.isOurs(path, hash: ContentHash.of(present))
        else { return }
        try AtomicFile.remove(place(path))
    }

    private mutating func removeStale(_ path: String) throws {
        guard let present = try AtomicFile.read(place(path)) else { return }
        guard manifest.isOurs(path, hash: ContentHash.of(present)) else {
            summary.orphaned.append(path)
            return
        }
        try AtomicFile.remove(place(path))
        summary.removed.append(path)
        // Folders that became empty go too; rmdir refuses the others.
        var parent = FilePaths.parent(path)
        while !parent.isEmpty, rmdir(place(parent)) == 0 { parent = FilePaths.parent(parent) }
    }

    private func place(_ path: String) -> String { "\(folder)/\(path)" }

    private func check(_ path: String) throws {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard !parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) else {
            throw ProjectError.file(path: path, reason: "is not a path inside the project")
        }
    }
}
