import Catalog
import Models

/// Sources and their staging views: the only models that read legacy tables directly.
struct StagingFiles {
    let plan: PlannedProject
    let lookup: PlanLookup
    let owner: String
    /// The time zone of the legacy database's sessions.
    let timeZone: String

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
            "owner": YAMLText.scalar(owner),
            "tables": members.map(tableContext),
        ]
    }

    // No tags and no routine here: selecting a source would select the tests of other pipelines' models that name it.
    private func tableContext(_ source: PlannedSource) -> TemplateContext {
        let table = source.table
        let name = reference(source).table
        let loadedAt = isBackfill(source) ? nil : SourceFacts(table: table, timeZone: timeZone).loadedAt
        let fallback = Self.description(source, isBackfill: isBackfill(source), isFresh: loadedAt != nil)
        return [
            "name": name,
            "identifier": table.name.name == name ? false : YAMLText.rendered(table.name.name),
            "description": Description.yaml(table.comment ?? "", fallback: fallback, indent: 10),
            "loadedAt": loadedAt.map(YAMLText.rendered) ?? false,
            "columns": columns(table),
        ]
    }

    /// Its rows are read once, before the first build: later ones are the project's own.
    private func isBackfill(_ source: PlannedSource) -> Bool {
        source.stagingModel == nil && !source.isReadByFunctions
    }

    private static func description(_ source: PlannedSource, isBackfill: Bool, isFresh: Bool) -> String {
        if isBackfill { return "The legacy table \(source.table.name): rows from before the first build." }
        let what = "The legacy \(kind(source.table)) \(source.table.name)."
        return isFresh ? what : "\(what) No column says when a row arrived, so its freshness is not checked."
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
        let facts = SourceFacts(table: table, timeZone: timeZone)
        return table.columns.map { column in
            [
                "name": YAMLText.rendered(column.name),
                "description": Description.yaml(facts.description(of: column), fallback: column.name, indent: 14),
                "dataType": column.type.isEmpty ? false : YAMLText.rendered(column.type),
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
        if key.isEmpty {
            for column in table.columns.filter(\.notNull).prefix(3) {
                tests[column.name] = [TestContexts.simple("not_null")]
            }
        }
        if key.count == 1 { tests[key[0]] = [TestContexts.simple("unique"), TestContexts.simple("not_null")] }
        var meta = Meta.routines(source.routines)
        let all = TestContexts.complete(
            key.count > 1 ? [TestContexts.uniqueRow(key, target: lookup.target)] : [], columns: Array(tests.values))
        if !all.hasUnique { meta.append(Meta.withoutUniqueTest) }
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
            "tests": all.tests,
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
