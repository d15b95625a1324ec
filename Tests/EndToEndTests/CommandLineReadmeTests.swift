import Foundation
import Testing

extension CommandLineTests {
    /// The example of README.md is what the program really does.
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

        private func block(_ mark: String, of text: String) throws -> String {
            let start = try #require(text.range(of: mark)).upperBound
            let end = try #require(text.range(of: "```", range: start..<text.endIndex)).lowerBound
            return String(text[start..<end])
        }
    }
}
