#!/bin/sh
# Install requirements/app.lock into an image: torch first, and only as a CPU build (as deploy/setup.sh does).
set -eu
pin="$(grep -E '^torch==' requirements/app.lock)"
if pip install -qq --dry-run --no-deps --report - "$pin" 2>/dev/null | grep -qE '"(nvidia|cuda)[a-z0-9-]*'; then
  echo "Only a CUDA build of $pin is to be had here. Name a source of CPU builds:" >&2
  echo "  docker compose build --build-arg PIP_EXTRA_INDEX_URL=<source of CPU builds of PyTorch>" >&2
  echo "or set PIP_EXTRA_INDEX_URL in .env." >&2
  exit 1
fi
pip install --no-deps "$pin"
pip install -r requirements/app.lock
pip check
