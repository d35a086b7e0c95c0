"""Two channels: whether somebody wants to hear of things in every chat of theirs."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("staff", sa.Column("hears_everywhere", sa.Boolean(), nullable=False, server_default=sa.false()))
