import ArgumentParser
import Foundation
import Project
import Report
import Verification

/// What a person reads after a verification, and how the program ends then.
struct VerdictText {
    private let outcome: VerificationOutcome

    init(_ outcome: VerificationOutcome) { self.outcome = outcome }

    /// A table of the pipelines, then a line for each comparison that is no match.
    var lines: [String] {
        var table = TextTable(
            ["pipeline", "verdict", "calls", "comparisons", "rows", "seconds"], numbers: [2, 3, 4, 5])
        for pipeline in outcome.pipelines {
            let relations = pipeline.calls.flatMap(\.relations)
            table.add([
                pipeline.entry, pipeline.verdict.word.rawValue, "\(pipeline.calls.count)", "\(relations.count)",
                "\(relations.reduce(0) { $0 + $1.legacyRows })", String(format: "%.1f", pipeline.seconds),
            ])
        }
        var lines = table.lines
        let details = outcome.pipelines.flatMap(details)
        if !details.isEmpty { lines += [""] + details }
        lines += outcome.notes
        let counts = outcome.counts.filter { $0.count > 0 }.map { "\($0.count) \($0.word.rawValue)" }
        let isWhole = outcome.pipelines.allSatisfy(\.verdict.isMatch)
        let verdict = !outcome.isParity ? "NO PARITY" : isWhole ? "parity" : "parity where compared"
        return lines + ["", "\(verdict): \(counts.joined(separator: ", "))"]
    }

    private func details(_ pipeline: PipelineOutcome) -> [String] {
        var lines: [String] = []
        if let stopped = pipeline.stopped { lines.append("\(pipeline.entry): \(text(stopped))") }
        if let generated = pipeline.generated {
            lines.append("\(pipeline.entry): \(generated.summary)")
            lines += generated.differences.flatMap { difference in
                [
                    "\(pipeline.entry): generated case \(difference.number), call \(difference.call): \(difference.reason)"
                ]
                    + difference.script.map { "    \($0)" }
                    + [
                        "    again: proc2dbt verify DIR --pipeline \(pipeline.entry) --seed \(generated.seed) --case \(difference.number)"
                    ]
            }
        }
        for call in pipeline.calls {
            let place = "\(pipeline.entry): call \(call.number)"
            if let own = call.own, !own.isMatch { lines.append("\(place): \(text(own))") }
            for relation in call.relations where !relation.verdict.isMatch {
                lines.append("\(place): \(relation.relation) = \(relation.model): \(text(relation.verdict))")
            }
        }
        return lines
    }

    private func text(_ verdict: Verdict) -> String {
        let reason = verdict.reason.map { ": " + $0.split(whereSeparator: \.isNewline).joined(separator: " ") } ?? ""
        return verdict.word.rawValue + reason
    }

    /// Pipelines of which nothing was compared although something should have been.
    private var skipped: [PipelineOutcome] {
        outcome.pipelines.filter { pipeline in
            pipeline.verdict.word == .notRun && pipeline.generated?.matched ?? 0 == 0
                && !pipeline.calls.flatMap(\.relations).contains { $0.verdict.isMatch }
        }
    }

    /// Throws the exit code for anything but parity: what was not compared is no parity either.
    func end() throws {
        if !outcome.isParity { throw ExitCode.different }
        if let first = skipped.first {
            throw Failure(
                "\(skipped.count) of \(outcome.pipelines.count) pipelines could not be compared; \(first.entry): "
                    + (first.verdict.reason ?? "no reason given"))
        }
        if !outcome.relations.contains(where: { $0.verdict.isMatch })
            && !outcome.pipelines.contains(where: { $0.generated?.compared ?? 0 > 0 })
        {
            throw Failure("nothing was compared: all pipelines are refused; see report.json for the findings")
        }
    }
}

extension Verdict {
    /// Equal rows, strictly or under rules.
    fileprivate var isMatch: Bool { [.proven, .matched, .matchedWithRules].contains(word) }
}

/// Where the reports of a verification go.
struct ReportFiles {
    private let junit: String
    private let html: String
    private let json: String

    /// Paths that are nil are in the folder's `verify`.
    init(folder: OutputFolder, junit: String? = nil, html: String? = nil, json: String? = nil) {
        self.junit = junit ?? "\(folder.verification)/junit.xml"
        self.html = html ?? "\(folder.verification)/report.html"
        self.json = json ?? "\(folder.verification)/report.json"
    }

    /// Writes all three.
    func write(_ outcome: VerificationOutcome) throws {
        try AtomicFile.write(Array(JUnitReport.xml(outcome).utf8), to: junit)
        try AtomicFile.write(Array(HTMLReport.html(outcome).utf8), to: html)
        try AtomicFile.write(Array(JSONReport.json(outcome)), to: json)
    }

    /// Where they are.
    var lines: [String] { ["junit     \(junit)", "page      \(html)", "json      \(json)"] }
}
