#!/usr/bin/env python3
"""Runs commands and parses texts, and prints what they took: wall clock, CPU and peak memory (of the process itself).

    measure.py run JSON LABEL COMMAND...            exit status 3 (some parts refused) is a result, too
    measure.py parse JSON LABEL FILE [whole]        sqlglot.parse of every routine's body (or whole definition)
    measure.py load SERVER_BIN FOLDER COMMAND...    a private server with FOLDER's .sql files, and COMMAND run beside it
    measure.py table JSON FILE                      the ratios of what `run` and `parse` wrote
"""
import json
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
import time

BODY = re.compile(r"create\s+or\s+replace\s+(?:procedure|function)\s.*?(\$\w*\$)(.*?)\1[^;]*;", re.I | re.S)


def say(label, figures):
    print(f"{label:<44} {figures['wall']:8.2f} s wall {figures['cpu']:8.2f} s CPU {figures['mb']:7.0f} MB peak", flush=True)


def keep(path, label, figures):
    file = pathlib.Path(path)
    known = json.loads(file.read_text()) if file.exists() else {}
    known[label] = figures
    file.write_text(json.dumps(known, indent=1))
    say(label, figures)


def run(path, label, command):
    """A child of its own for each measurement, so that its peak memory is its own."""
    with tempfile.TemporaryFile() as log:
        start = time.monotonic()
        child = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.monotonic() - start
        code = os.waitstatus_to_exitcode(status)
        if code not in (0, 3):
            log.seek(0)
            sys.stderr.write(log.read()[-2000:].decode(errors="replace"))
            sys.exit(f"bench: {label}: exit status {code}")
    keep(path, label, {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "mb": usage.ru_maxrss / 1024})


def parse(path, label, file, whole):
    import logging

    import sqlglot
    from sqlglot.errors import ErrorLevel

    # What it can't parse it says so, once a statement: the terminal is not what is measured.
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    found = BODY.finditer(pathlib.Path(file).read_text())
    texts = [match[0] if whole else match[2] for match in found]
    failed = 0
    start, before = time.monotonic(), time.process_time()
    for text in texts:
        try:
            sqlglot.parse(text, read="postgres", error_level=ErrorLevel.IGNORE)
        except Exception:  # its tokenizer knows no error level
            failed += 1
    figures = {"wall": time.monotonic() - start, "cpu": time.process_time() - before}
    figures["mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    keep(path, label, figures)
    if failed:
        print(f"  ({failed} of {len(texts)} ended in an error)")


def load(binaries, folder, command):
    """Starts a server in a folder of its own, loads the files, runs the command with the address in DATABASE."""
    as_user = []
    with tempfile.TemporaryDirectory() as home:
        data = f"{home}/data"
        os.mkdir(data, 0o700)
        os.chmod(home, 0o711)
        if os.geteuid() == 0:
            import pwd

            names = [name for name in ("postgres", "nobody") if any(p.pw_name == name for p in pwd.getpwall())]
            user = pwd.getpwnam(names[0])
            os.chown(data, user.pw_uid, user.pw_gid)
            as_user = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--"]
        quiet = {"stdout": subprocess.DEVNULL, "cwd": "/", "env": {"PATH": os.environ["PATH"], "LC_ALL": "C"}}
        subprocess.run(
            as_user + [f"{binaries}/initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync",
                       "--no-instructions", "--locale=C"], check=True, **quiet)
        settings = {"listen_addresses": "", "unix_socket_directories": data, "fsync": "off", "full_page_writes": "off",
                    "max_locks_per_transaction": "1024", "max_wal_size": "4GB"}
        server = subprocess.Popen(
            as_user + [f"{binaries}/postgres", "-D", data] + [f"-c{k}={v}" for k, v in settings.items()],
            stderr=open(f"{home}/log", "w"), **quiet)
        try:
            import psycopg2

            for attempt in range(200):
                try:
                    connection = psycopg2.connect(host=data, user="postgres", dbname="postgres")
                    break
                except psycopg2.OperationalError:
                    if attempt == 199 or server.poll() is not None:
                        sys.exit("bench: the server does not start: " + open(f"{home}/log").read()[-2000:])
                    time.sleep(0.05)
            connection.autocommit = True
            for file in sorted(pathlib.Path(folder).glob("*.sql")):
                connection.cursor().execute(file.read_text())
            connection.close()
            address = f"host={data} user=postgres dbname=postgres"
            status = subprocess.call([address if word == "DATABASE" else word for word in command])
        finally:
            server.terminate()
            server.wait()
    sys.exit(status)


def table(path, file):
    figures = json.loads(pathlib.Path(path).read_text())
    text = pathlib.Path(file).read_text()
    routines = [match[0].count("\n") + 1 for match in BODY.finditer(text)]
    lines, count = sum(routines), len(routines)
    lengths = sorted(routines)
    print(f"\n{count} routines, {lines} lines ({lengths[count // 10]} to {lengths[count * 9 // 10]} in the middle 80 %)\n")
    parser = next(v for k, v in figures.items() if k.startswith("sqlglot") and "bodies" in k)
    print("| what | lines/s | routines/s | wall s | CPU s | lines per CPU s | peak MB | CPU : sqlglot's | MB : sqlglot's |")
    print("|---|---|---|---|---|---|---|---|---|")
    for label, one in figures.items():
        wall = max(one["wall"], 1e-9)
        print(f"| {label} | {lines / wall:,.0f} | {count / wall:,.0f} | {one['wall']:.1f} | {one['cpu']:.1f} "
              f"| {lines / max(one['cpu'], 1e-9):,.0f} | {one['mb']:,.0f} | {one['cpu'] / parser['cpu']:.2f} | {one['mb'] / parser['mb']:.2f} |")
    print("\nsqlglot.parse of the bodies is 1.00; on a busy machine look at the CPU seconds")


def main():
    what, arguments = sys.argv[1], sys.argv[2:]
    if what == "run":
        run(arguments[0], arguments[1], arguments[2:])
    elif what == "parse":
        parse(arguments[0], arguments[1], arguments[2], arguments[3:] == ["whole"])
    elif what == "load":
        load(arguments[0], arguments[1], arguments[2:])
    elif what == "table":
        table(arguments[0], arguments[1])
    else:
        sys.exit(__doc__)


main()
