import Findings
import Catalog
import Models
import Versions

/// The `.sql` file of an intermediate model or mart.
struct ModelFile {
    let model: PlannedModel
    let lookup: PlanLookup
    let formats: Bool

    /// Path of the file in the project.
    var path: String { "\(Self.folder(model))/\(model.name).sql" }

    /// Folder of a model.
    static func folder(_ model: PlannedModel) -> String {
        "models/\(model.layer == .mart ? "marts" : "intermediate")/\(Names.snakeCase(model.area))"
    }

    /// What the template `model.sql` reads.
    func context() throws -> TemplateContext {
        let config = try config
        let ctes = try allCTEs()
        let renderer = SQLRenderer(model: model, lookup: lookup, formats: formats)
        return [
            "config": config.map { ["key": $0.key, "value": $0.value] as TemplateContext },
            "buildAfter": model.buildAfter.map { "{{ ref(\(Jinja.literal($0))) }}" },
            "isRefused": ctes.isEmpty,
            "findings": model.findings.map(Self.comment),
            "refusal": Jinja.literal("\(model.name) stands for a part that was not converted; see its description"),
            "isRecursive": model.ctes.contains(where: renderer.isRecursive),
            "ctes": ctes,
            "lastCTE": lastName,
        ]
    }

    /// `config(..)` of the model: only what differs from the folder's defaults in dbt_project.yml.
    private var config: [(key: String, value: String)] {
        get throws {
            var config: [(key: String, value: String)] = []
            if !model.enabled { config.append(("enabled", "false")) }
            let usual: PlannedModel.Materialization = model.layer == .mart ? .table : .view
            if model.materialization != usual {
                let name = model.isIncremental ? "incremental" : model.materialization.rawValue
                config.append(("materialized", Jinja.literal(name)))
            }
            if let schema = model.schema { config.append(("schema", Jinja.literal(schema))) }
            if let alias = model.alias { config.append(("alias", Jinja.literal(alias))) }
            guard model.isIncremental else { return config }
            if model.materialization == .upsert {
                let key = model.uniqueKey.map(Jinja.literal)
                config.append(("unique_key", key.count == 1 ? key[0] : "[\(key.joined(separator: ", "))]"))
            }
            config.append(("incremental_strategy", model.materialization == .upsert ? "'delete+insert'" : "'append'"))
            // Added rows are assigned to the table's types, as INSERT does; `fail` would compare the two tables'
            // types and stop at a `text` that goes into a `varchar(20)`.
            config.append(("on_schema_change", "'append_new_columns'"))
            // What earlier runs added cannot be computed again.
            config.append(("full_refresh", "false"))
            let hooks = try model.deletes.map(hook)
            if hooks.count == 1 { config.append(("pre_hook", hooks[0])) }
            if hooks.count > 1 {
                config.append(("pre_hook", "[\n            \(hooks.joined(separator: ",\n            "))\n        ]"))
            }
            return config
        }
    }

    /// A DELETE on the model's own relation, as a Jinja text that dbt renders before the model is built.
    private func hook(_ delete: PlannedDelete) throws -> String {
        var renderer = SQLRenderer(model: model, lookup: lookup, formats: formats)
        renderer.references = delete.models
        let alias = delete.alias.map { " as \(SQLText.identifier($0))" } ?? ""
        // Laid out as a SELECT, which has the same clauses.
        let query: SQLTemplate = "select 1 from this_relation\(alias) where \(delete.condition)"
        let lines = try renderer.text(query, indent: 12).split(separator: "\n", omittingEmptySubsequences: false)
        let body = lines.dropFirst().joined(separator: "\n")
            .replacing("from this_relation", with: "delete from {{ this }}", maxReplacements: 1)
        let text = "            {% if is_incremental() %}\n\(body)\n            {% endif %}"
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\n\(escaped)\n        \""
    }

    private var lastName: String {
        if let final = model.final, let name = model.names[final], needsNoFinal(name) { return Names.quoted(name) }
        return "final"
    }

    // The planned last CTE may be called `final` already, or some other one may: then it cannot be added.
    private func needsNoFinal(_ name: String) -> Bool {
        if name == "final" || model.ctes.contains(where: { $0.name == "final" }) || model.columns.isEmpty {
            return true
        }
        // A query names its columns, in the model's order: saying it twice helps nobody.
        guard let last = model.ctes.last, last.name == name, case .query = last.body else { return false }
        return !(last.onlyFirstRun && model.materialization == .append)
    }

