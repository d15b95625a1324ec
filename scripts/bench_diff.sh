#!/usr/bin/env bash
# Times `proc2dbt diff` beside reladiff, datacompy, DuckDB and the physical limit, on two PostgreSQL servers of its own.
#
#     bench_diff.sh [ROWS...]      rows a side (default: 1000000 10000000)
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
venv="$root/.venv-bench-diff"
wanted="reladiff==0.6.0 datacompy==1.1.0 polars==1.33.1 adbc-driver-postgresql==1.13.0 pyarrow duckdb psycopg2-binary"
stamp="$venv/.wanted"

if [ "$(cat "$stamp" 2>/dev/null || true)" != "$wanted" ]; then
    printf 'bench-diff: installing the other tools into .venv-bench-diff\n'
    python3 -m venv --clear "$venv"
    # shellcheck disable=SC2086
    "$venv/bin/python" -m pip install --disable-pip-version-check --no-input -q $wanted
    printf '%s\n' "$wanted" >"$stamp"
fi
cd "$root"
swift build -c release --product EngineHolder
exec "$venv/bin/python" "$root/scripts/bench/diff.py" "$root/.build/release/proc2dbt" "$root/.build/release/EngineHolder" \
    "${@:-1000000}"
