#!/usr/bin/env python3
"""Writes a large system of PL/pgSQL routines, the same bytes every time.

    generate.py FOLDER [ROUTINES]

It is made of the sample systems: a department is a copy of both of them (whole call trees), followed by four more copies of
their longer procedures (59 to 110 lines) that share the department's input tables and write tables of their own. Every table,
view, index and routine has a name of its own; types are shared.
"""
import pathlib
import re
import sys

SAMPLES = pathlib.Path(__file__).resolve().parents[2] / "sample-procs"
VARIANTS = 4
LONG = {
    "billing": ["mart.make_invoices", "mart.match_payments", "mart.update_dunning"],
    "retail": ["etl.load_customers", "etl.load_products", "etl.stage_sales", "etl.refresh_rfm"],
}
# Schemas that no routine writes to: the variants read the department's own tables there.
INPUT_SCHEMAS = {"app", "raw"}
ROUTINE = re.compile(
    r"create\s+or\s+replace\s+(?:procedure|function)\s+([\w.]+).*?(\$\w*\$).*?\2[^;]*;[^\n]*\n", re.I | re.S
)
TABLE = re.compile(r"create (?:table|view) (\w+\.\w+)")


class System:
    def __init__(self, folder):
        ddl = (folder / "01_schema.sql").read_text()
        ddl = re.sub(r"--[^\n]*", "", ddl)
        statements = [s.strip() + ";\n" for s in re.split(r";[ \t]*(?:\n|$)", ddl) if s.strip()]
        shared = ("create schema", "create type", "create domain", "create sequence", "comment on type", "comment on schema")
        self.shared = [s for s in statements if s.startswith(shared)]
        self.tables = [s for s in statements if not s.startswith(shared)]
        text = (folder / "02_procedures.sql").read_text()
        self.routines = [(m[1].lower(), m[0]) for m in ROUTINE.finditer(text)]
        self.long = [r for r in self.routines if r[0] in LONG[folder.name]]
        self.names = {m[1] for s in self.tables for m in [TABLE.match(s)] if m}

    def needed(self, routines):
        """The tables that these routines name, with what those refer to."""
        text = "".join(body.lower() for _, body in routines)
        found = {n for n in self.names if re.search(rf"\b{re.escape(n)}\b", text)}
        while True:
            more = {
                n for s in self.tables if (m := TABLE.match(s)) and m[1] in found
                for n in self.names if re.search(rf"\b{re.escape(n)}\b", s)
            }
            if more <= found:
                return found
            found |= more


def renamer(names, suffix_of):
    """Replaces `schema.name`, in any spelling, and `name.` where the bare table name qualifies a column."""
    bare = {n.split(".")[1]: n for n in names}
    pattern = re.compile(
        r"(?<![\w.$'])(?:(" + "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True)) + r")\b|("
        + "|".join(sorted(bare, key=len, reverse=True)) + r")(?=\.\w))", re.I)

    def replace(match):
        name = (match[1] or bare[match[2].lower()]).lower()
        return match[0] + suffix_of(name)

    return lambda text: pattern.sub(replace, text)


def main():
    folder = pathlib.Path(sys.argv[1])
    wanted = int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    systems = [System(SAMPLES / name) for name in sorted(LONG)]
    schema = [s for system in systems for s in system.shared]
    routines = []

    def copy(system, chosen, tables, suffix_of):
        names = system.names | {name for name, _ in system.routines}
        rename = renamer(names, suffix_of)
        for statement in system.tables:
            made = re.match(r"create index (\w+) on (\w+\.\w+)|comment on (?:table|view|column) (\w+\.\w+)", statement)
            of = TABLE.match(statement)
            subject = of[1] if of else (made[2] or made[3])
            if subject not in tables:
                continue
            text = rename(statement)
            if made and made[1]:
                text = text.replace(made[1], made[1] + suffix_of(subject), 1)
            schema.append(text)
        routines.extend(rename(text) for _, text in chosen)

    department = 0
    while len(routines) < wanted:
        department += 1
        own = f"_{department:03d}"
        for system in systems:
            copy(system, system.routines, system.names, lambda _: own)
        for variant in "bcde"[:VARIANTS]:
            for system in systems:
                needed = {n for n in system.needed(system.long) if n.split(".")[0] not in INPUT_SCHEMAS}
                mixed = needed | {name for name, _ in system.long}
                copy(system, system.long, needed, lambda n: own + variant if n in mixed else own)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "01_schema.sql").write_text("\n".join(schema))
    (folder / "02_routines.sql").write_text("\n\n".join(routines[:wanted]))


main()
