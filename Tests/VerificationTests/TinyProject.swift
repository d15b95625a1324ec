import Catalog
import Foundation

/// A dbt project by hand, with the meta that the generator writes, for a procedure by hand.
struct TinyProject {
    let folder: URL

    /// The original: rewrites a summary and appends to a log with a clock and an identity.
    static let sql = """
        CREATE SCHEMA shop;
        CREATE TABLE shop.orders (id integer PRIMARY KEY, customer text NOT NULL, amount numeric(10,2), day date);
        CREATE TABLE shop.totals (customer text PRIMARY KEY, amount numeric(12,2), orders bigint);
        CREATE TABLE shop.log (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, day date, n bigint, at timestamptz);
        CREATE TABLE shop.other (n integer);
        INSERT INTO shop.orders SELECT i, 'c' || i % 7, i * 1.5, date '2024-01-01' + i % 10 FROM generate_series(1, 200) i;
        INSERT INTO shop.log (day, n, at) VALUES ('2023-12-31', 0, now());
        CREATE FUNCTION shop.rounded(p numeric) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT round(p, 2)';
        CREATE PROCEDURE shop.load(p_day date DEFAULT '2024-01-05') LANGUAGE plpgsql AS $$
        BEGIN
            TRUNCATE shop.totals;
            COMMIT;
            INSERT INTO shop.totals SELECT customer, sum(amount), count(*) FROM shop.orders WHERE day <= p_day GROUP BY 1;
            INSERT INTO shop.log (day, n, at) SELECT p_day, count(*), now() FROM shop.totals;
            RAISE NOTICE 'loaded %', p_day;
        END $$;
        CREATE PROCEDURE shop.fails() LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
        CREATE FUNCTION shop.report(p_min numeric) RETURNS TABLE (customer text, amount numeric) LANGUAGE sql
            AS 'SELECT customer, amount FROM shop.totals WHERE amount >= p_min';
        CREATE PROCEDURE shop.count_all(OUT p_n bigint, INOUT p_x integer) LANGUAGE plpgsql
            AS $$ BEGIN p_n := (SELECT count(*) FROM shop.totals); p_x := p_x + 1; END $$;
        """

    static let totals = """
        {{ config(materialized='table', alias='totals', meta={'routine': 'shop.load', 'legacy_relation': 'shop.totals', 'parameters': {'p_day': 'p_day'}}) }}
        select customer, sum(amount)::numeric(12,2) as amount, count(*) as orders
        from shop.orders where day <= '{{ var("p_day", "2024-01-05") }}'::date group by 1
        """
    static let log = """
        {{ config(materialized='incremental', alias='log', meta={'routine': 'shop.load', 'legacy_relation': 'shop.log',
           'volatile_columns': ['at'], 'surrogate_columns': ['id'], 'parameters': {'p_day': 'p_day'}}) }}
        {% if not is_incremental() %}select id, day, n, at from shop.log union all{% endif %}
        select (100 + {% if is_incremental() %}(select max(id) from {{ this }}){% else %}0{% endif %})::integer as id,
            '{{ var("p_day", "2024-01-05") }}'::date as day, count(*) as n, clock_timestamp() as at from {{ ref('totals') }}
        """
    static let report = """
        {{ config(materialized='table', meta={'routine': 'shop.report', 'legacy_routine_result': 'shop.report', 'parameters': {'p_min': 'p_min'}}) }}
        select customer, amount::numeric as amount from dbt.totals where amount >= {{ var('p_min', 0) }}
        """
    static let counts = """
        {{ config(materialized='table', meta={'routine': 'shop.count_all', 'legacy_routine_result': 'shop.count_all', 'parameters': {'p_x': 'p_x'}}) }}
        select count(*) as p_n, ({{ var('p_x', 0) }} + 1)::integer as p_x from dbt.totals
        """

    /// Writes the project; `files` replaces or adds models (name without `.sql`).
    init(_ files: [String: String] = [:]) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "p2d-tiny-\(UUID().uuidString)")
        let models = folder.appending(path: "models")
        try FileManager.default.createDirectory(at: models, withIntermediateDirectories: true)
        let project = """
            name: tiny
            version: '1.0'
            profile: tiny
            flags: {send_anonymous_usage_stats: false}
            """
        try project.write(to: folder.appending(path: "dbt_project.yml"), atomically: true, encoding: .utf8)
        let all = ["totals": Self.totals, "log": Self.log, "report": Self.report, "counts": Self.counts]
            .merging(files) { $1 }
        for (name, text) in all {
            let file = name.contains(".") ? name : name + ".sql"
            try text.write(to: models.appending(path: file), atomically: true, encoding: .utf8)
        }
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    /// What the catalog stage would have read.
    static var catalog: CatalogSnapshot {
        var catalog = CatalogSnapshot(dialect: "postgresql")
        func table(_ name: String, key: [String], _ columns: [(String, String)]) -> Table {
            var table = Table(name: QualifiedName("shop", name))
            table.columns = columns.map { Column(name: $0.0, type: $0.1) }
            if !key.isEmpty {
                table.constraints = [Constraint(name: "pk", kind: .primaryKey, columns: key, definition: "")]
            }
            return table
        }
        catalog.tables = [
            table(
                "orders", key: ["id"],
                [("id", "integer"), ("customer", "text"), ("amount", "numeric(10,2)"), ("day", "date")]),
            table(
                "totals", key: ["customer"], [("customer", "text"), ("amount", "numeric(12,2)"), ("orders", "bigint")]),
            table(
                "log", key: ["id"],
                [("id", "integer"), ("day", "date"), ("n", "bigint"), ("at", "timestamp with time zone")]),
            table("other", key: [], [("n", "integer")]),
        ]
        func routine(
            _ name: String, _ kind: Routine.Kind, _ body: String, _ parameters: [Parameter], _ type: String? = nil
        ) -> Routine {
            var routine = Routine(name: QualifiedName("shop", name), kind: kind, language: "plpgsql")
            routine.body = body
            routine.parameters = parameters
            routine.returnType = type
            return routine
        }
        catalog.routines = [
            routine("rounded", .function, "SELECT round(p, 2)", [Parameter(name: "p", type: "numeric")], "numeric"),
            routine(
                "load", .procedure, "TRUNCATE shop.totals",
                [Parameter(name: "p_day", type: "date", defaultExpression: "'2024-01-05'")]),
            routine("fails", .procedure, "", []),
            routine(
                "report", .function, "SELECT",
                [
                    Parameter(name: "p_min", type: "numeric"), Parameter(name: "customer", mode: .table, type: "text"),
                    Parameter(name: "amount", mode: .table, type: "numeric"),
                ], "TABLE(customer text, amount numeric)"),
            routine(
                "count_all", .procedure, "",
                [
                    Parameter(name: "p_n", mode: .out, type: "bigint"),
                    Parameter(name: "p_x", mode: .inout, type: "integer"),
                ]),
        ]
        return catalog
    }
}
