import ArgumentParser
import Findings

/// `proc2dbt findings --markdown`: writes `docs/findings.md`; hidden, for whoever works on this program.
struct FindingsPage: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "findings", abstract: "List all findings.", shouldDisplay: false)

    @Flag(help: "As the page docs/findings.md.")
    var markdown = false

    func run() {
        guard markdown else {
            for entry in FindingsCatalogue.entries { print("\(entry.code)  \(entry.title)") }
            return
        }
        print(FindingsCatalogue.markdown, terminator: "")
    }
}

extension FindingsCatalogue {
    /// The whole page.
    static var markdown: String {
        var lines = [
            "# Findings", "",
            "What `proc2dbt` may have to say about a routine, by code. A code never changes its meaning. An **error** "
                + "is a part that is not converted: the models that need it are disabled. A **warning** is a place where "
                + "the result may differ under circumstances that the message names. A **note** is worth knowing.",
            "",
            "This page is generated: `proc2dbt findings --markdown > docs/findings.md`.", "",
            "| code | severity | what |", "|---|---|---|",
        ]
        for entry in entries {
            lines.append("| [\(entry.code)](#\(entry.code.lowercased())) | \(entry.severity) | \(entry.title) |")
        }
        for entry in entries {
            lines += ["", "## \(entry.code)", "", "**\(entry.title)** (\(entry.severity))", "", entry.meaning, ""]
            lines.append("What to do: \(entry.advice)")
            if let example = entry.example { lines += ["", "```sql", example, "```"] }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
