#!/usr/bin/env bash
# Installs what proc2dbt needs and nothing that is there already: Debian packages, a virtual environment with dbt and a
# private PostgreSQL in .venv, and one with the linters of generated projects in .venv-lint. Running it a second time takes
# a moment and changes nothing.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"

say() { printf 'setup: %s\n' "$*"; }
fail() {
    printf 'setup: %s\n' "$*" >&2
    exit 1
}

# Debian packages: only the missing ones, and the package lists only when something is missing.
# The last line: drivers and a server that the tests of `diff` compare with.
packages=(
    libpq-dev libxml2-dev libsqlite3-dev pkg-config python3-venv make tzdata libpython3.11
    unixodbc odbc-mariadb odbc-postgresql libsqliteodbc mariadb-server-core mariadb-client-core
)

installed() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }

install_packages() {
    local missing=() package as_root=()
    for package in "${packages[@]}"; do
        installed "$package" || missing+=("$package")
    done
    [ "${#missing[@]}" -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null 2>&1 ||
            fail "these packages are missing: ${missing[*]}. Install them as root: apt-get install ${missing[*]}"
        as_root=(sudo)
    fi
    say "installing ${missing[*]}"
    # The `+` form: an empty array counts as unset for older shells under `set -u`.
    ${as_root[@]+"${as_root[@]}"} apt-get update -q
    ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends "${missing[@]}"
}

if command -v dpkg-query >/dev/null 2>&1 && command -v apt-get >/dev/null 2>&1; then
    install_packages
else
    say "not a Debian system: needed are libpq, libxml2 and sqlite3 with headers, pkg-config, python3 with venv, make, tzdata"
fi

command -v swift >/dev/null 2>&1 ||
    fail "swift is not on the PATH. Install Swift 6.2 or newer from https://www.swift.org/install and run this again."

# A virtual environment is made anew when its requirements change; the stamp is written last, so that an interrupted
# installation is seen as unfinished.
make_environment() {
    local venv="$1" requirements="$2" what="$3" stamp="$1/.requirements.sha256" wanted
    wanted="$(sha256sum "$requirements" | cut -d ' ' -f 1)"
    if [ -x "$venv/bin/python" ] && [ "$(cat "$stamp" 2>/dev/null || true)" = "$wanted" ]; then
        return 0
    fi
    say "installing $what"
    rm -f "$stamp"
    [ -x "$venv/bin/python" ] && "$venv/bin/python" -c 'import pip' 2>/dev/null || python3 -m venv --clear "$venv"
    "$venv/bin/python" -m pip install --disable-pip-version-check --no-input -q -r "$requirements"
    printf '%s\n' "$wanted" >"$stamp"
}

make_environment "$root/.venv" "$root/scripts/requirements.txt" \
    "dbt and a private PostgreSQL into .venv (about 200 MB, a minute or two)"
make_environment "$root/.venv-lint" "$root/scripts/lint-requirements.txt" "linters into .venv-lint"
say "all there"
