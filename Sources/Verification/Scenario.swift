import Foundation

/// Calls to make, in order, in one pair of databases: a later pipeline reads what an earlier one wrote.
public struct VerificationScenario: Sendable, Equatable {
    /// For people and for the reports.
    public var name: String
    /// What to call, in this order.
    public var pipelines: [ScenarioPipeline]

    /// Makes a scenario.
    public init(name: String, pipelines: [ScenarioPipeline]) {
        self.name = name
        self.pipelines = pipelines
    }
}

/// An entry routine and its calls.
public struct ScenarioPipeline: Sendable, Equatable {
    /// `schema.routine`.
    public var entry: String
    /// Made one after the other.
    public var calls: [ScenarioCall]

    /// Makes a pipeline.
    public init(entry: String, calls: [ScenarioCall]) {
        self.entry = entry
        self.calls = calls
    }
}

/// One call: what happens to the sources before it, and its arguments.
public struct ScenarioCall: Sendable, Equatable {
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

/// Changes of the source tables between two calls.
public enum SourceChanges: Sendable, Equatable {
    /// Nothing changes.
    case none
    /// These statements, on both sides; they touch only tables that no routine writes.
    case sql([String])
    /// Made up, from the seed: some rows deleted, some changed, some added.
    case automatic
}
