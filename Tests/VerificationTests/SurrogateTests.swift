import Testing

@testable import Verification

extension WithEngine {
    @Suite struct SurrogateTests {
        private func contradictions(_ pair: Pair, _ columns: [String: [String: String]]) throws -> [Int: [Int]] {
            let tables = try columns.sorted { $0.key < $1.key }.map { name, surrogates in
                SurrogateMatching.Table(
                    name: name,
                    legacy: try #require(try RelationReader(pair.legacy, schema: "public", name: name)),
                    dbt: try #require(try RelationReader(pair.dbt, schema: "public", name: name)),
                    rules: ComparisonRules(surrogateColumns: surrogates))
            }
            let links = try SurrogateLinks(tables) { table, column in column == "id" && table != "loner" }
            return try SurrogateMatching.contradictions(links.tables)
        }
        private let star = ["dim": ["id": "dim"], "fact": ["id": "fact", "dim_id": "dim"]]
        private let tables = "CREATE TABLE dim (id int, name text); CREATE TABLE fact (id int, dim_id int, amount int);"

        @Test func aRenamingIsFound() throws {
            try Pair.with { pair in
                try pair.legacy.execute(
                    tables
                        + "INSERT INTO dim VALUES (1,'a'),(2,'b'),(3,'b'); INSERT INTO fact VALUES (1,1,5),(2,2,5),(3,2,6),(4,3,5),(5,NULL,5)"
                )
                try pair.dbt.execute(
                    tables
                        + "INSERT INTO dim VALUES (30,'a'),(10,'b'),(20,'b'); INSERT INTO fact VALUES (9,NULL,5),(1,30,5),(2,10,5),(3,20,5),(4,20,6)"
                )
                #expect(try contradictions(pair, star).isEmpty)
            }
        }

        @Test func swappedReferencesAreNoRenaming() throws {
            try Pair.with { pair in
                try pair.legacy.execute(
                    tables + "INSERT INTO dim VALUES (1,'a'),(2,'b'); INSERT INTO fact VALUES (1,1,5),(2,2,6)")
                try pair.dbt.execute(
                    tables + "INSERT INTO dim VALUES (1,'a'),(2,'b'); INSERT INTO fact VALUES (1,2,5),(2,1,6)")
                #expect(try !contradictions(pair, star).isEmpty)
            }
        }

        @Test func undeclaredReferencesAreFoundByTheirValues() throws {
            try Pair.with { pair in
                let columns = ["dim": ["id": "dim"], "fact": ["id": "fact", "dim_id": "fact.dim_id"]]
                try pair.legacy.execute(
                    tables + "INSERT INTO dim VALUES (1,'a'),(2,'b'); INSERT INTO fact VALUES (1,1,5),(2,2,6)")
                try pair.dbt.execute(
                    tables + "INSERT INTO dim VALUES (1,'a'),(2,'b'); INSERT INTO fact VALUES (1,2,5),(2,1,6)")
                #expect(try !contradictions(pair, columns).isEmpty)
                try pair.dbt.execute("UPDATE dim SET id = 3 - id")
                #expect(try contradictions(pair, columns).isEmpty)
            }
        }

        @Test func oneNumberForTwoIsNoRenaming() throws {
            try Pair.with { pair in
                try pair.legacy.execute(
                    tables + "INSERT INTO dim VALUES (1,'a'),(2,'a'); INSERT INTO fact VALUES (1,1,5),(2,2,5)")
                try pair.dbt.execute(
                    tables + "INSERT INTO dim VALUES (1,'a'),(1,'a'); INSERT INTO fact VALUES (1,1,5),(2,1,5)")
                #expect(try !contradictions(pair, star).isEmpty)
                try pair.dbt.execute("UPDATE dim SET id = 2 WHERE ctid = (SELECT max(ctid) FROM dim)")
                #expect(try !contradictions(pair, star).isEmpty)
            }
        }

        @Test func chainsAndCirclesOfReferences() throws {
            try Pair.with { pair in
                let node = "CREATE TABLE node (id int, parent int, tag text);"
                let domain = ["node": ["id": "n", "parent": "n"]]
                try pair.legacy.execute(node + "INSERT INTO node VALUES (1,NULL,''),(2,1,''),(3,2,''),(4,4,'')")
                try pair.dbt.execute(node + "INSERT INTO node VALUES (7,9,''),(9,8,''),(8,NULL,''),(1,1,'')")
                #expect(try contradictions(pair, domain).isEmpty)
                // Six in one circle against two circles of three: no local look tells them apart.
                try pair.legacy.execute(
                    "TRUNCATE node; INSERT INTO node SELECT i, i % 6 + 1, '' FROM generate_series(1, 6) i")
                try pair.dbt.execute(
                    "TRUNCATE node; INSERT INTO node VALUES (1,2,''),(2,3,''),(3,1,''),(4,5,''),(5,6,''),(6,4,'')")
                #expect(try !contradictions(pair, domain).isEmpty)
                try pair.dbt.execute(
                    "TRUNCATE node; INSERT INTO node SELECT 7 - i, 7 - (i % 6 + 1), '' FROM generate_series(1, 6) i")
                #expect(try contradictions(pair, domain).isEmpty)
            }
        }

        @Test func manyEqualRowsAreQuick() throws {
            try Pair.with { pair in
                let fill =
                    "INSERT INTO dim SELECT i, 'same' FROM generate_series(1, 20000) i; INSERT INTO fact SELECT i, i % 20000 + 1, 1 FROM generate_series(1, 40000) i"
                try pair.legacy.execute(tables + fill)
                try pair.dbt.execute(
                    tables + fill
                        + "; UPDATE dim SET id = 20001 - id; UPDATE fact SET dim_id = 20001 - dim_id, id = id + 77")
                #expect(try contradictions(pair, star).isEmpty)
                try pair.dbt.execute("UPDATE fact SET dim_id = 3 WHERE dim_id = 4")
                #expect(try !contradictions(pair, star).isEmpty)
            }
        }
    }
}
