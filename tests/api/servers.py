"""Real servers for the tests: a PostgreSQL and a Redis of our own, on free ports of 127.0.0.1."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.requirements_of_tests import missing

_READY_SECONDS = 30


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + _READY_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"the server did not start:\n{log.read_text(encoding='utf-8', errors='replace')[-2000:]}")


@contextmanager
def _serving(command: list[str], port: int, folder: Path, stop: signal.Signals) -> Iterator[None]:
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, cwd=folder)
    try:
        _wait_for(port, process, log)
        yield
    finally:
        process.send_signal(stop)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Postgres:
    """A running PostgreSQL; `connections` are trusted, it listens on loopback only."""

    def __init__(self, binaries: Path, port: int) -> None:
        self._binaries = binaries
        self._port = port

    def url(self, database: str) -> str:
        """The SQLAlchemy URL of a database."""
        return f"postgresql+asyncpg://hufa@127.0.0.1:{self._port}/{database}"

    def run(self, sql: str, database: str = "postgres") -> None:
        """Run one statement as the owner."""
        command = [self._binaries / "psql", "-X", "-q", "-h", "127.0.0.1", "-p", str(self._port), "-U", "hufa"]
        subprocess.run([*command, "-d", database, "-c", sql], check=True, capture_output=True)


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Start a PostgreSQL with an empty cluster; it refuses to run as root, so root starts it as `postgres`.

    It is stopped at once (SIGQUIT): what it holds is thrown away, and writing it all out would take a minute.
    """
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if not found:
        missing("postgresql")
    as_user: list[str] = []
    if os.geteuid() == 0:
        if subprocess.run(["id", "postgres"], capture_output=True, check=False).returncode or not shutil.which(
            "setpriv"
        ):
            missing("postgresql")
        as_user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    binaries = found[-1].parent
    folder = Path(tempfile.mkdtemp(prefix="hufa-postgres-"))
    try:
        if as_user:
            shutil.chown(folder, "postgres", "postgres")
        data, port = folder / "data", free_port()
        initdb = [binaries / "initdb", "-D", data, "-U", "hufa", "--auth=trust", "--encoding=UTF8", "--locale=C"]
        subprocess.run([*as_user, *initdb, "--no-sync"], check=True, capture_output=True, cwd=folder)
        server = [str(binaries / "postgres"), "-D", str(data), "-k", str(folder), "-h", "127.0.0.1", "-p", str(port)]
        options = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200"]
        with _serving([*as_user, *server, *(f"--{option}" for option in options)], port, folder, signal.SIGQUIT):
            yield Postgres(binaries, port)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """Start a Redis that keeps nothing; gives its URL."""
    binary = shutil.which("redis-server")
    if binary is None:
        missing("redis-server")
    port = free_port()
    command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with _serving(command, port, folder, signal.SIGTERM):
        yield f"redis://127.0.0.1:{port}/0"
