#!/usr/bin/env bash
# Renew the lock files: deploy/lock.sh. Needs .venv with the dev extra and .venv-rasa.
# torch is pinned by hand: its newest build on an index is not a CPU build, and its CUDA packages must not get into a lock.
set -euo pipefail
cd "$(dirname "$0")/.."
torch="torch==2.13.0"
pins="$(mktemp)"
echo "$torch" > "$pins"
compile() {
  "${HUFA_PYTHON_ENV:-.venv}/bin/pip-compile" --quiet --no-header --no-emit-index-url --no-emit-find-links \
    --no-emit-trusted-host --strip-extras --constraint "$pins" "$@" pyproject.toml
}
compile --extra app --output-file requirements/app.lock
compile --extra app --extra dev --constraint requirements/app.lock --output-file requirements/dev.lock
# A build's local version (+cpu) is not to be had everywhere; the public version matches it.
# The pin's own file is of no use to a reader.
sed -i '/-c .*\/tmp\./d' requirements/app.lock requirements/dev.lock
sed -i 's/^\(torch==[0-9.]*\)+.*/\1/' requirements/app.lock requirements/dev.lock
if grep -n -i -E '^(nvidia|cuda|triton)' requirements/*.lock; then echo "CUDA packages in a lock file" >&2; exit 1; fi
"${HUFA_RASA_ENV:-.venv-rasa}/bin/pip" freeze --exclude-editable > requirements/rasa.lock
