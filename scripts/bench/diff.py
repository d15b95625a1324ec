#!/usr/bin/env python3
"""Times `proc2dbt diff` beside other tools and beside the physical limit, on servers that it starts itself.

    diff.py PROC2DBT ENGINE_HOLDER ROWS...

CPU seconds are those of the client and of both servers; peak memory is the client's. Each line of a table is a run of its own.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

import psycopg2

COLUMNS = """id bigint primary key, k int not null, code varchar(20), name text, amount numeric(12,2), price numeric,
    rate double precision, flag boolean, d date, ts timestamp, tz timestamptz, u uuid"""
ROW = """g, g % 1000, 'C' || (g % 5000), 'customer number ' || g, (g::bigint * 7919 % 1000000) / 100.0, (g % 997) / 7.0, sqrt(g),
    g % 3 = 0, date '2020-01-01' + (g % 2000)::int, timestamp '2024-01-01' + g * interval '1 second',
    timestamptz '2024-01-01 00:00+00' + g * interval '1 minute', md5(g::text)::uuid"""
NAMES = "id k code name amount price rate flag d ts tz u".split()
# The right tables: what is changed and what is left out.
VARIANTS = {
    "equal": ("b_equal", "false", "false"),
    "0.01 % changed": ("b_few", "id % 10000 = 7", "false"),
    "1 % changed, 0.1 % missing": ("b_many", "id % 100 = 7", "id % 1000 = 5"),
}


class Server:
    """A private PostgreSQL, which goes away with us."""

    def __init__(self, holder, address):
        self.process = subprocess.Popen([holder, address], stdout=subprocess.PIPE, text=True)
        self.folder = self.process.stdout.readline().strip()
        # All tools the same way: some of them know no sockets.
        self.url = f"postgresql://postgres@{address}:5432/postgres"
        self.pid = int((pathlib.Path(self.folder) / "postmaster.pid").read_text().split()[0])

    def run(self, *statements):
        connection = psycopg2.connect(self.url)
        connection.autocommit = True
        for statement in statements:
            connection.cursor().execute(statement)
        connection.close()

    def cpu(self):
        """Seconds of the server and all its sessions, those that have ended included."""
        ticks = 0
        for entry in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = entry.read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(entry.parent.name) == self.pid:
                ticks += sum(int(field) for field in fields[11:15])
            elif int(fields[1]) == self.pid:
                ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")


def fill(server, rows):
    for name in ["a"] + [variant[0] for variant in VARIANTS.values()]:
        changed, missing = next(((v[1], v[2]) for v in VARIANTS.values() if v[0] == name), ("false", "false"))
        server.run(
            f"DROP TABLE IF EXISTS {name}",
            f"CREATE TABLE {name} ({COLUMNS})",
            f"""INSERT INTO {name} SELECT id, k, code, CASE WHEN {changed} THEN name || 'x' ELSE name END, amount, price, rate,
                flag, d, ts, tz, u FROM (SELECT {ROW} FROM generate_series(1, {rows}) AS g)
                AS made ({', '.join(NAMES)}) WHERE NOT ({missing})""",
            f"VACUUM ANALYZE {name}",
        )


def measure(servers, command, environment=None):
    """Wall, CPU, peak memory and what it printed; None where the command is not to be had."""
    before = sum(server.cpu() for server in servers)
    with tempfile.TemporaryFile() as log:
        start = time.monotonic()
        try:
            child = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=environment)
        except OSError:
            return None
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - start
        log.seek(0)
        text = log.read().decode(errors="replace")
    # Sessions end a moment after their clients.
    time.sleep(0.5)
    cpu = usage.ru_utime + usage.ru_stime + sum(server.cpu() for server in servers) - before
    return {"wall": wall, "cpu": cpu, "mb": usage.ru_maxrss / 1024, "code": os.waitstatus_to_exitcode(status), "text": text}


PYTHON = {
    "join": """
import sys, psycopg2
names = sys.argv[4].split()
values = lambda side: ', '.join(f'{side}.{n}' for n in names[1:])
cursor = psycopg2.connect(sys.argv[1]).cursor()
cursor.execute(f'''SELECT count(*) FILTER (WHERE r.id IS NULL), count(*) FILTER (WHERE l.id IS NULL),
    count(*) FILTER (WHERE l.id IS NOT NULL AND r.id IS NOT NULL AND ({values('l')}) IS DISTINCT FROM ({values('r')}))
    FROM a l FULL JOIN {sys.argv[3]} r USING (id)''')
print(cursor.fetchall())
""",
    "datacompy": """
