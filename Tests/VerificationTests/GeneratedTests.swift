import Catalog
import Foundation
import Testing

@testable import Verification

/// What generated states are made of: no engine is needed for that.
@Suite struct GeneratedTests {
    @Test func sameSeedSameNumbers() {
        var one = Randomness(seed: 7, "etl.p 3")
        var two = Randomness(seed: 7, "etl.p 3")
        var other = Randomness(seed: 7, "etl.p 4")
        let first = (0..<20).map { _ in one.below(1000) }
        #expect(first == (0..<20).map { _ in two.below(1000) })
        #expect(first != (0..<20).map { _ in other.below(1000) })
    }

    @Test func daysOfTheCalendar() {
        #expect(Day("1970-01-01")?.number == 0)
        #expect(Day("2024-02-29 12:00:00")?.text == "2024-02-29")
        #expect(Day(number: (Day("2024-03-01")?.number ?? 0) - 1).text == "2024-02-29")
        #expect(Day(number: (Day("2023-03-01")?.number ?? 0) - 1).text == "2023-02-28")
        #expect(Day("2024-03-15")?.edges.map(\.text) == ["2024-03-01", "2024-02-29"])
        #expect(Day("tomorrow") == nil)
        #expect(Day("2024-13-01") == nil)
    }

    @Test func neighboursOfNumbers() {
        #expect(Neighbours.ofNumber("100", decimals: 2) == ["100", "100.01", "99.99", "101", "99"])
        #expect(Neighbours.ofNumber("0.005", decimals: nil) == ["0.005", "0.006", "0.004", "1.005", "-0.995"])
        #expect(Neighbours.ofNumber("5", decimals: 0) == ["5", "6", "4", "6", "4"])
    }

    @Test func literalsAndTheirNames() {
        let found = ComparedLiterals([
            """
            select * from t where lower(t.status) = 'open' and -5 < amount and kind in ('A', 'B') and day between
              date '2024-01-01' and current_date and t.customer = c.cust_no and v not in (1, 2)
              and case x when 7 then true else false end
            -- region = 'comment'
            """,
            "execute 'delete from dw.t where state = ''gone'' and level >= 3'",
        ])
        #expect(found.byName["status"] == [.text("open")])
        #expect(found.byName["amount"]?.contains(.number("5")) == true)
        #expect(found.byName["kind"] == [.text("A"), .text("B")])
        #expect(found.byName["day"] == [.text("2024-01-01")])
        #expect(found.byName["v"] == [.number("1"), .number("2")])
        #expect(found.byName["x"] == [.number("7")])
        #expect(found.byName["level"] == [.number("3")])
        #expect(found.byName["region"] == nil)
        #expect(found.pairs.contains { $0 == ("customer", "cust_no") })
        #expect(found.readsClock)
    }

    @Test func tablesThatOnlyModelsName() {
        // 'claims_' || region: no word of the routine is the table's name, but a model stands for it.
        var catalog = CatalogSnapshot(dialect: "postgresql")
        catalog.tables = ["claims_north", "other"].map { Table(name: QualifiedName("dw", $0)) }
        var entry = Routine(name: QualifiedName("etl", "p"), kind: .procedure, language: "plpgsql")
        entry.definition = "begin execute 'delete from dw.' || 'claims_' || region; end"
        catalog.routines = [entry]
        #expect(PipelineScope(entry: entry, catalog: catalog).tables.isEmpty)
        let scope = PipelineScope(entry: entry, catalog: catalog, relations: ["dw.claims_north"])
        #expect(scope.tables.map(\.name.description) == ["dw.claims_north"])
    }

    @Test func columnKinds() {
        var catalog = CatalogSnapshot(dialect: "postgresql")
        var size = UserType(name: QualifiedName("src", "size"), kind: .enumeration)
        size.labels = ["small", "large"]
        var price = UserType(name: QualifiedName("src", "price"), kind: .domain)
        price.baseType = "numeric(6,2)"
        catalog.types = [size, price]
        #expect(ColumnKind("src.size", catalog: catalog).labels == ["small", "large"])
        let decimal = ColumnKind("src.price", catalog: catalog)
        #expect(decimal.family == .decimal && decimal.limit == 2 && decimal.wholeDigits == 4)
        #expect(ColumnKind("character varying(3)", catalog: catalog).limit == 3)
        #expect(ColumnKind("timestamp(3) with time zone", catalog: catalog).family == .zonedTimestamp)
        #expect(ColumnKind("text[]", catalog: catalog).family == .other)
    }

    @Test func wordsForAPipeline() {
        var outcome = PipelineOutcome(entry: "etl.p", scenario: "s")
        var call = CallOutcome(number: 1, statement: "CALL etl.p()", command: "dbt build")
        call.relations = [RelationOutcome(model: "m", relation: "dw.t", verdict: .matched)]
        outcome.calls = [call]
        var generated = GeneratedOutcome(requested: 300, seed: 1)
        generated.matched = GeneratedOutcome.provenFrom - 1
        outcome.generated = generated
        #expect(outcome.verdict == .matched)
        generated.matched += 1
        outcome.generated = generated
        #expect(outcome.verdict == .proven)
        generated.differs = 1
        outcome.generated = generated
        #expect(outcome.verdict.isDifference)
        generated.differs = 0
        outcome.generated = generated
        outcome.calls[0].relations[0].verdict = .differs("1 row changed")
        #expect(outcome.verdict.isDifference)
    }
}
