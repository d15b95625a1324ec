import Catalog
import Findings
import Versions

/// What the user may decide about the plan.
public struct PlanOptions: Sendable {
    /// The dbt project's name.
    public var projectName: String
    /// Model names by `schema.table`.
    public var naming: [String: String]

    /// Lines that a model should not have more of: it is cut where a cut exists. An estimate, made before SQL is laid out.
    public var longestModel: Int

    /// Nothing overridden.
    public init(projectName: String, naming: [String: String] = [:], longestModel: Int = 175) {
        self.projectName = projectName
        self.longestModel = longestModel
        self.naming = naming
    }
}

/// Decides which versions are CTEs and which are models, how each is kept, and in which order they are built.
///
/// The order of the pipelines is the order in which a build of the whole project calls them.
public func planModels(
    _ pipelines: [LoweredPipeline], catalog: CatalogIndex, options: PlanOptions
) -> (project: PlannedProject, findings: [Finding]) {
    let bundled = pipelines.map {
        ScalarBundles.bundled(PipelineTidier.tidied($0), longestModel: options.longestModel)
    }
    var planner = ProjectPlanner(bundled, catalog: catalog, options: options)
    return planner.plan()
}
