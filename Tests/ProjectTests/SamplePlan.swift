import Catalog
import Findings
import Models
import Versions

/// A plan written by hand that has everything the project stage must get right: state, append, contracts, odd names and
/// types, Jinja's marks in literals, parameters of all kinds. `schema.sql` beside the golden files has its tables.
enum SamplePlan {
    static let region = parameter("p_region", "p_region", "text", "'EU'::text")
    static let since = parameter("p_since", "p_since", "date", "(CURRENT_DATE - 7)")
    static let rate = parameter("p_rate", "p_rate", "numeric", "0.1")
    static let floor = parameter("p_min", "p_min", "bigint", nil)
    static let note = parameter("p_note", "p_note", "text", "NULL::text")
    static let strict = parameter("p_strict", "p_strict", "boolean", "true")
    static let all = [region, since, rate, floor, note, strict]

    static func parameter(_ name: String, _ variable: String, _ type: String, _ value: String?) -> PlannedParameter {
        PlannedParameter(name: name, variable: variable, type: type, defaultExpression: value)
    }

    static func column(_ name: String, _ type: String, notNull: Bool = false) -> Column {
        Column(name: name, type: type, notNull: notNull)
    }

    static var orders: Table {
        var table = Table(name: QualifiedName("dw", "orders"))
        table.comment = "Orders as they come in: {{ raw }}, 100 %."
        table.columns = [
            column("id", "bigint", notNull: true), column("customer", "text"), column("Order Date", "date"),
            column("amount", "numeric(10,2)"), column("select", "character varying(20)"),
        ]
        table.constraints = [
            Constraint(name: "orders_pkey", kind: .primaryKey, columns: ["id"], definition: "PRIMARY KEY (id)")
        ]
        return table
    }

    static var customers: Table {
        var table = Table(name: QualifiedName("dw", "dim_customer"))
        table.columns = [
            column("customer_key", "bigint", notNull: true), column("name", "character varying(20)", notNull: true),
            column("code", "character(3)"), column("status", "dw.status"), column("score", "dw.score"),
            column("tags", "text[]"), column("extra", "jsonb"), column("total", "numeric(10,2)"),
            column("plain", "numeric"), column("seen_at", "timestamp with time zone"),
            column("Mixed Case", "integer"), column("order", "integer"), column("uid", "uuid"),
            column("span", "int4range"), column("ints", "integer[]"), column("nums", "numeric(6,1)[]"),
            column("at", "time(3) without time zone"), column("iv", "interval"), column("bits", "bit varying(5)"),
            column("raw", "bytea"), column("net", "inet"), column("states", "dw.status[]"),
            column("ratio", "double precision"), column("small", "smallint"), column("flag", "boolean"),
        ]
        table.columns[1].collation = "C"
        var check = Constraint(
            name: "Total ok", kind: .check, columns: ["total"], definition: "CHECK ((total >= (0)::numeric))")
        check.expression = "(total >= (0)::numeric)"
        var braces = Constraint(name: "braces", kind: .check, columns: ["name"], definition: "")
        braces.expression = "((name)::text <> '{{ x }} {% y'::text)"
        var never = Constraint(name: "odd_unique", kind: .unique, columns: ["Mixed Case", "order"], definition: "")
        never.nullsNotDistinct = false
        table.constraints = [
            Constraint(name: "dim_pkey", kind: .primaryKey, columns: ["customer_key"], definition: ""), check, braces,
            never,
        ]
        return table
    }

    static var log: Table {
        var table = Table(name: QualifiedName("Odd Schema", "Run Log"))
        table.columns = [
            column("Id", "integer", notNull: true), column("day", "date", notNull: true), column("text", "text"),
            column("at", "timestamp with time zone"),
        ]
        table.constraints = [
            Constraint(name: "log_pkey", kind: .primaryKey, columns: ["Id", "day"], definition: "")
        ]
        return table
    }

    static func columns(_ table: Table) -> [PlannedColumn] {
        table.columns.map { column in
            var planned = PlannedColumn(name: column.name, type: column.type)
            planned.notNull = column.notNull
            return planned
        }
    }

    static let entry = "dw.load"

    static var plan: PlannedProject {
        var plan = PlannedProject(name: "sample")
        plan.pipelines = [
            PlannedPipeline(
                entry: entry, tag: "load", isFunction: false, parameters: all, routines: [entry, "dw.helper"]),
            PlannedPipeline(
                entry: "dw.report", tag: "report", isFunction: true, parameters: [], routines: ["dw.report"]),
        ]
        plan.sources = [
            PlannedSource(
                table: orders, stagingModel: "stg_dw__orders", routines: [entry, "dw.report"], tags: ["load", "report"]),
            PlannedSource(table: customers, stagingModel: nil, routines: [entry], tags: ["load"]),
            PlannedSource(table: log, stagingModel: nil, routines: [entry], tags: ["load"]),
        ]
        plan.models = [recent, dimension, runLog, report, refused]
        return plan
    }

