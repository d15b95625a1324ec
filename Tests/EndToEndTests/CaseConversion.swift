import Catalog
import Databases
import Dialects
import Engines
import Findings
import Foundation
import Models
import Project
import Versions

/// One case as a dbt project, and what the program claims about it.
struct CaseConversion: Sendable {
    /// The routine's status, as the report has it.
    enum Status: String, Sendable { case converted, partial, refused }

    let catalog: CatalogSnapshot
    let files: [GeneratedFile]
    let status: Status
    let findings: [Finding]

    /// Converts the entry routine alone: the others take part as far as it calls them.
    ///
    /// With a mutant, one rule is faulty: for tests that show that the cases notice it.
    init(
        _ test: EndToEndCase, catalog: CatalogSnapshot, mutant: RuleMutant? = nil, target: String = "postgres"
    ) throws {
        self.catalog = catalog
        let index = CatalogIndex(catalog)
        guard let entry = Self.entry(test, catalog) else {
            throw EndToEndCase.Invalid(description: "\(test.name): there is no routine \(test.entry)")
        }
        let written = catalog.routines.reduce(into: Set<QualifiedName>()) {
            $0.formUnion(writtenTables(by: $1, catalog: index))
        }
        let pipeline = lowerPipelines(entries: [entry], catalog: index, written: written, mutant: mutant)[0]
        var plan = planModels([pipeline], catalog: index, options: PlanOptions(projectName: "cases"))
        if let rules = try DialectRules.rules(for: target) {
            let translated = translatePlan(plan.project, catalog: catalog, rules: rules)
            plan.project = translated.project
            plan.findings += translated.findings
        }
        findings = pipeline.findings + plan.findings
        files = try renderProject(
            plan.project, catalog: catalog,
            options: RenderOptions(
                templates: TemplateFolder(at: Repository.templates.path(percentEncoded: false)), target: target))
        let isWhole =
            !findings.contains { $0.severity == .error } && !pipeline.counts.values.contains { $0.refused > 0 }
            && plan.project.models.allSatisfy(\.enabled)
        status = isWhole ? .converted : plan.project.models.contains(where: \.enabled) ? .partial : .refused
    }

    /// Among overloads, the one that takes the arguments of the first call.
    private static func entry(_ test: EndToEndCase, _ catalog: CatalogSnapshot) -> Routine? {
        let candidates = catalog.routines.filter { $0.name.description == test.entry }
        let names = Set(test.calls.first?.arguments.keys ?? [:].keys)
        return candidates.first { names.isSubset(of: $0.parameters.map(\.name)) } ?? candidates.first
    }

    /// Writes the project, without the care for a person's edits that a real run takes.
    func write(to folder: URL) throws {
        for file in files {
            let place = folder.appending(path: file.path)
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(file.content.utf8).write(to: place)
        }
    }
}
