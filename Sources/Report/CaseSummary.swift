import Verification

/// What is said about one comparison, or about a call or pipeline as such: the common ground of the reports.
struct CaseSummary {
    /// The entry routine and scenario.
    var suite: String
    var name: String
    var verdict: Verdict
    var seconds: Double
    /// Everything a person needs to find the difference: the call, the counts, the columns, the samples.
    var detail: String

    /// The cases of a pipeline: call x model; a verdict that belongs to a whole call or to the whole pipeline is a case, too.
    static func cases(of pipeline: PipelineOutcome) -> [CaseSummary] {
        let suite = "\(pipeline.entry) (\(pipeline.scenario))"
        var cases: [CaseSummary] = []
        for call in pipeline.calls {
            let head = "call \(call.number)"
            // The work of a call is shared by its comparisons; the first case carries its time.
            var shared = call.originalSeconds + call.buildSeconds
            if let own = call.own {
                cases.append(
                    CaseSummary(
                        suite: suite, name: "\(head): the call itself", verdict: own, seconds: shared,
                        detail: describe(call)))
                shared = 0
            }
            for relation in call.relations {
                let model = relation.model.isEmpty ? "no model" : relation.model
                cases.append(
                    CaseSummary(
                        suite: suite, name: "\(head): \(relation.relation) = \(model)", verdict: relation.verdict,
                        seconds: relation.seconds + shared, detail: describe(call) + "\n\n" + describe(relation)))
                shared = 0
            }
        }
        if let generated = pipeline.generated { cases.append(summary(of: generated, suite)) }
        if let stopped = pipeline.stopped {
            cases.append(
                CaseSummary(
                    suite: suite, name: "the pipeline", verdict: stopped, seconds: pipeline.seconds,
                    detail: stopped.reason ?? ""))
        }
        return unique(cases)
    }

    /// All generated cases as one: hundreds of equal ones would hide the rest.
    private static func summary(of generated: GeneratedOutcome, _ suite: String) -> CaseSummary {
        var lines = [generated.summary]
        lines += generated.notRunReasons
        for difference in generated.differences {
            lines += ["", "case \(difference.number), call \(difference.call): \(difference.reason)"]
            lines += difference.script + difference.relations.filter(\.verdict.isDifference).map(describe)
        }
        return CaseSummary(
            suite: suite, name: "generated states", verdict: generated.verdict ?? .matched,
            seconds: generated.seconds, detail: lines.joined(separator: "\n"))
    }

    /// GitLab drops a case whose name was there before: number the later ones.
    private static func unique(_ cases: [CaseSummary]) -> [CaseSummary] {
        var seen: [String: Int] = [:]
        return cases.map { original in
            var copy = original
            let count = seen[original.name, default: 0] + 1
            seen[original.name] = count
            if count > 1 { copy.name += " (\(count))" }
            return copy
        }
    }

    private static func describe(_ call: CallOutcome) -> String {
        var lines = ["original: \(call.statement)", "dbt:      \(call.command)"]
        lines += call.changes.map { "before:   \($0)" }
        if let error = call.originalError { lines.append("the original raised: \(error)") }
        lines += call.notices.prefix(20).map { "the original said: \($0)" }
        lines += call.buildMessages.prefix(20).map { "dbt said: \($0)" }
        return lines.joined(separator: "\n")
    }

    private static func describe(_ relation: RelationOutcome) -> String {
        var lines = [
            "\(relation.legacyRows) rows in legacy, \(relation.dbtRows) in dbt: \(relation.equalRows) equal, "
                + "\(relation.changedRows) changed, \(relation.onlyLegacyRows) only in legacy, "
                + "\(relation.onlyDbtRows) only in dbt"
        ]
        lines += relation.structure
        lines += relation.differingColumns.map { "column \($0.column) differs in \($0.count) sampled rows" }
        lines += relation.samples.map(describe)
        return lines.joined(separator: "\n")
    }

    /// One line for a row: its key, then each differing column with both values.
    private static func describe(_ sample: SampleDifference) -> String {
        func show(_ value: SampleDifference.Value?) -> String {
            switch value {
            case .text(let text): "'\(XMLText.clipped(text, to: 500))'"
            case .null: "NULL"
            case nil: "-"
            }
        }
        let copies = sample.copies > 1 ? " (\(sample.copies) times)" : ""
        switch sample.kind {
        case .changed:
            let key = sample.cells.filter { sample.key.contains($0.column) }
                .map { "\($0.column)=\(show($0.legacy))" }
            let changes = sample.cells.filter(\.differs).map { "\($0.column): \(show($0.legacy)) -> \(show($0.dbt))" }
            return "changed \(key.joined(separator: ", ")): \(changes.joined(separator: "; "))\(copies)"
        case .onlyLegacy:
            return
                "only legacy: \(sample.cells.map { "\($0.column)=\(show($0.legacy))" }.joined(separator: ", "))\(copies)"
        case .onlyDbt:
            return "only dbt: \(sample.cells.map { "\($0.column)=\(show($0.dbt))" }.joined(separator: ", "))\(copies)"
        }
    }
}
