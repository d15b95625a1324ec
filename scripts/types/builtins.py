#!/usr/bin/env python3
"""Prints the tables in Sources/Types/Builtin*.swift from a server's system catalog.

Usage: builtins.py DIRECTORY [psql options]     (PostgreSQL 15, an empty database)

Only whole names are left out: a missing overload would change how the others are resolved.
"""
import re
import subprocess
import sys

target, options = sys.argv[1], sys.argv[2:]


def query(sql):
    out = subprocess.run(["psql", *options, "-X", "-At", "-F", "\x1f", "-c", sql], check=True, capture_output=True, text=True)
    return [line.split("\x1f") for line in out.stdout.splitlines()]


# Names that no routine calls: implementations of operators and types, administration, geometry, large objects.
UNUSED = re.compile(
    r"^(pg_(?!sleep|typeof|size_|backend_pid|column_size|table_size|total_relation|relation_size|database_size|"
    r"try_advisory|advisory|notify|client_enc|get_serial|collation_for|get_userbyid|is_in|current_xact)"
    r"|lo_|lowrite|loread|binary_upgrade|RI_|gin|gist|spg_|brin|bt(?!rim)|hash_|hash(?!text)|has_|satisfies|am(validate)|fmgr_|"
    r"acl|makeacl|postgresql_fdw|cursor_to|database_to|schema_to|table_to|query_to|currtid|shobj|inet_|"
    r"(like|similar|not|ic|name|text|bpchar|char|byte).*(sel|joinsel)$|array_(larger|smaller)|"
    r"(box|point|lseg|path|poly|circle|line|on|inter|dist|cr|is(closed|open|parallel|perp|vertical|horizontal))_"
    r"|(area|box|bound_box|center|circle|diagonal|diameter|height|line|lseg|npoints|path|pclose|point|polygon|popen|"
    r"radius|slope|width|ispar.*|isperp|isvert.*|ishor.*|isclosed|isopen|macaddr8_set.*)$)"
    r"|(larger|smaller|recv|send|sel|_ops|_accum|_combine|_serialize|_deserialize|_transfn|_finalfn|_support|"
    r"_subdiff|_canonical|_sortsupport|typmodin|typmodout|_validator|_cmp|_inv)$"
    r"|^(d(exp|log1|log10|round|trunc)|numeric_.*|int[248](inc|dec).*|numnode|oidvectortypes|nameconcatoid|"
    r"textlen|getdatabaseencoding|getpgusername|interval_pl_.*|date_(eq|ne|lt|le|gt|ge|cmp|pl|mi).*)$"
    r"|^(u?int|float|cash|name|text|bpchar|char|date|time|timetz|timestamp|timestamptz|interval|oid|bool|uuid|bit|"
    r"varbit|bytea|xid|tid|jsonb|record|range|multirange|array|enum|tsvector|tsquery|macaddr|network|inet|cid|pg_lsn)"
    r"[0-9a-z]*_?(eq|ne|lt|le|gt|ge|in|out|pl|mi|mul|div|um|up|abs|and|or|not|xor|shl|shr|cat|like|nlike|regexeq|regexne|"
    r"iclike|icnlike|icregexeq|icregexne|mod)$"
)
KEEP = {"array_cat", "hashtext", "int4range", "int8range", "daterange", "int4multirange", "int8multirange", "datemultirange", "hashtextextended", "starts_with", "pg_backend_pid", "similar_to_escape", "json_agg", "jsonb_agg", "date_part", "timezone", "bool_and", "bool_or", "bit_and", "bit_or", "bit_xor"}

