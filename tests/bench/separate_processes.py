"""Rasa, the action server and the API as processes of their own: one may be stopped without ending the others."""

import shlex
import signal
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path

import httpx

from deploy.serve import commands
from tests.system.processes import ROOT, System

_READY_SECONDS = 120
_STOP_SECONDS = 15


class SeparateProcesses:
    """The processes of a `System`, without the process manager that ends all when one ends."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.system = System(folder, **settings)
        self._commands = commands(self.system.environment)
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._logs = ExitStack()

    def start(self, *names: str) -> None:
        """Start these processes, or all. Their output goes to `<name>.log` in the folder."""
        for name in names or self._commands:
            log = self._logs.enter_context((self.system.folder / f"{name}.log").open("ab"))
            self._running[name] = subprocess.Popen(
                shlex.split(self._commands[name].removeprefix("exec ")),
                cwd=ROOT,
                env=self.system.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until_ready(self) -> None:
        """Wait until everything answers.

        Raises:
            RuntimeError: it does not; the message holds the end of each log.
        """
        deadline = time.monotonic() + _READY_SECONDS
        while time.monotonic() < deadline and all(one.poll() is None for one in self._running.values()):
            try:
                if httpx.get(f"{self.system.url}/readyz", timeout=2, trust_env=False).status_code == httpx.codes.OK:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.3)
        logs = [path.read_text(encoding="utf-8", errors="replace")[-1500:] for path in self.system.folder.glob("*.log")]
        raise RuntimeError("not ready:\n" + "\n---\n".join(logs))

    def stop(self, name: str, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop one process and wait for its end; by force when it does not go."""
        process = self._running.pop(name)
        process.send_signal(how)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def signal(self, name: str, what: signal.Signals) -> None:
        """Send a signal to one process."""
        self._running[name].send_signal(what)

    def close(self) -> None:
        """Stop everything."""
        for name in list(self._running):
            self.stop(name)
        self._logs.close()
