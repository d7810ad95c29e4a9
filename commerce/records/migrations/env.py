"""Runs migrations over the connection that ``Records.upgrade`` hands in."""

from alembic import context

from commerce.records.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
