import Foundation

/// The part of dbt's manifest.json (v12) that a comparison needs: which models there are and what they stand for.
public struct DbtManifest: Sendable, Equatable {
    /// Enabled and disabled models, by unique_id.
    public var models: [DbtModel]
    /// Legacy relations that the project names, by unique_id.
    public var sources: [DbtSource]

    /// Reads a manifest.json.
    public init(contentsOf file: URL) throws {
        try self.init(json: Data(contentsOf: file))
    }

    /// Reads the text of a manifest.json.
    public init(json: Data) throws {
        let raw = try JSONDecoder().decode(RawManifest.self, from: json)
        let enabled = raw.nodes.values.map { DbtModel($0, isEnabled: true) }
        let disabled = raw.disabled.values.joined().map { DbtModel($0, isEnabled: false) }
        models = (enabled + disabled).filter { $0.uniqueID.hasPrefix("model.") }.sorted { $0.uniqueID < $1.uniqueID }
        sources = raw.sources.map { id, source in
            DbtSource(
                uniqueID: id, sourceName: source.sourceName, name: source.name, schema: source.schema,
                identifier: source.identifier)
        }.sorted { $0.uniqueID < $1.uniqueID }
    }
}

/// A relation that a project reads and does not build.
public struct DbtSource: Sendable, Equatable {
    /// `source.project.source_name.name`.
    public var uniqueID: String
    /// The first argument of `source()`.
    public var sourceName: String
    /// The second one.
    public var name: String
    /// Schema of the relation.
    public var schema: String
    /// Name of the relation in the database.
    public var identifier: String
}

/// A model of the project.
public struct DbtModel: Sendable, Equatable {
    /// `model.project.name`.
    public var uniqueID: String
    /// As the project names it.
    public var name: String
    /// Its .sql file, relative to the project.
    public var path: String
    /// False for what the converter refused.
    public var isEnabled: Bool
    /// Where its relation stands.
    public var database: String
    /// Schema of its relation.
    public var schema: String
    /// Name of its relation in the database.
    public var alias: String
    /// `table`, `view`, `incremental`, `ephemeral`.
    public var materialization: String
    /// dbt's tags.
    public var tags: [String]
    /// Columns in the order of the model's YAML.
    public var columns: [DbtColumn]
    /// unique_ids of what it reads.
    public var dependsOn: [String]
    /// The written legacy table that it stands for, `schema.table`.
    public var legacyRelation: String?
    /// The routine whose result set it is, `schema.routine`.
    public var legacyRoutineResult: String?
    /// Entry routines that need it.
    public var routines: [String]
    /// Routine parameter -> dbt var.
    public var parameters: [String: String]
    /// All texts under `config.meta`, and lists of texts.
    public var meta: [String: [String]]

    fileprivate init(_ raw: RawManifest.Node, isEnabled: Bool) {
        uniqueID = raw.uniqueID
        name = raw.name
        path = raw.path ?? ""
        self.isEnabled = isEnabled
        database = raw.database ?? ""
        schema = raw.schema ?? ""
        alias = raw.alias ?? raw.name
        materialization = raw.config?.materialized ?? ""
        tags = raw.tags ?? []
        columns = (raw.columns ?? [:]).values
            .map { column in
                let meta = (column.config?.meta ?? [:]).merging(column.meta ?? [:]) { config, _ in config }
                return DbtColumn(name: column.name, type: column.dataType, meta: meta.compactMapValues(\.texts))
            }
            .sorted { $0.name < $1.name }
        dependsOn = raw.dependsOn?.nodes ?? []
        let meta = raw.config?.meta ?? [:]
        self.meta = meta.compactMapValues(\.texts)
        legacyRelation = self.meta["legacy_relation"]?.first
        legacyRoutineResult = self.meta["legacy_routine_result"]?.first
        routines = self.meta["routine"] ?? []
        parameters = meta["parameters"]?.object?.compactMapValues { $0.texts?.first } ?? [:]
    }
}

/// A column of a model as its YAML describes it.
public struct DbtColumn: Sendable, Equatable {
    /// As the project names it.
    public var name: String
    /// The declared type, if any.
    public var type: String?
    /// Texts, numbers, booleans and lists of them under the column's meta.
    public var meta: [String: [String]]
}

/// manifest.json as dbt writes it.
private struct RawManifest: Decodable {
    var nodes: [String: Node]
    var disabled: [String: [Node]]
    var sources: [String: Source]

    struct Source: Decodable {
        var name: String
        var sourceName: String
        var schema: String
        var identifier: String

        enum CodingKeys: String, CodingKey {
            case name, schema, identifier
            case sourceName = "source_name"
        }
    }

    struct Node: Decodable {
        var uniqueID: String
        var name: String
        var path: String?
        var database: String?
        var schema: String?
        var alias: String?
        var tags: [String]?
        var config: Config?
        var columns: [String: Column]?
        var dependsOn: DependsOn?

        enum CodingKeys: String, CodingKey {
            case uniqueID = "unique_id"
            case name, database, schema, alias, tags, config, columns
            case path = "original_file_path"
            case dependsOn = "depends_on"
        }
    }

    struct Config: Decodable {
        var materialized: String?
        var meta: [String: MetaValue]?
    }

    struct Column: Decodable {
        var name: String
        var dataType: String?
        var meta: [String: MetaValue]?
        var config: ColumnConfig?

        enum CodingKeys: String, CodingKey {
            case name
            case dataType = "data_type"
            case meta, config
        }
    }

    struct ColumnConfig: Decodable { var meta: [String: MetaValue]? }

    struct DependsOn: Decodable { var nodes: [String]? }
}

/// Any JSON under `meta`.
private indirect enum MetaValue: Decodable {
    case scalar(String)
    case list([MetaValue])
    case map([String: MetaValue])
    case null

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let flag = try? container.decode(Bool.self) {
            self = .scalar(flag ? "true" : "false")
        } else if let number = try? container.decode(Int.self) {
            self = .scalar(String(number))
        } else if let number = try? container.decode(Double.self) {
            self = .scalar(String(number))
        } else if let text = try? container.decode(String.self) {
            self = .scalar(text)
        } else if let list = try? container.decode([MetaValue].self) {
            self = .list(list)
        } else {
            self = .map(try container.decode([String: MetaValue].self))
        }
    }

    /// A scalar as a list of one, a list of scalars as it is; nil for anything else.
    var texts: [String]? {
        switch self {
        case .scalar(let text): [text]
        case .list(let values): values.flatMap { $0.texts ?? [] }
        case .map, .null: nil
        }
    }

    var object: [String: MetaValue]? {
        if case .map(let values) = self { values } else { nil }
    }
}
