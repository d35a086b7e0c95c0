"""Runs the migrations on the connection that storage/schema.py hands over."""

from alembic import context
from sqlmodel import SQLModel

import storage  # noqa: F401  (its tables are the metadata)

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
)
context.run_migrations()
