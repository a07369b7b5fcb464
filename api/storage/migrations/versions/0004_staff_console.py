"""The staff console: people, the catalogue with its versions, tests, unanswered questions, tickets, switches, audit."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staff_members",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("username", sa.String(40), nullable=False, unique=True),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("roles", sa.JSON, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("must_change_password", sa.Boolean, nullable=False),
        sa.Column("failed_sign_ins", sa.Integer, nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column(
            "staff_id", sa.Integer, sa.ForeignKey("staff_members.id", ondelete="CASCADE"), nullable=False, index=True
        ),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("flash", sa.Text, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "audit_records",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("staff_id", sa.Integer, nullable=True),
        sa.Column("staff_name", sa.String(40), nullable=False),
        sa.Column("action", sa.String(48), nullable=False, index=True),
        sa.Column("subject", sa.String(160), nullable=False, index=True),
        sa.Column("detail", sa.JSON, nullable=False),
        sa.Column("previous_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_table(
        "switches",
        sa.Column("scope", sa.String(80), primary_key=True),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("staff_name", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "tickets",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String(16), nullable=False, unique=True),
        sa.Column("kind", sa.String(24), nullable=False, index=True),
        sa.Column("status", sa.String(24), nullable=False, index=True),
        sa.Column("conversation_id", sa.String(64), nullable=True, index=True),
        sa.Column("turn_id", sa.String(32), nullable=True),
        sa.Column("topic", sa.String(32), nullable=True),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("contact", sa.JSON, nullable=False),
        sa.Column(
            "owner_id", sa.Integer, sa.ForeignKey("staff_members.id", ondelete="SET NULL"), nullable=True, index=True
        ),
        sa.Column("due", sa.Date, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "ticket_notes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("ticket_id", sa.Integer, sa.ForeignKey("tickets.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("staff_name", sa.String(40), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "catalogue_entries",
        sa.Column("id", sa.String(120), primary_key=True),
        sa.Column("topic", sa.String(32), nullable=False, index=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("live", sa.JSON, nullable=True),
        sa.Column("live_version", sa.Integer, nullable=True),
        sa.Column("work", sa.JSON, nullable=True),
        sa.Column("work_state", sa.String(16), nullable=True, index=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("authors", sa.JSON, nullable=False),
        sa.Column("approver", sa.String(40), nullable=True),
        sa.Column("rejection", sa.Text, nullable=True),
        sa.Column("publish_at", sa.DateTime(timezone=True), nullable=True, index=True),
        sa.Column("review_by", sa.Date, nullable=True, index=True),
        sa.Column("valid_until", sa.Date, nullable=True, index=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("updated_by", sa.String(40), nullable=False),
    )
    op.create_table(
        "entry_versions",
        sa.Column(
            "entry_id", sa.String(120), sa.ForeignKey("catalogue_entries.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("content", sa.JSON, nullable=True),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("author", sa.String(40), nullable=False),
        sa.Column("approver", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "release_records",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("staff_name", sa.String(40), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("versions", sa.JSON, nullable=False),
    )
    op.create_table(
        "saved_tests",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("folder", sa.String(80), nullable=False, index=True),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("expected_kind", sa.String(16), nullable=False),
        sa.Column("expected_entry_id", sa.String(120), nullable=True),
        sa.Column("must_not_change", sa.Boolean, nullable=False),
        sa.Column("result", sa.JSON, nullable=True),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.String(40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "unanswered_cases",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("topic", sa.String(32), nullable=True, index=True),
        sa.Column("status", sa.String(16), nullable=False, index=True),
        sa.Column("count", sa.Integer, nullable=False, index=True),
        sa.Column("owner_id", sa.Integer, sa.ForeignKey("staff_members.id", ondelete="SET NULL"), nullable=True),
        sa.Column("due", sa.Date, nullable=True),
        sa.Column("reason", sa.Text, nullable=True),
        sa.Column("entry_id", sa.String(120), nullable=True),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False, index=True),
    )
    op.create_table(
        "unanswered_questions",
        sa.Column("turn_id", sa.String(32), sa.ForeignKey("turns.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("case_id", sa.Integer, sa.ForeignKey("unanswered_cases.id", ondelete="CASCADE"), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, index=True),
    )
    op.create_index("ix_unanswered_questions_case_kind", "unanswered_questions", ["case_id", "kind"])
    op.create_table(
        "unanswered_marks",
        sa.Column("source", sa.String(16), primary_key=True),
        sa.Column("read_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gathered_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "daily_figures",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("figures", sa.JSON, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.drop_index("ix_turns_outcome", "turns")
    op.drop_index("ix_turns_entry_id", "turns")
    op.create_index("ix_turns_outcome_created_at", "turns", ["outcome", "created_at"])
    op.create_index("ix_turns_entry_outcome_created_at", "turns", ["entry_id", "outcome", "created_at"])
    op.create_index("ix_turns_topic_outcome_created_at", "turns", ["topic", "outcome", "created_at"])
    op.create_index("ix_feedback_created_at", "feedback", ["created_at"])


def downgrade() -> None:
    op.drop_index("ix_feedback_created_at", "feedback")
    op.drop_index("ix_turns_topic_outcome_created_at", "turns")
    op.drop_index("ix_turns_entry_outcome_created_at", "turns")
    op.drop_index("ix_turns_outcome_created_at", "turns")
    op.create_index("ix_turns_entry_id", "turns", ["entry_id"])
    op.create_index("ix_turns_outcome", "turns", ["outcome"])
    op.drop_table("daily_figures")
    op.drop_table("unanswered_marks")
    op.drop_table("unanswered_questions")
    op.drop_table("unanswered_cases")
    op.drop_table("saved_tests")
    op.drop_table("release_records")
    op.drop_table("entry_versions")
    op.drop_table("catalogue_entries")
    op.drop_table("ticket_notes")
    op.drop_table("tickets")
    op.drop_table("switches")
    op.drop_table("audit_records")
    op.drop_table("staff_sessions")
    op.drop_table("staff_members")
