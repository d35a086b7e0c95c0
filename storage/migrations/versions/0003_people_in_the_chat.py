"""People entered in the chat: codes that say who gave them, and groups that are bound and given up there."""

import sqlalchemy as sa
from alembic import op

from storage.columns import KEY, Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("invites", schema=None) as batch_op:
        batch_op.add_column(sa.Column("invited_by_id", KEY, nullable=True))
        batch_op.add_column(sa.Column("replaced", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_foreign_key("invites_invited_by", "staff", ["invited_by_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_invites_staff_id"), ["staff_id"], unique=False)

    with op.batch_alter_table("groups", schema=None) as batch_op:
        batch_op.add_column(sa.Column("listed", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column("given_up_at", Moment(), nullable=True))
