#!/bin/sh
# Set up .venv from the locked requirements. Usage: setup.sh run|dev
set -eu
cd "$(dirname "$0")/.."
kind=$1

say() { printf '%s\n' "chiso: $*" >&2; }

python=
for name in python3.11 python3 python3.12 python3.13; do
    if command -v "$name" >/dev/null 2>&1 &&
        "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$name
        break
    fi
done
[ -n "$python" ] || { say "Python 3.11 or newer is needed; install it (Debian: apt-get install python3)"; exit 1; }

may_apt() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; }
apt_install() {
    say "installing $* with apt"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$@" >/dev/null
}

if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    if may_apt; then apt_install python3-venv
    else say "the venv module is missing; install it (Debian: apt-get install python3-venv)"; exit 1; fi
fi

# Pages are tested in a real browser; without one that leg of the tests is skipped aloud.
if [ "$kind" = dev ] && ! command -v chromium >/dev/null 2>&1; then
    if may_apt; then apt_install chromium || say "chromium could not be installed; browser tests will be skipped"
    else say "chromium is missing: browser tests will be skipped (Debian: apt-get install chromium)"; fi
fi

[ -x .venv/bin/python ] || "$python" -m venv .venv
[ -x .venv/bin/uv ] || .venv/bin/python -m pip install --quiet --disable-pip-version-check \
    --require-hashes -r requirements/bootstrap.txt
say "installing the locked requirements ($kind)"
.venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r "requirements/$kind.txt"
.venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation --editable .
touch ".venv/$kind"
if [ "$kind" = dev ]; then touch .venv/run; fi
