import Foundation
import Steps
import Testing
import Types

/// Every answer must be the server's; having none is allowed, but not often.
struct CorpusTests {
    @Test(arguments: ["realistic", "expressions"])
    func answersAreTheServers(fixture: String) throws {
        try check(Corpus.cases(Corpus.fixture(fixture)), label: fixture)
    }

    /// A larger corpus than the one that is kept, when somebody has made one.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["TYPES_CORPUS"] != nil))
    func answersAreTheServersAtLarge() throws {
        let path = try #require(ProcessInfo.processInfo.environment["TYPES_CORPUS"])
        try check(Corpus.cases(URL(filePath: path)), label: "large")
    }

    private func check(_ cases: [Corpus.Case], label: String) throws {
        let context = try Corpus.context()
        var wrong: [String] = []
        var silent: [String] = []
        for entry in cases {
            let source = Corpus.source(entry.expression)
            let type = inferType(source, source.all, context)
            if type == nil { silent.append(entry.expression + " is " + entry.type) }
            if let type, type != entry.type { wrong.append("\(entry.expression): \(type), not \(entry.type)") }
            let name = inferColumnName(source, source.all)
            if name != entry.name { wrong.append("\(entry.expression): named \(name), not \(entry.name)") }
        }
        #expect(wrong.isEmpty, "\(wrong.count) wrong:\n\(wrong.prefix(60).joined(separator: "\n"))")
        let rate = Double(silent.count) / Double(max(cases.count, 1))
        print("\(label): \(cases.count) expressions, \(silent.count) without an answer")
        #expect(rate < 0.05, "\(silent.count) of \(cases.count) silent:\n\(silent.prefix(80).joined(separator: "\n"))")
        if ProcessInfo.processInfo.environment["TYPES_SHOW"] != nil { print(silent.joined(separator: "\n")) }
    }
}
