import Foundation
import Testing

@testable import Catalog

@Suite struct CatalogFilesTests {
    @Test func givesBackWhatItWrote() throws {
        try inFolder { folder in
            let snapshot = sample()
            try CatalogFiles.write(snapshot, to: folder)
            #expect(try CatalogFiles.read(from: folder) == snapshot)
            #expect(
                try files(folder) == [
                    "catalog.json", "dw.%2E%2E%2Fevil.sql", "dw.Load__2.sql", "dw.load.sql", "dw.load__3.sql",
                ])
        }
    }

    @Test func writesTheSameBytesAgainAndRemovesStaleFiles() throws {
        try inFolder { folder in
            var snapshot = sample()
            try CatalogFiles.write(snapshot, to: folder)
            let first = try Data(contentsOf: URL(fileURLWithPath: folder + "/catalog.json"))
            try Data("mine".utf8).write(to: URL(fileURLWithPath: folder + "/notes.sql"))
            try CatalogFiles.write(snapshot, to: folder)
            #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/catalog.json")) == first)
            #expect(first.last == 0x0A)
            snapshot.routines.removeLast(3)
            try CatalogFiles.write(snapshot, to: folder)
            #expect(try files(folder) == ["catalog.json", "dw.load.sql", "notes.sql"])
        }
    }

    @Test func takesABodyEditedByHand() throws {
        try inFolder { folder in
            try CatalogFiles.write(sample(), to: folder)
            let path = folder + "/dw.load.sql"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            try ("-- note\n" + text.replacing("null;", with: "null; null;")).write(
                toFile: path, atomically: true, encoding: .utf8)
            let routine = try CatalogFiles.read(from: folder).routines[0]
            #expect(routine.body == "\r\nbegin\n  null; null; -- é\nend\n")
            #expect(routine.bodyLineOffset == 2)
        }
    }

    @Test func namesThePathAndTheReason() throws {
        try inFolder { folder in
            #expect(
                throws: CatalogFileError.cannotRead(path: folder + "/catalog.json", reason: "No such file or directory")
            ) {
                try CatalogFiles.read(from: folder)
            }
            try Data("{\"formatVersion\": 7}".utf8).write(to: URL(fileURLWithPath: folder + "/catalog.json"))
            let reason = "its format version is 7, this program knows 1"
            #expect(throws: CatalogFileError.badFormat(path: folder + "/catalog.json", reason: reason)) {
                try CatalogFiles.read(from: folder)
            }
        }
    }

    @Test func aFullDiskHarmsNothing() throws {
        try inFolder { folder in
            // A folder in the way of the last file fails the write as a full disk would: after the others were staged.
            let snapshot = sample()
            try CatalogFiles.write(snapshot, to: folder)
            var other = snapshot
            for index in other.routines.indices { other.routines[index].definition += "-- changed\n" }
            other.serverVersion = "99"
            try FileManager.default.createDirectory(
                atPath: folder + "/.catalog.json.new", withIntermediateDirectories: false)
            #expect(throws: CatalogFileError.cannotWrite(path: folder + "/catalog.json", reason: "Is a directory")) {
                try CatalogFiles.write(other, to: folder)
            }
            try FileManager.default.removeItem(atPath: folder + "/.catalog.json.new")
            #expect(try CatalogFiles.read(from: folder) == snapshot)
            #expect(try files(folder).allSatisfy { !$0.hasPrefix(".") })
        }
    }

    private func files(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    private func inFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.path + "/catalog-\(UUID())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    private func sample() -> CatalogSnapshot {
        func routine(_ name: String, _ definition: String, _ body: String, _ offset: Int) -> Routine {
            var routine = Routine(name: QualifiedName("dw", name), kind: .procedure, language: "plpgsql")
            routine.definition = definition
            routine.body = body
            routine.bodyLineOffset = offset
            return routine
        }
        var snapshot = CatalogSnapshot(dialect: "postgresql", serverVersion: "18.6")
        snapshot.settings = ["TimeZone": "UTC"]
        snapshot.extensions = [Extension(name: "citext", schema: "public")]
        var sequence = Sequence(name: QualifiedName("dw", "s"))
        sequence.minimum = .min
        snapshot.sequences = [sequence]
        let body = "\r\nbegin\n  null; -- é\nend\n"
        snapshot.routines = [
            routine("load", "create procedure dw.load()\n as $function$\(body)$function$\n", body, 1),
            routine("Load", "create procedure x\nbegin\nend;\ngo", "begin\nend;", 1),
            routine("load", "", "", 0),
            routine("../evil", "create or replace\n", "not in there", 5),
        ]
        return snapshot
    }
}
