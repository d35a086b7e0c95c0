"""Two channels: whether somebody wants to hear of things in every chat of theirs, and how much goes over each."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("staff", sa.Column("hears_everywhere", sa.Boolean(), nullable=False, server_default=sa.false()))
    gone = sa.text("sent_at IS NOT NULL")
    op.create_index("outbox_sent_at", "outbox", ["sent_at", "address"], sqlite_where=gone, postgresql_where=gone)
