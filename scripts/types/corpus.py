#!/usr/bin/env python3
"""Asks a server for type and name of many expressions; writes the fixtures of TypesTests.

Usage: corpus.py DIRECTORY LIMIT [psql options]     (PostgreSQL 15, a database with corpus.sql loaded)

Writes columns.tsv (name, type) and expressions.tsv (expression, type, name) of what the server accepts: all the
hand-written expressions of realistic.sql and an even sample of LIMIT generated ones (0: all of them).
"""
import itertools
import pathlib
import random
import subprocess
import sys

target, limit, options = pathlib.Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
here = pathlib.Path(__file__).parent
psql = ["psql", *options, "-X", "-q", "-At", "-F", "\t"]

columns = [line.split("\t") for line in subprocess.run(
    [*psql, "-c", "select attname, format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'app.t'::regclass"
     " and attnum > 0 order by attnum", "-c", ""], check=True, capture_output=True, text=True,
    env={"PGOPTIONS": "-c search_path=", "PATH": "/usr/bin:/bin"}).stdout.splitlines()]
names = [name for name, _ in columns]
literals = ["1", "1.5", "3000000000", "'x'", "'1'", "null", "true", "interval '1 day'", "current_date", "now()"]


def generated():
    yield from names
    operands = names + literals
    for op in ["+", "-", "*", "/", "%", "^", "||", "&", "|", "#", "<<", "->", "->>", "#>", "@>", "=", "&&", "-|-", "#-",
               "~", "!~*", "@@", "<->", ">>=", "?"]:
        for left, right in itertools.product(operands, operands):
            yield f"{left} {op} {right}"
    for op in ["-", "+", "~", "@", "|/", "||/", "!!", "@-@"]:
        for operand in operands:
            yield f"{op} {operand}"
    for left, right in itertools.product(operands, operands):
        yield f"coalesce({left}, {right})"
        yield f"case when bo then {left} else {right} end"
        yield f"nullif({left}, {right})"
        yield f"greatest({left}, {right})"
        yield f"array[{left}, {right}]"
        yield f"case when bo then {left} when i > 1 then {right} end"
        yield f"array_append({left}, {right})"
        yield f"lag({left}, 1, {right}) over ()"
    casts = ["int", "smallint", "bigint", "numeric", "numeric(8,3)", "numeric(6)", "real", "float8", "float(10)", "float(30)",
             "decimal(9,1)", "text", "varchar", "varchar(7)", "char", "char(4)", "bpchar", "bpchar(6)", "\"char\"", "name",
             "date", "time", "time(1)", "timetz", "timestamp", "timestamp(0)", "timestamptz", "timestamptz(4)",
             "timestamp with time zone", "timestamp(2) without time zone", "interval", "interval(3)", "interval day",
             "interval hour to minute", "bool", "boolean", "json", "jsonb", "uuid", "bytea", "bit", "bit(8)", "varbit",
             "bit varying(5)", "int[]", "text[]", "varchar(7)[]", "numeric(8,2)[]", "int4[]", "app.status", "app.positive",
             "app.email", "app.amount", "app.status[]", "app.address", "regclass", "oid", "xml", "int4range", "money",
             "double precision", "character varying(3)", "national character(4)", "nchar varying(2)", "int array", "int[3]",
             "pg_catalog.int8", "pg_catalog.varchar", "int2", "int8", "float4", "timetz(2)", "inet"]
    for operand, cast in itertools.product(operands, casts):
        yield f"{operand}::{cast}"
        yield f"cast({operand} as {cast})"
    one = """abs ceil ceiling floor round trunc sign sqrt cbrt exp ln log log10 factorial upper lower initcap trim btrim
        ltrim rtrim length char_length character_length octet_length bit_length reverse ascii chr md5 sha256 to_json to_jsonb
        row_to_json array_to_json jsonb_typeof json_typeof jsonb_array_elements jsonb_array_elements_text jsonb_array_length
        json_array_length jsonb_object_keys unnest cardinality array_ndims array_dims array_agg json_agg jsonb_agg sum avg
        min max count bool_and bool_or every bit_and bit_or stddev stddev_samp stddev_pop variance var_pop var_samp mode_
        first_value last_value lag lead ntile isfinite age justify_days justify_hours justify_interval to_timestamp
        to_hex quote_literal quote_ident quote_nullable hashtext pg_typeof range_agg range_merge lower_inc upper_inf isempty
        scale min_scale trim_scale radians degrees sin atan date timestamp text int4 float8 numeric varchar to_regclass
        jsonb_pretty jsonb_strip_nulls to_tsvector xmlagg pg_column_size pg_size_pretty host masklen family network
        num_nulls num_nonnulls concat enum_first enum_range bit_count multirange timezone_ sum(distinct any_ int8 bool
        interval time json_build_array jsonb_build_array jsonb_build_object format""".split()
    for function, operand in itertools.product(one, operands):
        yield f"{function}({operand})" if "(" not in function else f"{function} {operand})"
    two = """round trunc mod power pow div gcd lcm log atan2 date_trunc date_part to_char to_date to_timestamp to_number
        left right split_part strpos repeat lpad rpad ltrim btrim concat concat_ws substr substring position string_agg
        string_to_array array_to_string array_length array_upper array_prepend array_cat array_remove array_position
        array_positions regexp_replace regexp_matches regexp_match regexp_split_to_array regexp_split_to_table encode
        decode generate_series age jsonb_extract_path jsonb_extract_path_text json_extract_path_text jsonb_build_object
        json_build_object json_object_agg jsonb_object_agg corr covar_pop regr_slope nth_value lag lead starts_with
        format range_merge int4range daterange numrange tsrange timezone date_bin width_bucket array_fill setseed
        make_interval jsonb_set trim_array translate bit_length hashtextextended text_ percentile_cont xpath""".split()
    few = ["si", "i", "b", "n2", "r", "d", "tx", "v10", "ch", "bo", "dt", "ts", "tz", "tm", "iv", "jb", "by", "ia", "ta", "na",
           "st", "po", "em", "am", "nr", "1", "1.5", "'x'", "'month'", "null"]
    for function, left, right in itertools.product(two, few, few):
        yield f"{function}({left}, {right})"
    for operand in operands:
        for field in ["year", "epoch", "dow", "day"]:
            yield f"extract({field} from {operand})"
        yield f"{operand} at time zone 'UTC'"
        yield f"{operand} at time zone tx"
        yield f"{operand} is null"
        yield f"{operand} is distinct from {operand}"
        yield f"{operand} in ({operand}, null)"
        yield f"{operand} between {operand} and {operand}"
        yield f"{operand} like 'a%'"
        yield f"{operand} not ilike 'a%' escape '!'"
        yield f"{operand} similar to 'a'"
        yield f"({operand})[1]"
        yield f"({operand})[1:2]"
        yield f"({operand})['a']"
        yield f"({operand})[1][1]"
        yield f"{operand} collate \"C\""
        yield f"percentile_cont(0.5) within group (order by {operand})"
        yield f"percentile_disc(0.5) within group (order by {operand} desc)"
        yield f"percentile_cont(array[0.5, 0.9]) within group (order by {operand})"
        yield f"mode() within group (order by {operand})"
        yield f"rank({operand}) within group (order by {operand})"
        yield f"sum({operand}) filter (where bo) over (partition by tx order by i)"
        yield f"array(select {operand})"
        yield f"(select {operand})"
        yield f"{operand} = any(array[{operand}])"
        yield f"substring({operand} from 1 for 2)"
        yield f"substring({operand} for 2)"
        yield f"substring({operand} from 'a.c')"
        yield f"trim(both 'x' from {operand})"
        yield f"trim(leading from {operand})"
        yield f"trim(trailing {operand} from {operand})"
        yield f"overlay({operand} placing 'x' from 1 for 2)"
        yield f"position('x' in {operand})"
        yield f"array[{operand}]"
        yield f"array[array[{operand}], array[{operand}]]"
        yield f"array[[{operand}], [{operand}]]"
        yield f"round({operand} * n2 / nullif({operand}, 0), 2)"
        yield f"coalesce(sum({operand}), 0)"
        yield f"coalesce(max({operand}), min({operand}))"
        yield f"sum({operand}) / count(*)"
        yield f"lag({operand}) over (order by i)"
        yield f"lag({operand}, 1, 0) over (order by i)"
        yield f"- {operand}"
        yield f"not {operand}"
        yield f"case i when 1 then {operand} end"
        yield f"case when bo then {operand} else {operand} end"
        yield f"case when bo then {operand} else null end"
        yield f"case when bo then 'x' when i = 2 then {operand} else '' end"
        yield f"nullif({operand}, '')"
        yield f"nullif(trim({operand}), '')::int"
        yield f"coalesce({operand}, {operand})"
        yield f"least({operand}, {operand}, null)"
        yield f"date_trunc('day', {operand})"
        yield f"to_char({operand}, 'YYYY')"
        yield f"row({operand}, 1)"
        yield f"array_agg({operand} order by i desc)"
        yield f"jsonb_build_object('a', {operand})"
        yield f"{operand} + {operand} * {operand}"
        yield f"{operand} - {operand} - {operand}"


