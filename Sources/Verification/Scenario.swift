import Project

/// Calls to make, in order, in one pair of databases: a later pipeline reads what an earlier one wrote.
public struct VerificationScenario: Sendable, Equatable {
    /// For people and for the reports.
    public var name: String
    /// What to call, in this order.
    public var pipelines: [VerificationPipeline]

    /// Makes a scenario.
    public init(name: String, pipelines: [VerificationPipeline]) {
        self.name = name
        self.pipelines = pipelines
    }
}

extension VerificationScenario {
    /// The pipelines of a `proc2dbt.yml`.
    public init(_ configuration: ProjectConfiguration, name: String = "proc2dbt.yml") {
        self.init(
            name: name,
            pipelines: configuration.pipelines.map { pipeline in
                VerificationPipeline(entry: pipeline.entry, calls: pipeline.calls.map(VerificationCall.init))
            })
    }
}

extension VerificationCall {
    /// A call of a `proc2dbt.yml`.
    init(_ call: ScenarioCall) {
        let values = call.arguments.map { argument -> (String, String?) in
            switch argument.value {
            case .null: (argument.name, nil)
            case .boolean(let value): (argument.name, value ? "true" : "false")
            case .number(let text), .text(let text): (argument.name, text)
            }
        }
        self.init(
            arguments: Dictionary(values) { first, _ in first },
            changes: SourceChanges(statements: call.changesBefore, isAutomatic: call.changes == .automatic))
    }
}

/// An entry routine and its calls.
public struct VerificationPipeline: Sendable, Equatable {
    /// `schema.routine`.
    public var entry: String
    /// Made one after the other.
    public var calls: [VerificationCall]

    /// Makes a pipeline.
    public init(entry: String, calls: [VerificationCall]) {
        self.entry = entry
        self.calls = calls
    }
}

/// One call: what happens to the sources before it, and its arguments.
public struct VerificationCall: Sendable, Equatable {
    /// By parameter name, as text in PostgreSQL's notation; nil is NULL. What is left out takes the routine's default.
    public var arguments: [String: String?]
    /// What happens to the source tables before the call.
    public var changes: SourceChanges

    /// Makes a call.
    public init(arguments: [String: String?] = [:], changes: SourceChanges = .none) {
        self.arguments = arguments
        self.changes = changes
    }
}

/// Changes of the source tables before a call, first the statements, then the made-up ones.
public struct SourceChanges: Sendable, Equatable {
    /// Run on both sides; they touch only tables that no routine writes.
    public var statements: [String]
    /// Made up, from the seed: some rows deleted, some changed, some added.
    public var isAutomatic: Bool

    /// Nothing changes.
    public static let none = SourceChanges(statements: [], isAutomatic: false)
    /// Only made-up changes.
    public static let automatic = SourceChanges(statements: [], isAutomatic: true)

    /// Only these statements.
    public static func sql(_ statements: [String]) -> SourceChanges {
        SourceChanges(statements: statements, isAutomatic: false)
    }

    /// Statements and made-up changes.
    public init(statements: [String], isAutomatic: Bool) {
        self.statements = statements
        self.isAutomatic = isAutomatic
    }
}
