"""Codes that change a card once, for platforms that want one."""

import sqlalchemy as sa
from alembic import op

from storage.columns import KEY, Moment

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "card_codes",
        sa.Column("id", KEY, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("card", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("pressed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("spent", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("outdated", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("given_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("channel", "account", "code"),
    )
    with op.batch_alter_table("card_codes", schema=None) as batch_op:
        batch_op.create_index("card_codes_card", ["channel", "account", "card"], unique=False)
