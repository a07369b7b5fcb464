"""Where a citizen is in a guide, and how they agreed to be reached."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversations", sa.Column("guide", sa.JSON))
    op.add_column("conversations", sa.Column("contact", sa.JSON))


def downgrade() -> None:
    with op.batch_alter_table("conversations") as conversations:
        conversations.drop_column("contact")
        conversations.drop_column("guide")
