"""Runs migrations over the connection that `schema` holds, inside its transaction."""

from __future__ import annotations

from alembic import context

from storage.database.row import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # SQLite's too, since we send BEGIN ourselves
    render_as_batch=True,  # SQLite cannot alter most things in place
)
with context.begin_transaction():
    context.run_migrations()
