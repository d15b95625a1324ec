import Catalog
import Findings
import Models

/// What the template `models.yml` reads about one model.
struct ModelProperties {
    let model: PlannedModel
    let lookup: PlanLookup

    func context() -> TemplateContext {
        let contract = ContractColumns(model: model)
        let tests = TestContexts(model: model, lookup: lookup)
        let columns: [TemplateContext] = model.columns.map { column in
            [
                "name": YAMLText.rendered(column.name),
                "description": Description.yaml(
                    column.description, fallback: "The catalog says nothing about it.", indent: 10),
                "dataType": contract.type(of: column).map(YAMLText.rendered) ?? false,
                "quote": Names.needsQuotes(column.name),
                "constraints": contract.constraints(of: column),
                "tests": model.enabled ? tests.tests(of: column) : [],
            ]
        }
        let all = TestContexts.complete(
            model.enabled ? tests.modelTests() : [], columns: columns.compactMap { $0["tests"] as? [TemplateContext] })
        let isKeyless = model.enabled && !all.hasUnique
        let meta = meta + (isKeyless ? [Meta.withoutUniqueTest] : [])
        return [
            "name": YAMLText.scalar(model.name),
            "description": Description.yaml(
                [model.description, example].filter { !$0.isEmpty }.joined(separator: "\n\n"),
                fallback: "The model \(model.name).", indent: 6),
            "tags": Self.unique(model.tags).map(YAMLText.rendered),
            "hasConfig": contract.isEnforced || !model.tags.isEmpty || !meta.isEmpty,
            "isContracted": contract.isEnforced,
            "meta": meta,
            "constraints": contract.modelConstraints(),
            "columns": columns,
            "tests": model.enabled ? all.tests : [],
        ]
    }

    // A query to begin with; dbt shows it in the documentation.
    private var example: String {
        guard model.enabled else { return "" }
        return Self.example(
            model.columns.map(\.name),
            of: [model.schema.map { "dbt_\($0)" }, model.alias ?? model.name].compactMap { $0 })
    }

    /// A query for the first columns of a relation, as Markdown.
    static func example(_ columns: [String], of relation: [String]) -> String {
        let names = columns.isEmpty ? "*" : columns.prefix(3).map(Names.quoted).joined(separator: ", ")
        return "```sql\nselect \(names)\nfrom \(relation.map(Names.quoted).joined(separator: "."))\nlimit 10\n```"
    }

    private var meta: [TemplateContext] {
        var meta: [TemplateContext] = []
        if let relation = model.legacyRelation { meta.append(Meta.text("legacy_relation", relation)) }
        if let routine = model.legacyRoutineResult { meta.append(Meta.text("legacy_routine_result", routine)) }
        meta += Meta.routines(model.routines)
        if let lines = model.lines { meta.append(Meta.text("lines", "\(lines.lowerBound)-\(lines.upperBound)")) }
        var seen: Set<String> = []
        let parameters = model.parameters.filter { seen.insert($0.name).inserted }
        if !parameters.isEmpty {
            let pairs: [TemplateContext] = parameters.map {
                ["key": YAMLText.scalar($0.name), "value": YAMLText.rendered($0.variable)]
            }
            meta.append(Meta.entry("parameters", pairs: pairs))
        }
        meta += Meta.list("fixed_parameters", parameters.filter { $0.onlyValue != nil }.map(\.name))
        meta += Meta.list("volatile_columns", model.columns.filter(\.isVolatile).map(\.name))
        meta += Meta.list("surrogate_columns", model.columns.filter(\.isSurrogate).map(\.name))
        meta += Meta.list("findings", model.findings.map(Self.line))
        return meta
    }

    private static func line(_ finding: Finding) -> String {
        "\(finding.code) (\(finding.routine), line \(finding.line)): \(finding.message)"
    }

    static func unique(_ texts: [String]) -> [String] {
        var seen: Set<String> = []
        return texts.filter { seen.insert($0).inserted }
    }
}

/// Entries under `config.meta`: a text, a list or a mapping.
enum Meta {
    static func text(_ key: String, _ value: String) -> TemplateContext { entry(key, text: YAMLText.rendered(value)) }

    static func list(_ key: String, _ values: [String]) -> [TemplateContext] {
        values.isEmpty ? [] : [entry(key, list: values.map(YAMLText.rendered))]
    }

    /// `routine`: a text when one needs the node, a list when several do, so that `config.meta.routine:x` selects it.
    static func routines(_ routines: [String]) -> [TemplateContext] {
        let routines = ModelProperties.unique(routines)
        return routines.count == 1 ? [text("routine", routines[0])] : list("routine", routines)
    }

    /// What tells dbt-bouncer that rows of a model which nothing tells apart have no unique test; one of the project's own
    /// tests, for keys with NULLs, counts for nothing with its presets.
    static var withoutUniqueTest: TemplateContext {
        entry("dbt-bouncer", pairs: [["key": "skip_checks", "value": "[check_model_has_unique_test]"]])
    }

    static func entry(
        _ key: String, text: String? = nil, list: [String]? = nil, pairs: [TemplateContext]? = nil
    ) -> TemplateContext {
        ["key": key, "text": text ?? false, "list": list ?? false, "pairs": pairs ?? false]
    }
}

/// Descriptions in property files, where dbt renders Jinja.
enum Description {
    static func yaml(_ text: String, fallback: String, indent: Int) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            var line = line.replacing("\t", with: " ")
            while line.last?.isWhitespace == true { line.removeLast() }
            return String(line)
        }
        let body = lines.joined(separator: "\n")
        let trimmed = body.drop(while: \.isWhitespace)
        return YAMLText.block(Jinja.escaped(trimmed.isEmpty ? fallback : String(trimmed)), indent: indent)
    }
}
