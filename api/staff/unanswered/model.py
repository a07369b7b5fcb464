"""The words of unanswered questions: what state a case is in, and why a question is in it."""

from enum import StrEnum


class Status(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    ASSIGNED = "assigned"
    DONE = "done"
    DISMISSED = "dismissed"

    @property
    def label(self) -> str:
        """As the console names it."""
        return _STATUS_LABELS[self]


_STATUS_LABELS = {
    Status.OPEN: "待处理",
    Status.ASSIGNED: "处理中",
    Status.DONE: "已处理",
    Status.DISMISSED: "不处理",
}
TO_DO = (Status.OPEN, Status.ASSIGNED)
"""What somebody still has to see to."""
JOINED = (*TO_DO, Status.DISMISSED)
"""Cases that new questions join. A dismissed one takes its like in, so that nobody has to dismiss them again.

A question that comes back although its case is done begins a new case, as the answer did not help.
"""


class Kind(StrEnum):
    """Why a question is here. Where several hold, the last of this list counts."""

    ABSTAINED = "abstained"
    CLARIFIED = "clarified"
    UNHELPFUL = "unhelpful"
    CONTESTED = "contested"

    @property
    def label(self) -> str:
        """As the console names it."""
        return _KIND_LABELS[self]


_KIND_LABELS = {
    Kind.ABSTAINED: "没答上",
    Kind.CLARIFIED: "反问后没选",
    Kind.UNHELPFUL: "说没用",
    Kind.CONTESTED: "有异议",
}
CONTESTED_REASONS = ("contested", "有异议")
"""Reasons of feedback by which a citizen says that an answer is wrong."""
CONTESTED_TICKET = "contested"


class UnansweredError(ValueError):
    """What was asked of a case cannot be done; the message is for the person who asked."""
