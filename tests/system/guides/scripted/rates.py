"""How many of the recorded conversations come to the right conclusion without a dead end, for each guide and for all."""

from dataclasses import dataclass

from knowledge_base.release import Release
from tests.system.guides.scripted.records import Recorded, recorded
from tests.system.guides.scripted.replay import Held, hold

ALL = "all"


@dataclass(frozen=True)
class Rate:
    """So many of so many."""

    passed: int
    of: int

    @property
    def share(self) -> float:
        """Between 0 and 1."""
        return self.passed / self.of

    @property
    def text(self) -> str:
        """For a table."""
        return f"{self.passed}/{self.of} {self.share:.2f}"


def hold_all(release: Release) -> list[Held]:
    """Every recorded conversation, held again."""
    return [hold(row, guide, release) for guide, rows in recorded().items() for row in rows]


def rates(held: list[Held]) -> dict[str, Rate]:
    """The rate of each guide, and of all under `all`."""
    return _counted([(row.guide, row.passed) for row in held])


def as_recorded() -> dict[str, Rate]:
    """The rates on the day of recording."""
    return _counted([(guide, _passed(row)) for guide, rows in recorded().items() for row in rows])


def _passed(row: Recorded) -> bool:
    return row.right and not any(fault.kind == "dead_end" for fault in row.faults)


def _counted(passed: list[tuple[str, bool]]) -> dict[str, Rate]:
    guides = dict.fromkeys(guide for guide, _ in passed)
    counts = {guide: [ok for name, ok in passed if name == guide] for guide in guides}
    counts[ALL] = [ok for _, ok in passed]
    return {guide: Rate(sum(oks), len(oks)) for guide, oks in counts.items()}
