import Models

/// What the user decides about one model in `proc2dbt.yml`, under `models:`.
public struct ModelOverride: Sendable, Equatable {
    /// Takes the place of the proposed description.
    public var description: String?
    /// dbt tags beside those of the pipelines.
    public var tags: [String] = []
    /// dbt's custom schema in place of the folder's.
    public var schema: String?
    /// `table`: a model that would be a view, or incremental.
    public var materialized: String?
    /// `marts` or `intermediate`: the folder under `models/`.
    public var layer: String?
    /// Columns that the team knows to tell rows apart: tested to be unique and not null.
    public var key: [String] = []

    /// Changes nothing.
    public init() {}
}

extension PlannedProject {
    /// The plan as the user wants it.
    ///
    /// - Parameter overrides: by the model's name or the legacy table (`schema.table`) that it stands for.
    /// - Throws: ``ProjectError/override(name:reason:)`` for a name that no model has and for what cannot be had.
    public func applying(_ overrides: [String: ModelOverride]) throws -> PlannedProject {
        var result = self
        let pipelineTags = Set(pipelines.map(\.tag))
        for (name, wanted) in overrides.sorted(by: { $0.key < $1.key }) {
            guard
                let index = models.firstIndex(where: { $0.name == name })
                    ?? models.firstIndex(where: { $0.legacyRelation == name })
            else { throw ProjectError.override(name: name, reason: "is no model and no table that a model stands for") }
            if let taken = wanted.tags.first(where: pipelineTags.contains) {
                throw ProjectError.override(name: name, reason: "cannot have the tag \(taken): it builds a pipeline")
            }
            if let description = wanted.description { result.models[index].description = description }
            result.models[index].tags += wanted.tags.filter { !models[index].tags.contains($0) }
            if let schema = wanted.schema { result.models[index].schema = schema }
            switch (wanted.materialized, models[index].materialization) {
            case (nil, _), ("table", .table): break
            // An incremental model's query reads the relation's own rows, too: as a table it is a full rewrite.
            case ("table", _): result.models[index].materialization = .table
            default:
                // A table holds rows that its view would have lost by the time somebody reads it.
                throw ProjectError.override(
                    name: name,
                    reason: "cannot be materialized otherwise: only a view or an incremental model can be made a table")
            }
            switch wanted.layer {
            case nil: break
            case "marts": result.models[index].layer = .mart
            case "intermediate": result.models[index].layer = .intermediate
            default: throw ProjectError.override(name: name, reason: "can be in the layer marts or intermediate alone")
            }
            try result.models[index].test(key: wanted.key, of: name)
        }
        return result
    }
}

extension PlannedModel {
    /// Adds the tests of a key that the user knows of.
    fileprivate mutating func test(key: [String], of name: String) throws {
        for column in key {
            guard let place = columns.firstIndex(where: { $0.name == column }) else {
                throw ProjectError.override(name: name, reason: "has no column \(column) for its key")
            }
            if !columns[place].tests.contains(.notNull) { columns[place].tests.append(.notNull) }
            if key.count == 1, !columns[place].tests.contains(.unique) { columns[place].tests.append(.unique) }
        }
        if key.count > 1, !tests.contains(.uniqueCombination(key)) { tests.append(.uniqueCombination(key)) }
    }
}
