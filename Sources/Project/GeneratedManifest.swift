import Foundation

/// What was generated the last time: content hashes by path, so that an edited file is known as one.
struct GeneratedManifest: Codable, Equatable {
    var formatVersion = 1
    /// Hashes of the latest contents that were generated under a path, oldest first.
    var files: [String: [String]] = [:]
    /// Hashes of a run that did not come to its end; empty after one that did.
    var pending: [String: String] = [:]
    /// Paths that such a run was about to remove.
    var removing: [String] = []

    /// Reads the manifest; an empty one when there is none.
    static func read(_ path: String) throws -> GeneratedManifest {
        guard let bytes = try AtomicFile.read(path) else { return GeneratedManifest() }
        guard var manifest = try? JSONDecoder().decode(GeneratedManifest.self, from: Data(bytes)) else {
            throw ProjectError.file(
                path: path, reason: "is not a list of generated files; remove it and all files count as edited")
        }
        // What an interrupted run removed was not removed by a person.
        for path in manifest.removing { manifest.files[path] = nil }
        manifest.removing = []
        return manifest
    }

    func write(_ path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.write(Array(encoder.encode(self)) + [UInt8(ascii: "\n")], to: path)
    }

    /// The content came from us, in this state of the manifest or an earlier one.
    func isOurs(_ path: String, hash: String) -> Bool {
        files[path]?.contains(hash) == true || pending[path] == hash
    }

    /// Remembers a generated content; a person may go back to an earlier one and it still counts as untouched.
    mutating func note(_ path: String, hash: String) {
        let earlier = files[path]?.filter { $0 != hash } ?? []
        files[path] = earlier.suffix(7) + [hash]
    }
}
