import Catalog
import Models

/// Sources and their staging views: the only models that read legacy tables directly.
struct StagingFiles {
    let plan: PlannedProject
    let lookup: PlanLookup

    /// Sources of the plan by dbt's source name, both in a fixed order.
    var groups: [(source: String, members: [PlannedSource])] {
        var groups: [String: [PlannedSource]] = [:]
        for source in plan.sources { groups[reference(source).source, default: []].append(source) }
        return groups.sorted { $0.key < $1.key }.map { key, members in
            (key, members.sorted { $0.table.name < $1.table.name })
        }
    }

    private func reference(_ source: PlannedSource) -> SourceReference {
        lookup.sources[source.table.name]!
    }

    /// What `sources.yml` reads.
    func sourceContext(_ name: String, _ members: [PlannedSource]) -> TemplateContext {
        let schema = members[0].table.name.schema
        return [
            "source": name,
            "description": YAMLText.rendered("Legacy schema \(schema)."),
            "schema": schema == name ? false : YAMLText.rendered(schema),
            "loader": "legacy",
            "tables": members.map(tableContext),
        ]
    }

    // No tags and no routine here: selecting a source would select the tests of other pipelines' models that name it.
    private func tableContext(_ source: PlannedSource) -> TemplateContext {
        let table = source.table
        let name = reference(source).table
        return [
            "name": name,
            "identifier": table.name.name == name ? false : YAMLText.rendered(table.name.name),
            "description": Description.yaml(table.comment ?? "", fallback: Self.description(source), indent: 10),
            "columns": columns(table),
        ]
    }

    private static func description(_ source: PlannedSource) -> String {
        source.stagingModel == nil && !source.isReadByFunctions
            ? "The legacy table \(source.table.name): rows from before the first build."
            : "The legacy \(kind(source.table)) \(source.table.name)."
    }

    private static func kind(_ table: Table) -> String {
        switch table.kind {
        case .view: "view"
        case .materializedView: "materialized view"
        case .foreign: "foreign table"
        case .table, .partitioned, .partition: "table"
        }
    }

    private func columns(_ table: Table, tests: [String: [TemplateContext]] = [:]) -> [TemplateContext] {
        table.columns.map { column in
            [
                "name": YAMLText.rendered(column.name),
                "description": Description.yaml(
                    column.comment ?? "", fallback: Description.column(column.name), indent: 14),
                "dataType": YAMLText.rendered(column.type),
                "quote": Names.needsQuotes(column.name),
                "constraints": false,
                "tests": tests[column.name] ?? false,
            ]
        }
    }

    /// What `models.yml` reads about a staging view. Tests: the primary key, which the legacy database enforces.
    func modelContext(_ source: PlannedSource) -> TemplateContext {
        let table = source.table
        let key = table.primaryKey
        var tests: [String: [TemplateContext]] = [:]
        for column in key { tests[column] = [TestContexts.simple("not_null")] }
        if key.count == 1 { tests[key[0]] = [TestContexts.simple("unique"), TestContexts.simple("not_null")] }
        let meta = Meta.routines(source.routines)
        let name = source.stagingModel!
        let fallback = "Rows of \(table.name) as they are."
        let description = [
            table.comment ?? fallback, ModelProperties.example(table.columns.map(\.name), of: [name]),
        ]
        .joined(separator: "\n\n")
        return [
            "name": YAMLText.scalar(name),
            "description": Description.yaml(description, fallback: fallback, indent: 6),
            "hasConfig": !meta.isEmpty || !source.tags.isEmpty,
            "tags": ModelProperties.unique(source.tags).map(YAMLText.rendered),
            "isContracted": false,
            "meta": meta,
            "constraints": false,
            "columns": self.columns(table, tests: tests),
            "tests": key.count > 1 ? [TestContexts.uniqueCombination(key)] : [TemplateContext](),
        ]
    }

    /// What `staging.sql` reads.
    func sqlContext(_ source: PlannedSource) -> TemplateContext {
        [
            "source": reference(source).call,
            "columns": source.table.columns.map { Jinja.escaped(Names.quoted($0.name)) },
        ]
    }
}