    static func relation(_ id: Int) -> SQLTemplate { SQLTemplate(.relation(VersionID(id))) }
    static func value(_ parameter: PlannedParameter) -> SQLTemplate {
        SQLTemplate(.parameter(routine: entry, name: parameter.name))
    }

    static var recent: PlannedModel {
        var model = PlannedModel(name: "int_orders_filtered", layer: .intermediate, area: "load")
        model.materialization = .view
        model.description = "Orders since a day."
        model.routines = [entry]
        model.tags = ["load"]
        model.parameters = all
        model.names = [VersionID(1): "stg_dw__orders", VersionID(2): "filtered"]
        model.ctes = [
            PlannedCTE(name: "stg_dw__orders", body: .model("stg_dw__orders")),
            PlannedCTE(
                name: "filtered",
                body: .query(
                    """
                    SELECT o.id, o.customer, o."Order Date" AS order_date, o.amount, o."select" AS kind, '{{ raw }}' || '{% if %}' AS "Jinja {{ x }}", E'a\\n{#' || 'two
                      lines' AS text_of_two_lines FROM \(relation(1)) o /* {{ note }} */ WHERE o."Order Date" >= \(value(since)) AND (o.amount >= \(value(floor)) OR \(value(floor)) IS NULL) AND o.customer = \(value(region)) -- {% end %}
                    """),
                comments: ["lines 3-9: keep recent orders {{ raw }}\nsecond line"]),
        ]
        model.final = VersionID(2)
        model.columns = [
            PlannedColumn(name: "id", type: "bigint"), PlannedColumn(name: "customer", type: "text"),
            PlannedColumn(name: "order_date", type: "date"), PlannedColumn(name: "amount", type: "numeric(10,2)"),
            PlannedColumn(name: "kind", type: "character varying(20)"),
            PlannedColumn(name: "Jinja {{ x }}", type: "text"), PlannedColumn(name: "text_of_two_lines", type: "text"),
        ]
        model.columns[0].tests = [
            .unique, .notNull, .relationships(to: .source(schema: "dw", table: "orders"), field: "id"),
        ]
        model.columns[1].tests = [.acceptedValues(["EU", "O'Hara", "ref('x')", "{{ x }}", "1_000", "No"], quote: true)]
        model.lines = 3...9
        return model
    }

    static var dimension: PlannedModel {
        var model = PlannedModel(name: "dim_customer", layer: .mart, area: "dw")
        model.schema = "dw"
        model.legacyRelation = "dw.dim_customer"
        model.description = "Customers: \"quoted\", {{ braces }} and\n\ttabs: - # yes"
        model.routines = [entry]
        model.tags = ["load"]
        model.parameters = all
        model.table = customers
        model.columns = columns(customers)
        model.columns[0].tests = [.unique, .notNull]
        model.columns[0].isSurrogate = true
        model.columns[9].isVolatile = true
        model.columns[10].tests = [.unique]
        model.columns[3].tests = [.acceptedValues(["new", "old"], quote: true)]
        model.columns[11].tests = [.acceptedValues(["1", "2", "3", "4", "5"], quote: false)]
        model.tests = [
            .uniqueCombination(["Mixed Case", "order"]),
            .expressionIsNotFalse(name: "Total ok", expression: "(total >= (0)::numeric)"),
            .expressionIsNotFalse(name: "braces", expression: "((name)::text <> '{{ x }} {% y'::text)"),
        ]
        model.hasContract = true
        model.readsOwnPast = true
        model.lines = 10...40
        model.names = [
            VersionID(1): "dim_customer_before", VersionID(2): "int_orders_filtered", VersionID(3): "numbered",
            VersionID(4): "series", VersionID(5): "merged",
        ]
        let fresh = columns(customers).dropFirst(8).map { column -> String in
            switch column.name {
            case "plain": "0.5::numeric"
            case "Mixed Case": "(n.highest + row_number() over (order by o.customer))::integer"
            case "order": "s.step"
            default: "NULL::\(column.type!)"
            }
        }.filter { $0 != "NULL::timestamp with time zone" }
        model.ctes = [
            PlannedCTE(
                name: "dim_customer_before",
                body: .priorState(model: "dim_customer", table: QualifiedName("dw", "dim_customer"))),
            PlannedCTE(name: "int_orders_filtered", body: .model("int_orders_filtered")),
            PlannedCTE(
                name: "numbered", body: .query("SELECT coalesce(max(customer_key), 0) AS highest FROM \(relation(1))")),
            PlannedCTE(
                name: "series",
                body: .query(
                    "SELECT 1 AS step UNION ALL SELECT step + 1 FROM \(relation(4)) WHERE step < 3")),
            PlannedCTE(
                name: "merged",
                body: .query(
                    """
                    SELECT b.* FROM \(relation(1)) b UNION ALL SELECT (n.highest + row_number() OVER (ORDER BY o.customer))::bigint, o.customer::varchar(20), left(\(value(region)), 3)::character(3), 'new'::dw.status, 3::dw.score, ARRAY['a']::text[], '{"a": {"b": 1}}'::jsonb, (sum(o.amount) * (1 + \(value(rate))))::numeric(10,2), 0.5::numeric, \(SQLTemplate(.callTimestamp)), \(fresh.dropFirst(1).joined(separator: ", ")) FROM \(relation(2)) o CROSS JOIN \(relation(3)) n CROSS JOIN (SELECT max(step) AS step FROM \(relation(4))) s WHERE NOT EXISTS (SELECT 1 FROM \(relation(1)) b WHERE b.name = o.customer) AND \(value(strict)) GROUP BY o.customer, n.highest, s.step
                    """)),
        ]
        model.final = VersionID(5)
        return model
    }