    private func allCTEs() throws -> [TemplateContext] {
        guard let final = model.final else { return [] }
        guard let last = model.names[final] else {
            throw ProjectError.unnamedVersion(model: model.name, version: final.rawValue)
        }
        var result = try model.ctes.map { cte in
            let comments = cte.comments.flatMap(Self.commentLines)
            return try Self.context(name: cte.name, comments: comments, body: body(cte), clauses: cte.clauses)
        }
        if !needsNoFinal(last) {
            result.append(
                Self.context(name: "final", comments: [], body: Self.indented(select(from: Names.quoted(last)))))
        }
        return result
    }

    private static func context(
        name: String, comments: [String], body: String, clauses: String = ""
    ) -> TemplateContext {
        let clauses = clauses.isEmpty ? "" : " " + Jinja.escaped(clauses)
        return ["name": Names.quoted(name), "comments": comments, "body": body, "clauses": clauses]
    }

    private func body(_ cte: PlannedCTE) throws -> String {
        let renderer = SQLRenderer(model: model, lookup: lookup, formats: formats)
        let isBackfill = cte.onlyFirstRun && model.materialization == .append
        let filter = isBackfill ? "\n{% if is_incremental() %}where false{% endif %}" : ""
        switch cte.body {
        case .model(let name):
            return Self.indented("select * from {{ ref(\(Jinja.literal(name))) }}" + filter)
        case .priorState(let name, let table, let after):
            let relation = try priorState(name, table, after)
            return Self.indented(select(columnsOf(name, table), from: relation) + filter)
        case .query(let template):
            if let changed = cte.changed, model.materialization == .upsert {
                // One query, so that its layout is that of any other.
                let text = try renderer.text(template + "\nwhere " + changed, indent: 4)
                return Self.incrementalWhere(text)
            }
            guard isBackfill else { return try renderer.text(template, indent: 4) }
            let query = try renderer.text(template, indent: 8)
            return "    select *\n    from (\n\(query)\n    ) as backfill" + Self.indented(filter)
        }
    }

    /// The last WHERE at the query's own level, for incremental runs only.
    private static func incrementalWhere(_ text: String) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let place = lines.lastIndex(where: { $0 == "    where" || $0.hasPrefix("    where ") }) else {
            return text
        }
        lines.insert("    {% if is_incremental() %}", at: place)
        lines.append("    {% endif %}")
        return lines.joined(separator: "\n")
    }

    private func priorState(_ name: String, _ table: QualifiedName, _ after: [String]) throws -> String {
        // A table that only the routines make has no legacy rows; its model is always built with one of `after`.
        let hasLegacy = lookup.sources[table] != nil
        var legacy = hasLegacy ? try lookup.source(table, model: model.name).call : "none"
        if !hasLegacy, after.isEmpty, let own = lookup.models[name]?.columns, !own.isEmpty {
            let items = own.map { "cast(null as \($0.type ?? "text")) as \(SQLText.identifier($0.name))" }
            legacy = Jinja.literal("(select \(items.joined(separator: ", ")) where false) as no_rows_yet")
        }
        guard !after.isEmpty else { return "{{ prior_state(\(Jinja.literal(name)), \(legacy)) }}" }
        let list = after.map { "    \(Jinja.literal($0))" }.joined(separator: ",\n")
        return "{{ prior_state(\(Jinja.literal(name)), \(legacy), [\n\(list)\n]) }}"
    }

    // The written table's columns in the legacy table's order, whichever of the two relations is read.
    private func columnsOf(_ model: String, _ table: QualifiedName) -> [String] {
        let source = lookup.plan.sources.first { $0.table.name == table }
        let columns = source?.table.columns.map(\.name) ?? []
        return columns.isEmpty ? lookup.models[model]?.columns.map(\.name) ?? [] : columns
    }

    private func select(from relation: String) -> String {
        select(model.columns.map(\.name), from: relation)
    }

    private func select(_ columns: [String], from relation: String) -> String {
        if columns.isEmpty { return "select *\nfrom \(relation)" }
        let list = columns.map { "    " + Jinja.escaped(Names.quoted($0)) }.joined(separator: ",\n")
        return "select\n\(list)\nfrom \(relation)"
    }

    /// Lines of a comment, safe behind `-- `.
    private static func commentLines(_ text: String) -> [String] {
        text.split(whereSeparator: \.isNewline).map { Jinja.escaped(String($0)) }
    }

    private static func comment(_ finding: Finding) -> String {
        let text = "\(finding.code) (\(finding.routine), line \(finding.line)): \(finding.message)"
        return commentLines(text).joined(separator: " ")
    }

    // For text of our own, in which no literal runs over a line.
    private static func indented(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "    " + $0 }
            .joined(separator: "\n")
    }
}
