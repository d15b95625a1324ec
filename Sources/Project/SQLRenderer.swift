import Catalog
import Models
import Versions

/// SQL on its way into a dbt model: what is SQL and what is already Jinja.
enum SQLSegment: Equatable {
    case sql(String)
    case jinja(String)
}

/// Turns the templates of one model into SQL with Jinja.
struct SQLRenderer {
    let model: PlannedModel
    let lookup: PlanLookup
    let formats: Bool
    /// Models that stand for versions outside a list of CTEs.
    var references: [VersionID: String] = [:]

    /// The text of a query, each line `indent` blanks in.
    func text(_ template: SQLTemplate, indent: Int) throws -> String {
        var lexemes = SQLLexeme.read(try segments(template))
        if formats { lexemes = Self.callsClosed(SQLFormatter.format(lexemes, width: 80 - indent)) }
        return SQLLexeme.text(lexemes, indent: indent)
    }

    /// No blank between a function's name that Jinja fills in and its parenthesis.
    private static func callsClosed(_ lexemes: [SQLLexeme]) -> [SQLLexeme] {
        lexemes.indices.filter { index in
            guard lexemes[index].isBlank, index > 0, index + 1 < lexemes.count else { return true }
            let isName = lexemes[index - 1].isJinja && lexemes[index - 1].text.hasPrefix("{{ target.schema }}.")
            return !(isName && lexemes[index + 1].text == "(")
        }.map { lexemes[$0] }
    }

    /// A query of the template's that reads the CTE it is itself.
    func isRecursive(_ cte: PlannedCTE) -> Bool {
        guard case .query(let template) = cte.body else { return false }
        return template.relations.contains { model.names[$0] == cte.name }
    }

    private func segments(_ template: SQLTemplate) throws -> [SQLSegment] {
        try template.parts.map { part in
            switch part {
            case .text(let text): return .sql(text)
            case .relation(let id):
                if let reference = references[id] { return .jinja("{{ ref(\(Jinja.literal(reference))) }}") }
                guard let name = model.names[id] else {
                    throw ProjectError.unnamedVersion(model: model.name, version: id.rawValue)
                }
                return .sql(Names.quoted(name))
            case .parameter(let routine, let name):
                guard let parameter = lookup.parameter(routine: routine, name: name, model: model) else {
                    throw ProjectError.unknownParameter(model: model.name, routine: routine, name: name)
                }
                return .jinja(lookup.defaults.call(parameter))
            case .parameterText(let routine, let name):
                guard var parameter = lookup.parameter(routine: routine, name: name, model: model) else {
                    throw ProjectError.unknownParameter(model: model.name, routine: routine, name: name)
                }
                parameter.type = "varchar"
                return .jinja(lookup.defaults.call(parameter))
            case .callTimestamp: return .jinja("{{ call_timestamp() }}")
            case .function(let signature):
                guard let name = lookup.functions[signature] else {
                    throw ProjectError.unknownFunction(model: model.name, function: signature)
                }
                return .jinja("{{ target.schema }}.\(name)")
            case .legacyTable(let table):
                return .jinja("{{ \(try lookup.source(table, model: model.name).call) }}")
            }
        }
    }
}

/// Answers to "which one is it?" about a plan.
struct PlanLookup {
    let plan: PlannedProject
    let defaults: ParameterDefaults
    let models: [String: PlannedModel]
    /// dbt's names of the sources.
    let sources: [QualifiedName: SourceReference]
    /// dbt's names of the functions, by signature.
    let functions: [String: String]
    private let pipelines: [String: PlannedPipeline]
    /// The warehouse as dbt's adapter is called.
    let target: String

    init(_ plan: PlannedProject, target: String) {
        self.plan = plan
        self.target = target
        defaults = ParameterDefaults(plan)
        functions = Dictionary(
            plan.functions.map { ($0.function.routine.signature, $0.name) }, uniquingKeysWith: { first, _ in first })
        models = Dictionary(plan.models.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        pipelines = Dictionary(plan.pipelines.map { ($0.entry, $0) }, uniquingKeysWith: { first, _ in first })
        sources = SourceReference.assign(plan.sources.map(\.table.name))
    }

    func parameter(routine: String, name: String, model: PlannedModel) -> PlannedParameter? {
        // The model's own first: overloads are pipelines of the same name with different parameters.
        let own = model.routines == [routine] ? model.parameters.first { $0.name == name } : nil
        return own ?? pipelines[routine]?.parameters.first { $0.name == name }
            ?? model.parameters.first { $0.name == name }
    }

    func source(_ table: QualifiedName, model: String) throws -> SourceReference {
        guard let source = sources[table] else {
            throw ProjectError.unknownSource(model: model, table: table.description)
        }
        return source
    }
}

/// Name of a legacy relation within dbt.
struct SourceReference: Equatable {
    var source: String
    var table: String

    /// The Jinja call.
    var call: String { "source(\(Jinja.literal(source)), \(Jinja.literal(table)))" }

    /// Snake-case names that are unique, also where two tables differ in case alone. Deterministic: by schema, name.
    static func assign(_ tables: [QualifiedName]) -> [QualifiedName: SourceReference] {
        var schemas: [String: String] = [:]
        var usedSchemas: Set<String> = []
        var usedTables: Set<String> = []
        var result: [QualifiedName: SourceReference] = [:]
        for table in Set(tables).sorted() {
            let schema = schemas[table.schema] ?? unique(Names.snakeCase(table.schema), &usedSchemas)
            schemas[table.schema] = schema
            let name = unique("\(schema).\(Names.snakeCase(table.name))", &usedTables)
            result[table] = SourceReference(source: schema, table: String(name.dropFirst(schema.utf8.count + 1)))
        }
        return result
    }

    private static func unique(_ name: String, _ used: inout Set<String>) -> String {
        var candidate = name
        var number = 2
        while !used.insert(candidate).inserted {
            candidate = "\(name)_\(number)"
            number += 1
        }
        return candidate
    }
}
