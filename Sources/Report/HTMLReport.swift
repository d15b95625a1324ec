import Foundation
import Verification

/// The outcome as one HTML page that needs nothing else: no script, no font, no picture from anywhere.
///
/// The summary comes first, then each pipeline, each call, each model; what differs is open, what matched is folded.
public enum HTMLReport {
    /// Writes the page.
    public static func html(_ outcome: VerificationOutcome) -> String {
        var page = HTMLText()
        page.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        page.raw("<meta name=\"color-scheme\" content=\"light dark\">\n")
        page.element("title", "Parity of \(outcome.project)")
        page.raw("<style>\n\(HTMLStyle.sheet)</style>\n</head>\n<body>\n<main>\n")
        summary(outcome, &page)
        for (index, pipeline) in outcome.pipelines.enumerated() { section(pipeline, index, &page) }
        page.raw("</main>\n</body>\n</html>\n")
        return page.text
    }

    private static func summary(_ outcome: VerificationOutcome, _ page: inout HTMLText) {
        page.raw("<header>\n")
        page.element("h1", "Parity of \(outcome.project)")
        page.raw("<p class=\"lead\">")
        badge(outcome.verdict, &page)
        page.write(" ")
        page.write(headline(outcome))
        page.raw("</p>\n<ul class=\"counts\">\n")
        for (word, count) in outcome.counts where count > 0 {
            page.raw("<li class=\"\(style(word))\"><strong>\(count)</strong> ")
            page.write(word.rawValue)
            page.raw("</li>\n")
        }
        page.raw("</ul>\n<dl class=\"facts\">\n")
        var facts = [
            ("Started", outcome.startedAt.ISO8601Format()), ("Took", seconds(outcome.seconds)),
            ("Rows from", outcome.source), ("Seed", String(outcome.seed)),
        ]
        facts += outcome.engines.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        for (name, value) in facts {
            page.raw("<div>")
            page.element("dt", name)
            page.element("dd", value)
            page.raw("</div>\n")
        }
        page.raw("</dl>\n")
        list("About the rows", outcome.notes, &page)
        page.raw("<div class=\"scroll\"><table>\n<caption>Pipelines</caption>\n<thead><tr>")
        page.raw("<th scope=\"col\">Routine</th>")
        page.raw("<th scope=\"col\">Scenario</th><th scope=\"col\" class=\"number\">Calls</th>")
        page.raw("<th scope=\"col\">Verdict</th><th scope=\"col\" class=\"number\">Time</th></tr></thead>\n<tbody>\n")
        for (index, pipeline) in outcome.pipelines.enumerated() {
            page.raw("<tr><td><a href=\"#pipeline-\(index)\">")
            page.write(pipeline.entry)
            page.raw("</a></td>")
            page.element("td", pipeline.scenario)
            page.raw("<td class=\"number\">\(pipeline.calls.count)</td><td>")
            badge(pipeline.verdict, &page)
            page.raw("</td><td class=\"number\">\(seconds(pipeline.seconds))</td></tr>\n")
        }
        page.raw("</tbody>\n</table></div>\n</header>\n")
    }

    /// One sentence that says what the words add up to, and never more.
    private static func headline(_ outcome: VerificationOutcome) -> String {
        let calls = outcome.pipelines.flatMap(\.calls).count
        let compared =
            "\(counted(outcome.relations.count, "comparison")) in \(counted(calls, "call")) of "
            + "\(counted(outcome.pipelines.count, "pipeline"))."
        let open = outcome.pipelines.count { [.notRun, .refused].contains($0.verdict.word) }
        if !outcome.isParity { return "Original and dbt project give different rows. \(compared)" }
        if open > 0 { return "No difference, but not compared in full: \(counted(open, "pipeline")). \(compared)" }
        return "Original and dbt project give the same rows. \(compared)"
    }

    private static func section(_ pipeline: PipelineOutcome, _ index: Int, _ page: inout HTMLText) {
        page.raw("<section id=\"pipeline-\(index)\">\n<h2>")
        page.write(pipeline.entry)
        page.raw(" <small>")
        page.write(pipeline.scenario)
        page.raw("</small> ")
        badge(pipeline.verdict, &page)
        page.raw("</h2>\n")
        if let reason = pipeline.stopped?.reason { page.element("p", reason) }
        if let generated = pipeline.generated { article(generated, &page) }
        for call in pipeline.calls { article(call, &page) }
        page.raw("</section>\n")
    }

    private static func article(_ generated: GeneratedOutcome, _ page: inout HTMLText) {
        page.raw("<article>\n<h3>Generated states ")
        badge(generated.verdict ?? .matched, &page)
        page.raw("</h3>\n")
        page.element("p", "\(generated.summary). \(counted(generated.calls, "call")) compared.")
        list("Not run", generated.notRunReasons, &page)
        if !generated.nondeterministicCases.isEmpty {
            let numbers = generated.nondeterministicCases.map(String.init).joined(separator: ", ")
            page.element("p", "The original gives other rows when its rows lie in another order in case \(numbers).")
        }
        for difference in generated.differences {
            page.raw("<h4>")
            page.write("Case \(difference.number), call \(difference.call): \(difference.reason)")
            page.raw("</h4>\n<pre><code>")
            page.write(difference.script.joined(separator: "\n"))
            page.raw("</code></pre>\n")
            for relation in difference.relations { details(relation, &page) }
        }
        page.raw("</article>\n")
    }

