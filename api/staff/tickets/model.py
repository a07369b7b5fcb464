"""The kinds of tickets and where they stand, with the names that the console shows."""

from enum import StrEnum


class TicketStatus(StrEnum):
    """Where a ticket stands."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """As the console names it."""
        return _STATUS_LABELS[self]


class TicketKind(StrEnum):
    """What is to be done."""

    CALL_BACK = "call_back"
    APPOINTMENT = "appointment"
    CONTESTED = "contested"
    UNANSWERED = "unanswered"

    @property
    def label(self) -> str:
        """As the console names it."""
        return _KIND_LABELS[self]


_STATUS_LABELS = {
    TicketStatus.OPEN: "待办",
    TicketStatus.IN_PROGRESS: "处理中",
    TicketStatus.DONE: "已办结",
    TicketStatus.CANCELLED: "已取消",
}
_KIND_LABELS = {
    TicketKind.CALL_BACK: "回电",
    TicketKind.APPOINTMENT: "预约",
    TicketKind.CONTESTED: "答案有异议",
    TicketKind.UNANSWERED: "未答问题",
}
PENDING = (TicketStatus.OPEN, TicketStatus.IN_PROGRESS)
"""Something is still to be done."""
CONTESTED_REASON = "contested"
"""The reason of a feedback that says the answer is wrong."""
CONTACT_LABELS = {"name": "称呼", "phone": "电话", "time": "方便的时间", "place": "地点"}
"""What contact data are called; others are shown under their own name."""
