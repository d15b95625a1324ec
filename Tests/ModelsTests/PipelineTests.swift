import Models
import Testing

@testable import Versions

/// One pipeline's models.
@Suite struct PipelineTests {
    private static let tables = ["t", "u", "s"]

    private static func bodies(_ model: PlannedModel) -> [String] {
        model.ctes.map { cte in
            switch cte.body {
            case .model(let name): "\(cte.name) = \(name)"
            case .priorState(let name, _, _): "\(cte.name) = \(name) before\(cte.onlyFirstRun ? ", once" : "")"
            case .query: cte.name
            }
        }
    }

    @Test func aVersionThatTwoModelsReadIsAModel() {
        var builder = GraphBuilder("p")
        let shared = builder.query("shared", [builder.source("s")])
        let below = builder.query("above", [shared])
        builder.write("t", below)
        builder.write("u", builder.query("other", [shared]))
        let models = plan([builder], tables: Self.tables).project.models
        #expect(models.map(\.name) == ["int_shared", "fct_t", "fct_u"])
        #expect(Self.bodies(models[1]) == ["int_shared = int_shared", "above"])
    }

    @Test func constantsAreCopied() {
        var builder = GraphBuilder("p")
        let constant = builder.query("constant", [])
        builder.write("t", builder.query("one", [constant]))
        builder.write("u", builder.query("two", [constant]))
        #expect(plan([builder], tables: Self.tables).project.models.map(\.name) == ["fct_t", "fct_u"])
    }

    @Test func readersOfOldRowsAreBuiltFirst() {
        var builder = GraphBuilder("p")
        builder.write("t", builder.query("new_t", []))
        builder.write("u", builder.query("new_u", [builder.state("t")]))
        let models = plan([builder], tables: Self.tables).project.models
        #expect(models.map(\.name) == ["fct_u", "fct_t"])
        #expect(models[1].buildAfter == ["fct_u"])
    }

    @Test func oldRowsThatAreNeededBesideTheNewOnesAreStored() {
        var builder = GraphBuilder("p")
        let new = builder.query("new_t", [])
        builder.write("t", new)
        builder.write("u", builder.query("difference", [new, builder.state("t")]))
        let models = plan([builder], tables: Self.tables).project.models
        #expect(models.map(\.name) == ["int_t_preserved", "fct_t", "fct_u"])
    }

    @Test func tablesThatSwapTheirRowsStoreOne() {
        var builder = GraphBuilder("p")
        builder.write("t", builder.query("from_u", [builder.state("u")]))
        builder.write("u", builder.query("from_t", [builder.state("t")]))
        let models = plan([builder], tables: Self.tables).project.models
        #expect(models.count == 3)
    }

    @Test func anAppendThatComparesWithAllRowsReadsThemAll() {
        var builder = GraphBuilder("p")
        let state = builder.state("t")
        let rows = builder.query("unseen", [state])
        builder.write("t", builder.append("added", state, rows))
        let model = plan([builder], tables: Self.tables).project.models[0]
        #expect(model.materialization == .append)
        #expect(
            Self.bodies(model) == ["t_before = fct_t before", "unseen", "t_backfill = fct_t before, once", "added"])
    }

    /// The base twice in one query: on incremental runs the second one would be empty.
    @Test func anAppendThatReadsItsBaseAgainIsAFullRewrite() {
        var builder = GraphBuilder("p")
        let state = builder.state("t")
        builder.write("t", builder.append("added", state, state))
        #expect(plan([builder], tables: Self.tables).project.models[0].materialization == .table)
    }

    @Test func anAppendWhoseMiddleAnotherModelReadsIsAFullRewrite() {
        var builder = GraphBuilder("p")
        let first = builder.append("first", builder.state("t"), builder.query("one", []))
        builder.write("t", builder.append("second", first, builder.query("two", [])))
        builder.returns(builder.query("between", [first]))
        let project = plan([builder], tables: Self.tables).project
        #expect(project.models.allSatisfy { $0.materialization == .table })
    }

    @Test func aTableAndAResultWithTheSameRowsAreTwoModels() {
        var builder = GraphBuilder("p")
        let rows = builder.query("rows", [builder.source("s")])
        builder.write("t", rows)
        builder.returns(rows)
        let models = plan([builder], tables: Self.tables).project.models
        #expect(models.map(\.legacyRelation) == ["dw.t", nil])
        #expect(models.map(\.legacyRoutineResult) == [nil, "etl.p"])
        #expect(Self.bodies(models[1]) == ["fct_t = fct_t"])
    }

    @Test func twoRefusedResultsHaveTwoNames() {
        var builder = GraphBuilder("p")
        builder.returns(builder.refused())
        builder.returns(builder.refused())
        let models = plan([builder], tables: Self.tables).project.models
        #expect(models.map(\.name) == ["fct_p_result", "fct_p_result_2"])
        #expect(models.allSatisfy { !$0.enabled })
    }

    @Test func versionsThatReadEachOtherAreRefused() {
        var builder = GraphBuilder("p")
        builder.write("t", builder.query("one", [VersionID(1)]))
        _ = builder.query("two", [VersionID(0)])
        let models = plan([builder], tables: Self.tables).project.models
        #expect(models.map(\.enabled) == [false])
        #expect(models[0].findings.map(\.code) == ["P2D-101"])
    }
}