    private static func article(_ call: CallOutcome, _ page: inout HTMLText) {
        page.raw("<article>\n<h3>Call \(call.number) ")
        badge(call.verdict, &page)
        page.raw("</h3>\n<pre><code>")
        page.write(call.statement)
        page.raw("</code> <span class=\"muted\">\(seconds(call.originalSeconds))</span>\n<code>")
        page.write(call.command)
        page.raw("</code> <span class=\"muted\">\(seconds(call.buildSeconds))</span></pre>\n")
        if let own = call.own, let reason = own.reason {
            page.element("p", "The call itself: \(own.word.rawValue). \(reason)")
        }
        if let error = call.originalError { page.element("p", "The original raised: \(error)") }
        list("Changes before the call", call.changes, &page)
        list("What the original said", call.notices, &page)
        list("What dbt said", call.buildMessages, &page)
        for relation in call.relations { details(relation, &page) }
        page.raw("</article>\n")
    }

    private static func details(_ relation: RelationOutcome, _ page: inout HTMLText) {
        page.raw("<details\(relation.verdict.isDifference ? " open=\"\"" : "")>\n<summary>")
        badge(relation.verdict, &page)
        page.raw(" <strong>")
        page.write(relation.relation)
        page.raw("</strong> ")
        page.write(relation.model.isEmpty ? "(no model)" : "= \(relation.model)")
        page.raw(" <span class=\"muted\">")
        page.write(counted(relation.equalRows, "equal row"))
        page.raw("</span></summary>\n")
        if let reason = relation.verdict.reason {
            page.element("p", relation.verdict.word == .matchedWithRules ? "Compared by rule: \(reason)" : reason)
        }
        page.raw("<p>")
        page.write(
            "\(counted(relation.legacyRows, "row")) in legacy, \(relation.dbtRows) in dbt; \(relation.changedRows) changed, "
                + "\(relation.onlyLegacyRows) only in legacy, \(relation.onlyDbtRows) only in dbt.")
        page.raw("</p>\n")
        list("Columns and types", relation.structure, &page)
        list(
            "Columns that differ, by sampled rows", relation.differingColumns.map { "\($0.column): \($0.count)" }, &page
        )
        for sample in relation.samples { table(sample, &page) }
        page.raw("</details>\n")
    }

    /// Both sides of a row, a line a column, the differing ones marked.
    private static func table(_ sample: SampleDifference, _ page: inout HTMLText) {
        page.raw("<div class=\"scroll\"><table class=\"sample\">\n<caption>")
        page.write(sample.kind.rawValue + (sample.copies > 1 ? ", \(sample.copies) times" : ""))
        page.raw("</caption>\n<thead><tr><th scope=\"col\">Column</th><th scope=\"col\">legacy</th>")
        page.raw("<th scope=\"col\">dbt</th></tr></thead>\n<tbody>\n")
        for cell in sample.cells {
            page.raw(cell.differs ? "<tr class=\"differs\">" : "<tr>")
            page.raw("<th scope=\"row\">")
            page.write(cell.column + (sample.key.contains(cell.column) ? " (key)" : ""))
            page.raw("</th>")
            for value in [cell.legacy, cell.dbt] {
                switch value {
                case .text(let text): page.element("td", XMLText.clipped(text, to: 2000))
                case .null: page.raw("<td class=\"muted\">NULL</td>")
                case nil: page.raw("<td class=\"muted\">no row</td>")
                }
            }
            page.raw("</tr>\n")
        }
        page.raw("</tbody>\n</table></div>\n")
    }

    private static func list(_ title: String, _ lines: [String], _ page: inout HTMLText) {
        guard !lines.isEmpty else { return }
        page.element("p", title + ":")
        page.raw("<ul>\n")
        for line in lines.prefix(100) { page.element("li", XMLText.clipped(line, to: 2000)) }
        if lines.count > 100 { page.element("li", "and \(lines.count - 100) more") }
        page.raw("</ul>\n")
    }

    private static func badge(_ verdict: Verdict, _ page: inout HTMLText) {
        page.raw("<span class=\"badge \(style(verdict.word))\">")
        page.write(verdict.word.rawValue)
        page.raw("</span>")
    }

    private static func style(_ word: Verdict.Word) -> String {
        switch word {
        case .proven, .matched, .matchedWithRules: "good"
        case .differs: "bad"
        case .notRun, .refused: "open"
        }
    }

    private static func counted(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }

    private static func seconds(_ value: Double) -> String { String(format: "%.1f s", value) }
}

/// HTML text under construction: `write` escapes, `raw` does not.
struct HTMLText {
    private(set) var text = ""

    mutating func raw(_ html: String) { text += html }

    mutating func write(_ plain: String) {
        for scalar in XMLText.printable(plain).unicodeScalars {
            switch scalar {
            case "&": text += "&amp;"
            case "<": text += "&lt;"
            case ">": text += "&gt;"
            case "\"": text += "&quot;"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }

    mutating func element(_ name: String, _ plain: String) {
        raw("<\(name)>")
        write(plain)
        raw("</\(name)>\n")
    }
}
