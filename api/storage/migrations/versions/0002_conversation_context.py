"""What a conversation is about: the question that may be gone on from, and the abstentions in a row."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversations", sa.Column("last_question", sa.Text))
    op.add_column("conversations", sa.Column("abstentions", sa.Integer, nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("conversations") as conversations:
        conversations.drop_column("abstentions")
        conversations.drop_column("last_question")
