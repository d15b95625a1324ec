import Catalog
import Foundation
import Testing

@testable import Project

/// Folders of this test target and of the package.
enum Here {
    static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    static let golden = tests.appendingPathComponent("Golden")
    static let templates = TemplateFolder(
        at: tests.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("templates").path)
}

@Suite struct GoldenTests {
    /// `PROC2DBT_UPDATE_GOLDEN=1` writes the files instead of comparing them.
    @Test func everyFileOfTheSampleIsAsAgreed() throws {
        let files = try renderProject(
            SamplePlan.plan, catalog: CatalogSnapshot(dialect: "postgresql"),
            options: RenderOptions(templates: Here.templates))
        let folder = Here.golden.appendingPathComponent("sample")
        let manager = FileManager.default
        if ProcessInfo.processInfo.environment["PROC2DBT_UPDATE_GOLDEN"] != nil {
            try? manager.removeItem(at: folder)
            for file in files {
                let url = folder.appendingPathComponent(file.path)
                try manager.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(file.content.utf8).write(to: url)
            }
            return
        }
        for file in files {
            let expected = try String(contentsOf: folder.appendingPathComponent(file.path), encoding: .utf8)
            #expect(file.content == expected, "\(file.path)")
        }
        let enumerator = manager.enumerator(at: folder, includingPropertiesForKeys: [.isRegularFileKey])
        let present = enumerator?.compactMap { $0 as? URL }.filter { !$0.hasDirectoryPath }.count
        #expect(present == files.count)
    }

    @Test func twiceIsTheSame() throws {
        let options = RenderOptions(templates: Here.templates)
        let catalog = CatalogSnapshot(dialect: "postgresql")
        let first = try renderProject(SamplePlan.plan, catalog: catalog, options: options)
        #expect(try renderProject(SamplePlan.plan, catalog: catalog, options: options) == first)
    }
}
