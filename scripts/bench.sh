#!/usr/bin/env bash
# Times the program's hot paths on the sample systems with the release binary: what a user waits for.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
binary="$root/.build/release/proc2dbt"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
TIMEFORMAT='%R s wall, %U s user, %S s system'

[ -x "$binary" ] || {
    printf 'bench: no release binary; run make build\n' >&2
    exit 1
}

# Exit status 3 (some parts refused) is a result, too.
measure() {
    printf '%-36s ' "$1"
    shift
    time { "$@" >"$work/log" 2>&1 || [ $? -eq 3 ] || {
        tail -n 5 "$work/log" >&2
        exit 1
    }; }
}

for system in "$root"/sample-procs/*/; do
    name="$(basename "$system")"
    measure "extract $name (files)" "$binary" extract "$system" --out "$work/$name"
    measure "convert $name" "$binary" convert "$work/$name"
done
measure "demo (engines, dbt, comparison)" "$binary" demo --out "$work/demo"