functions = query(
    """
    select p.proname, coalesce((select string_agg(t.typname, ',' order by n)
             from unnest(p.proargtypes::oid[]) with ordinality a(o, n) join pg_type t on t.oid = o), ''),
           r.typname, p.pronargdefaults, p.provariadic <> 0, p.prokind, coalesce(d.description, ''),
           coalesce(array_to_string(p.proargnames[1:p.pronargs], ','), '')
    from pg_proc p join pg_type r on r.oid = p.prorettype
    left join pg_description d on d.objoid = p.oid and d.classoid = 'pg_proc'::regclass
    where p.pronamespace = 'pg_catalog'::regnamespace and p.prokind in ('f', 'a', 'w')
    order by p.proname, p.oid"""
)
groups = {}
for name, arguments, result, defaults, variadic, kind, description, names in functions:
    arguments = [a for a in arguments.split(",") if a]
    internal = (
        "internal" in arguments or result in ("internal", "cstring", "trigger", "event_trigger", "void")
        or result.endswith("_handler") or "cstring" in arguments
        or re.match(r"(implementation of|I/O|internal|less-equal-greater|hash$|GIN|GiST|SP-GiST|statistics|"
                    r"aggregate transition|aggregate final)", description))
    group = groups.setdefault(name, [False, []])
    group[0] = group[0] or not internal or name in KEEP
    if "internal" in arguments:
        continue
    if variadic == "t":
        arguments[-1] = "*" + arguments[-1]
    for index in range(len(arguments) - int(defaults), len(arguments)):
        arguments[index] += "?"
    group[1].append(",".join(arguments) + ">" + result)

lines = []
for name in sorted(groups):
    used, signatures = groups[name]
    if (used and not UNUSED.search(name)) or name in KEEP:
        lines.append((name, list(dict.fromkeys(signatures))))

operators = query(
    """
    select o.oprname, coalesce(l.typname, ''), r.typname, t.typname from pg_operator o
    left join pg_type l on l.oid = oprleft join pg_type r on r.oid = oprright join pg_type t on t.oid = oprresult
    where o.oprnamespace = 'pg_catalog'::regnamespace order by o.oprname, 2, 3"""
)
symbols = {}
for name, left, right, result in operators:
    symbols.setdefault(name, []).append((left + "," if left else "") + right + ">" + result)

types = query(
    """
    select typname, typcategory, typispreferred from pg_type
    where typnamespace = 'pg_catalog'::regnamespace and (typtype in ('b', 'r', 'm') and typcategory <> 'A' or typtype = 'p')
      and typname !~ '^(internal|cstring|.*handler|trigger|event_trigger|pg_ddl_command)$' and typrelid = 0
    order by typcategory, typname"""
)
categories = {}
for name, category, preferred in types:
    categories.setdefault(category, []).append(name + ("!" if preferred == "t" else ""))

casts = query(
    """
    select s.typname, t.typname from pg_cast join pg_type s on s.oid = castsource join pg_type t on t.oid = casttarget
    where castcontext = 'i' and castsource <> casttarget order by 1, 2"""
)
implicit = {}
for source, to in casts:
    implicit.setdefault(source, []).append(to)


def wrapped(entries):
    out, line = [], ""
    for name, values in entries:
        for word in [name + ":"] + values:
            if len(line) + len(word) + 1 > 108:
                out.append(line)
                line = ""
            line += (" " if line else "") + word
    return out + [line]


def swift(path, doc, member, entries, header=""):
    body = "\n".join("        " + line for line in wrapped(entries))
    with open(f"{target}/{path}", "w") as file:
        file.write(f"{header}extension Builtins {{\n    {doc}\n    static let {member} = #\"\"\"\n{body}\n"
                   "        \"\"\"#\n}\n")


NOTE = "// Printed by scripts/types/builtins.py; see Builtins.swift for the format.\n"
for path, member, low, high in [("BuiltinFunctionsAM.swift", "functionsAM", "", "n"), ("BuiltinFunctionsNZ.swift", "functionsNZ", "n", "~")]:
    swift(path, f"/// Functions whose names come {'before n' if low == '' else 'from n on'}.", member,
          [line for line in lines if low <= line[0] < high], NOTE)
swift("BuiltinOperators.swift", "/// Every operator.", "operatorTable", sorted(symbols.items()), NOTE)
swift("BuiltinTypes.swift", "/// Types by category, preferred ones with `!`.", "typeTable", sorted(categories.items()),
      NOTE)
body = "\n".join("        " + line for line in wrapped(sorted(implicit.items())))
with open(f"{target}/BuiltinTypes.swift", "r+") as file:
    text = file.read().rstrip("}\n")
    text = text.rstrip("\n")
    file.seek(0)
    file.write(text + f"\n\n    /// Implicit casts by source type.\n    static let castTable = #\"\"\"\n{body}\n        \"\"\"#\n}}\n")
    file.truncate()
print(len(lines), "functions,", sum(len(s) for _, s in lines), "signatures")