import sys, polars, datacompy, adbc_driver_postgresql.dbapi as adbc
def load(url, table):
    connection = adbc.connect(url)
    # polars takes neither uuid nor numeric from this driver; what it gets is no exact number any more.
    casts = {'u': 'u::text', 'amount': 'amount::float8', 'price': 'price::float8'}
    names = ', '.join(casts.get(n, n) + ' AS ' + n for n in sys.argv[4].split())
    return polars.read_database(f'SELECT {names} FROM {table}', connection)
compare = datacompy.PolarsCompare(load(sys.argv[1], 'a'), load(sys.argv[2], sys.argv[3]), join_columns='id')
print(compare.matches(), len(compare.df1_unq_rows), len(compare.df2_unq_rows))
""",
    "duckdb": """
import sys, duckdb
names = sys.argv[4].split()
c = duckdb.connect()
c.execute('INSTALL postgres'); c.execute('LOAD postgres')
c.execute(f"ATTACH '{sys.argv[1]}' AS l (TYPE postgres, READ_ONLY)"); c.execute(f"ATTACH '{sys.argv[2]}' AS r (TYPE postgres, READ_ONLY)")
differs = ' OR '.join(f'x.{n} IS DISTINCT FROM y.{n}' for n in names[1:])
print(c.execute(f'SELECT count(*) FROM l.public.a x FULL JOIN r.public.{sys.argv[3]} y USING (id) WHERE {differs}').fetchall())
""",
}


def contenders(proc2dbt, left, right, table):
    """Label, servers, command; the first of each group is what the others are compared with."""
    script = lambda name: [sys.executable, "-c", PYTHON[name], left.url, right.url, table, " ".join(NAMES)]
    same = lambda name: [sys.executable, "-c", PYTHON[name], left.url, left.url, table, " ".join(NAMES)]
    reladiff = str(pathlib.Path(sys.executable).parent / "reladiff")
    psql = shutil.which("psql") or next(pathlib.Path(os.environ.get("PROC2DBT_VENV", ".venv")).glob("lib/*/site-packages/*/*/bin/psql"))
    copy = lambda url, name: f"{psql} -X '{url}' -c 'COPY {name} TO STDOUT (FORMAT binary)' >/dev/null"
    copies = f"{copy(left.url, 'a')} & {copy(right.url, table)} & wait"
    columns = [part for name in NAMES[1:] for part in ("-c", name)]
    own = lambda a, b, *more: [proc2dbt, "diff", a.url, b.url, "--table", f"a={table}", *more]
    two = [
        ("limit: both COPY binary to /dev/null", ["sh", "-c", copies]),
        ("proc2dbt, stream", own(left, right)),
        ("proc2dbt, checksum", own(left, right, "--strategy", "checksum")),
        ("reladiff -j4", [reladiff, left.url, "a", right.url, table, "-k", "id", *columns, "-j", "4", "-s"]),
        ("datacompy (polars, ADBC)", script("datacompy")),
        ("DuckDB attach, FULL JOIN", script("duckdb")),
    ]
    one = [
        ("limit: plain FULL OUTER JOIN", same("join")),
        ("proc2dbt, join", own(left, left)),
        ("reladiff joindiff -j4", [reladiff, left.url, "a", left.url, table, "-k", "id", *columns, "-j", "4", "-s", "-a", "joindiff"]),
    ]
    return [("two servers", [left, right], two), ("one server", [left], one)]


def main():
    proc2dbt, holder, *sizes = sys.argv[1:]
    servers = [Server(holder, "127.0.0.2"), Server(holder, "127.0.0.3")]
    try:
        for rows in map(int, sizes or ["1000000"]):
            for server in servers:
                fill(server, rows)
            for label, (table, _, _) in VARIANTS.items():
                for place, used, commands in contenders(proc2dbt, *servers, table):
                    print(f"== {rows:,} rows a side, {label}, {place}")
                    limit = None
                    for name, command in commands:
                        found = measure(used, command)
                        limit = limit or found
                        own = name.startswith("proc2dbt")
                        failed = found is None or found["code"] not in ((0, 4) if own else (0,))
                        if failed:
                            reason = "" if found is None else " ".join(found["text"].split())[-90:]
                            print(f"{name:<38} not to be had: {reason}", flush=True)
                            if own:
                                sys.exit(f"bench-diff: {name} failed")
                            continue
                        print(
                            f"{name:<38} {found['wall']:7.2f} s wall {found['cpu']:7.2f} s CPU {found['mb']:6.0f} MB"
                            f"   CPU {found['cpu'] / max(limit['cpu'], 0.01):5.1f} x the limit", flush=True)
    finally:
        for server in servers:
            server.process.terminate()


main()
