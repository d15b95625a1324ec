import Engines
import Foundation
import Synchronization
import Testing

@testable import Verification

extension WithEngine {
    @Suite(.serialized) struct VerifierTests {
        /// One dbt for all tests: importing it costs seconds.
        private static let dbt = Result {
            DbtRunner(
                environment: try .locate(),
                logFile: FileManager.default.temporaryDirectory.appending(path: "p2d-tests-dbt.log"))
        }
        private static let twice = [
            VerificationCall(),
            VerificationCall(
                arguments: ["p_day": "2024-01-07"], changes: .sql(["DELETE FROM shop.orders WHERE id % 9 = 0"])),
            VerificationCall(arguments: ["p_day": "2024-01-07"], changes: .automatic),
        ]

        private func verify(
            _ files: [String: String] = [:], sql: String = "", pipelines: [VerificationPipeline]? = nil
        ) async throws -> VerificationOutcome {
            let project = try TinyProject(files)
            defer { project.remove() }
            let state = project.folder.appending(path: "state.sql")
            try (TinyProject.sql + sql).write(to: state, atomically: true, encoding: .utf8)
            let work = project.folder.appending(path: "work")
            let verifier = Verifier(engine: try SharedEngine.get(), dbt: try Self.dbt.get(), workDirectory: work)
            let scenario = VerificationScenario(
                name: "tiny", pipelines: pipelines ?? [VerificationPipeline(entry: "shop.load", calls: Self.twice)])
            return try await verifier.verify(
                project: project.folder, catalog: TinyProject.catalog, scenarios: [scenario], state: .sqlFiles([state]))
        }

        private func load(_ call: VerificationCall = VerificationCall()) -> [VerificationPipeline] {
            [VerificationPipeline(entry: "shop.load", calls: [call])]
        }

        @Test func equalProjectMatches() async throws {
            let pipelines = [
                VerificationPipeline(entry: "shop.load", calls: Self.twice),
                VerificationPipeline(entry: "shop.report", calls: [VerificationCall(arguments: ["p_min": "500"])]),
                VerificationPipeline(entry: "shop.count_all", calls: [VerificationCall(arguments: ["p_x": "41"])]),
            ]
            let outcome = try await verify(pipelines: pipelines)
            #expect(outcome.isParity, "\(outcome)")
            #expect(
                outcome.relations.map(\.verdict.word) == [
                    .matchedWithRules, .matched, .matchedWithRules, .matched, .matchedWithRules, .matched, .matched,
                    .matched,
                ])
            try #require(outcome.relations.count == 8)
            #expect(outcome.pipelines[0].calls[0].notices == ["NOTICE: loaded 2024-01-05"])
            #expect(outcome.pipelines[0].calls[2].changes.contains { $0.hasPrefix("shop.orders: ") })
            #expect(outcome.pipelines[1].calls[0].relations[0].legacyRows > 0)
            #expect(outcome.engines["dbt"]?.hasPrefix("1.") == true)
        }

        @Test(arguments: [
            ("one row missing", "group by 1", "and customer <> 'c3' group by 1", "1 row only in legacy"),
            ("one value", "sum(amount)", "sum(case when id = 14 then amount + 0.01 else amount end)", "1 row changed"),
            (
                "a type", "sum(amount)::numeric(12,2)", "sum(amount)",
                "column amount is numeric(12,2) in legacy and numeric in dbt"
            ),
            ("a broken model", "from shop.orders", "from shop.nowhere", "did not build"),
        ])
        func unequalProjectDiffers(name: String, old: String, new: String, reason: String) async throws {
            let text = TinyProject.totals.replacing(old, with: new)
            let outcome = try await verify(["totals": text], pipelines: load())
            let totals = try #require(outcome.relations.first { $0.relation == "shop.totals" })
            #expect(!outcome.isParity)
            #expect(totals.verdict.isDifference && totals.verdict.reason?.contains(reason) == true, "\(totals)")
        }

        @Test func aChangedTableWithoutModelDiffers() async throws {
            let trigger = """
                CREATE FUNCTION shop.more() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN INSERT INTO shop.other VALUES (1); CREATE TABLE IF NOT EXISTS shop.new (a int); RETURN NULL; END $$;
                CREATE TRIGGER more AFTER INSERT ON shop.totals EXECUTE FUNCTION shop.more();
                """
            let outcome = try await verify(sql: trigger, pipelines: load())
            let extra = outcome.relations.filter(\.model.isEmpty)
            #expect(extra.map(\.relation) == ["shop.new", "shop.other"] && extra.allSatisfy(\.verdict.isDifference))
        }

        @Test func aDisabledModelIsRefused() async throws {
            let disabled = TinyProject.log.replacing(
                "materialized='incremental'", with: "enabled=false, materialized='table'"
            )
            .replacing("'routine':", with: "'findings': ['P2D-101: no'], 'routine':")
            let outcome = try await verify(["log": disabled], pipelines: load())
            #expect(outcome.relations.map(\.verdict) == [.refused("P2D-101: no"), .matched])
            #expect(outcome.pipelines[0].verdict.word == .refused, "\(outcome.pipelines[0])")
        }

        @Test func aFailingTestIsADifference() async throws {
            let yml =
                "models: [{name: totals, columns: [{name: customer, data_tests: [{accepted_values: {arguments: {values: [c1]}}}]}]}]"
            let outcome = try await verify(["totals.yml": yml], pipelines: load())
            #expect(outcome.pipelines[0].calls[0].own?.isDifference == true)
        }

        @Test func whatCannotRunSaysSo() async throws {
            let model =
                "{{ config(meta={'routine': ['shop.fails', 'shop.x'], 'legacy_relation': 'shop.other'}) }} select n from shop.other"
            let outcome = try await verify(
                ["fails": model],
                pipelines: [
                    VerificationPipeline(entry: "shop.fails", calls: [VerificationCall()]),
                    VerificationPipeline(entry: "shop.nobody", calls: [VerificationCall()]),
                    VerificationPipeline(entry: "shop.rounded", calls: [VerificationCall()]),
                    VerificationPipeline(entry: "shop.report", calls: [VerificationCall()]),
                    VerificationPipeline(entry: "shop.load", calls: []),
                ])
            #expect(outcome.pipelines.allSatisfy { $0.verdict.word == .notRun }, "\(outcome.pipelines.map(\.verdict))")
            #expect(outcome.pipelines[0].calls[0].originalError == "no (SQLSTATE P0001)")
            #expect(outcome.pipelines[0].calls[0].relations.map(\.verdict) == [.matched])
        }

        @Test func anUnreadableProjectDiffers() async throws {
            let outcome = try await verify(["bad": "select {{ nonsense( }}"], pipelines: load())
            #expect(outcome.pipelines[0].verdict.isDifference)
        }

        @Test func aModelCannotCallTheOriginal() async throws {
            let text = TinyProject.report.replacing(
                "select customer, amount::numeric as amount from dbt.totals where amount >= {{ var('p_min', 0) }}",
                with: "select * from shop.report({{ var('p_min', 0) }})")
            let outcome = try await verify(
                ["report": text],
                pipelines: [
                    VerificationPipeline(entry: "shop.report", calls: [VerificationCall(arguments: ["p_min": "5"])])
                ])
            #expect(outcome.relations[0].verdict.reason?.contains("does not exist") == true)
        }
    }
}
