"""Run a command and see what it cost."""

import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TF_INTER_OP_PARALLELISM_THREADS": "1",
    "TF_INTRA_OP_PARALLELISM_THREADS": "1",
}
"""Latency is compared on one thread, whatever the library."""

RASA_QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "LOG_LEVEL": "ERROR",
    "PYTHONWARNINGS": "ignore",
    "TQDM_DISABLE": "1",
}
"""Rasa and TensorFlow on the processor, without chatter."""


class CommandError(RuntimeError):
    """A command did not end well; the message holds the end of what it wrote."""


@dataclass(frozen=True)
class Finished:
    """What a command wrote on stdout, how long it ran and how much memory it held at most."""

    output: str
    seconds: float
    peak_mb: float


def run_measured(command: Sequence[str], environment: Mapping[str, str], text: str = "") -> Finished:
    """Run a command in the repository with `environment` over the present one and `text` on stdin.

    Raises:
        CommandError: its exit code is not 0.
    """
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(text.encode())
        given.seek(0)
        began = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment}, stdin=given, stdout=out, stderr=err
        )
        # wait4 tells the memory of this child alone; getrusage would give the largest of all children so far
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        output = out.read().decode(errors="replace")
        if process.returncode != 0:
            err.seek(0)
            told = (output[-1500:] + err.read().decode(errors="replace")[-1500:]).strip()
            raise CommandError(f"{' '.join(command[:5])} … 退出码 {process.returncode}：\n{told}")
    return Finished(output, seconds, usage.ru_maxrss / 1024)


def resident_mb() -> float:
    """Memory this process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20
