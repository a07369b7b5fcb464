"""Hostile requests against what opens a push: `python -m tests.bench.wechat_fuzz --inputs 20000`.

Each input, a valid push of one of the three modes damaged in one place, a dangerous document or random bytes, goes
through `parse_message`, `MessageCrypto.decrypt` and `open_push` while files and sockets cannot be opened. Prints what
became of them; the exit code is 1 when anything but the declared errors was raised, something outside was touched, or
an encrypted push was taken with a message that nobody signed. The seed makes a run repeatable.
"""

import gc
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any

import typer
from hypothesis import HealthCheck, Phase, given, seed, settings

from api.channels.wechat.crypto import MessageCrypto
from api.channels.wechat.envelope import Push, open_push
from api.channels.wechat.errors import MalformedMessageError, RefusedPushError
from api.channels.wechat.message_xml import parse_message
from tests.api.channels.wechat import hostile, pushes

_ROUND = 2_000
"""Inputs of one seed; more of them in one search are slower to draw."""
_RESULTS = ("inputs", "refused", "malformed", "accepted", "crashes", "forged", "network/file accesses")


@dataclass
class Tally:
    """What became of the inputs of one function."""

    counts: Counter[str] = field(default_factory=Counter)
    slowest_ms: float = 0.0
    crashes: Counter[str] = field(default_factory=Counter)

    def run(self, call: Callable[[], Any]) -> Any:
        """Call it, isolated, and count what happens. Returns what it returned, if it did."""
        self.counts["inputs"] += 1
        result = None
        gc.disable()  # the search keeps so much in memory that a collection would be what is timed
        with hostile.isolated() as accesses:
            began = time.thread_time()
            try:
                result = call()
                self.counts["accepted"] += 1
            except RefusedPushError:
                self.counts["refused"] += 1
            except MalformedMessageError:
                self.counts["malformed"] += 1
            except Exception as error:  # what this looks for
                self.counts["crashes"] += 1
                self.crashes[f"{type(error).__name__}: {error}"[:120]] += 1
            self.slowest_ms = max(self.slowest_ms, (time.thread_time() - began) * 1000)
        gc.enable()
        self.counts["network/file accesses"] += len(accesses)
        return result


def run_round(number: int, tallies: dict[str, Tally], kinds: dict[str, Counter[str]]) -> None:
    """Draw inputs from this seed and put each through the three functions."""
    crypto = MessageCrypto(pushes.APP_ID, [pushes.AES_KEY])
    honest = parse_message(pushes.message())

    @seed(number)
    @settings(max_examples=_ROUND, database=None, deadline=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(hostile.attempts())
    def attack(attempt: hostile.Attempt) -> None:
        tallies["parse_message"].run(lambda: parse_message(attempt.document))
        tallies["MessageCrypto.decrypt"].run(lambda: crypto.decrypt(attempt.encrypt))
        requests = tallies["open_push"]
        before = requests.counts.copy()
        push = requests.run(lambda: open_push(attempt.account, attempt.query, attempt.body, pushes.NOW))
        if isinstance(push, Push) and push.key and attempt.unsigned and push.fields != honest:
            requests.counts["forged"] += 1
        kinds.setdefault(attempt.kind, Counter()).update(requests.counts - before)

    attack()


def main(inputs: Annotated[int, typer.Option(min=1)] = 20_000, first_seed: int = 1) -> None:
    """Run at least so many inputs and print what became of them."""
    tallies = {name: Tally() for name in ("parse_message", "MessageCrypto.decrypt", "open_push")}
    kinds: dict[str, Counter[str]] = {}
    began, number = time.perf_counter(), first_seed
    while tallies["open_push"].counts["inputs"] < inputs:
        run_round(number, tallies, kinds)
        number += 1
    print(f"{time.perf_counter() - began:.0f} s, seeds {first_seed} to {number - 1}")
    for name, tally in tallies.items():
        print(f"\n{name} (slowest {tally.slowest_ms:.1f} ms of CPU)")
        for result in _RESULTS:
            print(f"  {result:<22}{tally.counts[result]:>8}")
        for crash, count in tally.crashes.most_common(10):
            print(f"  ! {count} x {crash}")
    print(f"\n{'open_push, damage to':<26}{'inputs':>8}{'refused':>9}{'malformed':>11}{'accepted':>10}")
    for kind, counts in sorted(kinds.items()):
        print(f"{kind:<26}{counts['inputs']:>8}{counts['refused']:>9}{counts['malformed']:>11}{counts['accepted']:>10}")
    bad = ("crashes", "forged", "network/file accesses")
    sys.exit(any(tally.counts[result] for tally in tallies.values() for result in bad))


if __name__ == "__main__":
    typer.run(main)
