"""Keeps one dbt in memory and runs what proc2dbt asks for: a JSON object a line in, a JSON object a line out.

Importing dbt costs two seconds and parsing a project one or more, so that a process a build would spend most of its time
starting. The protocol has standard output for itself; whatever dbt prints goes to standard error, which the caller logs.
"""

import gc
import importlib.metadata
import json
import os
import queue
import signal
import sys
import threading

# Keep the real standard output for the protocol and send every other print to standard error.
PROTOCOL = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)

# Ctrl-C reaches the whole process group. The parent decides what happens then; this process ends when its input does.
signal.signal(signal.SIGINT, signal.SIG_IGN)

LONGEST_TEXT = 20_000
MOST_MESSAGES = 200


def answer(message):
    PROTOCOL.write(json.dumps(message, default=str) + "\n")
    PROTOCOL.flush()


def read_requests(requests):
    """Runs beside dbt, so that the end of the parent is noticed in the middle of a build, too."""
    for line in sys.stdin:
        requests.put(line)
    os._exit(1)


def clipped(text):
    text = "" if text is None else str(text)
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + " [cut]"


def fingerprint(directory):
    """Size and time of every file of the project: a kept manifest is only good for the files it was made from."""
    seen = []
    for folder, folders, files in os.walk(directory):
        folders[:] = sorted(f for f in folders if f not in ("target", "logs", ".git", "__pycache__"))
        for name in sorted(files):
            path = os.path.join(folder, name)
            status = os.stat(path)
            seen.append((path, status.st_size, status.st_mtime_ns))
    return tuple(seen)


def node_result(result):
    node = result.node
    status = result.status
    return {
        "unique_id": node.unique_id,
        "name": node.name,
        "resource_type": str(getattr(node.resource_type, "value", node.resource_type)),
        "status": str(getattr(status, "value", status)),
        "message": clipped(result.message),
        "failures": result.failures,
        "execution_time": result.execution_time,
        "depends_on": list(getattr(getattr(node, "depends_on", None), "nodes", None) or []),
    }


def remember_parsed_templates():
    """Lets dbt keep the syntax trees of macros by their text, as its own tests do.

    Four fifths of parsing a small project go into the five hundred macros that come with dbt, the same ones each time.
    """
    try:
        from dbt_common.tests import enable_test_caching
    except ImportError:
        return
    enable_test_caching()


def release_files():
    """DuckDB locks its file as long as dbt's adapter keeps it open; between two commands others read and write it."""
    connections = sys.modules.get("dbt.adapters.duckdb.connections")
    if connections is None:
        return
    manager = connections.DuckDBConnectionManager
    if manager._ENV is not None:
        manager._ENV.close()
    manager.close_all_connections()


class BehaviorFlags:
    """Each adapter that dbt makes appends its flags to one and the same list, and dbt makes one for each command: the
    hundredth command would take ten times as long as the first."""

    def __init__(self):
        try:
            from dbt.adapters.base.impl import DEFAULT_BASE_BEHAVIOR_FLAGS as flags
        except ImportError:
            flags = []
        self.flags = flags
        # Without a source, dbt walks up the whole stack for each flag to find one.
        self.original = [{"source": "dbt.adapters.base.impl", **flag} for flag in flags]
        self.restore()

    def restore(self):
        self.flags[:] = self.original


class Recorder:
    """Keeps the statements that dbt sends, for a caller that wants to send them again without dbt.

    The values of the project's vars come in as markers. What is recorded has the markers; what is sent has values in
    their place. Data tests are recorded, but not run: whether they pass is the business of whoever replays them, and a
    failing one would keep dbt from sending the rest.
    """

    START = "<<p2d:started>>"
    PASSING = "select 0 as failures, false as should_warn, false as should_error"

    def __init__(self):
        self.values = None
        self.statements = []
        try:
            from dbt.adapters.sql.connections import SQLConnectionManager as manager
        except ImportError:
            return
        send = manager.add_query

        def add_query(connections, sql, *arguments, **options):
            return send(connections, self.passed_on(sql), *arguments, **options)

        manager.add_query = add_query

    def start(self, values):
        self.values = values
        self.statements = []

    def stop(self):
        """The statements in their order, and nothing is recorded from here on."""
        self.values = None
        return self.statements

    def passed_on(self, sql):
        if self.values is None:
            return sql
        import dbt.tracking
        from dbt_common.events.contextvars import get_node_info

        node = get_node_info().get("unique_id", "")
        user = dbt.tracking.active_user
        recorded = sql.replace(user.run_started_at.isoformat(), self.START) if user else sql
        self.statements.append({"node": node, "sql": recorded})
        if node.startswith("test.") and "should_error" in sql:
            return self.PASSING
        for marker, value in self.values.items():
            sql = sql.replace("'" + marker + "'", value)
        return sql


