#!/usr/bin/env python3
"""Judges generated projects from outside, by the contract alone; knows nothing of the Swift code.

For every case folder (schema.sql, procs.sql, case.yml) two databases are made: one with the tables and the routines, one
with the tables only. The program extracts the first one. Then, call by call, the routine is called in the first and
`dbt build --select config.meta.routine:NAME` is run in the second, and every written table and result set is compared:
columns, types and rows. A third database runs the originals once more on shuffled rows; a column that comes out otherwise
there is filled by a clock, or the case does not define its result.

    check.py [--cases 'GLOB,GLOB'] [--keep DIR] [--program PATH] [FOLDER]
"""

import argparse
import collections
import decimal
import fnmatch
import json
import os
import pathlib
import pwd
import shutil
import subprocess
import sys
import tempfile
import time

import psycopg2
import yaml

PACKAGE = pathlib.Path(__file__).resolve().parents[2]
# Anything but UTC, and neither a whole hour off nor without summer time.
TIME_ZONE = "America/St_Johns"


class Server:
    """A PostgreSQL of its own, on a socket only."""

    def __init__(self, folder):
        self.binaries = self.find_binaries()
        # Sockets have short paths.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="p2d-outside-"))
        self.data = self.folder / "data"
        self.user = None
        if os.getuid() == 0:
            self.user = pwd.getpwnam("postgres")
            os.chown(self.folder, self.user.pw_uid, self.user.pw_gid)
        self.run("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        options = (
            f"-c listen_addresses= -c unix_socket_directories={self.folder} -c fsync=off -c timezone={TIME_ZONE} "
            "-c autovacuum=off -c client_min_messages=warning"
        )
        self.run("pg_ctl", "-D", self.data, "-w", "-l", self.folder / "log", "-o", options, "start")

    @staticmethod
    def find_binaries():
        found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        if not found:
            sys.exit("no PostgreSQL server found below /usr/lib/postgresql")
        return found[-1].parent

    def run(self, name, *arguments):
        command = [str(self.binaries / name), *map(str, arguments)]
        demote = None
        if self.user:
            user = self.user

            def demote():
                os.setgroups([])
                os.setgid(user.pw_gid)
                os.setuid(user.pw_uid)

        # Files, not pipes: the server inherits them and would keep a pipe open.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(command, preexec_fn=demote, cwd="/", stdout=output, stderr=output, check=False)
            if done.returncode:
                output.seek(0)
                sys.exit(f"{name} failed: {output.read().decode()}")

    def stop(self):
        self.run("pg_ctl", "-D", self.data, "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def connect(self, database):
        connection = psycopg2.connect(host=str(self.folder), user="postgres", dbname=database)
        connection.autocommit = True
        return connection

    def renew(self, database):
        with_admin = self.connect("postgres")
        cursor = with_admin.cursor()
        cursor.execute(f"drop database if exists {database} with (force)")
        cursor.execute(f"create database {database}")
        with_admin.close()


# ---------------------------------------------------------------- values

def quoted(*names):
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def literal(value, of_type):
    if value is None:
        return f"NULL::{of_type}"
    return "'" + value.replace("'", "''") + f"'::{of_type}"


def text_of(value):
    """A YAML value as PostgreSQL's text."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def var_of(value, of_type):
    """What the contract says about --vars: numbers and booleans as JSON's, all else as text."""
    text = text_of(value)
    if text is None:
        return None
    base = of_type.split("(")[0].strip()
    if base in ("smallint", "integer", "bigint"):
        return int(text)
    if base == "numeric":
        number = decimal.Decimal(text)
        return int(number) if number == number.to_integral_value() and "." not in text else float(text)
    if base == "boolean":
        return text.lower() in ("true", "t", "yes", "on", "1")
    return text


# ---------------------------------------------------------------- catalog

class Routine:
    def __init__(self, connection, name, given):
        cursor = connection.cursor()
        schema, plain = name.split(".", 1)
        cursor.execute(
            """select p.oid, p.prokind, coalesce(p.proargnames, '{}'), p.proargmodes,
                      (select array_agg(format_type(a.t, -1) order by a.n)
                         from unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) with ordinality a(t, n)),
                      p.prorettype::regtype::text, p.proretset
                 from pg_proc p join pg_namespace n on n.oid = p.pronamespace
                where n.nspname = %s and p.proname = %s order by p.oid""",
            (schema, plain),
        )
        rows = cursor.fetchall()
        if not rows:
            raise LookupError(f"there is no routine {name}")
        fitting = [row for row in rows if set(given) <= set(row[2])] or rows
        _, self.kind, names, modes, types, self.returns, self.is_set = fitting[0]
        self.name = name
        types = types or []
        modes = list(modes) if modes else ["i"] * len(types)
        self.parameters = [
            (names[index] if index < len(names) else "", modes[index], types[index]) for index in range(len(types))
        ]

    def statement(self, arguments):
        parts = []
        for name, mode, of_type in self.parameters:
            if mode in ("i", "b", "v") and name in arguments:
                parts.append(f"{quoted(name)} => {literal(text_of(arguments[name]), of_type)}")
            elif mode == "o" and self.kind == "p":
                parts.append(f"{quoted(name)} => NULL" if name else "NULL")
        verb = "CALL" if self.kind == "p" else "SELECT * FROM"
        return f"{verb} {quoted(*self.name.split('.', 1))}({', '.join(parts)})"

    def type_of(self, name):
        return next((t for n, m, t in self.parameters if n == name and m != "t"), "text")


def user_tables(connection):
    """Name -> oid of every table that holds rows of its own or of its partitions."""
    cursor = connection.cursor()
    cursor.execute(
        """select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p') and not c.relispartition
              and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'"""
    )
    return {f"{schema}.{name}": (schema, name) for schema, name in cursor.fetchall()}


class Relation:
    """The columns and the rows of a relation; the rows as text, as COPY would write them."""

    def __init__(self, connection, schema, name):
        cursor = connection.cursor()
        cursor.execute(
            """select a.attname, format_type(a.atttypid, a.atttypmod), a.attidentity <> ''
                      or pg_get_expr(d.adbin, d.adrelid) like 'nextval(%%'
                 from pg_attribute a
                 join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
                 left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
                where n.nspname = %s and c.relname = %s and a.attnum > 0 and not a.attisdropped
                order by a.attnum""",
            (schema, name),
        )
        columns = cursor.fetchall()
        self.exists = bool(columns)
        self.columns = [row[0] for row in columns]
        self.types = [row[1] for row in columns]
        self.made_up = {row[0] for row in columns if row[2]}
        self.rows = []
        if self.exists:
            listed = ", ".join(f"{quoted(column)}::text" for column in self.columns)
            cursor.execute("set datestyle = iso; set intervalstyle = postgres; set extra_float_digits = 3")
            cursor.execute(f"select {listed} from {quoted(schema, name)}")
            self.rows = cursor.fetchall()


class ResultSet:
    def __init__(self, connection, cursor):
        self.exists = cursor.description is not None
        self.columns, self.types, self.made_up, self.rows = [], [], set(), []
        if not self.exists:
            return
        self.columns = [column.name for column in cursor.description]
        rows = cursor.fetchall()
        named = connection.cursor()
        for column in cursor.description:
            named.execute("select format_type(%s, null)", (column.type_code,))
            self.types.append(named.fetchone()[0])
        self.rows = [tuple(row) for row in rows]


def bare(of_type):
    """Without its modifier: results of functions have none."""
    head, _, tail = of_type.partition("(")
    return head + tail.partition(")")[2] if tail else of_type


def run_original(connection, routine, arguments):
    """The result set, or the error's text."""
    cursor = connection.cursor()
    # Values as text, in the server's own words.
    for code in TEXTUAL:
        psycopg2.extensions.register_type(psycopg2.extensions.new_type((code,), f"T{code}", as_is), connection)
    try:
        if routine.returns == "refcursor" or any(t == "refcursor" for _, m, t in routine.parameters if m in "ob"):
            cursor.execute("begin")
            cursor.execute(routine.statement(arguments))
            name = cursor.fetchone()[0]
            cursor.execute(f"fetch all in {quoted(name)}")
            result = ResultSet(connection, cursor)
            cursor.execute("commit")
            return result, None
        cursor.execute(routine.statement(arguments))
        return ResultSet(connection, cursor), None
    except psycopg2.Error as error:
        if not connection.closed:
            connection.rollback()
        return None, f"{error.pgcode} {str(error).strip().splitlines()[0]}"


def as_is(value, cursor):
    return value


TEXTUAL = []


def learn_types(connection):
    cursor = connection.cursor()
    cursor.execute("select oid from pg_type")
    TEXTUAL[:] = [row[0] for row in cursor.fetchall()]


# ---------------------------------------------------------------- comparing

class Side:
    def __init__(self, relation):
        self.relation = relation

    def values(self, column):
        index = self.relation.columns.index(column)
        return sorted("\0" if row[index] is None else row[index] for row in self.relation.rows)


def masked(relation, volatile, surrogates, colors):
    """The rows with the clock's values as null or not, and surrogates as what is known of them."""
    result = []
    for row in relation.rows:
        cells = []
        for column, value in zip(relation.columns, row):
            if column in volatile:
                cells.append(None if value is None else "*")
            elif column in surrogates:
                cells.append(None if value is None else colors.get((surrogates[column], value), "?"))
            else:
                cells.append(value)
        result.append(tuple(cells))
    return result


def refine(relations, masks):
    """Colours of surrogate values: a digest of all the rows in which a value stands, three rounds deep."""
    colors = {}
    for _ in range(4):
        uses = collections.defaultdict(list)
        for name, relation in sorted(relations.items()):
            volatile, surrogates = masks[name]
            if not surrogates:
                continue
            for row, cells in zip(relation.rows, masked(relation, volatile, surrogates, colors)):
                for place, (column, value) in enumerate(zip(relation.columns, row)):
                    if column in surrogates and value is not None:
                        uses[surrogates[column], value].append((name, place, cells))
        colors = {
            key: f"{hash(tuple(sorted(map(repr, found)))):x}" for key, found in uses.items()
        }
    return colors


def compare_rows(left, right, limit=6):
    ours, theirs = collections.Counter(left), collections.Counter(right)
    lines = []
    for mark, difference in (("-", ours - theirs), ("+", theirs - ours)):
        items = sorted(difference.items(), key=repr)
        lines += [f"      {mark} {count} x {row}" for row, count in items[:limit]]
        if len(items) > limit:
            lines.append(f"      {mark} and {len(items) - limit} more")
    return lines


def structure(left, right, is_result):
    if is_result:
        if len(left.columns) != len(right.columns):
            return [f"      columns {left.columns} and {right.columns}"]
        same_names = left.columns == right.columns or len(left.columns) == 1
        types = [bare(t) for t in left.types] == [bare(t) for t in right.types]
    else:
        same_names = left.columns == right.columns
        types = left.types == right.types
    if same_names and types:
        return []
    return [
        "      columns of the original: " + ", ".join(map(" ".join, zip(left.columns, left.types))),
        "      columns of the model:    " + ", ".join(map(" ".join, zip(right.columns, right.types))),
    ]


# ---------------------------------------------------------------- dbt

class Dbt:
    def __init__(self):
        os.environ["DBT_SEND_ANONYMOUS_USAGE_STATS"] = "false"
        from dbt.cli.main import dbtRunner

        try:
            # The macros that come with dbt are the same in each project.
            from dbt_common.tests import enable_test_caching

            enable_test_caching()
        except ImportError:
            pass
        from dbt.adapters.base import impl

        self.flags = getattr(impl, "DEFAULT_BASE_BEHAVIOR_FLAGS", [])
        self.first_flags = list(self.flags)
        self.runner = dbtRunner

    def build(self, project, profiles, routine, variables):
        """Failing nodes with their messages; empty when all is well."""
        self.flags[:] = self.first_flags
        command = ["--quiet", "--no-use-colors", "build", "--select", f"config.meta.routine:{routine}",
                   "--project-dir", str(project), "--profiles-dir", str(profiles), "--log-level-file", "none",
                   "--no-partial-parse", "--threads", "2", "--vars", json.dumps(variables)]
        with open(project.parent / "dbt.log", "a", encoding="utf-8") as log:
            saved = os.dup(1)
            os.dup2(log.fileno(), 1)
            try:
                outcome = self.runner().invoke(command)
            finally:
                sys.stdout.flush()
                os.dup2(saved, 1)
                os.close(saved)
        if outcome.exception is not None:
            return [f"dbt: {outcome.exception}"]
        results = getattr(outcome.result, "results", None) or []
        bad = [
            f"{result.node.unique_id}: {result.status}: {result.message}"
            for result in results
            if str(getattr(result.status, "value", result.status)) not in ("success", "pass", "no-op")
        ]
        if not outcome.success and not bad:
            bad = ["dbt failed and does not say why"]
        if not results:
            bad.append("dbt selected nothing")
        return bad

    @staticmethod
    def models(project, routine):
        """The nodes of the routine that stand for something, from the manifest that dbt wrote."""
        manifest = json.loads((project / "target" / "manifest.json").read_text())
        tables, results, variables, everything = {}, [], {}, []
        for node in manifest["nodes"].values():
            meta = node["config"].get("meta") or {}
            of = meta.get("routine")
            of = of if isinstance(of, list) else [of]
            if routine not in of:
                continue
            everything.append(node["name"])
            variables.update(meta.get("parameters") or {})
            place = (node["schema"], node.get("alias") or node["name"], meta)
            if meta.get("legacy_relation"):
                tables[meta["legacy_relation"]] = place
            if meta.get("legacy_routine_result") == routine:
                results.append(place)
        return tables, results, variables, everything


# ---------------------------------------------------------------- a case

class Failure(Exception):
    pass


def shuffle(connection):
    """The same rows in another physical order."""
    cursor = connection.cursor()
    cursor.execute("set session_replication_role = replica")
    for schema, name in user_tables(connection).values():
        cursor.execute(
            """select string_agg(quote_ident(attname), ', ' order by attnum) from pg_attribute
                where attrelid = %s::regclass and attnum > 0 and not attisdropped and attgenerated = ''""",
            (quoted(schema, name),),
        )
        columns = cursor.fetchone()[0]
        if columns is None:
            continue
        table = quoted(schema, name)
        cursor.execute(f"create temp table shuffled as select {columns} from only {table} order by random()")
        cursor.execute("select count(*) from shuffled")
        if cursor.fetchone()[0]:
            cursor.execute(f"delete from only {table}")
            cursor.execute(f"insert into {table} ({columns}) overriding system value select {columns} from shuffled")
        cursor.execute("drop table shuffled")
    cursor.execute("set session_replication_role = origin")


class Check:
    def __init__(self, server, dbt, program, folder, keep):
        self.server, self.dbt, self.program, self.folder, self.keep = server, dbt, program, folder, keep
        self.case = yaml.safe_load((folder / "case.yml").read_text())
        self.lines = []
        self.connections = {}
        self.volatile = collections.defaultdict(set)

    def say(self, line):
        self.lines.append(line)

    def run(self):
        """The verdict in a word, and lines that explain it."""
        work = pathlib.Path(self.keep or tempfile.mkdtemp(prefix="p2d-outside-")) / self.folder.name
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        try:
            return self.check(work), self.lines
        except Failure as failure:
            self.say(f"    {failure}")
            return "BROKEN", self.lines
        finally:
            for connection in self.connections.values():
                connection.close()
            if not self.keep:
                shutil.rmtree(work.parent, ignore_errors=True)

    def prepare(self):
        files = [(self.folder / name).read_text() for name in ("schema.sql", "procs.sql")]
        for name, loaded in (("original", files), ("again", files), ("built", files[:1])):
            self.server.renew(name)
            connection = self.connections[name] = self.server.connect(name)
            for text in loaded:
                try:
                    connection.cursor().execute(text)
                except psycopg2.Error as error:
                    raise Failure(f"{name}: {error}") from error
            connection.close()
            self.connections[name] = self.server.connect(name)
        learn_types(self.connections["original"])
        shuffle(self.connections["again"])

    def extract(self, work):
        command = [self.program, "extract", f"postgresql://postgres@/original?host={self.server.folder}", "--out", work / "out"]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
        if done.returncode not in (0, 3):
            raise Failure(f"extract ended with {done.returncode}: {done.stderr.strip()}")
        report = json.loads((work / "out" / "report.json").read_text())
        return next((r for r in report["routines"] if r["name"] == self.case["entry"]), None)

    def profiles(self, work):
        project = yaml.safe_load((work / "out" / "dbt" / "dbt_project.yml").read_text())
        folder = work / "profiles"
        folder.mkdir()
        output = {"type": "postgres", "host": str(self.server.folder), "port": 5432, "user": "postgres", "password": "",
                  "dbname": "built", "schema": "analytics", "threads": 2}
        profile = {project["profile"]: {"target": "dev", "outputs": {"dev": output}}}
        (folder / "profiles.yml").write_text(yaml.safe_dump(profile))
        return folder

    def check(self, work):
        self.prepare()
        report = self.extract(work)
        expect = self.case.get("expect", "converted")
        if report is None:
            raise Failure(f"the report does not know {self.case['entry']}")
        for finding in report["findings"]:
            if finding["severity"] == "error":
                self.say(f"    {finding['code']} line {finding['line']}: {finding['message']}")
        if report["status"] != "converted":
            return "as refused" if expect == report["status"] else f"REFUSED ({report['status']})"
        if expect != "converted":
            self.say(f"    expected {expect}, and it is converted")
        return self.calls(work, work / "out" / "dbt", self.profiles(work))

    def calls(self, work, project, profiles):
        entry = self.case["entry"]
        calls = self.case.get("calls") or [{}]
        given = {name for call in calls for name in (call.get("args") or {})}
        original, again, built = (self.connections[name] for name in ("original", "again", "built"))
        routine = Routine(original, entry, given)
        worst = "ok"
        before = {name: Relation(original, *place).rows for name, place in user_tables(original).items()}
        written = set()
        names = {}
        for number, call in enumerate(calls, 1):
            for change in call.get("changes") or []:
                for connection in (original, again, built):
                    connection.cursor().execute(change)
                before = {name: Relation(original, *place).rows for name, place in user_tables(original).items()}
            arguments = call.get("args") or {}
            if arguments and not names:
                # The names of the vars stand in the manifest; a first parse writes it.
                names = self.parameter_names(project, profiles, entry)
            # Each call in a session of its own, as a job scheduler would.
            result, error = self.in_session("original", routine, arguments)
            result_again, error_again = self.in_session("again", routine, arguments)
            if bool(error) != bool(error_again):
                self.say(f"  call {number}: on shuffled rows the original ends otherwise: {error} / {error_again}")
            variables = {
                names.get(name, name): var_of(value, routine.type_of(name)) for name, value in arguments.items()
            }
            bad = self.dbt.build(project, profiles, entry, variables)
            if error:
                self.say(f"  call {number}: the original raises {error}; dbt {'fails, too' if bad else 'DOES NOT FAIL'}")
                if not bad:
                    worst = "DIFFERS"
                continue
            if bad:
                self.say(f"  call {number}: dbt build fails")
                self.lines += [f"      {line[:1500]}" for line in bad[:4]]
                return "DOES NOT BUILD"
            changed = {
                name for name, place in user_tables(original).items()
                if name not in before or sorted(before[name], key=repr) != sorted(Relation(original, *place).rows, key=repr)
            }
            written |= changed
            if not self.compare(number, project, entry, written, result, result_again):
                worst = "DIFFERS"
            before = {name: Relation(original, *place).rows for name, place in user_tables(original).items()}
        return worst

    def domain(self, connection, table, column):
        """Whose numbers a surrogate column holds: its own when it is a key, those of the key it refers to, or those of
        the only key of its name."""
        cursor = connection.cursor()
        cursor.execute(
            """select k.contype, k.conrelid::regclass::text, a.attname, k.confrelid::regclass::text, f.attname
                 from pg_constraint k
                 join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
                 left join pg_attribute f on f.attrelid = k.confrelid and f.attnum = k.confkey[1]
                where array_length(k.conkey, 1) = 1 and k.contype in ('p', 'f')""")
        keys = cursor.fetchall()
        for _ in range(8):
            parent = next((k for k in keys if k[0] == "f" and k[1:3] == (table, column)), None)
            if parent is None:
                break
            table, column = parent[3:]
        if any(k[0] == "p" and k[1:3] == (table, column) for k in keys):
            return f"{table}.{column}"
        owners = [k[1] for k in keys if k[0] == "p" and k[2] == column]
        return f"{owners[0] if len(owners) == 1 else table}.{column}"

    def in_session(self, database, routine, arguments):
        connection = self.server.connect(database)
        try:
            return run_original(connection, routine, arguments)
        finally:
            connection.close()

    def parameter_names(self, project, profiles, entry):
        self.dbt.flags[:] = self.dbt.first_flags
        outcome = self.dbt.runner().invoke(
            ["--quiet", "parse", "--project-dir", str(project), "--profiles-dir", str(profiles),
             "--log-level-file", "none", "--no-partial-parse"])
        if outcome.exception is not None:
            raise Failure(f"dbt parse: {outcome.exception}")
        return self.dbt.models(project, entry)[2]

    def compare(self, number, project, entry, written, result, result_again):
        original, again, built = (self.connections[name] for name in ("original", "again", "built"))
        tables, results, _, _ = self.dbt.models(project, entry)
        is_good = True
        for name in sorted(written - set(tables)):
            self.say(f"  call {number}: {name} was written, and no model stands for it")
            is_good = False
        pairs, masks = {}, {}
        for name, (schema, alias, meta) in sorted(tables.items()):
            place = user_tables(original).get(name) or tuple(name.split(".", 1))
            pairs[name] = (Relation(original, *place), Relation(built, schema, alias), Relation(again, *place), meta, False)
        has_result = result is not None and result.exists
        for schema, alias, meta in results:
            if has_result:
                pairs["result"] = (result, Relation(built, schema, alias), result_again, meta, True)
        if has_result and not results and result.columns and entry_returns(result):
            self.say(f"  call {number}: rows were returned, and no model stands for them")
            is_good = False
        for name, (left, right, other, meta, is_result) in pairs.items():
            if not left.exists or not right.exists:
                self.say(f"  call {number}: {name}: {'no model relation' if left.exists else 'no legacy relation'}")
                is_good = False
                masks[name] = (set(), {})
                continue
            lines = structure(left, right, is_result)
            if lines:
                self.say(f"  call {number}: {name}: other columns")
                self.lines += lines
                is_good = False
            for column in left.columns:
                if other is not None and other.exists and Side(left).values(column) != Side(other).values(column):
                    self.volatile[name].add(column)
            claimed = set(meta.get("volatile_columns") or [])
            surrogates = {
                column: self.domain(original, name, column) for column in meta.get("surrogate_columns") or []}
            for column in self.volatile[name] - claimed - set(surrogates):
                self.say(f"  call {number}: {name}.{column} differs between two runs of the original, and is not marked")
            masks[name] = (claimed & set(left.columns), {
                column: domain for column, domain in surrogates.items() if column in left.columns})
        colors = [
            refine({name: pair[side] for name, pair in pairs.items() if pair[side].exists}, masks) for side in (0, 1)]
        for name, (left, right, _, meta, is_result) in pairs.items():
            if not left.exists or not right.exists or len(left.columns) != len(right.columns):
                continue
            volatile, surrogates = masks[name]
            if is_result:
                right.columns = left.columns
            exact = compare_rows(left.rows, right.rows)
            if not exact:
                continue
            lines = compare_rows(
                masked(left, volatile, surrogates, colors[0]), masked(right, volatile, surrogates, colors[1]))
            if lines:
                self.say(f"  call {number}: {name}: other rows ({', '.join(left.columns)})")
                self.lines += lines
                is_good = False
                continue
            # What a mark hides must really come from a clock or a sequence.
            for column in volatile - self.volatile[name]:
                if Side(left).values(column) != Side(right).values(column):
                    self.say(f"  call {number}: {name}.{column} is marked volatile, "
                             "and two runs of the original give the same values there")
        return is_good


def entry_returns(result):
    return any(value not in (None, "") for row in result.rows for value in row)


def main():
    parser = argparse.ArgumentParser(description="judges generated projects from outside")
    parser.add_argument("folder", nargs="?", default=PACKAGE / "Tests/EndToEnd/Cases", type=pathlib.Path)
    parser.add_argument("--cases", default="*")
    parser.add_argument("--keep")
    parser.add_argument("--program", default=PACKAGE / ".build/debug/proc2dbt")
    options = parser.parse_args()
    globs = options.cases.split(",")
    folders = sorted(
        path.parent for path in options.folder.glob("*/case.yml")
        if any(fnmatch.fnmatch(path.parent.name, glob) for glob in globs)
    )
    server = Server(options.keep)
    counts = collections.Counter()
    try:
        dbt = Dbt()
        for folder in folders:
            start = time.time()
            try:
                verdict, lines = Check(server, dbt, options.program, folder, options.keep).run()
            except Exception as error:  # One broken case must not end the run.
                verdict, lines = "BROKEN", [f"    {type(error).__name__}: {error}"]
            counts[verdict.split(" (")[0]] += 1
            print(f"{verdict:16} {folder.name} ({time.time() - start:.1f} s)")
            for line in lines:
                print(line)
            sys.stdout.flush()
    finally:
        server.stop()
    print(", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items())))
    return 0 if set(counts) <= {"ok", "as refused"} else 4


if __name__ == "__main__":
    sys.exit(main())
