import Models
import Testing

@testable import Project

/// `models:` in proc2dbt.yml.
@Suite struct ModelOverrideTests {
    private func applied(_ yaml: String) throws -> PlannedProject {
        try SamplePlan.plan.applying(ProjectConfiguration(yaml: "project_name: a\nmodels:\n" + yaml).models)
    }

    @Test func aModelIsFoundByItsNameAndByTheLegacyTable() throws {
        let plan = try applied(
            """
              dw.dim_customer:
                description: Who ordered.
                tags: [finance, load_daily]
                schema: marts
              int_orders_filtered:
                materialized: table
            """)
        let dimension = try #require(plan.models.first { $0.name == "dim_customer" })
        #expect(dimension.description == "Who ordered.")
        #expect(dimension.tags == ["load", "finance", "load_daily"])
        #expect(dimension.schema == "marts")
        #expect(plan.models.first { $0.name == "int_orders_filtered" }?.materialization == .table)
        let untouched = plan.models.filter { !["dim_customer", "int_orders_filtered"].contains($0.name) }
        #expect(untouched.map(\.tags) == SamplePlan.plan.models.dropFirst(2).map(\.tags))
    }

    @Test func layersAndKeysAndFullRewrites() throws {
        let plan = try applied(
            """
              run_log: {materialized: table, layer: intermediate}
              dim_customer: {key: [customer_key]}
            """)
        let log = try #require(plan.models.first { $0.name == "run_log" })
        #expect(log.materialization == .table && log.layer == .intermediate)
        let key = try #require(
            plan.models.first { $0.name == "dim_customer" }?.columns.first { $0.name == "customer_key" })
        #expect(key.tests.filter { $0 == .unique }.count == 1 && key.tests.contains(.notNull))
    }

    @Test(arguments: [
        ("  dw.nothing: {schema: x}\n", "models: dw.nothing in proc2dbt.yml is no model"),
        ("  dim_customer: {tags: [report]}\n", "models: dim_customer in proc2dbt.yml cannot have the tag report"),
        ("  dim_customer: {materialized: view}\n", "models: dim_customer in proc2dbt.yml cannot be materialized"),
        ("  run_log: {layer: staging}\n", "models: run_log in proc2dbt.yml can be in the layer marts or intermediate"),
        ("  run_log: {key: [nobody]}\n", "models: run_log in proc2dbt.yml has no column nobody"),
    ])
    func whatCannotBeHadIsSaid(_ yaml: String, _ message: String) {
        do {
            _ = try applied(yaml)
            Issue.record("no error")
        } catch {
            #expect("\(error)".hasPrefix(message), "\(error)")
        }
    }
}
