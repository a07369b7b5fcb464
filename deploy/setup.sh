#!/usr/bin/env bash
# Make the two environments: deploy/setup.sh [app|dev]. Does nothing where they are fresh.
#   .venv       Python 3.11+   everything but Rasa
#   .venv-rasa  Python 3.10    Rasa 3.6.21
set -euo pipefail
cd "$(dirname "$0")/.."
kind="${1:-app}"
mkdir -p var/setup

say() { printf '%s\n' "$*" >&2; }

# A Python of a given version, on PATH or in a pyenv or uv folder. A pyenv shim on PATH may be there and not work: try it.
find_python() {
  local version="$1" candidate
  for candidate in "${HUFA_PYTHON_FOR_RASA:-}" "python$version" \
    "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$version"*/bin/python \
    "${UV_PYTHON_INSTALL_DIR:-$HOME/.local/share/uv/python}"/cpython-"$version"*/bin/python \
    /opt/python/"$version"*/bin/python /usr/local/bin/python"$version" python3; do
    [ -n "$candidate" ] || continue
    if "$candidate" -c "import sys, venv; sys.exit(sys.version_info[:2] != tuple(map(int, '$version'.split('.'))))" 2>/dev/null; then
      echo "$candidate"; return 0
    fi
  done
  return 1
}

find_modern_python() {
  local version
  for version in 3.11 3.12 3.13; do HUFA_PYTHON_FOR_RASA="${HUFA_PYTHON:-}" find_python "$version" && return 0; done
  return 1
}

# A CPU build of torch where one is to be had; gigabytes of CUDA only when asked for.
install_torch() {
  local pip="$1" pin
  pin="$(grep -E '^torch==' requirements/app.lock)"
  "$pip" freeze 2>/dev/null | grep -qE "^${pin//./\\.}(\+|$)" && return 0
  if "$pip" install -qq --dry-run --no-deps --report - "$pin" 2>/dev/null | grep -qE '"(nvidia|cuda)[a-z0-9-]*' \
    && [ "${HUFA_ALLOW_CUDA:-0}" != 1 ]; then
    say "这里只能取到带 CUDA 的 ${pin}（几个 GB）。请给 pip 一个有 CPU 版的地方："
    say "  PIP_EXTRA_INDEX_URL=<PyTorch 的 CPU 软件源> make run   或   PIP_FIND_LINKS=<存放 CPU 版 wheel 的文件夹> make run"
    say "确实要装 CUDA 版的，用 HUFA_ALLOW_CUDA=1 make run。"
    exit 1
  fi
  "$pip" install -qq --no-deps "$pin"
}

make_environment() {
  local folder="$1" python="$2" lock="$3" stamp="var/setup/${1#.}.$4" wanted
  wanted="$(cat "$lock" | sha256sum) $("$python" --version)"
  if [ -x "$folder/bin/python" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then return 0; fi
  say "正在准备 $folder（$("$python" --version)，$lock）…"
  rm -f var/setup/"${1#.}".*
  [ -x "$folder/bin/python" ] || "$python" -m venv "$folder"
  if grep -qE '^torch==' "$lock"; then install_torch "$folder/bin/pip"; fi
  "$folder/bin/pip" install -qq --disable-pip-version-check -r "$lock"
  "$folder/bin/pip" check > /dev/null || { say "$folder 里的包互相冲突："; "$folder/bin/pip" check >&2; exit 1; }
  printf '%s' "$wanted" > "$stamp"
  say "$folder 好了（$SECONDS 秒）。"
}

app_python="$(find_modern_python)" || {
  say "没有找到 Python 3.11 或更新的版本。请先安装（Debian：apt-get install python3 python3-venv），或用 HUFA_PYTHON=<路径> 指明。"
  exit 1
}
rasa_python="$(find_python 3.10)" || {
  say "没有找到 Python 3.10，Rasa 3.6 只能在它上面运行。可以用 pyenv install 3.10 或 uv python install 3.10 安装，"
  say "也可以用 HUFA_PYTHON_FOR_RASA=<路径> 指明一个已有的 Python 3.10。"
  exit 1
}

# A dev environment holds everything of the app environment, so it is not made smaller again.
if [ "$kind" = app ] && [ -f var/setup/venv.dev ]; then kind=dev; fi
make_environment .venv-rasa "$rasa_python" requirements/rasa.lock rasa & rasa_job=$!
make_environment .venv "$app_python" "requirements/$kind.lock" "$kind"
wait "$rasa_job"
