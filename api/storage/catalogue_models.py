"""Tables of the catalogue: entries with what is live and what is worked on, their versions, releases, saved tests and
unanswered questions. `content`, `live` and `work` hold an entry as `Entry.model_dump(mode="json")`; work may be unfit.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Date, DateTime, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from api.storage.models import Base


class CatalogueEntry(Base):
    """One entry.

    live: what citizens get, None when never published or taken offline; live_version: its number among the versions;
    work: what is being written, None when nothing is; work_state: see `api.staff.entries.states`; revision: one more
    with every change of this row, so that a second writer is noticed; authors: everybody who wrote on this work, names
    by account id; approver: who approved it; rejection: why it came back; topic, title, review_by and valid_until are
    those of `work`, or of `live` where there is no work, for lists.
    """

    __tablename__ = "catalogue_entries"

    id: Mapped[str] = mapped_column(String(120), primary_key=True)
    topic: Mapped[str] = mapped_column(String(32), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(200))
    live: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    live_version: Mapped[int | None] = mapped_column(Integer)
    work: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    work_state: Mapped[str | None] = mapped_column(String(16), index=True)
    revision: Mapped[int] = mapped_column(Integer, default=1)
    authors: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    approver: Mapped[str | None] = mapped_column(String(40))
    rejection: Mapped[str | None] = mapped_column(Text)
    publish_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), index=True)
    review_by: Mapped[date | None] = mapped_column(Date, index=True)
    valid_until: Mapped[date | None] = mapped_column(Date, index=True)
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
    updated_by: Mapped[str] = mapped_column(String(40))


class EntryVersion(Base):
    """What was published of an entry, for ever. `content` is None where the entry was taken offline."""

    __tablename__ = "entry_versions"

    entry_id: Mapped[str] = mapped_column(ForeignKey("catalogue_entries.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    note: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(String(40))
    approver: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class ReleaseRecord(Base):
    """A release made from the database. `versions`: the live version of each entry in it, by entry id."""

    __tablename__ = "release_records"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
    staff_name: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(Text)
    versions: Mapped[dict[str, int]] = mapped_column(JSON)


class SavedTest(Base):
    """A question with the decision it should get, in a folder.

    `must_not_change` blocks a publication that would change it; `result` is what the last run said.
    """

    __tablename__ = "saved_tests"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    folder: Mapped[str] = mapped_column(String(80), index=True)
    question: Mapped[str] = mapped_column(Text)
    expected_kind: Mapped[str] = mapped_column(String(16))
    expected_entry_id: Mapped[str | None] = mapped_column(String(120))
    must_not_change: Mapped[bool] = mapped_column(Boolean, default=False)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    run_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_by: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class UnansweredCase(Base):
    """Questions that mean the same and did not get what they needed. `status`: see `api.staff.unanswered.model`."""

    __tablename__ = "unanswered_cases"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    label: Mapped[str] = mapped_column(Text)
    topic: Mapped[str | None] = mapped_column(String(32), index=True)
    status: Mapped[str] = mapped_column(String(16), index=True)
    count: Mapped[int] = mapped_column(Integer, default=0, index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="SET NULL"))
    due: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str | None] = mapped_column(Text)
    entry_id: Mapped[str | None] = mapped_column(String(120))
    first_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    last_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


class UnansweredQuestion(Base):
    """One turn in a case; goes when the turn goes. `kind`: why it is here."""

    __tablename__ = "unanswered_questions"
    __table_args__ = (Index("ix_unanswered_questions_case_kind", "case_id", "kind"),)

    turn_id: Mapped[str] = mapped_column(ForeignKey("turns.id", ondelete="CASCADE"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("unanswered_cases.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)


class UnansweredMark(Base):
    """How far the unanswered questions of one source were gathered: everything before `read_until` was looked at.

    `gathered_at`: when that was last done.
    """

    __tablename__ = "unanswered_marks"

    source: Mapped[str] = mapped_column(String(16), primary_key=True)
    read_until: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    gathered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