realistic = [line.rstrip() for line in (here / "realistic.sql").read_text().splitlines() if line.strip() and not line.startswith("--")]


def asked(expressions):
    """Name and type of the column that CREATE TABLE AS makes of each, in order; None for what the server refuses.

    A record can't be a table's column; its type is what the query itself has. The latter isn't used for the others
    because the protocol hides domains.
    """
    script = ["set search_path = '';", "set client_min_messages = error;"]
    for number, expression in enumerate(expressions):
        script += [
            f"\\echo #{number}",
            f"create temp table made as select {expression} from app.t with no data;",
            "select attname, format_type(atttypid, atttypmod) from pg_attribute"
            " where attrelid = to_regclass('pg_temp.made') and attnum > 0;",
            "drop table if exists pg_temp.made;",
            f"select {expression} from app.t \\gdesc",
        ]
    out = subprocess.run(psql, input="\n".join(script) + "\n", capture_output=True, text=True).stdout
    answers = {}
    number = -1
    for line in out.splitlines():
        if line.startswith("#") and line[1:].isdigit():
            number = int(line[1:])
        elif number not in answers:
            answers[number] = line.split("\t")
    return [answers.get(number) for number in range(len(expressions))]


def answered(expressions):
    expressions = list(dict.fromkeys(expressions))
    rows = []
    for start in range(0, len(expressions), 5000):
        part = expressions[start:start + 5000]
        rows += [(e, a[1], a[0]) for e, a in zip(part, asked(part)) if a and len(a) == 2]
    return rows


