import Catalog
import Databases
import Engines
import Testing

@testable import Verification

extension WithEngine {
    @Suite struct StateLoaderTests {
        private let source = """
            CREATE SCHEMA s; CREATE TYPE s.mood AS ENUM ('sad', 'glad');
            CREATE TABLE s.customers (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, mood s.mood, moods s.mood[], boss integer REFERENCES s.customers);
            CREATE TABLE s.orders (id bigserial PRIMARY KEY, customer integer NOT NULL REFERENCES s.customers, total numeric(10,2), twice numeric GENERATED ALWAYS AS (total * 2) STORED);
            CREATE TABLE s.lines (order_id bigint REFERENCES s.orders, line integer, note text, PRIMARY KEY (order_id, line));
            CREATE TABLE s.parts (id integer, day date) PARTITION BY RANGE (day);
            CREATE TABLE s.parts_1 PARTITION OF s.parts FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
            CREATE FUNCTION s.loud() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'triggered'; END $$;
            INSERT INTO s.customers (mood, moods, boss) SELECT 'glad', '{sad,glad}', nullif(i / 10, 0) FROM generate_series(1, 100) i;
            INSERT INTO s.orders (customer, total) SELECT i % 100 + 1, i FROM generate_series(1, 1000) i;
            INSERT INTO s.lines SELECT o, l, E'tab\\t\\\\ ' || l FROM generate_series(1, 1000) o, generate_series(1, 3) l;
            INSERT INTO s.parts VALUES (1, '2024-05-05');
            CREATE TRIGGER loud BEFORE INSERT ON s.customers FOR EACH ROW EXECUTE FUNCTION s.loud();
            """

        private func load(_ rowLimit: Int, _ body: (PostgresConnection, PostgresConnection, [String]) throws -> Void)
            throws
        {
            let engine = try SharedEngine.get()
            try engine.dropDatabase("user_source")
            try engine.createDatabase("user_source")
            let string = engine.connectionString(database: "user_source")
            try PostgresConnection.with(string) { user in
                try user.execute(source)
                let catalog = try readPostgresCatalog(user)
                let databases = ScratchDatabases(engine: engine, catalog: catalog)
                let notes = try StateLoader(databases: databases, rowLimit: rowLimit, seed: 1).load(
                    .database(connectionString: string))
                try PostgresConnection.with(engine.connectionString(database: ScratchDatabases.state)) {
                    try body(user, $0, notes)
                }
            }
        }

        @Test func wholeTablesComeOverExactly() throws {
            try load(1_000_000) { user, state, notes in
                #expect(notes.isEmpty)
                for side in [user, state] { try RelationReader.pin(side) }
                for name in ["customers", "orders", "lines", "parts"] {
                    let left = try #require(try RelationReader(user, schema: "s", name: name))
                    let right = try #require(try RelationReader(state, schema: "s", name: name))
                    let outcome = try TableCompare(legacy: left, dbt: right, rules: ComparisonRules()).compare(
                        model: name, relation: name
                    ).outcome
                    #expect(outcome.verdict == .matched && outcome.legacyRows > 0, "\(outcome)")
                }
                let next = try state.query("INSERT INTO s.orders (customer, total) VALUES (1, 1) RETURNING id")[0, 0]
                #expect(next == "1001")
                #expect(throws: DatabaseError.self) {
                    try state.execute("INSERT INTO s.customers (mood) VALUES ('sad')")
                }
            }
        }

        @Test func aSampleKeepsReferencesWhole() throws {
            try load(300) { _, state, notes in
                #expect(notes.map { String($0.prefix { $0 != ":" }) } == ["s.lines", "s.orders"])
                let counts = try state.query(
                    "SELECT (SELECT count(*) FROM s.customers), (SELECT count(*) FROM s.orders), (SELECT count(*) FROM s.lines)"
                )
                #expect(counts[0, 0] == "100")
                let orders = Int(counts[0, 1] ?? "") ?? 0
                #expect((20...300).contains(orders))
                // Orders stay together with all of their lines; the foreign keys are there and hold.
                #expect(counts[0, 2] == String(orders * 3))
                let keys = try state.query(
                    "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND convalidated AND connamespace = 's'::regnamespace"
                )
                #expect(keys[0, 0] == "3")
            }
        }

        @Test func parentsAreFetched() throws {
            try load(60) { _, state, _ in
                let counts = try state.query(
                    "SELECT (SELECT count(*) FROM s.customers), (SELECT count(*) FROM s.orders)")
                #expect((Int(counts[0, 0] ?? "") ?? 0) > 0 && (Int(counts[0, 1] ?? "") ?? 0) > 0)
            }
        }

        @Test func copiesHaveNoRoutinesForDbt() throws {
            try load(1000) { _, _, _ in }
            let engine = try SharedEngine.get()
            let catalog = try PostgresConnection.with(engine.connectionString(database: ScratchDatabases.state)) {
                try readPostgresCatalog($0)
            }
            let databases = ScratchDatabases(engine: engine, catalog: catalog)
            try databases.copyState(entries: [])
            try PostgresConnection.with(engine.connectionString(database: ScratchDatabases.dbt)) { dbt in
                let left = try dbt.query(
                    "SELECT (SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal), "
                        + "(SELECT count(*) FROM pg_proc WHERE pronamespace = 's'::regnamespace)")
                #expect(left[0, 0] == "0" && left[0, 1] == "0")
            }
        }
    }
}
