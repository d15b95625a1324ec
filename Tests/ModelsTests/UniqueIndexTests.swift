import Catalog
import Testing

@testable import Models

/// Unique indexes that no constraint of dbt's stands for become data tests.
@Suite struct UniqueIndexTests {
    private func tests(_ definition: String, columns: [String], predicate: String?) -> [PlannedModelTest] {
        var table = Table(name: QualifiedName("dw", "t"), kind: .table)
        var index = UniqueIndex(name: "t_key", columns: columns, definition: definition)
        index.predicate = predicate
        table.uniqueIndexes = [index]
        return TableTests.modelTests(table)
    }

    @Test func partialAndExpressionIndexes() {
        #expect(
            tests(
                "CREATE UNIQUE INDEX t_key ON dw.t USING btree (id, day) WHERE is_current", columns: ["id", "day"],
                predicate: "is_current")
                == [.uniqueIndex(name: "t_key", expressions: ["id", "day"], condition: "is_current")])
        #expect(
            tests(
                "CREATE UNIQUE INDEX t_key ON dw.t USING btree (lower((email)::text), COALESCE(kind, 'a,b'::text))",
                columns: [], predicate: nil)
                == [
                    .uniqueIndex(
                        name: "t_key", expressions: ["lower((email)::text)", "COALESCE(kind, 'a,b'::text)"],
                        condition: nil)
                ])
    }

    @Test func othersAreLeftAlone() {
        // A plain one is the contract's; the rest can't be said in GROUP BY.
        #expect(tests("CREATE UNIQUE INDEX t_key ON dw.t USING btree (id)", columns: ["id"], predicate: nil).isEmpty)
        #expect(
            tests(
                "CREATE UNIQUE INDEX t_key ON dw.t USING btree (lower(email) text_pattern_ops)", columns: [],
                predicate: nil
            ).isEmpty)
        #expect(
            tests(
                "CREATE UNIQUE INDEX t_key ON dw.t USING btree (id) NULLS NOT DISTINCT WHERE ok", columns: ["id"],
                predicate: "ok"
            ).isEmpty)
    }
}
