"""The whole system as real processes on free ports, in a folder of its own."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
_READY_SECONDS = 120
_STOP_SECONDS = 15


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class System:
    """`python -m deploy.serve` with its own ports and data; models and release are those that `make` trained."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.ports = {name: free_port() for name in ("HUFA_PORT", "HUFA_RASA_PORT", "HUFA_ACTIONS_PORT")}
        self.url = f"http://127.0.0.1:{self.ports['HUFA_PORT']}"
        self.rasa_url = f"http://127.0.0.1:{self.ports['HUFA_RASA_PORT']}"
        self.actions_url = f"http://127.0.0.1:{self.ports['HUFA_ACTIONS_PORT']}"
        self.environment = {
            **os.environ,
            **{name: str(port) for name, port in self.ports.items()},
            "HUFA_RASA_URL": self.rasa_url,
            "HUFA_ACTIONS_URL": self.actions_url,
            "HUFA_RASA_MODELS": "var/rasa",
            "HUFA_RASA_TOKEN": "test-token-only-on-loopback",
            "HUFA_DATA_DIR": str(folder),
            "HUFA_DATABASE_URL": "",
            "HUFA_KNOWLEDGE_DIR": str(ROOT / "var" / "knowledge"),
            "HUFA_RATE_PER_SENDER": "100000/minute",
            "HUFA_RATE_PER_CLIENT": "100000/minute",
            **settings,
        }
        self.log = folder / "system.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "System":
        """Start everything and wait until it is ready."""
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [str(ROOT / ".venv/bin/python"), "-m", "deploy.serve"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + _READY_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                if httpx.get(f"{self.url}/readyz", timeout=2, trust_env=False).status_code == httpx.codes.OK:
                    return self
            except httpx.HTTPError:
                pass
            time.sleep(0.2)
        self.stop()
        raise RuntimeError(f"not ready:\n{self.log.read_text(encoding='utf-8', errors='replace')[-3000:]}")

    @property
    def manager(self) -> "subprocess.Popen[bytes]":
        """The process manager."""
        assert self._process is not None
        return self._process

    def pids(self) -> dict[str, list[int]]:
        """Process ids by part, found by the ports and commands of this system."""
        marks = {
            "rasa": f"--port {self.ports['HUFA_RASA_PORT']}",
            "actions": "-m actions",
            "api": "-m api serve",
        }
        found: dict[str, list[int]] = {name: [] for name in marks}
        wanted = f"HUFA_PORT={self.ports['HUFA_PORT']}".encode()
        for path in Path("/proc").glob("[0-9]*"):
            try:
                command = (path / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                environment = (path / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            for name, mark in marks.items():
                if mark in command and wanted in environment and "bin/sh" not in command:
                    found[name].append(int(path.name))
        return found

    def stop(self) -> None:
        """Stop as Ctrl-C would."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
