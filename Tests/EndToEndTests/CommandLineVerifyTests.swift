import Foundation
import Testing

extension CommandLineTests {
    /// `verify` with the real engines.
    @Suite(.serialized, .enabled(if: CommandLineProgram.hasEnvironment, "needs `make setup`"))
    struct Verifying {
        @Test func paritySaysZeroAndADifferenceFour() throws {
            try withFolder(["a.sql": littleSystem]) { folder in
                #expect(try CommandLineProgram.run(["extract", "a.sql", "--out", "o"], in: folder).code == 0)
                let equal = try CommandLineProgram.run(["verify", "o", "--junit", "j.xml", "--seed", "7"], in: folder)
                #expect(equal.code == 0, "\(equal.output)\(equal.errors)")
                #expect(equal.output.contains("\nparity: "))
                #expect(equal.errors.isEmpty)
                for name in ["j.xml", "o/verify/report.html", "o/verify/report.json"] {
                    #expect(FileManager.default.fileExists(atPath: folder.appending(path: name).path), "\(name)")
                }

                // Someone breaks the model.
                try breakTotals(below: folder.appending(path: "o/dbt/models"))
                let different = try CommandLineProgram.run(["verify", "o"], in: folder)
                #expect(different.code == 4, "\(different.output)\(different.errors)")
                #expect(different.output.contains("NO PARITY"))
            }
        }

        @Test(arguments: [SIGINT, SIGTERM])
        func signalsEndItCleanly(_ number: Int32) throws {
            try withFolder(["a.sql": littleSystem]) { folder in
                #expect(try CommandLineProgram.run(["extract", "a.sql", "--out", "o"], in: folder).code == 0)
                // During the engine's start, the loading of rows, and dbt.
                var stopped = 0
                for seconds in [0.5, 2, 4] {
                    let result = try CommandLineProgram.run(["verify", "o"], in: folder, signal: (number, seconds))
                    // A quick machine may be done before the signal comes.
                    if result.code == 0 { continue }
                    stopped += 1
                    // A shell shows this as 130 or 143.
                    #expect(result.code == -number, "after \(seconds) s: \(result.output)\(result.errors)")
                    #expect(result.errors.isEmpty)
                }
                #expect(stopped > 0)
            }
        }
    }
}
