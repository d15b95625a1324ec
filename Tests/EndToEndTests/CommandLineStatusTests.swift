import Foundation
import Testing

extension CommandLineTests {
    /// `status`: what has drifted, and the three-way merge of a renewed extraction.
    @Suite struct Status {
        @Test func saysWhatHasDriftedAndMergesIt() throws {
            try withFolder(["a.sql": littleSystem]) { folder in
                func run(_ arguments: String...) throws -> CommandResult {
                    try CommandLineProgram.run(arguments, in: folder)
                }
                let model = folder.appending(path: "o/dbt/models/marts/etl/fct_totals.sql")
                #expect(try run("extract", "a.sql", "--out", "o").code == 0)
                let path = try #require(
                    try contents(of: folder.appending(path: "o/dbt/models/marts")).keys.first {
                        $0.hasSuffix("totals.sql")
                    })
                let file = model.deletingLastPathComponent().deletingLastPathComponent().appending(path: path)
                let before = try contents(of: folder)
                var result = try run("status", "o")
                #expect(result.code == 0, "\(result)")
                #expect(result.output.contains("source    as it was extracted"))
                #expect(try contents(of: folder) == before, "status writes nothing")

                // A person edits one model and deletes a file; the source gets a column, and the routine another body.
                let text = try String(contentsOf: file, encoding: .utf8)
                try ("-- reviewed by ann\n" + text).write(to: file, atomically: true, encoding: .utf8)
                try FileManager.default.removeItem(at: folder.appending(path: "o/dbt/.yamllint"))
                let changed = littleSystem.replacingOccurrences(
                    of: "amount numeric(10,2));", with: "amount numeric(10,2), paid boolean);"
                ).replacingOccurrences(of: "from raw.orders group", with: "from raw.orders where amount > 1 group")
                try changed.write(to: folder.appending(path: "a.sql"), atomically: true, encoding: .utf8)
                result = try run("status", "o")
                #expect(result.code == 4)
                for line in [
                    "changed   procedure etl.load()", "changed   table raw.orders: column paid added",
                    "edited    models/",
                    "deleted   .yamllint",
                ] {
                    #expect(result.output.contains(line), "\(line) is not in \(result.output)")
                }
                let document = try JSONSerialization.jsonObject(
                    with: Data(try run("status", "o", "--json").output.utf8))
                #expect(
                    ((document as? [String: Any])?["project"] as? [String: Any])?["deleted"] as? [String] == [
                        ".yamllint"
                    ])
                #expect(try run("status", "o", "--offline").output.contains("source") == false)

                // The next extraction brings both together.
                result = try run("extract", "a.sql", "--out", "o")
                #expect(result.output.contains("what is new was merged into it"), "\(result.output)")
                let merged = try String(contentsOf: file, encoding: .utf8)
                #expect(merged.hasPrefix("-- reviewed by ann\n") && merged.contains("> 1"))
                #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "o/dbt/.yamllint").path))
                result = try run("status", "o")
                #expect(result.code == 4 && result.output.contains("as it was extracted"))
            }
        }

        @Test func failuresAreOneLine() throws {
            try withFolder(["a.sql": littleSystem]) { folder in
                for (arguments, text) in [
                    (["status", "none"], "does not exist"), (["status", "o", "--source", "gone.sql"], "gone.sql"),
                    (["status", "o", "--source", "postgresql://nobody@localhost:1/x"], "cannot connect"),
                ] {
                    _ = try CommandLineProgram.run(["extract", "a.sql", "--out", "o"], in: folder)
                    let result = try CommandLineProgram.run(arguments, in: folder)
                    #expect(result.code == 1 && result.errorLines.count == 1, "\(result)")
                    #expect(result.errors.contains(text), "\(result.errors)")
                }
            }
        }
    }
}
