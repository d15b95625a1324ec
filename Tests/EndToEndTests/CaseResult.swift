import Verification

/// What came of one case.
struct CaseResult: Sendable {
    /// How good it is, in the words of the table.
    enum Judgement: String, Sendable {
        case passed
        /// It should be converted and is honestly refused, in part or in whole.
        case notYet = "not yet"
        /// Claimed to be converted, built without complaint, and other rows: the worst there is.
        case silentWrong = "SILENT WRONG"
        /// Claimed to be converted, and dbt cannot parse or build it, or a generated test fails.
        case doesNotBuild = "does not build"
        /// Claimed to be converted, and nothing shows whether it is.
        case notProven = "not proven"
        /// Nothing differs, but the case says that nobody could know that.
        case unexpectedlyConverted = "unexpectedly converted"
        /// The program or the case itself is broken.
        case failed
        /// Seen in the table only when the test program died meanwhile.
        case running
    }

    let name: String
    let expect: EndToEndCase.Expectation
    var feature: String
    /// The routine's status; empty when it never came to that.
    var status = ""
    /// The verifier's word.
    var verdict = ""
    var judgement = Judgement.running
    /// The first finding that is an error.
    var finding = ""
    /// The first difference.
    var difference = ""
    /// Everything for the developer: findings, generated SQL, differences.
    var details = ""
    var seconds = 0.0

    init(_ test: EndToEndCase) {
        name = test.name
        expect = test.expect
        feature = test.feature
    }

    /// One line for people.
    var summary: String {
        [name, judgement.rawValue, status, verdict, finding, difference].filter { !$0.isEmpty }.joined(separator: " | ")
    }

    /// Judges what the converter claims and what the verifier saw.
    mutating func judge(_ conversion: CaseConversion, _ outcome: PipelineOutcome) {
        status = conversion.status.rawValue
        verdict = outcome.verdict.word.rawValue
        if let first = conversion.findings.first(where: { $0.severity == .error }) {
            finding = "\(first.code) line \(first.line): \(first.message)"
        }
        let claims = Claims(outcome, isWhole: conversion.status == .converted)
        difference = claims.wrong ?? claims.broken ?? (outcome.verdict.isParity ? nil : outcome.verdict.reason) ?? ""
        if claims.wrong != nil {
            judgement = .silentWrong
        } else if claims.broken != nil {
            judgement = .doesNotBuild
        } else if conversion.status == .converted {
            judgement =
                !outcome.verdict.isParity ? .notProven : expect == .converted ? .passed : .unexpectedlyConverted
        } else {
            judgement = expect == .converted ? .notYet : .passed
        }
    }
}

/// What contradicts the claim that all that was built equals the original.
private struct Claims {
    /// Other rows, and dbt reported success.
    var wrong: String?
    /// dbt says that something is wrong.
    var broken: String?

    /// A routine that is not converted as a whole makes no claim about tables that no model stands for.
    init(_ outcome: PipelineOutcome, isWhole: Bool) {
        if case .differs(let reason) = outcome.stopped { broken = reason }
        for call in outcome.calls {
            var rows: String?
            if case .differs(let reason) = call.own { note("call \(call.number): \(reason)") }
            for relation in call.relations where isWhole || !relation.model.isEmpty {
                guard case .differs(let reason) = relation.verdict else { continue }
                let text = "call \(call.number), \(relation.relation): \(reason)"
                if reason.contains("did not build") { note(text) } else { rows = rows ?? text }
            }
            // Whoever saw a build fail does not trust its rows, nor those of the builds after it.
            if broken == nil { wrong = wrong ?? rows }
        }
    }

    /// A skipped model says less than the one that it waited for.
    private mutating func note(_ text: String) {
        let isBetter = broken?.contains("(skipped)") == true && !text.contains("(skipped)")
        if broken == nil || isBetter { broken = text }
    }
}

extension Verdict {
    /// Proven or matched, under rules or not.
    var isParity: Bool { [.proven, .matched, .matchedWithRules].contains(word) }
}
