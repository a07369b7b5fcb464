"""Measure the detection of urgent messages: `python -m tests.bench.urgency [--lines FOLDER]`. Decides nothing.

Five-fold cross validation over the lines of `urgent_lines/`: near copies are in one fold, and idf, weights and bias are
fitted without the fold. The patterns and the word classes are written by hand and the same in every fold. Then how long
`detect` takes. FOLDER holds lines that nobody built with: `urgent.txt` (kind, tab, line) and `harmless.txt`.
"""

import argparse
import statistics
import time
from collections.abc import Iterable, Sequence
from math import sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from knowledge_base.normalise import letters, normalise
from knowledge_base.urgency import UrgencyKind, detect
from knowledge_base.urgency_model import UrgencyModel
from knowledge_base.urgency_training import HARMLESS, LINES_DIR, UrgentLine, fit, hits_of, training_lines

FOLDS = 5
_NEAR = 0.6
"""Two lines that share so much of their pairs of characters are near copies."""
_SEED = 5
_AT_ONCE = 500
_LONG = 2_000
_LABELS = 2


def wilson(right: int, of: int) -> str:
    """A share with its 95 % interval."""
    if not of:
        return "no lines"
    z, share = 1.96, right / of
    middle = (share + z * z / (2 * of)) / (1 + z * z / of)
    half = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return f"{share:.4f} ({right}/{of}, 95 %: {max(middle - half, 0):.4f} to {min(middle + half, 1):.4f})"


def near_copies(texts: Sequence[str]) -> NDArray[np.int32]:
    """The number of the group of near copies each text belongs to."""
    pairs: dict[str, int] = {}
    rows, columns = [], []
    for row, text in enumerate(map(letters, texts)):
        for pair in {text[place : place + 2] for place in range(max(len(text) - 1, 1))}:
            rows.append(row)
            columns.append(pairs.setdefault(pair, len(pairs)))
    held = csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=(len(texts), len(pairs)))
    size = np.asarray(held.sum(axis=1)).ravel()
    ones, others = [], []
    for start in range(0, len(texts), _AT_ONCE):
        shared = (held[start : start + _AT_ONCE] @ held.T).tocoo()
        one = shared.row + start
        near = shared.data >= _NEAR * (size[one] + size[shared.col] - shared.data)
        ones.append(one[near])
        others.append(shared.col[near])
    one, other = np.concatenate(ones), np.concatenate(others)
    graph = csr_matrix((np.ones(len(one), np.int8), (one, other)), shape=(len(texts), len(texts)))
    return np.asarray(connected_components(graph, directed=False)[1])


def _written_by() -> dict[str, str]:
    """Of each line of `urgent_lines/`, under which heading it stands."""
    found: dict[str, str] = {}
    for path in sorted(LINES_DIR.glob("*.txt")):
        heading = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            heading = line[2:] if line.startswith("#") else heading
            found.setdefault(normalise(line), f"{HARMLESS if path.stem == HARMLESS else 'urgent'} {heading}")
    return found


def cross_validate(lines: Sequence[UrgentLine]) -> list[tuple[UrgentLine, UrgencyKind | None]]:
    """What models that saw neither a line nor a near copy of it say of the lines of `urgent_lines/`."""
    groups = near_copies([line.text for line in lines])
    folds = np.random.default_rng(_SEED).integers(FOLDS, size=groups.max() + 1)[groups]
    hits = hits_of(lines)
    written = _written_by()
    said = []
    for fold in range(FOLDS):
        kept = np.flatnonzero(folds != fold)
        model = fit([lines[place] for place in kept], [hits[place] for place in kept])
        out = [line for line, where in zip(lines, folds, strict=True) if where == fold and line.text in written]
        said += [(line, _kind(line.text, model)) for line in out]
    return said


def _kind(text: str, model: UrgencyModel | None = None) -> UrgencyKind | None:
    found = detect(text, model)
    return found.kind if found else None


def report(said: Iterable[tuple[UrgentLine, UrgencyKind | None]]) -> None:
    """Print recall, right kind and false alarms."""
    said = list(said)
    urgent = [(line.kind, kind) for line, kind in said if line.kind is not None]
    alarms = [kind for line, kind in said if line.kind is None]
    print(f"  recall, of any kind  {wilson(sum(kind is not None for _, kind in urgent), len(urgent))}")
    print(f"  right kind           {wilson(sum(kind is wanted for wanted, kind in urgent), len(urgent))}")
    print(f"  false alarms         {wilson(sum(kind is not None for kind in alarms), len(alarms))}")
    for wanted in UrgencyKind:
        of_kind = [kind for line_kind, kind in urgent if line_kind is wanted]
        print(f"    {wanted:13} recall {wilson(sum(kind is not None for kind in of_kind), len(of_kind))}")


def _report_by_heading(said: Sequence[tuple[UrgentLine, UrgencyKind | None]]) -> None:
    written = _written_by()
    for heading in sorted({written[line.text] for line, _ in said}):
        kinds = [kind for line, kind in said if written[line.text] == heading]
        print(
            f"    {heading:75} seen as urgent {sum(kind is not None for kind in kinds) / len(kinds):.3f} of {len(kinds)}"
        )


def measure_lines(folder: Path) -> None:
    """Print the figures on lines that nobody built with, and each mistake."""
    rows = [line.split("\t") for line in (folder / "urgent.txt").read_text(encoding="utf-8").splitlines() if line]
    given = [UrgentLine(row[1], UrgencyKind(row[0]), 1.0) for row in rows if len(row) == _LABELS]
    harmless = (folder / "harmless.txt").read_text(encoding="utf-8").splitlines()
    given += [UrgentLine(line, None, 1.0) for line in harmless if line]
    said = [(line, _kind(line.text)) for line in given]
    print(f"lines of {folder}")
    report(said)
    for line, kind in said:
        if (line.kind is None) != (kind is None):
            print(f"  {'missed' if kind is None else 'false alarm'} {line.kind or kind}: {line.text}")


def measure_time(texts: Sequence[str]) -> None:
    """Print how long `detect` takes for messages up to 100 characters and for the worst long one."""
    detect("")
    taken = []
    for text in texts:
        began = time.perf_counter()
        detect(text)
        taken.append((time.perf_counter() - began) * 1000)
    cut = statistics.quantiles(taken, n=100)
    print(f"detect, {len(taken)} messages up to 100 characters: p50 {cut[49]:.2f} ms, p99 {cut[98]:.2f} ms")
    for fragment in ("我被", "孩子被老公打", "一", "打我,", "刀", "不让我走刚刚转了钱"):
        long = (fragment * _LONG)[:_LONG]
        began = time.perf_counter()
        detect(long)
        print(f"  {_LONG} characters of {fragment}: {(time.perf_counter() - began) * 1000:.1f} ms")


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=Path, help="a folder with urgent.txt and harmless.txt")
    parser.add_argument("--skip-folds", action="store_true", help="no cross validation, which takes a minute or two")
    options = parser.parse_args()
    lines = training_lines()
    if not options.skip_folds:
        said = cross_validate(lines)
        print(f"{FOLDS}-fold cross validation, {len(said)} lines, beside {len(lines) - len(said)} of the catalogue")
        report(said)
        _report_by_heading(said)
    if options.lines:
        measure_lines(options.lines)
    measure_time([line.text for line in lines[::7] if len(line.text) <= 100])


if __name__ == "__main__":
    main()
