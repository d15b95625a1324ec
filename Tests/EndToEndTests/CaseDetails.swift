import Project
import Verification

/// All that a developer needs to see about a case that failed, as text.
struct CaseDetails {
    let conversion: CaseConversion?
    let outcome: PipelineOutcome?

    var text: String { (findings + models + calls).joined(separator: "\n") }

    private var findings: [String] {
        (conversion?.findings ?? []).map { "\($0.severity) \($0.code) \($0.routine) line \($0.line): \($0.message)" }
    }

    private var models: [String] {
        let files = conversion?.files ?? []
        return files.filter {
            $0.path.hasPrefix("models/") && $0.path.hasSuffix(".sql") && !$0.path.contains("/staging/")
        }
        .flatMap { ["", "-- \($0.path)", $0.content] }
    }

    private var calls: [String] {
        guard let outcome else { return [] }
        var lines = outcome.stopped.map { ["stopped: \(Self.text($0))"] } ?? []
        for call in outcome.calls {
            lines += ["", "call \(call.number): \(call.statement)", "  \(call.command)"]
            lines += call.originalError.map { ["  the original raised: \($0)"] } ?? []
            lines += call.own.map { ["  \(Self.text($0))"] } ?? []
            lines += call.buildMessages.map { "  dbt: \($0)" }
            for relation in call.relations {
                lines.append(
                    "  \(relation.relation) (\(relation.model)): \(Self.text(relation.verdict)); "
                        + "\(relation.legacyRows) rows in legacy, \(relation.dbtRows) in dbt")
                lines += relation.samples.prefix(10).map { "    \(Self.text($0))" }
            }
        }
        return lines
    }

    private static func text(_ verdict: Verdict) -> String {
        [verdict.word.rawValue, verdict.reason].compactMap { $0 }.joined(separator: ": ")
    }

    static func text(_ sample: SampleDifference) -> String {
        let cells = sample.cells.map { cell in
            let sides = [cell.legacy, cell.dbt].compactMap { $0?.description }
            return "\(cell.column)=" + (cell.differs ? sides.joined(separator: " <> ") : sides.first ?? "")
        }
        return "\(sample.kind.rawValue)\(sample.copies > 1 ? " \(sample.copies) times" : ""): "
            + cells.joined(separator: ", ")
    }
}
