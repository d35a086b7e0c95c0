"""Customers and their cases: steps with clocks, what is on record, handover forms, files."""

import sqlalchemy as sa
from alembic import op

from storage.columns import JSON, KEY, Hundredths, Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    live = sa.text("state IN ('open', 'paused')")
    still_open = sa.text("state = 'open'")
    stands = sa.text("void_at IS NULL")
    op.create_table(
        "customers",
        sa.Column("id", KEY, nullable=False),
        sa.Column("store_id", KEY, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("store_id", "phone"),
    )
    op.create_table(
        "cases",
        sa.Column("id", KEY, nullable=False),
        sa.Column("store_id", KEY, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("grade", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("estate", sa.String(), nullable=False),
        sa.Column("area_m2", Hundredths(), nullable=False),
        sa.Column("layout", sa.String(), nullable=False),
        sa.Column("residents", sa.Integer(), nullable=True),
        sa.Column("wishes", JSON, nullable=False),
        sa.Column("consent_at", Moment(), nullable=False),
        sa.Column("opened_by_id", KEY, nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("follow_up_at", Moment(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("closed_by_id", KEY, nullable=True),
        sa.Column("lost_why", sa.String(), nullable=False),
        sa.Column("contract_number", sa.String(), nullable=False),
        sa.Column("contract_value", Hundredths(), nullable=True),
        sa.ForeignKeyConstraint(
            ["closed_by_id"],
            ["staff.id"],
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customers.id"],
        ),
        sa.ForeignKeyConstraint(
            ["opened_by_id"],
            ["staff.id"],
        ),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("store_id", "year", "serial"),
    )
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.create_index("cases_customer", ["customer_id"], unique=False)
        batch_op.create_index(
            "cases_open", ["store_id", "id"], unique=False, sqlite_where=still_open, postgresql_where=still_open
        )

    op.create_table(
        "case_marks",
        sa.Column("id", KEY, nullable=False),
        sa.Column("store_id", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by_id", KEY, nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("values", JSON, nullable=False),
        sa.Column("void_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["staff.id"],
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("case_marks", schema=None) as batch_op:
        batch_op.create_index(
            "case_marks_once", ["case_id", "mark"], unique=True, sqlite_where=stands, postgresql_where=stands
        )

    op.create_table(
        "case_steps",
        sa.Column("id", KEY, nullable=False),
        sa.Column("store_id", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("owner_id", KEY, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("became_at", Moment(), nullable=False),
        sa.Column("started_at", Moment(), nullable=True),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("clock_at", Moment(), nullable=True),
        sa.Column("clock_left", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("paused_at", Moment(), nullable=True),
        sa.Column("paused_why", sa.String(), nullable=False),
        sa.Column("ask_again_at", Moment(), nullable=True),
        sa.Column("done_at", Moment(), nullable=True),
        sa.Column("done_by_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["done_by_id"],
            ["staff.id"],
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"],
            ["staff.id"],
        ),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id", "step", "round"),
    )
    with op.batch_alter_table("case_steps", schema=None) as batch_op:
        batch_op.create_index(
            "case_steps_owner", ["owner_id", "due_at"], unique=False, sqlite_where=live, postgresql_where=live
        )
        batch_op.create_index(
            "case_steps_store", ["store_id", "due_at"], unique=False, sqlite_where=live, postgresql_where=live
        )

    op.create_table(
        "case_team",
        sa.Column("id", KEY, nullable=False),
        sa.Column("store_id", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("staff_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff.id"],
        ),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id", "role"),
    )
    with op.batch_alter_table("case_team", schema=None) as batch_op:
        batch_op.create_index("case_team_staff", ["staff_id"], unique=False)

    op.create_table(
        "designer_offers",
        sa.Column("id", KEY, nullable=False),
        sa.Column("store_id", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("staff_id", KEY, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Boolean(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff.id"],
        ),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id", "staff_id"),
    )
    op.create_table(
        "follow_ups",
        sa.Column("id", KEY, nullable=False),
        sa.Column("store_id", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("by_id", KEY, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("next_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["staff.id"],
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("follow_ups", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_follow_ups_case_id"), ["case_id"], unique=False)

    op.create_table(
        "case_files",
        sa.Column("id", KEY, nullable=False),
        sa.Column("store_id", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("step_id", KEY, nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("by_id", KEY, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["staff.id"],
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["step_id"],
            ["case_steps.id"],
        ),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id", "name", "version"),
        sa.UniqueConstraint("case_id", "sha256"),
    )
    op.create_table(
        "handover_forms",
        sa.Column("id", KEY, nullable=False),
        sa.Column("store_id", KEY, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("step_id", KEY, nullable=False),
        sa.Column("next_step_id", KEY, nullable=True),
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("from_id", KEY, nullable=False),
        sa.Column("to_id", KEY, nullable=False),
        sa.Column("items", JSON, nullable=False),
        sa.Column("remarks", sa.String(), nullable=False),
        sa.Column("materials_attached", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("handed_at", Moment(), nullable=False),
        sa.Column("handed_by_id", KEY, nullable=True),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("answered_by_id", KEY, nullable=True),
        sa.Column("returned_why", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["staff.id"],
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["from_id"],
            ["staff.id"],
        ),
        sa.ForeignKeyConstraint(
            ["handed_by_id"],
            ["staff.id"],
        ),
        sa.ForeignKeyConstraint(
            ["next_step_id"],
            ["case_steps.id"],
        ),
        sa.ForeignKeyConstraint(
            ["step_id"],
            ["case_steps.id"],
        ),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
        ),
        sa.ForeignKeyConstraint(
            ["to_id"],
            ["staff.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("store_id", "year", "serial"),
    )
    with op.batch_alter_table("handover_forms", schema=None) as batch_op:
        batch_op.create_index("handover_forms_case", ["case_id"], unique=False)

    op.create_table(
        "step_extensions",
        sa.Column("id", KEY, nullable=False),
        sa.Column("store_id", KEY, nullable=False),
        sa.Column("step_id", KEY, nullable=False),
        sa.Column("asked_by_id", KEY, nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.Column("was_due_at", Moment(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by_id"],
            ["staff.id"],
        ),
        sa.ForeignKeyConstraint(
            ["step_id"],
            ["case_steps.id"],
        ),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("step_extensions", schema=None) as batch_op:
        batch_op.create_index("step_extensions_step", ["step_id"], unique=False)

    op.create_table(
        "sent_files",
        sa.Column("id", KEY, nullable=False),
        sa.Column("store_id", KEY, nullable=False),
        sa.Column("by_id", KEY, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("album", sa.String(), nullable=False),
        sa.Column("case_id", KEY, nullable=True),
        sa.Column("step_id", KEY, nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", Moment(), nullable=True),
        sa.Column("lease_until", Moment(), nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("kept_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(
            ["by_id"],
            ["staff.id"],
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["cases.id"],
        ),
        sa.ForeignKeyConstraint(
            ["kept_id"],
            ["case_files.id"],
        ),
        sa.ForeignKeyConstraint(
            ["step_id"],
            ["case_steps.id"],
        ),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("sent_files", schema=None) as batch_op:
        batch_op.create_index("sent_files_album", ["by_id", "album"], unique=False)
        batch_op.create_index(
            "sent_files_waiting",
            ["by_id", "id"],
            unique=False,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.add_column(sa.Column("past", sa.Boolean(), server_default=sa.false(), nullable=False))
