"""Show how far a long step is, without flooding a log file."""

import sys
import time
from collections.abc import Callable

Progress = Callable[[int, int], None]
"""Called with (done, total)."""


def progress_printer(label: str) -> Progress:
    """A progress line on standard error: rewritten in place on a terminal, at most every five seconds elsewhere."""
    last = 0.0
    terminal = sys.stderr.isatty()

    def show(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if done < total and now - last < (0.2 if terminal else 5):
            return
        last = now
        end = "\n" if done >= total or not terminal else ""
        start = "\r" if terminal else ""
        print(f"{start}{label} {done}/{total}", end=end, file=sys.stderr, flush=True)

    return show
