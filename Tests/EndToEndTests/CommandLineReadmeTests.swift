import Foundation
import Testing

extension CommandLineTests {
    /// The examples of README.md and docs/cookbook.md are what the program really does.
    @Suite struct Readme {
        @Test func exampleIsTheProgramsOwn() throws {
            let readme = try String(
                contentsOf: CommandLineProgram.package.appending(path: "README.md"), encoding: .utf8)
            let procedure = try block("```sql\n", of: readme)
            let model = try block("```sql+jinja\n", of: readme)
            try withFolder(["shop.sql": procedure]) { folder in
                #expect(try CommandLineProgram.run(["extract", "shop.sql", "--out", "shop"], in: folder).code == 0)
                let file = folder.appending(path: "shop/dbt/models/marts/dw/fct_sales_by_day.sql")
                let written = try String(contentsOf: file, encoding: .utf8)
                #expect(written == model, "paste the new model into README.md")
            }
        }

        @Test func recipesAreTheProgramsOwn() throws {
            let cookbook = try String(
                contentsOf: CommandLineProgram.package.appending(path: "docs/cookbook.md"), encoding: .utf8)
            let sections = cookbook.components(separatedBy: "\n## ")
            let tables = try block("```sql\n", of: sections[0])
            #expect(sections.count == 6)
            for section in sections.dropFirst() {
                let procedure = try block("```sql\n", of: section)
                try withFolder(["in.sql": tables + procedure]) { folder in
                    #expect(try CommandLineProgram.run(["extract", "in.sql", "--out", "out"], in: folder).code == 0)
                    let models = section.matches(of: /`(models\/[^`]+)`:\n\n/)
                    #expect(!models.isEmpty)
                    for match in models {
                        let file = folder.appending(path: "out/dbt/\(match.1)")
                        let written = try String(contentsOf: file, encoding: .utf8)
                        let shown = try block("```sql+jinja\n", of: String(section[match.range.upperBound...]))
                        #expect(written == shown, "paste the new \(match.1) into docs/cookbook.md")
                    }
                }
            }
        }

        private func block(_ mark: String, of text: String) throws -> String {
            let start = try #require(text.range(of: mark)).upperBound
            let end = try #require(text.range(of: "```", range: start..<text.endIndex)).lowerBound
            return String(text[start..<end])
        }
    }
}
