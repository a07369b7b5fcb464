"""The states of an entry: 草稿 -> 待审 -> 待发布 -> 已发布 -> 已下线.

What is live and what is worked on are apart: a published entry may have a draft beside it, and stays live meanwhile.
"""

from enum import StrEnum

from api.storage.catalogue_models import CatalogueEntry


class WorkState(StrEnum):
    """Where the work on an entry stands."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"

    @property
    def label(self) -> str:
        """As the console names it."""
        return {"draft": "草稿", "in_review": "待审", "approved": "待发布"}[self.value]


class State(StrEnum):
    """What a list shows of an entry: its work, if there is any, else what is live."""

    DRAFT = "草稿"
    IN_REVIEW = "待审"
    APPROVED = "待发布"
    LIVE = "已发布"
    OFFLINE = "已下线"


def state_of(row: CatalogueEntry) -> State:
    """The state of an entry."""
    return state_of_columns(row.work_state, is_live=row.live is not None)


def state_of_columns(work_state: str | None, *, is_live: bool) -> State:
    """The state that these columns of a row tell."""
    if work_state is not None:
        return State(WorkState(work_state).label)
    return State.LIVE if is_live else State.OFFLINE


class EntryStateError(ValueError):
    """What was asked does not fit the entry's state, or the person; the message is for the person who asked."""


class EditConflictError(EntryStateError):
    """Somebody else changed the entry meanwhile. `row` is how it stands now; nothing of either is lost."""

    def __init__(self, row: CatalogueEntry) -> None:
        super().__init__(f"{row.updated_by}刚刚改过这个条目。你写的还在，请对照后再保存。")
        self.row = row
