"""Messages that cannot wait: which emergency a citizen writes about and what to tell first.

A message is cut into windows at its sentences. The classifier (`urgency_model.py`) says of each window how probable
each kind is; it sees the words of the window and the hits of the patterns in `urgency.yml`. A window is urgent when its
probabilities, each divided by the threshold of its kind, add up to one; the most pressing kind of all windows wins.
A clause of a short message is looked at alone too, and must then be surer: what stands beside it may be harmless.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from knowledge_base.normalise import letters, normalise
from knowledge_base.urgency_model import UrgencyModel
from knowledge_base.urgency_rules import Urgency, UrgencyKind, UrgencyRule, load_urgencies
from knowledge_base.urgency_training import load_or_train

__all__ = ["Urgency", "UrgencyKind", "UrgencyRule", "detect", "load_urgencies"]

THRESHOLDS = {
    UrgencyKind.SELF_HARM: 0.3,
    UrgencyKind.CHILD_DANGER: 0.4,
    UrgencyKind.VIOLENCE: 0.4,
    UrgencyKind.EVICTION: 0.45,
    UrgencyKind.FRAUD: 0.45,
    UrgencyKind.DETAINED: 0.45,
}
"""How probable a kind alone must be. A miss costs most at the first two, and their lines are the least alike."""
_LEAST = min(THRESHOLDS.values())
_LIMITS = np.array([THRESHOLDS[kind] for kind in UrgencyKind])
_ALSO = 0.3
"""A kind that makes up so much of what is urgent in a window counts, though another is more probable."""
_WINDOW = 80
_ALONE = 1.8
"""How far above its threshold a clause must be that is looked at without its neighbours."""
_SHORT = 160
_TOLD = re.compile("《|剧情|案例|小品|剧本|电影|电视剧|连续剧|论文|作业|课堂|小说|综艺|题目|新闻里|看到新闻|节目")
_ASKED = re.compile("(?:合法|违法|犯法)[吗么]|判(?:多少|几)年|怎么(?:算|写|取证|判)[呢啊]?[?]?$|算不算")
_TOLD_DOUBT, _ASKED_DOUBT = 2.0, 1.4
"""How much surer it must be of what is told of a film or for homework, and where the law is asked about in general."""
_CLAUSE = re.compile(r"[^,。!?;、:~…\n]{1,80}[,。!?;、:~…\n]{0,3}|[,。!?;、:~…\n]{1,80}")


@lru_cache(maxsize=1)
def _model() -> UrgencyModel:
    return load_or_train()


def windows_of(text: str) -> Iterator[str]:
    """The clauses of a normalised text, joined to windows of at most 80 characters; a short text is one window."""
    window = ""
    for clause in _CLAUSE.findall(text):
        if window and len(window) + len(clause) > _WINDOW:
            yield window
            window = ""
        window += clause
    yield window


def _looked_at(text: str) -> Iterator[tuple[str, float]]:
    """The parts of a normalised text, each with how far above its threshold it must be."""
    windows = list(windows_of(text))
    doubt = _TOLD_DOUBT if _TOLD.search(text) else _ASKED_DOUBT if _ASKED.search(text) else 1.0
    yield from ((window, doubt) for window in windows)
    if len(text) <= _SHORT:
        yield from ((clause, _ALONE * doubt) for clause in _CLAUSE.findall(text) if clause not in windows)


def _kinds_of(window: str, least: float, model: UrgencyModel) -> list[UrgencyKind]:
    """The kinds a window is urgent for, none if it is not."""
    found = model.probabilities(
        letters(window), lambda: [rule.matches(window) for rule in load_urgencies()], _LEAST * least
    )
    if found is None or float((found / _LIMITS).sum()) < least:
        return []
    share = found / found.sum()
    return [kind for kind, part in zip(UrgencyKind, share, strict=True) if part >= min(_ALSO, share.max())]


def detect(text: str, model: UrgencyModel | None = None) -> Urgency | None:
    """The most pressing emergency in a message.

    Takes the text as the citizen typed it (any string, also an empty one) and normalises it itself; `model` is another
    model than the one that serves. Gives the kind with its notice, or None when nothing in it is urgent. Never raises
    for any text. The first call reads the model, or trains it where `python -m knowledge_base build` did not.
    """
    model = model or _model()
    normalised = normalise(text)
    kinds = {kind for part, least in _looked_at(normalised) for kind in _kinds_of(part, least, model)}
    if kinds:  # what is said in so many words is surer than what it sounds like
        named = {rule.urgency.kind for rule in load_urgencies() if rule.matches(normalised)}
        kinds = named or kinds
    return next((rule.urgency for rule in load_urgencies() if rule.urgency.kind in kinds), None)
