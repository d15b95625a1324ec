import Foundation
import Testing

/// `docs/coverage.md` is what the cases say. `P2D_RENEW=1` writes it anew.
@Suite struct CoverageTests {
    @Test(.enabled(if: !Repository.isRestricted))
    func thePageIsUpToDate() async throws {
        let excuses = try Repository.notYet()
        let facts = try await withThrowingTaskGroup(of: CoveragePage.CaseFacts.self) { group in
            for test in try Repository.cases() {
                group.addTask {
                    let conversion = try await CaseWorkers.shared.conversion(test)
                    return CoveragePage.CaseFacts(
                        name: test.name, idea: test.idea, status: conversion.status.rawValue,
                        codes: Set(conversion.findings.filter { $0.severity == .error }.map(\.code)),
                        isExcused: excuses[test.name] != nil)
                }
            }
            var all: [CoveragePage.CaseFacts] = []
            for try await one in group { all.append(one) }
            return all.sorted { $0.name < $1.name }
        }
        let page = CoveragePage(constructs: try CoveragePage.constructs(Repository.constructs), cases: facts)
        for construct in page.constructs {
            #expect(!page.cases(of: construct).isEmpty, "constructs.yml: \(construct.name) has no case")
        }
        print("\(page.constructs.count) constructs with a rule each, \(page.cases.count) executable cases")
        if Repository.renews { try Data(page.text.utf8).write(to: Repository.coverage) }
        let written = try? String(contentsOf: Repository.coverage, encoding: .utf8)
        #expect(written == page.text, "docs/coverage.md is stale: run `make coverage`")
    }
}
