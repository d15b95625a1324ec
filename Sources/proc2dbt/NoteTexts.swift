/// Notes, warnings and the refusals of the later stages, for `docs/findings.md`. A test looks for every code that stands
/// in Sources here.
extension FindingsCatalogue {
    static var notes: [FindingEntry] { dropped + circumstances + planning + targets + entryPoints }

    /// P2D-2xx: steps that a dbt project has no need of.
    private static let dropped: [FindingEntry] = [
        note(
            "P2D-201", "Never reached", "Everything before the step ends the routine.", "remove the dead code.",
            "return; update dw.sales set n = 0;"),
        note("P2D-202", "NULL does nothing", "The statement NULL has no effect.", "nothing.", "null;"),
        note("P2D-203", "COMMIT is dropped", "dbt commits each model by itself.", "nothing.", "commit;"),
        FindingEntry(
            code: "P2D-204", severity: "warning", title: "An exception handler runs for foretold failures only",
            meaning:
                "Handlers run for what the code raises itself and for failures that the rows foretell: divisions by zero, "
                + "texts that are no numbers or dates, broken keys, NOT NULL and CHECK constraints. Where a statement "
                + "fails otherwise, the original ran the handler; dbt stops with the error instead.",
            advice: "check whether such failures occur; where they do, filter the rows that cause them beforehand.",
            example: "exception when others then insert into log values (sqlerrm);"),
        note(
            "P2D-205", "ASSERT is dropped", "A failed ASSERT stops a routine; a model has data tests for that.",
            "make it a data test where it matters.", "assert v_count > 0;"),
        note(
            "P2D-206", "A statement that changes no rows is dropped",
            "GRANT, ANALYZE, SET, LOCK, indexes and the like are the business of dbt's configuration.",
            "set it as a config or a hook where it matters.", "analyze dw.sales;"),
        note(
            "P2D-207", "A message is dropped", "RAISE below EXCEPTION only talks.", "nothing.",
            "raise notice 'loaded % rows', v_count;"),
        note(
            "P2D-208", "PERFORM without effect is dropped", "The query's result is thrown away and it changes nothing.",
            "nothing.", "perform pg_sleep(1);"),
        note(
            "P2D-209", "DROP TABLE of a work table", "Nothing of a work table is left in the project.", "nothing.",
            "drop table if exists tmp_sales;"),
        note("P2D-210", "CLOSE is dropped", "Nothing stays open in a project.", "nothing.", "close c;"),
    ]

    /// P2D-3xx: where the result may differ under circumstances.
    private static let circumstances: [FindingEntry] = [
        warning(
            "P2D-301", "Row security is on",
            "The conversion reads and writes all rows, the original those that its user may see.",
            "compare under the user that runs the original.", "alter table dw.sales enable row level security;"),
        warning(
            "P2D-302", "Several proposed rows may share the key",
            "Of rows with the same key, the first in the query's order is kept; the original keeps the first that comes.",
            "make the query's rows unique by the key.",
            "insert into t select k, v from s on conflict (k) do nothing;"),
        warning(
            "P2D-303", "An UPDATE may match several rows",
            "Which of them wins is not defined in the original; one is kept here, always the same.",
            "join on a unique key, or aggregate first.", "update t set v = s.v from s where s.k = t.k;"),
        note(
            "P2D-304", "A foreign key's action is followed",
            "Deletes go on to, or set columns of, the tables that refer to the rows.", "nothing.",
            "delete from dw.parent where id = 1; -- child: on delete cascade"),
        warning(
            "P2D-305", "SELECT INTO takes one of several rows",
            "The query may have several rows and no order: the original takes any.",
            "add ORDER BY and LIMIT 1, or a condition on a unique key.", "select name into v_name from dw.customers;"),
        warning(
            "P2D-306", "A table that the routine makes",
            "The catalog does not know it, so that its model has no contract.",
            "create the table once, before extracting.",
            "create table dw.snapshot as select * from dw.sales;"),
        warning(
            "P2D-307", "Numbers of a sequence start anew",
            "No column was found that keeps the numbers, so that they can't go on from the highest.",
            "let a column's default draw from the sequence.", "v_run := nextval('etl.run_seq');"),
        warning(
            "P2D-308", "A function that must be there",
            "The function loops or fails in a way that no expression says, but it reads no table: its call stays. The project "
                + "does not make it, since it has settings of its own, or types that a function of the project can't name.",
            "create the function in the target database before the first build.",
            "insert into dw.sales select etl.check_digit(code) from raw.items;"),
        warning(
            "P2D-320", "Rows are told apart by their place",
            "ctid says where a row stands in its file; here a row number stands for it. Which one of several rows is kept "
                + "is not defined in the original either, so that only rows that are equal in all columns are sure to agree.",
            "keep one of several rows by a column that orders them.",
            "delete from dw.sales a using dw.sales b where a.ctid < b.ctid and a.id = b.id;"),
        note(
            "P2D-321", "A trigger is followed",
            "A row trigger acts on the written table: its function's body is part of the model, so that the model needs no "
                + "trigger.", "nothing.",
            "create trigger touch before update on dw.sales for each row execute function dw.set_updated_at();"),
        note(
            "P2D-322", "A partition is written or read by its name",
            "Its rows are those of the partitioned table within its bound: the model stands for the whole table.",
            "nothing.", "truncate dw.sales_2024_01;"),
        warning(
            "P2D-309", "The order of a loop's rows matters and is not defined",
            "What one iteration leaves behind the next one uses, and the loop's query has no total order.",
            "give the query an ORDER BY on a key.",
            "for r in select * from raw.events loop v_last := r.amount; end loop;"),
        warning(
            "P2D-310", "A loop hands a whole table from iteration to iteration",
            "The loop reads back what it writes and no key tells its iterations apart, so that the model computes them one "
                + "after the other, with all rows of the table at hand each time.",
            "write the loop as set-based statements where there are many iterations over a large table.",
            "for r in select * from raw.prices order by code, day loop update dw.prices set till = r.day where code = r.code and till is null; insert into dw.prices values (r.code, r.price, r.day); end loop;"
        ),
        warning(
            "P2D-311", "A parameter names a table or column",
            "Dynamic SQL makes a name of it. A dbt project has its names fixed, so the routine is converted for the "
                + "parameter's default; a build that gives another value stops with an error.",
            "nothing where only the default is used; for another table, write a routine that calls this one with its name.",
            "create procedure etl.load(p_table text default 'dim_customer') ... execute format('update dw.%I set ..', p_table);"
        ),
        note(
            "P2D-312", "A function that stays one",
            "It loops or fails in a way that no expression says, and reads no table, or only such as no routine writes: the "
                + "project makes it in the target schema at the start of each run (on-run-start).",
            "nothing; rewrite it as an expression where the calls are many and slow.",
            "insert into dw.sales select etl.check_digit(code) from raw.items;"),
    ]

