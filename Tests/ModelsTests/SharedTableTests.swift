import Findings
import Models
import Testing

@testable import Versions

/// One model for a table that several pipelines write.
@Suite struct SharedTableTests {
    private static let tables = ["log", "dim", "out"]

    /// Appends a row to the log.
    private static func logger(_ name: String) -> GraphBuilder {
        var builder = GraphBuilder(name)
        let log = builder.state("log")
        builder.write("log", builder.append("log_after_insert", log, builder.query("new_log", [])))
        return builder
    }

    private static func model(_ name: String, _ project: PlannedProject) throws -> PlannedModel {
        try #require(project.models.first { $0.name == name }, "\(project.models.map(\.name))")
    }

    private static func after(_ model: PlannedModel) -> [[String]] {
        model.ctes.compactMap { if case .priorState(_, _, let after) = $0.body { after } else { nil } }
    }

    @Test func eachWriterHasAModelAndTheTableTakesTheLast() throws {
        let (project, findings) = plan([Self.logger("a"), Self.logger("b"), Self.logger("c")], tables: Self.tables)
        let names = ["int_log_after_a", "int_log_after_b", "int_log_after_c"]
        #expect(project.models.map(\.name) == names + ["fct_log"])
        for (position, name) in names.enumerated() {
            let model = try Self.model(name, project)
            #expect(model.routines == ["etl.\(["a", "b", "c"][position])"])
            #expect(model.legacyRelation == nil && model.layer == .intermediate && model.materialization == .table)
            #expect(Self.after(model) == [Array(names.prefix(position))])
        }
        let mart = try Self.model("fct_log", project)
        #expect(mart.routines == ["etl.a", "etl.b", "etl.c"] && mart.tags == ["a", "b", "c"])
        #expect(mart.legacyRelation == "dw.log" && mart.hasContract && mart.readsOwnPast)
        #expect(Self.after(mart) == [names])
        #expect(findings.map(\.code) == ["P2D-123", "P2D-123", "P2D-123"])
        #expect(findings.allSatisfy { $0.severity == .note })
    }

    @Test func aRefusedWriterIsDisabledAndTheOthersWork() throws {
        var refused = GraphBuilder("b")
        refused.write("log", refused.refused())
        let (project, _) = plan([Self.logger("a"), refused, Self.logger("c")], tables: Self.tables)
        let disabled = try Self.model("int_log_after_b", project)
        #expect(!disabled.enabled && disabled.findings.map(\.code) == ["P2D-104"] && disabled.routines == ["etl.b"])
        let mart = try Self.model("fct_log", project)
        #expect(mart.routines == ["etl.a", "etl.c"])
        #expect(Self.after(mart) == [["int_log_after_a", "int_log_after_c"]])
    }

    @Test func theOnlyWriterThatIsNotRefusedIsTheTable() throws {
        var refused = GraphBuilder("b")
        refused.write("log", refused.refused())
        let (project, findings) = plan([Self.logger("a"), refused], tables: Self.tables)
        #expect(try Self.model("fct_log", project).routines == ["etl.a"])
        #expect(try Self.model("fct_log", project).materialization == .append)
        #expect(try Self.model("int_log_after_b", project).enabled == false)
        #expect(findings.isEmpty)
    }

    @Test func aTableThatAllRefuseIsOneDisabledModel() throws {
        let pipelines = ["a", "b"].map { name in
            var builder = GraphBuilder(name)
            builder.write("log", builder.refused())
            return builder
        }
        let (project, _) = plan(pipelines, tables: Self.tables)
        #expect(project.models.map(\.name) == ["fct_log"])
        #expect(project.models[0].routines == ["etl.a", "etl.b"] && project.models[0].findings.count == 2)
    }

    @Test func readersOfAnotherPipelinesTableKeepTheOrderOfTheCalls() throws {
        func reader(_ name: String) -> GraphBuilder {
            var builder = GraphBuilder(name)
            builder.returns(builder.query("count_log", [builder.state("log")]))
            return builder
        }
        let (project, _) = plan([reader("first"), Self.logger("a"), reader("last")], tables: Self.tables)
        #expect(try Self.model("fct_log", project).buildAfter == ["fct_first_result"])
        #expect(try Self.model("fct_last_result", project).buildAfter == ["fct_log"])
    }

    @Test func routinesOfTheSameNameHaveTheirOwnTagsAndVariables() {
        var other = Self.logger("a").pipeline
        other.entry.name.schema = "other"
        let project = planModels(
            [Self.logger("a").pipeline, other], catalog: catalog(Self.tables), options: PlanOptions(projectName: "p")
        ).project
        #expect(project.pipelines.map(\.tag) == ["etl_a", "other_a"])
        #expect(project.models.map(\.name) == ["int_log_after_etl_a", "int_log_after_other_a", "fct_log"])
    }
}
