#!/usr/bin/env bash
# Train what is stale: the Rasa model (var/rasa) and the knowledge release (var/knowledge), side by side.
set -euo pipefail
cd "$(dirname "$0")/.."
. deploy/environment.sh

train_rasa() {
  local stamp model
  stamp="$(cat config.yml bot/domain.yml $(find bot/data bot/lookups -type f 2>/dev/null | LC_ALL=C sort) requirements/rasa.lock | sha256sum | cut -c1-16)"
  model="$HUFA_RASA_MODELS/hufa-$stamp.tar.gz"
  if [ ! -f "$model" ]; then
    echo "正在训练对话模型（约半分钟）…" >&2
    mkdir -p "$HUFA_RASA_MODELS"
    if ! .venv-rasa/bin/python -m rasa train --config config.yml --domain bot/domain.yml --data bot/data \
      --out "$HUFA_RASA_MODELS" --fixed-model-name "hufa-$stamp" --quiet > var/rasa-train.log 2>&1; then
      echo "对话模型训练失败，最后几行：" >&2; tail -20 var/rasa-train.log >&2; return 1
    fi
    find "$HUFA_RASA_MODELS" -name 'hufa-*.tar.gz' ! -name "hufa-$stamp.tar.gz" -delete
    echo "对话模型好了。" >&2
  fi
  echo "$model" > "$HUFA_RASA_MODELS/current"
}

train_rasa & rasa_job=$!
.venv/bin/python -m knowledge_base build
wait "$rasa_job"