    private static let planning: [FindingEntry] = [
        note(
            "P2D-123", "A table that several pipelines write",
            "Each pipeline has a model that holds the table as it leaves it; the table's own model takes the rows of the "
                + "last pipeline that a run builds. Building everything calls the pipelines in the project's order.",
            "nothing; name one routine that calls them all in entry_points where their order matters to you.",
            "-- etl.load_a and etl.load_b both insert into dw.audit_log, and nobody calls them")
    ]

    /// P2D-4xx: what another warehouse cannot say.
    private static let targets: [FindingEntry] = [
        FindingEntry(
            code: "P2D-401", severity: "error", title: "Something that the target has no equal of",
            meaning:
                "The project is for another warehouse, and a function, an operator, a type or the text of a number in this model "
                + "has no equal there that was tried on both engines.",
            advice:
                "write the expression in another way in the routine, extract with --target postgres, or write the model yourself.",
            example: "-- with --target duckdb\nupdate dw.customer set age = age(current_date, born);"),
        warning(
            "P2D-402", "A constraint that the target does not check",
            "The legacy table refuses rows that break it, and the expression of the CHECK or index has no equal in the target.",
            "write a data test for it in the project, where such rows may come.",
            "-- with --target duckdb\nconstraint code_form check (code similar to '[A-Z]+')"),
    ]

    /// P2D-5xx: routines that are no pipelines.
    private static let entryPoints: [FindingEntry] = [
        note(
            "P2D-501", "A function that is left as it is",
            "It writes nothing, returns no rows, and nothing here calls it.",
            "nothing; name it in entry_points of proc2dbt.yml to convert its result.",
            "create function dw.vat(numeric) returns numeric language sql as 'select $1 * 0.2';"),
        note(
            "P2D-502", "A trigger function", "It runs with its table's changes, not by a call.",
            "see P2D-109 where a routine writes to the table.", "create function dw.stamp() returns trigger ..."),
        FindingEntry(
            code: "P2D-503", severity: "error", title: "An overload beside the pipeline",
            meaning: "Pipelines are known by their routine's name, so that only one overload can be one.",
            advice: "name this one with its argument types in entry_points, or rename it.",
            example:
                "create procedure etl.load(p_day date) ...; create procedure etl.load(p_day date, p_full boolean) ..."),
        note(
            "P2D-504", "Left out by the configuration",
            "entry_points of proc2dbt.yml names other routines, and none of them calls this one.",
            "add it to entry_points, or set them to null.", "entry_points: [etl.load_sales]"),
    ]

    private static func note(
        _ code: String, _ title: String, _ meaning: String, _ advice: String, _ example: String
    ) -> FindingEntry {
        FindingEntry(code: code, severity: "note", title: title, meaning: meaning, advice: advice, example: example)
    }

    private static func warning(
        _ code: String, _ title: String, _ meaning: String, _ advice: String, _ example: String
    ) -> FindingEntry {
        FindingEntry(code: code, severity: "warning", title: title, meaning: meaning, advice: advice, example: example)
    }
}
