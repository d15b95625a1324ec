import Foundation
import Testing

/// `docs/templates.md` and the templates name the same values.
@Suite struct TemplateDocumentationTests {
    private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test func everyValueOfEveryTemplateIsListed() throws {
        let folder = Self.package.appending(path: "templates")
        let page = try String(contentsOf: Self.package.appending(path: "docs/templates.md"), encoding: .utf8)
        let sections = page.split(separator: "\n## ").dropFirst().reduce(into: [String: String]()) { result, section in
            let lines = section.split(separator: "\n", maxSplits: 1)
            result[lines[0].trimmingCharacters(in: ["`"])] = String(lines.last ?? "")
        }
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter {
            $0.hasSuffix(".mustache")
        }
        let names = Set(files.map { String($0.dropLast(".mustache".count)) })
        #expect(names == Set(sections.keys))
        for name in names.sorted() {
            let text = try String(contentsOf: folder.appending(path: "\(name).mustache"), encoding: .utf8)
            let used = Set(text.matches(of: /<%[#^&\/]? ?([A-Za-z.]+) ?%>/).map { String($0.1) })
            let listed = Set((sections[name] ?? "").matches(of: /`([A-Za-z.]+)`/).map { String($0.1) })
            #expect(used.subtracting(listed).isEmpty, "\(name): not in docs/templates.md")
            // Words of dbt and of types are explained there, too.
            let words: Set<String> = [
                "schema.routine", "plpgsql", "sql", "immutable", "stable", "volatile", "ref", "source",
                "verify", "now", "duckdb",
            ]
            #expect(listed.subtracting(used).subtracting(words).isEmpty, "\(name): no such value")
        }
    }
}
