/// One file of the generated dbt project.
public struct GeneratedFile: Sendable, Hashable {
    /// Where it goes, relative to the dbt project's folder, with `/` between the parts.
    public var path: String
    /// The whole text, ending in a line end.
    public var content: String

    /// Makes a file.
    public init(path: String, content: String) {
        self.path = path
        self.content = content
    }
}

/// What a caller may decide about the way a project is written.
public struct RenderOptions: Sendable {
    /// Where the templates come from.
    public var templates: TemplateFolder
    /// `+meta: owner` of every model.
    public var owner: String
    /// Lays out the SQL of CTEs; off, it stays as the earlier stages wrote it.
    public var formatsSQL: Bool
    /// The warehouse: `postgres` or `duckdb`, as dbt's adapters are called.
    public var target: String

    /// Options with the house's defaults.
    public init(
        templates: TemplateFolder, owner: String = "data-engineering", formatsSQL: Bool = true,
        target: String = "postgres"
    ) {
        self.templates = templates
        self.owner = owner
        self.formatsSQL = formatsSQL
        self.target = target
    }
}

/// Why a project could not be rendered.
public enum ProjectError: Error, Equatable, CustomStringConvertible {
    /// A model reads a version that it has no name for: a defect of the model stage.
    case unnamedVersion(model: String, version: Int)
    /// A model uses a parameter that no pipeline declares.
    case unknownParameter(model: String, routine: String, name: String)
    /// Something calls a function that the plan does not have.
    case unknownFunction(model: String, function: String)
    /// A model reads a table that is no source of the plan.
    case unknownSource(model: String, table: String)
    case missingTemplate(name: String, folders: [String])
    case brokenTemplate(path: String, reason: String)
    case noTemplateFolder(tried: [String])
    /// Two files of a project would have the same path.
    case duplicateFile(String)
    /// A file could not be read or written.
    case file(path: String, reason: String)
    /// The configuration has a mistake.
    case configuration(path: String, line: Int?, reason: String)
    /// What the configuration says about a model cannot be had.
    case override(name: String, reason: String)

    /// One line for a person.
    public var description: String {
        switch self {
        case .unnamedVersion(let model, let version):
            "model \(model): version \(version) has no name in it"
        case .unknownFunction(let model, let function):
            "\(model) calls \(function), which the plan does not have; please report this"
        case .unknownParameter(let model, let routine, let name):
            "model \(model): parameter \(name) of \(routine) is not declared by any pipeline"
        case .unknownSource(let model, let table):
            "model \(model): \(table) is not among the sources"
        case .missingTemplate(let name, let folders):
            "template \(name) is not in \(folders.joined(separator: " or "))"
        case .brokenTemplate(let path, let reason):
            "template \(path) cannot be read: \(reason)"
        case .noTemplateFolder(let tried):
            "no folder with templates; tried \(tried.joined(separator: ", ")); set PROC2DBT_TEMPLATES"
        case .duplicateFile(let path):
            "two generated files would both be \(path)"
        case .file(let path, let reason):
            "\(path): \(reason)"
        case .configuration(let path, let line, let reason):
            line.map { "\(path):\($0): \(reason)" } ?? "\(path): \(reason)"
        case .override(let name, let reason):
            "models: \(name) in proc2dbt.yml \(reason)"
        }
    }
}
