import Foundation

/// `.build/e2e-results.tsv`, always as far as the run has come, and a file of details for each case that failed.
actor ResultTable {
    static let shared = ResultTable()

    private var results: [String: CaseResult] = [:]
    private let details = Repository.buildFolder.appending(path: "e2e-details")

    private init() {
        try? FileManager.default.removeItem(at: details)
        try? FileManager.default.createDirectory(at: details, withIntermediateDirectories: true)
    }

    /// Adds a result, or the note that a case has begun, and writes the table.
    func add(_ result: CaseResult) {
        results[result.name] = result
        write()
        guard result.judgement != .passed, result.judgement != .running else { return }
        let text = "\(result.summary)\n\n\(result.details)\n"
        try? text.write(to: details.appending(path: "\(result.name).txt"), atomically: true, encoding: .utf8)
    }

    private func write() {
        var lines = ["case\texpect\tfeature\tstatus\tverdict\tjudgement\tseconds\tfinding\tdifference"]
        for result in results.values.sorted(by: { $0.name < $1.name }) {
            let fields = [
                result.name, result.expect.rawValue, result.feature, result.status, result.verdict,
                result.judgement.rawValue, String(format: "%.1f", result.seconds), result.finding, result.difference,
            ]
            lines.append(fields.map(Self.oneLine).joined(separator: "\t"))
        }
        let text = lines.joined(separator: "\n") + "\n"
        try? text.write(
            to: Repository.buildFolder.appending(path: "e2e-results.tsv"), atomically: true, encoding: .utf8)
    }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: { $0.isWhitespace }).joined(separator: " ")
    }
}
