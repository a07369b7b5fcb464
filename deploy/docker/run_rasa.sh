#!/bin/sh
# Serve Rasa in a container: several workers, trackers and locks in Redis (bot/endpoints.city.yml).
set -eu
. deploy/environment.sh
export SANIC_WORKERS="${HUFA_RASA_WORKERS:-1}"
exec python bot/rasa_command.py run --quiet --model models/hufa.tar.gz \
  --endpoints bot/endpoints.city.yml --credentials bot/credentials.yml \
  --enable-api --auth-token "$HUFA_RASA_TOKEN" --interface 0.0.0.0 --port 5005