class Driver:
    def __init__(self):
        from dbt.cli.main import dbtRunner

        self.recorder = Recorder()
        remember_parsed_templates()
        # What was imported stays for good: the collector need not look at it again and again.
        gc.freeze()
        gc.set_threshold(50_000, 20, 20)
        self.runner_type = dbtRunner
        self.behavior_flags = BehaviorFlags()
        self.manifests = {}

    def run(self, request):
        messages = []
        self.behavior_flags.restore()

        def listen(event):
            if event.info.level in ("warn", "error") and len(messages) < MOST_MESSAGES:
                messages.append({"level": event.info.level, "text": clipped(event.info.msg)})

        shared = request["shared"]
        manifest = None
        if request.get("project_dir"):
            parsed, manifest = self.manifest(request, listen)
            if manifest is None or request["command"] == ["parse"]:
                return self.describe(parsed, messages)
        runner = self.runner_type(manifest=manifest, callbacks=[listen])
        if request.get("recording") is None:
            return self.describe(runner.invoke(request["command"] + shared), messages)
        self.recorder.start(request["recording"])
        try:
            reply = self.describe(runner.invoke(request["command"] + shared), messages)
        finally:
            statements = self.recorder.stop()
        reply["statements"] = statements
        return reply

    def manifest(self, request, listen):
        """The parsed project. Everything that parsing depends on is part of the key; dbt writes into a manifest while
        it builds, so each build gets a copy of the parsed one."""
        from dbt.contracts.graph.manifest import Manifest
        from dbt.parser.manifest import extended_mashumuro_decoder, extended_mashumaro_encoder

        shared = list(request["shared"])
        if request.get("recording") is not None:
            # Markers say nothing about the project: what was parsed without vars is as good, and there already.
            shared[shared.index("--vars") + 1] = "{}"
        key = (
            tuple(shared),
            tuple(sorted(request["env"].items())),
            fingerprint(request["project_dir"]),
        )
        kept = self.manifests.get(key)
        parsed = None
        # Whoever asks for parsing wants the files that it writes.
        if kept is None or request["command"] == ["parse"]:
            parsed = self.runner_type(callbacks=[listen]).invoke(["parse"] + shared)
            if not parsed.success:
                return parsed, None
            kept = parsed.result.to_msgpack(extended_mashumaro_encoder)
            # One project at a time: a large manifest takes hundreds of megabytes.
            self.manifests = {key: kept}
        # Through the form in which dbt itself keeps it on disk; Manifest.deepcopy fails on disabled nodes.
        manifest = Manifest.from_msgpack(kept, decoder=extended_mashumuro_decoder)
        manifest.build_flat_graph()
        return parsed, manifest

    def describe(self, outcome, messages):
        results = getattr(outcome.result, "results", None) or []
        lines = outcome.result if isinstance(outcome.result, list) else []
        exception = outcome.exception
        return {
            "success": outcome.success,
            "exit_code": 0 if outcome.success else 2 if exception is not None else 1,
            "exception": clipped(exception) if exception is not None else None,
            "results": [node_result(result) for result in results],
            "lines": [str(line) for line in lines],
            "messages": messages,
        }


def main():
    requests = queue.Queue()
    threading.Thread(target=read_requests, args=(requests,), daemon=True).start()
    try:
        driver = Driver()
    except ImportError as error:
        answer({"ready": False, "exception": str(error)})
        return
    # `dbt --version` would ask the package index.
    answer({"ready": True, "version": importlib.metadata.version("dbt-core")})
    original = dict(os.environ)
    while True:
        request = json.loads(requests.get())
        os.environ.update(request["env"])
        try:
            reply = driver.run(request)
        except BaseException as error:  # Whatever happens, the caller gets an answer.
            reply = {"success": False, "exit_code": 2, "exception": clipped(repr(error)), "results": []}
        os.environ.clear()
        os.environ.update(original)
        release_files()
        reply["id"] = request["id"]
        answer(reply)


main()
