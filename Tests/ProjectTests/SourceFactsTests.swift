import Catalog
import Testing

@testable import Project

/// What sources say of tables that nobody described.
@Suite struct SourceFactsTests {
    private func table(_ columns: [(name: String, type: String, value: String?)]) -> Table {
        var table = Table(name: QualifiedName("raw", "orders"))
        table.columns = columns.map { name, type, value in
            var column = Column(name: name, type: type)
            column.defaultExpression = value
            return column
        }
        return table
    }

    private static let zoned = "timestamp with time zone"
    private static let plain = "timestamp without time zone"

    @Test(
        arguments: [
            // The clock's own column comes first, whatever it is called.
            ([("created_at", zoned, nil), ("seen", zoned, "now()")], "seen"),
            ([("created_at", zoned, "now()"), ("updated_at", zoned, "CURRENT_TIMESTAMP")], "updated_at"),
            ([("closed_at", zoned, nil), ("loaded_at", zoned, nil), ("created_at", zoned, nil)], "loaded_at"),
            ([("closed_at", zoned, nil), ("valid_from", zoned, nil), ("paid_on", "date", nil)], nil),
            ([("updated_on", "date", nil)], nil),
            ([("Last Change", zoned, nil)], nil),
            ([("LastChanged At", zoned, nil), ("row changed", zoned, nil)], "\"row changed\""),
            ([("ts", plain, "now()")], "ts at time zone 'Europe/Berlin'"),
        ] as [([(String, String, String?)], String?)])
    func arrivalsAreFound(_ columns: [(String, String, String?)], _ expected: String?) {
        let facts = SourceFacts(table: table(columns), timeZone: "Europe/Berlin")
        #expect(facts.loadedAt == expected)
        let utc = SourceFacts(table: table(columns), timeZone: "UTC").loadedAt
        #expect(utc == expected.map { String($0.prefix { $0 != " " || expected?.hasPrefix("\"") == true }) })
    }

    @Test func constraintsDescribeColumns() {
        var table = table([
            ("id", "integer", nil), ("line", "integer", nil), ("customer", "integer", nil),
            ("code", "text", "'x'::text"),
            ("note", "text", nil), ("state", "text", nil),
        ])
        var key = Constraint(name: "k", kind: .primaryKey, columns: ["id", "line"], definition: "")
        table.constraints.append(key)
        key = Constraint(name: "f", kind: .foreignKey, columns: ["customer"], definition: "")
        key.referencedTable = QualifiedName("raw", "customers")
        key.referencedColumns = ["customer_id"]
        table.constraints.append(key)
        key = Constraint(name: "u", kind: .unique, columns: ["code"], definition: "")
        table.constraints.append(key)
        key = Constraint(name: "c", kind: .check, columns: ["state"], definition: "")
        key.expression = "state = ANY\n  (ARRAY['a', 'b'])"
        table.constraints.append(key)
        table.columns[4].notNull = true
        let facts = SourceFacts(table: table, timeZone: "UTC")
        #expect(
            table.columns.map(facts.description) == [
                "Part of the primary key.", "Part of the primary key.", "References raw.customers.customer_id.",
                "Unique, `'x'::text` where nothing else is given.",
                "Never NULL; the catalog says nothing more about it.",
                "Checked by `state = ANY (ARRAY['a', 'b'])`.",
            ])
        table.columns[0].comment = "Number of the order"
        #expect(facts.description(of: table.columns[0]) == "Number of the order")
    }
}
