import Foundation
import Yams

@testable import proc2dbt

/// `docs/coverage.md`: constructs with their rules, and what the cases show of them.
struct CoveragePage {
    /// An entry of `constructs.yml`.
    struct Construct {
        var name: String
        var lowered: String
        var needs: String
        var globs: [String]
        var codes: [String]
    }
    /// What the conversion of a case says.
    struct CaseFacts: Sendable {
        var name: String
        var idea: String
        var status: String
        var codes: Set<String>
        var isExcused: Bool
    }
    let constructs: [Construct]
    let cases: [CaseFacts]

    /// Reads `constructs.yml`.
    static func constructs(_ file: URL) throws -> [Construct] {
        let root = try Yams.compose(yaml: String(contentsOf: file, encoding: .utf8))
        return (root?.sequence.map(Array.init) ?? []).map { node in
            func texts(_ key: String) -> [String] { node[key]?.sequence?.compactMap(\.string) ?? [] }
            return Construct(
                name: node["construct"]?.string ?? "", lowered: node["lowered"]?.string ?? "",
                needs: node["needs"]?.string ?? "", globs: texts("cases"), codes: texts("codes"))
        }
    }

    func cases(of construct: Construct) -> [CaseFacts] {
        cases.filter { one in construct.globs.contains { fnmatch($0, one.name, 0) == 0 } }
    }

    /// The page.
    var text: String {
        var lines = [
            "# Coverage", "",
            "What `proc2dbt` does with the parts of a PL/pgSQL routine. Each row is shown by executable cases "
                + "(`Tests/EndToEnd/Cases`): the original and the models run on the same rows and are compared after "
                + "every call, and again on generated states.", "",
            "This page is generated from the cases and `Tests/EndToEnd/constructs.yml`: `make coverage`. A test fails "
                + "when it is stale.", "",
            "\(constructs.count) constructs, \(cases.count) cases: \(count("converted")) converted, "
                + "\(count("partial")) converted in part, \(count("refused")) refused.", "",
            "| construct | how it is lowered | what must hold | refused or warned with | cases |",
            "|---|---|---|---|---|",
        ]
        for construct in constructs {
            let own = cases(of: construct)
            let refused = own.filter { $0.status != "converted" }
            let links = construct.codes.map { "[\($0)](findings.md#\($0.lowercased()))" }.joined(separator: ", ")
            let shown = "\(own.count)" + (refused.isEmpty ? "" : ", \(refused.count) of them refused in whole or part")
            lines.append(
                "| " + [construct.name, construct.lowered, construct.needs, links, shown].joined(separator: " | ")
                    + " |")
        }
        lines += ["", "## What is refused", "", "| code | what | shown by |", "|---|---|---|"]
        for entry in FindingsCatalogue.entries where entry.severity == "error" {
            let shown = cases.filter { $0.status != "converted" && $0.codes.contains(entry.code) }.map {
                "`\($0.name)`"
            }
            lines.append(
                "| [\(entry.code)](findings.md#\(entry.code.lowercased())) | \(entry.title) | \(shown.joined(separator: ", ")) |"
            )
        }
        lines += ["", "## The cases", ""]
        for construct in constructs {
            lines += ["### \(construct.name)", ""] + cases(of: construct).map(line) + [""]
        }
        let rest = cases.filter { one in !constructs.contains { cases(of: $0).contains { $0.name == one.name } } }
        lines += ["### Whole procedures and combinations", ""] + rest.map(line)
        return lines.joined(separator: "\n") + "\n"
    }

    private func count(_ status: String) -> Int { cases.count { $0.status == status } }

    private func line(_ one: CaseFacts) -> String {
        let status = one.status == "converted" ? "" : " (\(one.status)\(one.isExcused ? ", to come" : ""))"
        return "- `\(one.name)`\(status): \(one.idea)"
    }
}
