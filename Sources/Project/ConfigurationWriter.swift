import Foundation

extension ProjectConfiguration {
    /// The text of a new file, with comments that explain it.
    public func yaml(templates: TemplateFolder) throws -> String {
        var templates = TemplateSet(templates)
        return try templates.render("proc2dbt.yml", context)
    }

    /// Writes the file unless there is one: it is the user's. Says whether it wrote.
    @discardableResult
    public func writeOnce(to path: String, templates: TemplateFolder) throws -> Bool {
        guard try AtomicFile.read(path) == nil else { return false }
        try AtomicFile.write(Array(yaml(templates: templates).utf8), to: path)
        return true
    }

    private var context: TemplateContext {
        let pipelines: [TemplateContext] = self.pipelines.map { pipeline in
            [
                "entry": YAMLText.scalar(pipeline.entry),
                "calls": pipeline.calls.enumerated().map { index, call -> TemplateContext in
                    [
                        "arguments": call.arguments.map {
                            ["name": YAMLText.scalar($0.name), "value": $0.value.yaml] as TemplateContext
                        },
                        "changes": call.changes.rawValue,
                        "changesBefore": call.changesBefore.map(YAMLText.quoted),
                    ]
                },
            ]
        }
        return [
            "projectName": YAMLText.scalar(projectName),
            "target": YAMLText.scalar(target),
            "naming": naming.sorted { $0.key < $1.key }.map {
                ["relation": YAMLText.scalar($0.key), "model": YAMLText.scalar($0.value)] as TemplateContext
            },
            "owner": owner.map { YAMLText.scalar($0) as any Sendable } ?? false,
            "models": models.sorted { $0.key < $1.key }.map { name, model -> TemplateContext in
                [
                    "name": YAMLText.scalar(name),
                    "description": model.description.map { YAMLText.quoted($0) } ?? false,
                    "tags": model.tags.map(YAMLText.scalar),
                    "schema": model.schema.map { YAMLText.scalar($0) } ?? false,
                    "materialized": model.materialized.map { YAMLText.scalar($0) } ?? false,
                    "layer": model.layer.map { YAMLText.scalar($0) } ?? false,
                    "key": model.key.map(YAMLText.scalar),
                ]
            },
            "entryPoints": (entryPoints ?? []).map(YAMLText.scalar),
            "pipelines": pipelines,
            "rowLimit": "\(verify.rowLimit)",
            "cases": "\(verify.cases)",
            "seed": "\(verify.seed)",
        ]
    }
}
