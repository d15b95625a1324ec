import Foundation
import Testing

extension CommandLineTests {
    /// The page about findings is whole.
    @Suite struct FindingsPage {
        private func page() throws -> String {
            try withFolder { try CommandLineProgram.run(["findings", "--markdown"], in: $0).output }
        }

        @Test func explainsEveryCodeInTheSources() throws {
            let page = try page()
            let sources = CommandLineProgram.package.appending(path: "Sources")
            for name in try FileManager.default.subpathsOfDirectory(atPath: sources.path) where name.hasSuffix(".swift")
            {
                let text = try String(contentsOf: sources.appending(path: name), encoding: .utf8)
                for match in text.matches(of: try Regex("P2D-[0-9]{3}")) {
                    let code = String(text[match.range])
                    #expect(
                        page.contains("\n## \(code)\n"), "\(name) gives \(code): add it to NoteTexts or RefusalTexts")
                }
            }
        }

        @Test func isTheCommittedOne() throws {
            let file = CommandLineProgram.package.appending(path: "docs/findings.md")
            let committed = try String(contentsOf: file, encoding: .utf8)
            let generated = try page()
            #expect(
                committed == generated,
                "run `proc2dbt findings --markdown > docs/findings.md`")
        }
    }
}
