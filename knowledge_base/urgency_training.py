"""Train the classifier of urgent messages, or read it from where it was trained before.

It learns from `urgent_lines/`: one file for each kind, `harmless.txt`, and `unclear.txt` with lines of the catalogue
and the situations that neither side learns from. A line that begins with # says who wrote what follows. Beside them the
questions of entries that are not urgent, the lines we cannot help with and every third wording of the situations are
harmless, unless a file of `urgent_lines/` says otherwise.

    var/knowledge/urgency/<digest of lines and code>.npz
"""

import fcntl
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge_base.catalogue import CATALOGUE_DIR, load_catalogue
from knowledge_base.lexicon import lexicon_files
from knowledge_base.normalise import letters, normalise
from knowledge_base.situations import SITUATIONS_DIR, load_out_of_scope, load_situations
from knowledge_base.urgency_features import BUCKETS, Rows, rows_of, values_of
from knowledge_base.urgency_model import UrgencyModel, idf_of, pattern_row
from knowledge_base.urgency_rules import UrgencyKind, load_urgencies

LINES_DIR = Path(__file__).with_name("urgent_lines")
HARMLESS, UNCLEAR = "harmless", "unclear"
_FILES = {"domestic_violence": UrgencyKind.VIOLENCE, **{kind.value: kind for kind in UrgencyKind}}
"""Which kind the lines of a file are of."""
_EVERY_SITUATION = 3
_OF_THE_CATALOGUE = 0.5
"""What a harmless line counts that was not written for this, against one that was; an urgent one counts double."""
_INVERSE_REGULARISATION = 10.0
_KEPT = 3
_CODE = ("urgency_features", "urgency_model", "urgency_rules", "urgency_training", "normalise", "sound_alikes")
_DATA = ("urgency.yml", "urgent_words.yml")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class UrgentLine:
    """A normalised line, its kind (None: harmless) and how much it counts."""

    text: str
    kind: UrgencyKind | None
    weight: float


def read_lines(name: str, folder: Path = LINES_DIR) -> list[str]:
    """The lines of a file as they were written, without headings."""
    lines = (folder / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in map(str.strip, lines) if line and not line.startswith("#")]


def training_lines() -> list[UrgentLine]:
    """Everything the model learns from, each text once, in a fixed order."""
    lines: dict[str, UrgentLine] = {}
    for name, kind in _FILES.items():
        for text in map(normalise, read_lines(name)):
            lines.setdefault(text, UrgentLine(text, kind, 2.0))
    for text in map(normalise, read_lines(HARMLESS)):
        lines.setdefault(text, UrgentLine(text, None, 1.0))
    unclear = set(map(normalise, read_lines(UNCLEAR)))
    wordings = [wording for situation in load_situations() for wording in situation.wordings]
    others = [
        question for entry in load_catalogue() if not entry.urgent for question in (entry.title, *entry.questions)
    ]
    others += [text for texts in load_out_of_scope().values() for text in texts]
    for text in map(normalise, (*others, *wordings[::_EVERY_SITUATION])):
        if text not in unclear:
            lines.setdefault(text, UrgentLine(text, None, _OF_THE_CATALOGUE))
    return list(lines.values())


def fit(lines: Sequence[UrgentLine], hits: Sequence[Sequence[bool]] | None = None) -> UrgencyModel:
    """Fit on lines of both sides; `hits` is what `hits_of` gives, if known. The same lines give the same model."""
    from threadpoolctl import threadpool_limits  # training libraries load slowly, and serving never fits

    hits = hits_of(lines) if hits is None else hits
    with threadpool_limits(limits=1):
        rows = [rows_of(letters(line.text)) for line in lines]
        idf = idf_of(rows)
        words = _matrix(rows, idf)
        patterns = np.stack([pattern_row(found) for found in hits])
        weights = np.array([line.weight for line in lines])
        urgent = np.array([line.kind is not None for line in lines])
        only_any = np.where(np.arange(patterns.shape[1]) < patterns.shape[1] - 1, 0, patterns)
        columns = [_fit_one(words, only_any, urgent, weights)]
        for kind in UrgencyKind:
            of_kind = np.array([line.kind is kind for line in lines])
            columns.append(_fit_one(words[urgent], patterns[urgent], of_kind[urgent], weights[urgent]))
    table = np.stack([column for column, _ in columns], axis=1).astype(np.float32)
    bias = np.array([number for _, number in columns], dtype=np.float32)
    return UrgencyModel(idf, table[:BUCKETS], table[BUCKETS:], bias).rounded()


def hits_of(lines: Sequence[UrgentLine]) -> list[list[bool]]:
    """For each line, which rules hit."""
    rules = load_urgencies()
    return [[rule.matches(line.text) for rule in rules] for line in lines]


def load_or_train(folder: Path | None = None) -> UrgencyModel:
    """The model of the lines and the code as they are now; trained, which takes half a minute, unless it was before.

    It stands under `folder`, by default the one that HUFA_KNOWLEDGE_DIR names. `python -m knowledge_base build` calls
    this, so that serving only reads. Processes that ask at once take turns. Where nothing can be written the model is
    trained for this process alone.
    """
    folder = folder or Path(os.environ.get("HUFA_KNOWLEDGE_DIR", "var/knowledge"))
    path = folder / "urgency" / f"{_digest()}.npz"
    if path.exists():
        return UrgencyModel.load(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _alone(path.parent):
            if not path.exists():
                _log.warning("training the model of urgent messages")
                fit(training_lines()).save(path)
                _drop_old(path.parent)
            return UrgencyModel.load(path)
    except OSError:
        _log.exception("the model of urgent messages could not be stored in %s", path.parent)
        return fit(training_lines())


def _drop_old(folder: Path) -> None:
    """Keep the newest models: one that is served now, and one to turn back to."""
    for path in sorted(folder.glob("*.npz"), key=lambda path: path.stat().st_mtime)[:-_KEPT]:
        path.unlink(missing_ok=True)


def _matrix(rows: Sequence[Rows], idf: NDArray[np.float32]) -> Any:
    """Sparse: a line for each text, a column for each bucket."""
    from scipy.sparse import csr_matrix

    ends = np.cumsum([0, *(len(line.rows) for line in rows)])
    values = np.concatenate([values_of(line, idf) for line in rows])
    matrix = csr_matrix((values, np.concatenate([line.rows for line in rows]), ends), shape=(len(rows), BUCKETS))
    matrix.sum_duplicates()
    return matrix


def _fit_one(
    words: Any, hits: NDArray[np.float32], labels: NDArray[np.bool_], weights: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """Weights of all columns, those of the patterns last, and the bias."""
    from scipy.sparse import csr_matrix, hstack
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=_INVERSE_REGULARISATION, solver="liblinear", dual=True, max_iter=300, random_state=0)
    model.fit(hstack([words, csr_matrix(hits)]).tocsr(), labels, sample_weight=weights)
    return np.asarray(model.coef_[0]), float(model.intercept_[0])


def _digest() -> str:
    """Sixteen hex digits over everything the model depends on."""
    package = Path(__file__).parent
    files = [package / f"{name}.py" for name in _CODE] + [package / name for name in _DATA] + lexicon_files()
    for folder in (LINES_DIR, CATALOGUE_DIR, SITUATIONS_DIR, SITUATIONS_DIR / "out_of_scope"):
        files += sorted(path for path in folder.iterdir() if path.suffix in {".txt", ".yml"})
    total = sha256()
    for path in files:
        total.update(path.name.encode())
        total.update(path.read_bytes())
    return total.hexdigest()[:16]


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