def composed(rows, count):
    """Larger expressions made of accepted ones, with and without parentheses."""
    pick = random.Random(7)
    by_type = {}
    for expression, type, _ in rows:
        if len(expression) < 45 and "over" not in expression and type != "record":
            by_type.setdefault(type, []).append(expression)
    kinds = sorted(by_type)
    common = [k for k in kinds if k.split("(")[0] in (
        "integer", "bigint", "numeric", "double precision", "text", "character varying", "date", "interval", "boolean",
        "timestamp without time zone", "timestamp with time zone", "jsonb", "smallint", "real", "app.status", "integer[]")]

    def part():
        return pick.choice(by_type[pick.choice(common if pick.random() < 0.8 else kinds)])

    def chain(length):
        ops = ["+", "-", "*", "/", "%", "^", "||", "=", "<", "and", "or", "->>", "->", "is distinct from", "like",
               "not in (1) or", "at time zone", "between 1 and", "<>", "+", "-", "*", "||", "||"]
        leaves = names + literals + ["- i", "not bo", "i::numeric", "tx::date", "ia[1]", "jb['a']", "count(*)", "(co).zip"]
        text = pick.choice(leaves)
        for _ in range(length):
            text += f" {pick.choice(ops)} {pick.choice(leaves)}"
        return text

    families = [["integer", "bigint", "numeric", "double precision", "smallint", "real", "numeric(10,2)", "app.positive",
                 "app.amount"],
                ["text", "character varying", "character varying(10)", "character(3)", "bpchar", "name", "app.email", "\"char\""],
                ["date", "timestamp without time zone", "timestamp with time zone", "timestamp(3) without time zone"],
                ["interval", "time without time zone", "interval day to second(2)"], ["jsonb"], ["app.status"], ["boolean"],
                ["integer[]", "bigint[]", "numeric[]", "numeric(10,2)[]"], ["text[]", "character varying(10)[]"]]
    families = [[k for k in family if k in by_type] for family in families]

    def parts():
        if pick.random() < 0.2:
            return part(), part(), part()
        family = pick.choice([f for f in families if f])
        return [pick.choice(by_type[pick.choice(family)]) if pick.random() < 0.85 else pick.choice(literals) for _ in "abc"]

    for _ in range(count):
        shape = pick.randrange(14)
        a, b, c = parts()
        yield [
            lambda: f"({a}) {pick.choice('+-*/')} ({b})", lambda: f"({a}) || ({b})",
            lambda: f"coalesce({a}, {b})", lambda: f"coalesce({a}, {b}, {c})",
            lambda: f"case when bo then {a} when i = 1 then {b} else {c} end",
            lambda: f"case when bo then {a} else {b} end", lambda: f"greatest({a}, {b}, {c})",
            lambda: f"nullif({a}, {b})", lambda: f"sum({a}) / nullif(sum({b}), 0)", lambda: f"round({a}, 2)",
            lambda: f"array[{a}, {b}]", lambda: chain(2), lambda: chain(3), lambda: f"max(coalesce({a}, {b}))",
        ][shape]()


(target / "columns.tsv").write_text("".join(f"{name}\t{type}\n" for name, type in columns))
rows = answered(generated())
rows += answered(composed(rows, 15000))
if limit:
    random.Random(1).shuffle(rows)
    rows = sorted(rows[:limit])
real = answered(realistic)
missing = set(realistic) - {e for e, _, _ in real}
print(len(rows), "generated,", len(real), "realistic; refused:", *missing, sep="\n")
(target / "expressions.tsv").write_text("".join("\t".join(row) + "\n" for row in rows))
(target / "realistic.tsv").write_text("".join("\t".join(row) + "\n" for row in real))
