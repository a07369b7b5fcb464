# The action server; the same image trains and publishes knowledge releases (`python -m knowledge_base build`).
# Build from the root of the repository:
#   docker build -f deploy/docker/actions.Dockerfile --build-arg PIP_EXTRA_INDEX_URL=<source of CPU builds of PyTorch> .
FROM python:3.11-slim-bookworm

ARG PIP_EXTRA_INDEX_URL=""
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

WORKDIR /opt/hufa
RUN useradd --system --uid 10001 --home-dir /tmp --no-create-home hufa \
  && install -d -o hufa -g hufa /var/lib/hufa /var/lib/hufa/knowledge

COPY requirements/app.lock requirements/app.lock
COPY deploy/docker/install_app.sh deploy/docker/install_app.sh
RUN deploy/docker/install_app.sh

COPY deploy/environment.sh deploy/environment.sh
COPY deploy/docker/check_health.py deploy/docker/check_health.py
COPY knowledge_base knowledge_base
COPY actions actions

ENV HOME=/tmp HUFA_ACTIONS_HOST=0.0.0.0 HUFA_ACTIONS_PORT=5055 HUFA_KNOWLEDGE_DIR=/var/lib/hufa/knowledge
USER hufa
EXPOSE 5055
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
  CMD ["python", "deploy/docker/check_health.py", "5055", "/health"]
CMD ["sh", "-c", ". deploy/environment.sh && exec python -m actions"]
