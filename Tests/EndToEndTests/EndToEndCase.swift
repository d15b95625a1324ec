import Foundation
import Testing
import Verification
import Yams

/// A folder of `Tests/EndToEnd/Cases`: a small database, routines, and the calls that both sides have to agree on.
struct EndToEndCase: Sendable {
    /// What the program must say about the entry routine.
    enum Expectation: String, Sendable { case converted, partial, refused }

    /// The folder's name.
    let name: String
    let folder: URL
    /// `schema.routine`.
    let entry: String
    let expect: Expectation
    /// What is needed beyond set-based statements; empty for nothing.
    let feature: String
    let calls: [VerificationCall]
    /// The comment that the case begins with.
    let idea: String

    /// Makes the tables and their rows, then the routines.
    var sqlFiles: [URL] { ["schema.sql", "procs.sql"].map { folder.appending(path: $0) } }

    /// Why a case cannot be used.
    struct Invalid: Error, CustomStringConvertible {
        let description: String
    }

    /// Reads a case's folder.
    init(folder: URL) throws {
        name = folder.lastPathComponent
        self.folder = folder
        let text = try String(contentsOf: folder.appending(path: "case.yml"), encoding: .utf8)
        guard let root = try Yams.compose(yaml: text)?.mapping else {
            throw Invalid(description: "\(name): case.yml is not a mapping")
        }
        guard let entry = root["entry"]?.string, let expect = root["expect"]?.string.flatMap(Expectation.init),
            let calls = root["calls"]?.sequence, !calls.isEmpty
        else {
            throw Invalid(
                description: "\(name): case.yml needs entry, expect (converted, partial or refused) and calls")
        }
        self.entry = entry
        self.expect = expect
        feature = root["feature"]?.string ?? ""
        idea = text.split(separator: "\n", omittingEmptySubsequences: false).prefix { $0.hasPrefix("#") }
            .map { $0.drop { $0 == "#" || $0 == " " } }.joined(separator: " ")
        self.calls = calls.map(Self.call)
    }

    private static func call(_ node: Node) -> VerificationCall {
        var call = VerificationCall()
        for (key, value) in node.mapping?["args"]?.mapping ?? [:] {
            // The text as it stands: YAML's own numbers would lose digits. A quoted 'null' is a text.
            let isNull = value.null != nil && value.scalar?.style == .plain
            call.arguments[key.string ?? ""] = .some(isNull ? nil : value.scalar?.string)
        }
        let changes = node.mapping?["changes"]?.sequence?.compactMap(\.string) ?? []
        call.changes = .sql(changes)
        return call
    }
}

extension EndToEndCase: CustomTestStringConvertible {
    var testDescription: String { name }
}

/// The cases of the repository, and what is asked of this run by the environment.
enum Repository {
    private static let testFolder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    private static let folder = testFolder.appending(path: "EndToEnd")
    /// Where results and temporary files go.
    static let buildFolder = testFolder.deletingLastPathComponent().appending(path: ".build")
    /// Of the repository itself: the running executable is the test driver, which may be anywhere.
    static let templates = testFolder.deletingLastPathComponent().appending(path: "templates")

    private static let environment = ProcessInfo.processInfo.environment
    /// `P2D_CASES`: globs that name the only cases to run, `012_*,loops_*`.
    private static let globs = (environment["P2D_CASES"] ?? "").split(separator: ",").map(String.init)
    /// A developer looks at single cases and wants to see everything about them.
    static var isRestricted: Bool { !globs.isEmpty }
    /// `P2D_WORK`: a folder of its own for each of several runs side by side.
    static let workFolder = environment["P2D_WORK"].map { URL(filePath: $0) } ?? buildFolder.appending(path: "e2e-work")
    /// `P2D_KEEP`: a folder for the generated projects.
    static let keepFolder = environment["P2D_KEEP"].flatMap { $0.isEmpty ? nil : URL(filePath: $0) }

    /// All cases that this run is about, by name.
    static func cases() throws -> [EndToEndCase] {
        try names().filter(isWanted).map { try EndToEndCase(folder: folder.appending(path: "Cases/\($0)")) }
    }

    /// A developer asks for the mutants although only some cases are wanted: `P2D_MUTANTS=1`.
    static var wantsMutants: Bool { environment["P2D_MUTANTS"] != nil }

    /// One case by its name.
    static func named(_ name: String) throws -> EndToEndCase? {
        try names().contains(name) ? EndToEndCase(folder: folder.appending(path: "Cases/\(name)")) : nil
    }

    /// The names of all cases, wanted or not.
    static func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "Cases").path)
            .filter { FileManager.default.fileExists(atPath: folder.appending(path: "Cases/\($0)/case.yml").path) }
            .sorted()
    }

    private static func isWanted(_ name: String) -> Bool {
        globs.isEmpty || globs.contains { fnmatch($0, name, 0) == 0 }
    }

    /// `not-yet.txt`: cases whose refusal is known, with the reason, a line each: `name: reason`.
    static func notYet() throws -> [String: String] { try reasons("not-yet.txt") }

    /// `states-not-yet.txt`: cases that differ on generated states, each with the reason.
    static func statesNotYet() throws -> [String: String] { try reasons("states-not-yet.txt") }

    /// `duckdb-not-yet.txt`: cases whose project for DuckDB is known to differ, each with the reason.
    static func duckDBNotYet() throws -> [String: String] { try reasons("duckdb-not-yet.txt") }

    /// What is known about the constructs that the cases show, and the page that is made of both.
    static var constructs: URL { folder.appending(path: "constructs.yml") }
    static var coverage: URL { testFolder.deletingLastPathComponent().appending(path: "docs/coverage.md") }
    /// `P2D_RENEW`: generated pages are written, not only compared.
    static var renews: Bool { environment["P2D_RENEW"] != nil }

    /// `P2D_STATES`: generated states a case.
    static var states: Int { environment["P2D_STATES"].flatMap { Int($0) } ?? 12 }
    /// The cases that are run on generated states: all where the run asks for a number of states or for cases; else every
    /// eleventh one by its number, of all kinds, which keeps a whole run of the tests within its time.
    static func casesForStates() throws -> [EndToEndCase] {
        let all = try cases()
        guard !isRestricted, environment["P2D_STATES"] == nil else { return all }
        return all.filter { (Int($0.name.prefix { $0.isNumber }) ?? 0) % 11 == 0 }
    }

    private static func reasons(_ name: String) throws -> [String: String] {
        let file = folder.appending(path: name)
        var reasons: [String: String] = [:]
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: ":", maxSplits: 1)
            reasons[String(parts[0])] = parts.count == 2 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
        }
        return reasons
    }
}
