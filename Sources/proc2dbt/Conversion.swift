import Catalog
import Dialects
import Findings
import Models
import Project
import Versions

/// From a catalog to the files of a dbt project: a pure function, the same for every caller.
///
///     let conversion = try Conversion(of: snapshot, settings: settings, templates: templates)
///     try writeProject(conversion.files, to: folder)
struct Conversion {
    /// What a conversion takes besides the catalog.
    struct Settings {
        /// `proc2dbt.yml` where there is one.
        var configuration: ProjectConfiguration?
        /// The project's name until the configuration says otherwise.
        var projectName: String
        var target = "postgres"
        /// What the reader of the catalog had to say.
        var catalogFindings: [Finding] = []
    }

    let plan: PlannedProject
    let files: [GeneratedFile]
    let report: ConversionReport
    /// The given configuration, or one to begin with.
    let configuration: ProjectConfiguration

    /// Converts all entry routines of a catalog.
    ///
    /// Throws for a configuration that does not fit the catalog, never for what stands in a routine.
    init(of snapshot: CatalogSnapshot, settings: Settings, templates: TemplateFolder) throws {
        let snapshot = withViewColumns(snapshot)
        let catalog = CatalogIndex(snapshot)
        let graph = CallGraph(catalog)
        let chosen = settings.configuration
        let entryPoints = try EntryPoints(catalog, graph: graph, named: chosen?.entryPoints)
        let name = chosen?.projectName ?? settings.projectName
        try Self.check(projectName: name)

        var written: Set<QualifiedName> = []
        for routine in snapshot.routines where entryPoints.reachable.contains(routine.signature) {
            written.formUnion(writtenTables(by: routine, catalog: catalog))
        }
        let pipelines = lowerPipelines(entries: entryPoints.entries, catalog: catalog, written: written)
        let target = chosen?.target ?? settings.target
        guard Self.targets.contains(target) else {
            throw Failure(
                "target '\(target)' in proc2dbt.yml is not known: use \(Self.targets.joined(separator: " or "))")
        }
        var planning = PlanOptions(projectName: name, naming: chosen?.naming ?? [:])
        // The same query takes more lines there.
        if target == "duckdb" { planning.longestModel = 130 }
        let planned = planModels(pipelines, catalog: catalog, options: planning)
        var found = planned.findings
        var spoken = try planned.project.applying(chosen?.models ?? [:])
        if let rules = try DialectRules.rules(for: target) {
            let translated = translatePlan(spoken, catalog: snapshot, rules: rules)
            spoken = translated.project
            found += translated.findings
        }
        plan = spoken
        var options = RenderOptions(templates: templates, target: target)
        if let owner = chosen?.owner { options.owner = owner }
        files = try renderProject(plan, catalog: snapshot, options: options)
        configuration = chosen ?? .proposed(for: plan, target: settings.target)
        report = ReportBuilder(
            catalog: catalog, graph: graph, entryPoints: entryPoints, pipelines: pipelines, plan: plan,
            findings: settings.catalogFindings + found
        ).report()
    }

    /// The warehouses that a project can be written for.
    static let targets = ["postgres"] + DialectRules.targets

    /// dbt takes only such names, and says so late and at length.
    private static func check(projectName: String) throws {
        let isPlain = projectName.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
        }
        guard isPlain, projectName.first.map({ !$0.isNumber }) == true else {
            throw Failure(
                "project_name '\(projectName)' in proc2dbt.yml is no name for dbt: use letters, digits and underscores")
        }
    }
}
