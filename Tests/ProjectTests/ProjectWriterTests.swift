import Foundation
import Testing

@testable import Project

/// A folder that goes when the test is over.
final class TemporaryFolder {
    let path: String
    init() {
        path = NSTemporaryDirectory() + "proc2dbt-test-\(UUID().uuidString)"
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func text(_ path: String) -> String? { try? String(contentsOfFile: "\(self.path)/\(path)", encoding: .utf8) }
    func put(_ path: String, _ text: String) throws {
        try AtomicFile.write(Array(text.utf8), to: "\(self.path)/\(path)")
    }
    func remove(_ path: String) throws { try FileManager.default.removeItem(atPath: "\(self.path)/\(path)") }
    var all: [String] { (try? FileManager.default.subpathsOfDirectory(atPath: path))?.sorted() ?? [] }
}

@Suite struct ProjectWriterTests {
    let folder = TemporaryFolder()
    let first = [GeneratedFile(path: "a.sql", content: "a1\n"), GeneratedFile(path: "m/b.sql", content: "b1\n")]

    func write(_ files: [GeneratedFile]) throws -> WriteSummary {
        try writeProject(files, to: folder.path + "/dbt")
    }
    func a(_ content: String) -> [GeneratedFile] { [GeneratedFile(path: "a.sql", content: content), first[1]] }

    @Test func secondRunChangesNothing() throws {
        #expect(try write(first).written == ["a.sql", "m/b.sql"])
        let manifest = folder.text(".proc2dbt/generated.json")
        #expect(try write(first).unchanged == ["a.sql", "m/b.sql"])
        #expect(folder.text(".proc2dbt/generated.json") == manifest)
        #expect(
            folder.all == [
                ".proc2dbt", ".proc2dbt/generated", ".proc2dbt/generated.json", ".proc2dbt/generated/a.sql",
                ".proc2dbt/generated/m", ".proc2dbt/generated/m/b.sql", "dbt", "dbt/a.sql", "dbt/m", "dbt/m/b.sql",
            ])
    }

    @Test func untouchedFilesAreRenewed() throws {
        _ = try write(first)
        #expect(try write(a("a2\n")).written == ["a.sql"])
        #expect(folder.text("dbt/a.sql") == "a2\n")
    }

    @Test func editedFilesAreKeptAndTheNewVersionIsOfferedOnce() throws {
        _ = try write(first)
        try folder.put("dbt/a.sql", "mine\n")
        var summary = try write(first)
        #expect(summary.edited == ["a.sql"] && summary.offered.isEmpty)
        summary = try write(a("a2\n"))
        #expect(summary.offered == ["a.sql.new"])
        #expect(folder.text("dbt/a.sql") == "mine\n" && folder.text("dbt/a.sql.new") == "a2\n")
        try folder.remove("dbt/a.sql.new")
        summary = try write(a("a2\n"))
        #expect(summary.edited == ["a.sql"] && summary.offered.isEmpty && folder.text("dbt/a.sql.new") == nil)
        // A newer version is offered again; taking it over makes the file ours, and the offer goes.
        #expect(try write(a("a3\n")).offered == ["a.sql.new"])
        try folder.put("dbt/a.sql", "a3\n")
        #expect(try write(a("a3\n")).edited.isEmpty)
        #expect(folder.text("dbt/a.sql.new") == nil)
        #expect(try write(a("a4\n")).written == ["a.sql"])
    }

    @Test func whatIsNewIsMergedIntoAnEditedFile() throws {
        let then = "one\ntwo\nthree\nfour\nfive\n"
        _ = try write(a(then))
        try folder.put("dbt/a.sql", "one, mine\ntwo\nthree\nfour\nfive\n")
        var summary = try write(a("one\ntwo\nthree\nfour\nfive, new\nsix\n"))
        #expect(summary.merged == ["a.sql"] && summary.edited.isEmpty && summary.offered.isEmpty)
        #expect(folder.text("dbt/a.sql") == "one, mine\ntwo\nthree\nfour\nfive, new\nsix\n")
        // It still counts as edited, and a second run changes nothing.
        summary = try write(a("one\ntwo\nthree\nfour\nfive, new\nsix\n"))
        #expect(summary.edited == ["a.sql"] && summary.merged.isEmpty)
        // Both sides changed one line: a conflict file.
        summary = try write(a("one, newer\ntwo\nthree\nfour\nfive, new\nsix\n"))
        #expect(summary.edited == ["a.sql"] && summary.offered == ["a.sql.new"])
        #expect(folder.text("dbt/a.sql") == "one, mine\ntwo\nthree\nfour\nfive, new\nsix\n")
        // The person takes both; the next change merges again, and the conflict file goes.
        try folder.put("dbt/a.sql", "one, mine and newer\ntwo\nthree\nfour\nfive, new\nsix\n")
        summary = try write(a("one, newer\ntwo\nthree\nfour\nfive\nsix\n"))
        #expect(summary.merged == ["a.sql"] && folder.text("dbt/a.sql.new") == nil)
        #expect(folder.text("dbt/a.sql") == "one, mine and newer\ntwo\nthree\nfour\nfive\nsix\n")
    }

    @Test func deletedFilesStayDeleted() throws {
        _ = try write(first)
        try folder.remove("dbt/a.sql")
        #expect(try write(a("a2\n")).deleted == ["a.sql"])
        #expect(try write(a("a3\n")).deleted == ["a.sql"])
        #expect(folder.text("dbt/a.sql") == nil)
        try folder.remove("dbt")
        #expect(try write(first).written.count == 2)
    }

    @Test func staleFilesGoUnlessEdited() throws {
        _ = try write(first)
        #expect(try write([first[0]]).removed == ["m/b.sql"])
        #expect(!folder.all.contains("dbt/m"))
        _ = try write(first)
        try folder.put("dbt/m/b.sql", "mine\n")
        #expect(try write([first[0]]).orphaned == ["m/b.sql"])
        #expect(folder.text("dbt/m/b.sql") == "mine\n")
    }

    @Test func aFileThatWasThereBeforeUsIsNotOurs() throws {
        try folder.put("dbt/a.sql", "theirs\n")
        let summary = try write(first)
        #expect(summary.edited == ["a.sql"] && summary.offered == ["a.sql.new"])
    }

    @Test func aRunThatBrokeOffIsRepeated() throws {
        _ = try write(first)
        // A folder in the way of the second file breaks the run off after the first.
        try folder.remove("dbt/m/b.sql")
        try folder.put("dbt/m/b.sql/x", "")
        let second = [GeneratedFile(path: "a.sql", content: "a2\n"), GeneratedFile(path: "m/b.sql", content: "b2\n")]
        #expect(throws: ProjectError.self) { try write(second) }
        try folder.remove("dbt/m/b.sql")
        try folder.put("dbt/m/b.sql", "b1\n")
        let third = [GeneratedFile(path: "a.sql", content: "a3\n"), second[1]]
        let summary = try write(third)
        #expect(summary.written == ["a.sql", "m/b.sql"] && summary.edited.isEmpty)
    }

    @Test func errorsNameThePath() throws {
        try folder.put("dbt", "a file")
        #expect(throws: ProjectError.self) { try write(first) }
        #expect(throws: ProjectError.self) { try write([GeneratedFile(path: "../x", content: "")]) }
        do { _ = try write(first) } catch { #expect("\(error)".contains("/dbt")) }
    }

    @Test func brokenManifestIsTold() throws {
        _ = try write(first)
        try folder.put(".proc2dbt/generated.json", "{")
        #expect(throws: ProjectError.self) { try write(first) }
    }
}
