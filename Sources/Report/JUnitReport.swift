import Foundation
import Verification

/// The outcome as JUnit XML that both published schemas (Jenkins xunit-plugin, Ant) accept.
///
/// A suite a pipeline and scenario, a case a call and model. A difference is a failure; what was refused or not run is
/// skipped, with its reason in the suite's `system-out`, because a bare `<skipped/>` is all that both schemas allow.
public enum JUnitReport {
    /// Jenkins stops reading at 30 MB; what is cut stands in the HTML and JSON reports.
    private static let largestText = 24_000_000
    private static let largestCase = 64_000

    /// Writes the document.
    public static func xml(_ outcome: VerificationOutcome, hostname: String = "localhost") throws(ReportError) -> String
    {
        let writer = try XMLWriter()
        var room = largestText
        try writer.element("testsuites") { () throws(ReportError) in
            for (index, pipeline) in outcome.pipelines.enumerated() {
                try suite(pipeline, index, outcome, hostname, writer, &room)
            }
        }
        return try writer.finish()
    }

    private static func suite(
        _ pipeline: PipelineOutcome, _ index: Int, _ outcome: VerificationOutcome, _ hostname: String,
        _ writer: borrowing XMLWriter, _ room: inout Int
    ) throws(ReportError) {
        let cases = CaseSummary.cases(of: pipeline)
        let failures = cases.count { $0.verdict.isDifference }
        let skipped = cases.count { [.notRun, .refused].contains($0.verdict.word) }
        try writer.startSuite(
            name: "\(pipeline.entry) (\(pipeline.scenario))", package: outcome.project, id: index,
            counts: (cases.count, failures, skipped), seconds: cases.reduce(0) { $0 + $1.seconds },
            timestamp: timestamp(outcome.startedAt), hostname: hostname)
        try writer.element("properties") { () throws(ReportError) in
            try writer.element("property", ["name": "source", "value": outcome.source])
            try writer.element("property", ["name": "seed", "value": String(outcome.seed)])
            for (name, version) in outcome.engines.sorted(by: { $0.key < $1.key }) {
                try writer.element("property", ["name": name, "value": version])
            }
        }
        var output = ""
        for one in cases {
            try write(one, outcome, writer, &room)
            output += "\(one.name): \(one.verdict.word.rawValue)\(one.verdict.reason.map { " (\($0))" } ?? "")\n"
        }
        try writer.element("system-out") { () throws(ReportError) in try writer.text(take(output, &room)) }
        try writer.element("system-err")
        try writer.endElement()
    }

    private static func write(
        _ one: CaseSummary, _ outcome: VerificationOutcome, _ writer: borrowing XMLWriter, _ room: inout Int
    ) throws(ReportError) {
        // Jenkins takes what stands before the last dot as the package.
        let attributes: KeyValuePairs = [
            "classname": "\(outcome.project).\(one.suite.replacing(".", with: "_"))", "name": one.name,
            "time": time(one.seconds),
        ]
        try writer.element("testcase", attributes) { () throws(ReportError) in
            switch one.verdict {
            case .differs(let reason):
                let message = XMLText.clipped(reason.replacing("\n", with: " "), to: 500)
                // GitLab shows the text only.
                let text = take(XMLText.clipped("\(reason)\n\(one.detail)", to: largestCase), &room)
                try writer.element("failure", ["type": "difference", "message": message]) { () throws(ReportError) in
                    try writer.text(text)
                }
            case .notRun, .refused: try writer.element("skipped")
            case .proven, .matched, .matchedWithRules: break
            }
        }
    }

    /// As much of the text as the whole document still has room for.
    private static func take(_ text: String, _ room: inout Int) -> String {
        // Escaping makes text longer: `&` becomes five bytes, a control character up to eight.
        let cost = text.utf8.count + text.utf8.count { $0 == 0x26 || $0 == 0x3C || $0 == 0x3E || $0 < 0x20 } * 7
        guard cost <= room else { return "[cut: the report would be too large; see the HTML or JSON report]" }
        room -= cost
        return text
    }

    static func time(_ seconds: Double) -> String { String(format: "%.3f", max(0, seconds)) }

    /// ISO 8601 in UTC, without a zone, as the schemas want it.
    static func timestamp(_ date: Date) -> String {
        String(date.ISO8601Format().prefix(19))
    }
}

extension XMLWriter {
    /// `<testsuite ..>`: the counters must be right, the order is the schemas'.
    fileprivate func startSuite(
        name: String, package: String, id: Int, counts: (tests: Int, failures: Int, skipped: Int), seconds: Double,
        timestamp: String, hostname: String
    ) throws(ReportError) {
        try startElement(
            "testsuite",
            [
                "name": name, "package": package, "id": String(id), "tests": String(counts.tests),
                "failures": String(counts.failures), "errors": "0", "skipped": String(counts.skipped),
                "time": JUnitReport.time(seconds), "timestamp": timestamp, "hostname": hostname,
            ])
    }
}
