# Rasa 3.6.21 with its trained dialogue model. Needs Python 3.10 (docs/adr/0001). Build from the root of the repository:
#   docker build -f deploy/docker/rasa.Dockerfile .
FROM python:3.10-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

WORKDIR /opt/hufa
RUN useradd --system --uid 10001 --home-dir /tmp --no-create-home hufa

COPY requirements/rasa.lock requirements/rasa.lock
RUN pip install -r requirements/rasa.lock && pip check

COPY deploy/environment.sh deploy/environment.sh
COPY config.yml config.yml
COPY bot/domain.yml bot/domain.yml
COPY bot/data bot/data
# As deploy/train.sh trains it; about half a minute.
RUN export RASA_CACHE_DIRECTORY=/tmp/cache && . deploy/environment.sh \
  && python -m rasa train --config config.yml --domain bot/domain.yml --data bot/data \
    --out models --fixed-model-name hufa --quiet \
  && chmod a+r models/hufa.tar.gz && rm -rf /tmp/cache

COPY bot/rasa_command.py bot/tracker_stores.py bot/endpoints.city.yml bot/credentials.yml bot/
COPY deploy/docker/check_health.py deploy/docker/run_rasa.sh deploy/docker/

ENV HOME=/tmp MPLCONFIGDIR=/tmp RASA_CACHE_DIRECTORY=/tmp/cache
USER hufa
EXPOSE 5005
HEALTHCHECK --interval=15s --timeout=5s --start-period=90s --retries=4 \
  CMD ["python", "deploy/docker/check_health.py", "5005", "/status", "HUFA_RASA_TOKEN"]
CMD ["deploy/docker/run_rasa.sh"]