    static var runLog: PlannedModel {
        var model = PlannedModel(name: "run_log", layer: .mart, area: "Odd Schema")
        model.schema = "Odd Schema"
        model.alias = "Run Log"
        model.legacyRelation = "Odd Schema.Run Log"
        model.description = "One row a run."
        model.routines = [entry]
        model.tags = ["load"]
        model.parameters = all
        model.materialization = .append
        model.readsOwnPast = true
        model.table = log
        model.columns = columns(log)
        model.columns[0].tests = [.unique]
        model.columns[3].isVolatile = true
        model.tests = [.uniqueCombination(["Id", "day"])]
        model.hasContract = true
        model.buildAfter = ["dim_customer"]
        model.names = [
            VersionID(1): "backfill", VersionID(2): "earlier", VersionID(3): "final", VersionID(4): "past",
            VersionID(5): "customers",
        ]
        let table = QualifiedName("Odd Schema", "Run Log")
        model.ctes = [
            PlannedCTE(name: "backfill", body: .priorState(model: "run_log", table: table), onlyFirstRun: true),
            PlannedCTE(name: "earlier", body: .priorState(model: "run_log", table: table)),
            PlannedCTE(
                name: "customers",
                body: .priorState(model: "dim_customer", table: QualifiedName("dw", "dim_customer"))),
            PlannedCTE(
                name: "past", body: .query("select * from \(relation(1)) where true or exists (select 1)"),
                onlyFirstRun: true),
            PlannedCTE(
                name: "final",
                body: .query(
                    """
                    select p."Id", p.day, p.text, p.at from \(relation(4)) p union all select (select coalesce(max(e."Id"), 0) + 1 from \(relation(2)) e), cast(\(SQLTemplate(.callTimestamp)) as date), coalesce(\(value(note)), 'no note') || (select count(*) from \(relation(5))), \(SQLTemplate(.callTimestamp))
                    """)),
        ]
        model.final = VersionID(3)
        return model
    }

    static var report: PlannedModel {
        var model = PlannedModel(name: "report_totals", layer: .mart, area: "dw")
        model.legacyRoutineResult = "dw.report"
        model.description = "Totals by customer."
        model.routines = ["dw.report"]
        model.tags = ["report"]
        model.materialization = .view
        model.names = [VersionID(1): "stg_dw__orders", VersionID(2): "totals"]
        model.ctes = [
            PlannedCTE(name: "stg_dw__orders", body: .model("stg_dw__orders")),
            PlannedCTE(
                name: "totals",
                body: .query(
                    "select customer, sum(amount) as total from \(relation(1)) where customer = 'US' group by customer")
            ),
        ]
        model.final = VersionID(2)
        model.columns = [PlannedColumn(name: "customer", type: "text"), PlannedColumn(name: "total", type: "numeric")]
        model.columns[0].tests = [.unique, .relationships(to: .model("dim_customer"), field: "name")]
        model.hasContract = true
        return model
    }

    static var refused: PlannedModel {
        var model = PlannedModel(name: "fct_refused", layer: .mart, area: "dw")
        model.enabled = false
        model.legacyRelation = "dw.fct_refused"
        model.routines = [entry]
        model.tags = ["load"]
        model.description = "Written by dynamic SQL."
        model.findings = [
            Finding(
                code: "P2D-301", severity: .error, routine: entry, message: "EXECUTE of an unknown text: {{ x }}",
                line: 50, endLine: 52)
        ]
        model.columns = [PlannedColumn(name: "a", type: "integer")]
        model.columns[0].tests = [.notNull]
        return model
    }
}
