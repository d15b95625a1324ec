import Catalog
import Engines
import Foundation
import Project

extension Verifier {
    /// Runs unit tests as dbt would in the user's project, and keeps those that pass.
    ///
    /// They run in a copy of the project, on the starting state, with all pipelines built once: dbt asks the built relations
    /// for their columns.
    func proven(
        _ tests: [UnitTest], of scenario: VerificationScenario, project: URL, catalog: CatalogSnapshot,
        manifest: DbtManifest, databases: ScratchDatabases
    ) async throws -> (passed: [UnitTest], remarks: [String]) {
        guard let templates = options.unitTestTemplates, !tests.isEmpty else { return ([], []) }
        let copy = workDirectory.appending(path: "unit-tests")
        try? FileManager.default.removeItem(at: copy)
        try FileManager.default.copyItem(at: project, to: copy)
        for file in try renderUnitTests(tests, templates: templates) {
            try AtomicFile.write(Array(file.content.utf8), to: copy.appending(path: file.path).path)
        }
        try databases.copyState(entries: Set(scenario.pipelines.map(\.entry)))
        let build = try DbtBuild(verifier: self, project: copy, catalog: catalog)
        if case .failure(let problem) = try await build.parse() {
            return ([], ["no unit tests: dbt cannot read them: \(problem.reason)"])
        }
        for pipeline in scenario.pipelines {
            let models = manifest.models.filter { $0.routines.contains(pipeline.entry) }
            let names = models.reduce(into: [String: String]()) { $0.merge($1.parameters) { first, _ in first } }
            let arguments = pipeline.calls.first?.arguments ?? [:]
            guard let routine = catalog.routines.first(where: { $0.name.description == pipeline.entry }) else {
                continue
            }
            _ = try await build.build(
                entry: pipeline.entry,
                variables: CallArguments(routine: routine, arguments: arguments).variables(names))
        }
        let result = try await build.runUnitTests()
        if let exception = result.exception { return ([], ["no unit tests: \(exception)"]) }
        let statuses = Dictionary(
            result.results.filter { $0.resourceType == "unit_test" }.map { ($0.uniqueID, $0) },
            uniquingKeysWith: { first, _ in first })
        let prefixes = Dictionary(
            manifest.models.map { ($0.name, "unit_test\($0.uniqueID.dropFirst("model".count))") },
            uniquingKeysWith: { first, _ in first })
        var passed: [UnitTest] = []
        var remarks: [String] = []
        for test in tests.sorted(by: { $0.model < $1.model }) {
            guard let status = statuses["\(prefixes[test.model] ?? "").\(UnitTest.name)"] else {
                remarks.append("\(test.model): its unit test did not run")
                continue
            }
            if status.isGood {
                passed.append(test)
            } else {
                let reason = status.message.split(whereSeparator: \.isNewline).joined(separator: " ")
                remarks.append("\(test.model): no unit test: it does not pass by itself: \(reason.prefix(400))")
            }
        }
        return (passed, remarks)
    }
}
