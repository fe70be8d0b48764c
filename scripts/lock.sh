#!/bin/sh
# Lock every requirements/*.in to exact versions with hashes; no index address is written.
set -eu
cd "$(dirname "$0")/.."
for kind in bootstrap run dev; do
    .venv/bin/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links \
        --no-header --universal --python-version 3.11 "$@" \
        "requirements/$kind.in" --output-file "requirements/$kind.txt"
done
