import Catalog
import Findings
import Models

/// Writes a planned project down as the files of a dbt project, the same bytes for the same plan.
///
/// Paths are relative to the dbt project's folder and sorted. `catalog` gives the comments and keys of sources.
public func renderProject(
    _ plan: PlannedProject, catalog: CatalogSnapshot, options: RenderOptions
) throws -> [GeneratedFile] {
    var renderer = ProjectRenderer(plan: plan, catalog: catalog, options: options)
    return try renderer.render()
}

/// The walk over a plan.
struct ProjectRenderer {
    let plan: PlannedProject
    let catalog: CatalogSnapshot
    let options: RenderOptions
    let lookup: PlanLookup
    private var templates: TemplateSet
    private var files: [String: String] = [:]

    init(plan: PlannedProject, catalog: CatalogSnapshot, options: RenderOptions) {
        self.plan = plan
        self.catalog = catalog
        self.options = options
        lookup = PlanLookup(plan, target: options.target)
        templates = TemplateSet(options.templates)
    }

    mutating func render() throws -> [GeneratedFile] {
        try addProjectFiles()
        try addMacros()
        try addStaging()
        try addModels()
        return files.keys.sorted().map { GeneratedFile(path: $0, content: files[$0]!) }
    }

    private mutating func add(_ path: String, _ template: String, _ context: TemplateContext = [:]) throws {
        guard files[path] == nil else { throw ProjectError.duplicateFile(path) }
        files[path] = try templates.render(template, context)
    }

    /// The time zone in which sessions of the legacy database begin.
    private var timeZone: String {
        catalog.settings.first { $0.key.lowercased() == "timezone" }?.value ?? "UTC"
    }

    /// The version that the project's SQL is laid out for; the one of `scripts/lint-requirements.txt`.
    private static let sqlfluff = "4.4.0"

    private mutating func addProjectFiles() throws {
        let overview = ProjectOverview(plan: plan, lookup: lookup, options: options)
        try add("dbt_project.yml", "dbt_project.yml", overview.project)
        try add("profiles.yml", "profiles.yml", overview.profile(timeZone: timeZone))
        try add("README.md", "README.md", overview.readme)
        try add("models/overview.md", "overview.md", overview.documentation)
        for name in ["sqlfluff", "sqlfluffignore", "yamllint", "gitignore"] {
            try add(".\(name)", name, overview.target)
        }
        try add("requirements.txt", "requirements.txt", overview.target)
        try add("dbt-bouncer.yml", "dbt-bouncer.yml")
        let workflow = overview.target.merging(["sqlfluff": Self.sqlfluff]) { first, _ in first }
        try add(".github/workflows/dbt.yml", "ci.yml", workflow)
        try add(".gitlab-ci.yml", "gitlab-ci.yml", workflow)
        try add("ci/junit.py", "junit.py")
    }

    private mutating func addMacros() throws {
        let hasFixed = plan.pipelines.contains { $0.parameters.contains { $0.onlyValue != nil } }
        let macros =
            ["call_timestamp"] + (hasFixed ? ["fixed_parameter"] : []) + [
                "parameter", "prior_state", "typed_literal",
            ]
        let overview = ProjectOverview(plan: plan, lookup: lookup, options: options)
        for name in macros {
            let context = name == "parameter" ? lookup.defaults.context : overview.target
            try add("macros/\(name).sql", "macros/\(name).sql", context)
        }
        let contract = "get_assert_columns_equivalent"
        try add("macros/\(options.target)__\(contract).sql", "macros/postgres__\(contract).sql", overview.target)
        if options.target == "duckdb" {
            try add("macros/create_helper_functions.sql", "macros/create_helper_functions.sql")
        }
        let functions = try plan.functions.map { try FunctionMacro($0, lookup).context() }
        for function in functions {
            try add("macros/create_\(function["name"] ?? "").sql", "macros/create_function.sql", function)
        }
        try add(
            "macros/_macros.yml", "macros/_macros.yml",
            ["hasFixed": hasFixed, "functions": functions].merging(overview.target) { first, _ in first })
        for name in [
            "documented_columns", "expression_is_not_false", "references_row", "unique_combination", "unique_index",
        ] {
            try add("tests/generic/\(name).sql", "tests/\(name).sql")
        }
    }

    private mutating func addStaging() throws {
        let staging = StagingFiles(plan: plan, lookup: lookup, owner: options.owner, timeZone: timeZone)
        for (source, members) in staging.groups {
            let folder = "models/staging/\(source)"
            let context = staging.sourceContext(source, members)
            try add("\(folder)/_\(source)__sources.yml", "sources.yml", context)
            let staged = members.filter { $0.stagingModel != nil }
            guard !staged.isEmpty else { continue }
            let models = staged.map(staging.modelContext)
            try add("\(folder)/_stg_\(source)__models.yml", "models.yml", ["models": models])
            for member in staged {
                try add("\(folder)/\(member.stagingModel!).sql", "staging.sql", staging.sqlContext(member))
            }
        }
    }

    private mutating func addModels() throws {
        var byFolder: [String: [PlannedModel]] = [:]
        for model in plan.models {
            let file = ModelFile(model: model, lookup: lookup, formats: options.formatsSQL)
            try add(file.path, "model.sql", file.context())
            byFolder[ModelFile.folder(model), default: []].append(model)
        }
        for (folder, models) in byFolder.sorted(by: { $0.key < $1.key }) {
            let area = folder.split(separator: "/").last!
            let prefix = models[0].layer == .mart ? "_" : "_int_"
            let contexts = models.sorted { $0.name < $1.name }.map {
                ModelProperties(model: $0, lookup: lookup).context()
            }
            try add("\(folder)/\(prefix)\(area)__models.yml", "models.yml", ["models": contexts])
        }
    }
}
