"""Style, types and the import rule are checks, not hopes."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy"],
        ["lint-imports"],
    ],
    ids=["ruff check", "ruff format", "mypy strict", "import rule"],
)
def test_is_clean(command: list[str]) -> None:
    done = subprocess.run([str(BIN / command[0]), *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_no_lock_file_names_a_host_or_cuda() -> None:
    for lock in (ROOT / "requirements").glob("*.lock"):
        for line in lock.read_text(encoding="utf-8").splitlines():
            pinned = line.partition("#")[0].strip()
            assert "://" not in pinned and not pinned.startswith("-"), f"{lock.name}: {line}"
            assert not pinned.startswith(("nvidia", "cuda", "triton")), f"{lock.name}: {line}"
