import Catalog
import Models

/// What the templates read about data tests. Exactly one of the flags in a context is true.
struct TestContexts {
    let model: PlannedModel
    let lookup: PlanLookup

    /// Tests of one column.
    func tests(of column: PlannedColumn) -> [TemplateContext] {
        var seen: Set<PlannedColumnTest> = []
        return column.tests.filter { seen.insert($0).inserted }.compactMap { test in
            switch test {
            case .unique: Self.simple("unique")
            case .notNull: Self.simple("not_null")
            case .acceptedValues(let values, let quote): Self.acceptedValues(values, quote: quote)
            case .relationships(let target, let field): relationships(target, field: field)
            }
        }
    }

    /// Tests of a whole model, with one for a model that nothing else is known of, and whether one of all tests is dbt's own
    /// test of a key.
    static func complete(
        _ tests: [TemplateContext], columns: [[TemplateContext]]
    ) -> (tests: [TemplateContext], hasUnique: Bool) {
        let all = tests + columns.flatMap { $0 }
        let hasUnique = all.contains { $0["test"] as? String == "unique" }
        return (all.isEmpty ? [simple("documented_columns")] : tests, hasUnique)
    }

    /// Tests of the whole model.
    func modelTests() -> [TemplateContext] {
        model.tests.map { test in
            switch test {
            case .uniqueCombination(let columns): uniqueCombination(columns)
            // The same number for each row: unique where there is one row.
            case .oneRow: Self.unique("cast(1 as integer)", name: YAMLText.scalar("\(model.name)__one_row"))
            case .uniqueIndex(let name, let expressions, let condition):
                [
                    "test": "unique_index", "name": YAMLText.scalar("\(model.name)__\(Names.snakeCase(name))"),
                    "arguments": [
                        ["key": "expressions", "value": "", "values": expressions.map(Self.value)] as TemplateContext
                    ] + (condition.map { [Self.argument("condition", Self.value($0))] } ?? []),
                ]
            case .expressionIsNotFalse(let name, let expression):
                [
                    "test": "expression_is_not_false",
                    "name": YAMLText.scalar("\(model.name)__\(Names.snakeCase(name))"),
                    "arguments": [Self.argument("expression", Self.value(expression))],
                ]
            }
        }
    }

    static func simple(_ name: String) -> TemplateContext { ["test": name, "name": false, "arguments": false] }

    /// Columns that are never null are one value for dbt's own test, which linters look for; NULLs need a test that leaves
    /// their rows out.
    private func uniqueCombination(_ columns: [String]) -> TemplateContext {
        let isNotNull = columns.allSatisfy { name in
            model.columns.contains { $0.name == name && ($0.notNull || $0.tests.contains(.notNull)) }
        }
        return isNotNull ? Self.uniqueRow(columns, target: lookup.target) : Self.uniqueCombination(columns)
    }

    static func uniqueRow(_ columns: [String], target: String) -> TemplateContext {
        let row = "(\(columns.map(Names.quoted).joined(separator: ", ")))"
        // PostgreSQL's text of a row quotes what it must, so that different rows have different texts; a row itself could
        // not be stored by `store_failures`.
        return unique(value(target == "duckdb" ? row : "cast(\(row) as text)"), name: false)
    }

    private static func unique(_ expression: String, name: Any) -> TemplateContext {
        ["test": "unique", "name": name, "arguments": [argument("column_name", expression)]]
    }

    static func uniqueCombination(_ columns: [String]) -> TemplateContext {
        let argument: TemplateContext = ["key": "columns", "value": "", "values": columns.map(value)]
        return ["test": "unique_combination", "name": false, "arguments": [argument]]
    }

    private static func acceptedValues(_ values: [String], quote: Bool) -> TemplateContext {
        // dbt's test puts the values between quotes as they are.
        let texts = values.map {
            quote ? $0.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") : $0
        }
        var arguments: [TemplateContext] = [["key": "values", "value": "", "values": texts.map(value)]]
        if !quote { arguments.append(argument("quote", "false")) }
        return ["test": "accepted_values", "name": false, "arguments": arguments]
    }

    private func relationships(_ target: RelationshipTarget, field: String) -> TemplateContext? {
        switch target {
        case .source(let schema, let table):
            guard let source = lookup.sources[QualifiedName(schema, table)] else { return nil }
            return Self.relationship("relationships", to: source.call, field: Names.quoted(field), more: [])
        case .model(let name):
            guard let parent = lookup.models[name], parent.enabled else { return nil }
            let call = "ref(\(Jinja.literal(name)))"
            if Set(parent.routines) == Set(model.routines) {
                return Self.relationship("relationships", to: call, field: Names.quoted(field), more: [])
            }
            // Another pipeline builds the parent: a run of this one must not fail because that one never ran.
            guard let table = parent.table?.name, let source = lookup.sources[table] else { return nil }
            let legacy = Self.argument("legacy", YAMLText.quoted(source.call))
            return Self.relationship("references_row", to: call, field: Names.quoted(field), more: [legacy])
        }
    }

    private static func relationship(
        _ test: String, to call: String, field: String, more: [TemplateContext]
    ) -> TemplateContext {
        let arguments = [argument("to", YAMLText.quoted(call))] + more + [argument("field", value(field))]
        return ["test": test, "name": false, "arguments": arguments]
    }

    private static func argument(_ key: String, _ value: String) -> TemplateContext {
        ["key": key, "value": value, "values": false]
    }

    // dbt renders arguments, and runs a text that looks like a call of ref() as one.
    private static func value(_ text: String) -> String {
        let calls = ["ref", "source", "var", "env_var", "doc"]
        let word = text.drop(while: \.isWhitespace).prefix { $0.isLetter || $0 == "_" }
        if calls.contains(String(word)), text.contains("(") {
            return YAMLText.quoted("{{ \(Jinja.literal(text)) }}")
        }
        return YAMLText.rendered(text)
    }
}
