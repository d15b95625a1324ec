import Foundation

/// What happened to the files of a project; each list is sorted.
public struct WriteSummary: Sendable, Equatable {
    /// New or renewed.
    public var written: [String] = []
    /// Already there with the same bytes.
    public var unchanged: [String] = []
    /// Edited by a person: left alone. Where the generated text changed in the same lines, it stands beside as
    /// `<file>.new`.
    public var edited: [String] = []
    /// Edited by a person: what is new in the generated text was merged into it.
    public var merged: [String] = []
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
                ? "\(path): edited where the generated text changed, too: kept; the new version is \(path).new"
                : "\(path): edited, kept"
        }
            + merged.map { "\($0): edited; what is new was merged into it" }
            + deleted.map { "\($0): deleted by you, not written again" }
            + orphaned.map { "\($0): no longer generated, but edited, kept" }
    }
}

/// Writes a project's files into a folder, with respect for what a person did there.
///
/// Untouched files are renewed, edited ones are merged three ways (generated then, generated now, edited) or left as they
/// are with the new text beside them, deleted ones stay deleted, and files that are no longer generated go. How it tells
/// them apart stands in `.proc2dbt/generated.json` beside the folder, what was generated in `.proc2dbt/generated`. Every
/// file is written atomically; a run that breaks off can simply be repeated.
@discardableResult
public func writeProject(_ files: [GeneratedFile], to folder: String) throws -> WriteSummary {
    var writer = try ProjectWriter(folder: folder)
    return try writer.write(files)
}

/// What `writeProject` would do, without doing it: `written` are files that are missing or out of date, `edited` and `merged`
/// those that a person has changed.
public func projectDrift(_ files: [GeneratedFile], in folder: String) throws -> WriteSummary {
    try ProjectWriter(folder: folder).drift(files)
}

struct ProjectWriter {
    private let folder: String
    private let manifestPath: String
    /// What was generated the last time, file by file: the common ancestor of merges.
    private let ancestors: String
    private var manifest: GeneratedManifest
    private var next = GeneratedManifest()
    private var summary = WriteSummary()

    init(folder: String) throws {
        self.folder = folder.count > 1 && folder.hasSuffix("/") ? String(folder.dropLast()) : folder
        manifestPath = FilePaths.join(FilePaths.parent(self.folder), ".proc2dbt/generated.json")
        ancestors = FilePaths.join(FilePaths.parent(self.folder), ".proc2dbt/generated")
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
        for (file, decision) in plan {
            try carryOut(decision, file)
            if decision != .leaveDeleted { try remember(file) }
        }
        for path in stale { try removeStale(path) }
        if next != manifest || !manifest.pending.isEmpty { try next.write(manifestPath) }
        return summary
    }

    func drift(_ files: [GeneratedFile]) throws -> WriteSummary {
        var result = WriteSummary()
        for file in files.sorted(by: { $0.path < $1.path }) {
            switch try decide(file) {
            case .write: result.written.append(file.path)
            case .keep: result.unchanged.append(file.path)
            case .leaveDeleted: result.deleted.append(file.path)
            case .merge: result.merged.append(file.path)
            case .edited(let offer):
                result.edited.append(file.path)
                if offer { result.offered.append("\(file.path).new") }
            }
        }
        let wanted = Set(files.flatMap { [$0.path, "\($0.path).new"] })
        for path in manifest.files.keys.sorted() where !wanted.contains(path) {
            guard let present = try AtomicFile.read(place(path)) else { continue }
            let isOurs = manifest.isOurs(path, hash: ContentHash.of(present))
            if isOurs { result.removed.append(path) } else { result.orphaned.append(path) }
        }
        return result
    }

    private enum Decision: Equatable {
        case write, keep, leaveDeleted
        /// Edited by a person; `offer` when the generated text is not what it was.
        case edited(offer: Bool)
        /// Edited by a person, and free of conflicts with what is new.
        case merge(String)
    }

    private func decide(_ file: GeneratedFile) throws -> Decision {
        let hash = ContentHash.of(file.content.utf8)
        guard let present = try AtomicFile.read(place(file.path)) else {
            return manifest.files[file.path] == nil ? .write : .leaveDeleted
        }
        let presentHash = ContentHash.of(present)
        if presentHash == hash { return .keep }
        if manifest.isOurs(file.path, hash: presentHash) { return .write }
        guard manifest.files[file.path]?.last != hash else { return .edited(offer: false) }
        if let base = try AtomicFile.read("\(ancestors)/\(file.path)"),
            let old = String(validating: base, as: UTF8.self),
            manifest.files[file.path]?.last == ContentHash.of(base),
            let mine = String(validating: present, as: UTF8.self),
            let text = ThreeWayMerge.merged(base: old, mine: mine, theirs: file.content)
        {
            return .merge(text)
        }
        return .edited(offer: true)
    }

    /// Keeps what was generated for the next merge.
    private func remember(_ file: GeneratedFile) throws {
        let path = "\(ancestors)/\(file.path)"
        let bytes = Array(file.content.utf8)
        if try AtomicFile.read(path) != bytes { try AtomicFile.write(bytes, to: path) }
    }

    // Tells the next run what this one is about to do, should it break off.
    private func announce(_ plan: [(GeneratedFile, Decision)], stale: [String]) throws {
        var announced = manifest
        for (file, decision) in plan {
            let hash = ContentHash.of(file.content.utf8)
            switch decision {
            case .write: announced.pending[file.path] = hash
            case .edited(offer: true): announced.pending["\(file.path).new"] = hash
            case .keep, .leaveDeleted, .edited(offer: false), .merge: break
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
        case .merge(let text):
            try AtomicFile.write(Array(text.utf8), to: place(file.path))
            summary.merged.append(file.path)
            try removeOffer(file.path)
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
        if try AtomicFile.read("\(ancestors)/\(path)") != nil { try AtomicFile.remove("\(ancestors)/\(path)") }
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
