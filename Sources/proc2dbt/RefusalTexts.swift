import Versions

/// Explanations of the refused steps, for `docs/findings.md`.
struct RefusalText {
    /// Instead of the code's own title.
    var title: String?
    var meaning: String
    var advice: String
    var example: String

    static func text(_ meaning: String, do advice: String, _ example: String) -> RefusalText {
        RefusalText(meaning: meaning, advice: advice, example: example)
    }
}

/// One text a code; a test fails when one is missing.
enum RefusalTexts {
    static let all: [RefusalCode: RefusalText] = [
        .unreadable: .text(
            "The statement is outside the SQL that this program reads, or it is not SQL at all.",
            do: "write it in a plainer form, or write the model that needs it by hand.",
            "vacuum full dw.sales;"),
        .unknownTable: .text(
            "The name means no table or view of the catalog. Perhaps its schema is not readable, another routine creates "
                + "it, or a part that makes it was refused before.",
            do: "extract with a user who sees the table; where another finding stands earlier, begin with that.",
            "insert into dw.no_such_table select 1;"),
        .unknownColumns: .text(
            "A model needs a list of columns, and this query's is not known: `select *` from a function, a record "
                + "without a type.",
            do: "name the columns in the original.",
            "create temp table t as select * from json_to_recordset(p_rows) as x;"),
        .dynamicSQL: .text(
            "The text that EXECUTE runs depends on data or on a parameter that stands for a name.",
            do: "write the statement out for the names that really occur, one branch each.",
            "execute format('delete from %I where day < $1', p_table) using p_day;"),
        .loop: .text(
            "An iteration leaves something behind that is no value: a number of a sequence, a new table, a commit before a failure.",
            do: "write the loop as one statement over the whole set, if there is one.",
            "while v_rest > 0 loop v_no := nextval('dw.no_seq'); v_rest := v_rest - 1; end loop;"),
        .cursor: .text(
            "The cursor is handed around, left at a place that is not known, or its row is no single table's.",
            do: "use FOR row IN query LOOP, which is followed.",
            "update dw.sales set n = 0 where current of c; -- c groups its rows"),
        .call: .text(
            "A called routine can't be inlined: it calls itself, is variadic and polymorphic, is written in another language, is not in the "
                + "catalog, or no overload fits.",
            do: "extract the called routine, too (`--schema`), or write the call as SQL.",
            "call other_db.remote_load(p_day);"),
        .dataModifyingWith: .text(
            "All parts of a WITH read the tables as they were before the statement; this combination of changes is not "
                + "followed.",
            do: "write the parts as statements of their own where their order does not matter.",
            "with d as (delete from a returning *), i as (insert into b select * from d) update a set x = 1;"),
        .trigger: .text(
            "More happens on a write than the statement says: a trigger, a rewrite rule. A model would not do it.",
            do:
                "move what the trigger does into the routine, or disable the trigger where it does nothing that matters.",
            "create trigger stamp before update on dw.sales for each row execute function dw.stamp();"),
        .handler: .text(
            "When the handler runs is decided by an error that SQL can't ask about beforehand.",
            do: "test for the condition in the code instead of catching its error.",
            "exception when unique_violation then update dw.sales set n = n + 1;"),
        .function: .text(
            "A function of yours that reads or writes tables is used in an expression or in FROM, and its body is not one "
                + "query that could stand there.",
            do: "write its body as one SQL query, or join what it looks up.",
            "select id, dw.lookup_with_side_effect(id) from dw.sales;"),
        .unknownType: .text(
            "A column is rounded, padded or cut to its type when something is assigned to it, so that the type must be known.",
            do: "cast the expression that makes the column.",
            "create temp table t as select some_extension_function(x) as y from a; update t set y = y + 1;"),
        .partialAssignment: .text(
            "An element of an array or a field of a composite is set by itself.",
            do: "assign the whole value.",
            "v_totals[3] := v_amount;"),
        .foreignKeyAction: .text(
            "Deleting or changing the rows changes rows of another table by a foreign key in a way that is not followed.",
            do: "write the change of the other table into the routine.",
            "delete from dw.parent where id = 1; -- child: on delete set default"),
        .unwritable: .text(
            "The target is a view, a partition, a foreign table or part of an inheritance tree.",
            do: "write to the plain table, or to the partitioned one as a whole.",
            "insert into dw.v_sales select * from raw.sales;"),
        .variable: .text(
            "A variable, record or OUT argument is used in a form that is not followed.",
            do: "use scalar variables of declared types, or name the record's fields.",
            "v_row := (select t from dw.sales t limit 1);"),
        .upsert: .text(
            "The arbiter or a clause of MERGE or ON CONFLICT is not among those that can be written as a query.",
            do: "name the key's columns in ON CONFLICT; write the clauses of MERGE as statements.",
            "insert into t values (1) on conflict (lower(name)) do update set n = t.n + 1;"),
        .ddl: .text(
            "The routine changes the shape of a table that stays. A dbt model's shape is fixed.",
            do: "take the DDL out of the routine.",
            "alter table dw.sales add column checked boolean;"),
        .dialect: .text(
            "The routine's language is read, but its statements are not turned into versions yet.",
            do: "wait for the dialect, or port the routine.",
            "create procedure dbo.load as begin insert into dbo.a select * from dbo.b end;"),
        .sideEffect: .text(
            "The statement reaches outside the tables: files, other servers, the session, a rollback of what was done.",
            do: "leave it to the orchestration around dbt.",
            "copy dw.sales to '/tmp/sales.csv';"),
        .defect: .text(
            "The original fails when it comes here, or always ends with an error. There is nothing to be equal to.",
            do: "repair the routine.",
            "select amount from dw.sales; -- no destination for the rows"),
        .result: .text(
            "What the routine returns has no known columns, or is put together in a form that is not followed.",
            do: "declare RETURNS TABLE (..) and use RETURN QUERY.",
            "return next v_record;"),
    ]
}
