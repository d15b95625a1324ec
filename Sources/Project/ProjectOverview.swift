import Catalog
import Findings
import Models

/// What the files of the whole project say: dbt_project.yml, profiles.yml and the README.
struct ProjectOverview {
    let plan: PlannedProject
    let lookup: PlanLookup
    let options: RenderOptions
    /// The models of each routine, in the order of the plan.
    private let models: [String: [PlannedModel]]

    init(plan: PlannedProject, lookup: PlanLookup, options: RenderOptions) {
        self.plan = plan
        self.lookup = lookup
        self.options = options
        models = plan.modelsByRoutine
    }

    /// What templates read about the warehouse.
    var target: TemplateContext { ["target": options.target, "isDuckDB": options.target == "duckdb"] }

    func profile(timeZone: String) -> TemplateContext {
        target.merging(["project": name, "timeZone": YAMLText.scalar(timeZone)]) { first, _ in first }
    }

    private var name: String { Names.snakeCase(plan.name) }

    var project: TemplateContext {
        var notes: [String: [String]] = [:]
        for pipeline in plan.pipelines {
            for parameter in pipeline.parameters { notes[parameter.variable, default: []].append(pipeline.entry) }
        }
        let vars: [TemplateContext] = lookup.defaults.literals.sorted { $0.key < $1.key }.map { variable, literal in
            let users = ModelProperties.unique(notes[variable] ?? []).joined(separator: ", ")
            return [
                "name": YAMLText.scalar(variable),
                "value": literal.yaml,
                "note": users.isEmpty ? "A parameter's default." : "Default of \(Self.oneLine(users))",
            ]
        }
        var fixed: [String: String] = [:]
        for parameter in plan.pipelines.flatMap(\.parameters) {
            if let value = parameter.onlyValue { fixed[parameter.variable] = value }
        }
        let checks = fixed.sorted { $0.key < $1.key }.map { variable, value in
            [
                "call": YAMLText.scalar("{{ fixed_parameter(\(Jinja.literal(variable)), \(Jinja.literal(value))) }}")
            ] as TemplateContext
        }
        let makers = plan.functions.map { ["call": YAMLText.scalar("{{ create_\($0.name)() }}")] as TemplateContext }
        let helpers: [TemplateContext] =
            options.target == "duckdb" ? [["call": YAMLText.scalar("{{ create_helper_functions() }}")]] : []
        return [
            "project": name, "owner": YAMLText.scalar(options.owner), "vars": vars, "hooks": checks + helpers + makers,
            "layers": layers,
        ]
    }

    /// The folders that have models: dbt warns of settings for others.
    private var layers: [TemplateContext] {
        let used = Set(plan.models.filter(\.enabled).map(\.layer))
        let isStaged = plan.sources.contains { $0.stagingModel != nil }
        let all = [
            ("staging", "view", isStaged), ("intermediate", "view", used.contains(.intermediate)),
            ("marts", "table", used.contains(.mart)),
        ]
        return all.filter(\.2).map { ["name": $0.0, "materialization": $0.1] }
    }

    var readme: TemplateContext {
        let findings = plan.models.flatMap(\.findings).filter { $0.severity != .note }
        let differences = findings.map {
            "\($0.code), \($0.routine) line \($0.line): \(Self.oneLine($0.message))"
        }
        return target.merging([
            "project": name,
            "hasShared": plan.models.contains { $0.legacyRelation != nil && $0.enabled && Set($0.routines).count > 1 },
            "pipelines": plan.pipelines.map(pipeline),
            "differences": ModelProperties.unique(differences),
        ]) { first, _ in first }
    }

    /// The start page of `dbt docs`; dbt renders it, so Jinja's marks are escaped.
    var documentation: TemplateContext {
        let pipelines: [TemplateContext] = plan.pipelines.map { pipeline in
            let models = self.models[pipeline.entry] ?? []
            return [
                "entry": Jinja.escaped(Self.oneLine(pipeline.entry)),
                "tag": Jinja.escaped(Self.oneLine(pipeline.tag)),
                "models": models.map {
                    ["name": $0.name, "legacy": Jinja.escaped(Self.legacy($0))] as TemplateContext
                },
            ]
        }
        return ["project": name, "pipelines": pipelines]
    }

    private func pipeline(_ pipeline: PlannedPipeline) -> TemplateContext {
        let models = self.models[pipeline.entry] ?? []
        let required = pipeline.parameters.filter { $0.defaultExpression == nil }
        let vars = required.map { "\"\($0.variable)\": ..." }.joined(separator: ", ")
        let select = "dbt build --profiles-dir . --select config.meta.routine:\(pipeline.entry)"
        return [
            "entry": Self.oneLine(pipeline.entry),
            "command": Self.oneLine(select) + (vars.isEmpty ? "" : " \\\n    --vars '{\(vars)}'"),
            "parameters": pipeline.parameters.map { parameter -> TemplateContext in
                [
                    "name": Self.cell(parameter.name),
                    "variable": parameter.variable,
                    "type": Self.cell(parameter.type),
                    "default": parameter.defaultExpression.map { "`\(Self.cell($0))`" } ?? "must be given",
                ]
            },
            "models": models.map { model -> TemplateContext in
                [
                    "lines": model.lines.map { "\($0.lowerBound)-\($0.upperBound)" } ?? "",
                    "name": model.name,
                    "kind": model.enabled ? Self.kind(model) : "disabled",
                    "legacy": Self.cell(Self.legacy(model)),
                ]
            },
        ]
    }

    private static func kind(_ model: PlannedModel) -> String {
        let materialization = model.isIncremental ? "incremental" : model.materialization.rawValue
        return "\(model.layer.rawValue), \(materialization)"
    }

    private static func legacy(_ model: PlannedModel) -> String {
        if let relation = model.legacyRelation { return "table `\(relation)`" }
        if let routine = model.legacyRoutineResult { return "result of `\(routine)`" }
        // In a cell of a table.
        let text = oneLine(model.description).replacing("|", with: "\\|")
        return text.isEmpty ? "a step" : text.prefix(1).lowercased() + text.dropFirst().prefix(160)
    }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    // A bar would end the cell.
    private static func cell(_ text: String) -> String { oneLine(text).replacing("|", with: "\\|") }
}
