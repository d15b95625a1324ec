import Models
import Testing

@testable import Project

@Suite struct ConfigurationTests {
    @Test func proposedScenariosHaveThreeCalls() {
        let scenario = PipelineScenario.proposed(for: SamplePlan.plan.pipelines[0])
        #expect(scenario.calls.count == 3)
        #expect(scenario.calls.map(\.changes) == [.none, .automatic, .none])
        #expect(scenario.calls[0].arguments == [ScenarioArgument(name: "p_min", value: .number("1"))])
    }

    @Test func writtenFilesReadBackTheSame() throws {
        var configuration = ProjectConfiguration.proposed(for: SamplePlan.plan)
        configuration.naming = ["dw.Odd: Name": "odd_name"]
        configuration.entryPoints = ["dw.load"]
        configuration.owner = "ann: finance"
        var model = ModelOverride()
        model.description = "One row\na \"day\"."
        model.tags = ["finance", "daily"]
        configuration.models["dw.Odd: Name"] = model
        model = ModelOverride()
        (model.schema, model.materialized) = ("marts", "table")
        configuration.models["int_x"] = model
        configuration.verify.seed = 7
        let values: [ArgumentValue] = [
            .null, .boolean(false), .number("-1.50e3"), .text("no"), .text("it's \\ \"q\"\n{{ x }}"), .text("1"),
            .text(""),
        ]
        configuration.pipelines[0].calls[0].arguments = values.enumerated().map {
            ScenarioArgument(name: "p_\($0.offset)", value: $0.element)
        }
        configuration.pipelines[0].calls[1].changesBefore = ["insert into dw.a values ('x: y')"]
        let yaml = try configuration.yaml(templates: Here.templates)
        #expect(try ProjectConfiguration(yaml: yaml) == configuration)
        let bare = ProjectConfiguration(projectName: "x")
        #expect(try ProjectConfiguration(yaml: bare.yaml(templates: Here.templates)) == bare)
    }

    @Test(arguments: [
        ("project_name: a\nfoo: 1\n", "proc2dbt.yml:2: the configuration has no foo"),
        ("target: x\n", "proc2dbt.yml:1: project_name is missing"),
        ("project_name: a\npipelines:\n  - calls: []\n", "proc2dbt.yml:3: a pipeline without entry"),
        ("project_name: a\nverify:\n  row_limit: many\n", "proc2dbt.yml:3: row_limit must be an integer"),
        (
            "project_name: a\npipelines:\n  - entry: x\n    calls:\n      - args:\n          p: [1]\n",
            "proc2dbt.yml:6: the value"
        ),
        ("project_name: a\nmodels:\n  x:\n    colour: red\n", "proc2dbt.yml:4: models.x has no colour"),
        ("project_name: [\n", "proc2dbt.yml:"), ("", "proc2dbt.yml: is empty"),
        ("project_name: a\nproject_name: b\n", "proc2dbt.yml"),
    ])
    func mistakesAreToldWithTheirLine(_ yaml: String, _ message: String) {
        do {
            _ = try ProjectConfiguration(yaml: yaml)
            Issue.record("no error")
        } catch {
            #expect("\(error)".hasPrefix(message), "\(error)")
        }
    }

    @Test func valuesKeepTheirKind() throws {
        let yaml = """
            project_name: a
            pipelines:
              - entry: x
                calls:
                  - args: {a: 1, b: "1", c: no, d: true, e: ~, f: 2024-01-15, g: 0.10, h: 1_000, i: 0x1F, j: 'null'}
                    changes_before:
                      - delete from x
            """
        let call = try ProjectConfiguration(yaml: yaml).pipelines[0].calls[0]
        #expect(
            call.arguments.map(\.value) == [
                .number("1"), .text("1"), .text("no"), .boolean(true), .null, .text("2024-01-15"), .number("0.10"),
                .text("1_000"), .text("0x1F"), .text("null"),
            ])
        #expect(call.changesBefore == ["delete from x"])
    }

    @Test func examplesFitTheirTypes() {
        #expect(PipelineScenario.example(of: "numeric(10,2)") == .number("1"))
        #expect(PipelineScenario.example(of: "integer[]") == .text("{1}"))
        #expect(PipelineScenario.example(of: "text[]") == .text("{\"A\"}"))
        #expect(PipelineScenario.example(of: "character varying(20)") == .text("A"))
        #expect(PipelineScenario.example(of: "timestamp(3) without time zone") == .text("2024-01-15 12:00:00"))
        #expect(PipelineScenario.example(of: "dw.status") == .null)
    }
}
