import Models

/// `proc2dbt.yml`: what the user decides. Written once, then the user's own.
public struct ProjectConfiguration: Sendable, Equatable {
    /// The dbt project's name.
    public var projectName: String
    /// The warehouse that the project is for.
    public var target: String
    /// Model names by the legacy relation (`schema.table`) that they stand for.
    public var naming: [String: String]
    /// What is decided about single models, by their name or the legacy relation.
    public var models: [String: ModelOverride] = [:]
    /// Owner of all models; nil takes the proposed one.
    public var owner: String?
    /// Entry routines (`schema.routine`); nil takes the routines that nobody calls.
    public var entryPoints: [String]?
    /// How each pipeline is verified.
    public var pipelines: [PipelineScenario]
    /// Settings of `verify`.
    public var verify: VerifySettings

    /// A configuration without pipelines.
    public init(projectName: String, target: String = "postgres") {
        self.projectName = projectName
        self.target = target
        naming = [:]
        pipelines = []
        verify = VerifySettings()
    }

    /// The configuration for a plan: its name and for each pipeline a scenario to begin with.
    public static func proposed(for plan: PlannedProject, target: String = "postgres") -> ProjectConfiguration {
        var result = ProjectConfiguration(projectName: plan.name, target: target)
        result.pipelines = plan.pipelines.map(PipelineScenario.proposed)
        return result
    }
}

/// The calls by which a pipeline is verified, one after the other on the same data.
public struct PipelineScenario: Sendable, Equatable {
    /// `schema.routine`.
    public var entry: String
    /// In the order in which they run.
    public var calls: [ScenarioCall]

    /// Makes a scenario.
    public init(entry: String, calls: [ScenarioCall]) {
        self.entry = entry
        self.calls = calls
    }

    /// Three calls: the first, one after changes to the data, and one on unchanged data. Parameters that have a default
    /// are left to it.
    public static func proposed(for pipeline: PlannedPipeline) -> PipelineScenario {
        let needed = pipeline.parameters.filter { $0.defaultExpression == nil }
        let arguments = needed.map { ScenarioArgument(name: $0.name, value: example(of: $0.type)) }
        return PipelineScenario(
            entry: pipeline.entry,
            calls: [
                ScenarioCall(arguments: arguments),
                ScenarioCall(arguments: arguments, changes: .automatic),
                ScenarioCall(arguments: arguments),
            ])
    }

    /// A plausible value of a type.
    static func example(of type: String) -> ArgumentValue {
        let type = type.lowercased()
        if type.hasSuffix("[]") {
            guard let base = arrayElement(example(of: String(type.dropLast(2)))) else { return .text("{}") }
            return .text("{\(base)}")
        }
        let name = type.prefix { $0 != "(" }.trimmingSuffixBlanks
        switch name {
        case "smallint", "integer", "bigint", "numeric", "real", "double precision": return .number("1")
        case "boolean": return .boolean(true)
        case "date": return .text("2024-01-15")
        case "timestamp", "timestamp without time zone": return .text("2024-01-15 12:00:00")
        case "timestamp with time zone": return .text("2024-01-15 12:00:00+00")
        case "time", "time without time zone": return .text("12:00:00")
        case "interval": return .text("1 day")
        case "uuid": return .text("00000000-0000-0000-0000-000000000001")
        case "json", "jsonb": return .text("{}")
        case "bytea": return .text("\\x41")
        case "inet", "cidr": return .text("192.0.2.1")
        case "text", "character varying", "character", "name", "\"char\"", "citext": return .text("A")
        case _ where name.hasPrefix("timestamp"):
            return .text(type.hasSuffix("with time zone") ? "2024-01-15 12:00:00+00" : "2024-01-15 12:00:00")
        case _ where name.hasPrefix("time"): return .text("12:00:00")
        case _ where name.hasPrefix("bit"): return .text("1")
        case _ where name.hasSuffix("range"): return .text("empty")
        // Nobody can guess an enum's label or a composite: NULL is a value of every type.
        default: return .null
        }
    }

    private static func arrayElement(_ value: ArgumentValue) -> String? {
        switch value {
        case .number(let digits): digits
        case .boolean(let value): value ? "t" : "f"
        case .text(let text): "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        case .null: nil
        }
    }
}

extension Substring {
    fileprivate var trimmingSuffixBlanks: String {
        var result = self
        while result.last == " " { result.removeLast() }
        return String(result)
    }
}

/// One call in a scenario.
public struct ScenarioCall: Sendable, Equatable {
    /// What happens to the data before the call.
    public enum Changes: String, Sendable { case none, automatic = "auto" }
    /// Arguments by parameter name; parameters that are not there take their defaults.
    public var arguments: [ScenarioArgument]
    /// `auto`: the program inserts, changes and deletes rows of the tables that the pipeline reads.
    public var changes: Changes
    /// SQL statements of the user's that run before the call.
    public var changesBefore: [String]

    /// Makes a call.
    public init(arguments: [ScenarioArgument] = [], changes: Changes = .none, changesBefore: [String] = []) {
        self.arguments = arguments
        self.changes = changes
        self.changesBefore = changesBefore
    }
}

/// An argument by the parameter's name in the routine.
public struct ScenarioArgument: Sendable, Equatable {
    /// The parameter.
    public var name: String
    /// What is passed.
    public var value: ArgumentValue

    /// Makes an argument.
    public init(name: String, value: ArgumentValue) {
        self.name = name
        self.value = value
    }
}

/// How `verify` works.
public struct VerifySettings: Sendable, Equatable {
    /// Rows of each source table that are copied into the sandbox at most.
    public var rowLimit = 10_000
    /// Generated cases beyond the scenario's own calls.
    public var cases = 0
    /// Seed of everything that is drawn by chance.
    public var seed = 1

    /// The defaults.
    public init() {}
}
