"""Start Rasa, the action server and the API together: `python -m deploy.serve`.

One process manager (honcho) runs all three: Ctrl-C ends all, and when one dies the others are stopped too. The address
is printed once all are ready.
"""

import os
import socket
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import httpx
from honcho.manager import Manager
from honcho.printer import Printer

ROOT = Path(__file__).resolve().parent.parent
_READY_SECONDS = 120


def commands(environment: Mapping[str, str]) -> dict[str, str]:
    """The command line of each process, for given settings."""
    model = (ROOT / environment["HUFA_RASA_MODELS"] / "current").read_text(encoding="utf-8").strip()
    token = environment["HUFA_RASA_TOKEN"]
    rasa = [
        f"exec {ROOT}/.venv-rasa/bin/python bot/rasa_command.py run --quiet --model {model}",
        "--endpoints bot/endpoints.yml --credentials bot/credentials.yml",
        f"--enable-api --auth-token {token} --interface 127.0.0.1 --port {environment['HUFA_RASA_PORT']}",
    ]
    return {
        "rasa": " ".join(rasa),
        "actions": f"exec {sys.executable} -m actions",
        "api": f"exec {sys.executable} -m api serve",
    }


def _port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _announce_when_ready(port: int) -> None:
    began = time.monotonic()
    missing: dict[str, str] = {"api": "没有回应"}
    while time.monotonic() - began < _READY_SECONDS:
        try:
            answer = httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=2, trust_env=False)
            missing = {name: state for name, state in answer.json()["parts"].items() if state != "ok"}
            if answer.status_code == httpx.codes.OK:
                seconds = time.monotonic() - began
                print(f"\n沪法问答已就绪（{seconds:.0f} 秒）：http://127.0.0.1:{port}\n按 Ctrl-C 停止。\n", flush=True)
                return
        except (httpx.HTTPError, ValueError, KeyError):
            missing = {"api": "没有回应"}
        time.sleep(0.3)
    print(f"\n{_READY_SECONDS} 秒了还没有就绪：{missing}。请看上面的日志。\n", file=sys.stderr, flush=True)


def main() -> int:
    """Serve until stopped. Returns the exit code of the process that ended first."""
    environment = dict(os.environ)
    environment.setdefault("HUFA_RASA_TOKEN", os.urandom(24).hex())
    for name in ("HUFA_PORT", "HUFA_RASA_PORT", "HUFA_ACTIONS_PORT"):
        if not _port_is_free(int(environment[name])):
            print(
                f"端口 {environment[name]} 已被占用。请先停掉占用它的程序，或用 {name}=<别的端口> 启动。",
                file=sys.stderr,
            )
            return 1
    manager = Manager(Printer(sys.stdout))
    for name, command in commands(environment).items():
        manager.add_process(name, command, env=environment, cwd=str(ROOT))
    print("正在启动对话引擎、动作服务和网页…", flush=True)
    threading.Thread(target=_announce_when_ready, args=(int(environment["HUFA_PORT"]),), daemon=True).start()
    manager.loop()
    return int(manager.returncode or 0)


if __name__ == "__main__":
    raise SystemExit(main())
