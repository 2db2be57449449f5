"""Alembic's entry: migrates the application's own database, models of all parts in view."""

from __future__ import annotations

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from sqlalchemy import text

import migrations.all_models  # noqa: F401  # fills the metadata
from app.db.base import Base
from app.db.types import UtcDateTime

# Two servers that start together must not migrate together.
MIGRATION_LOCK = 7_205_759


def _render_item(kind: str, item: object, autogen_context: AutogenContext) -> str | Literal[False]:
    """Migrations name our own types."""
    if kind == "type" and isinstance(item, UtcDateTime):
        autogen_context.imports.add("from app.db.types import UtcDateTime")
        return "UtcDateTime()"
    return False


def run_migrations() -> None:
    """Run the migrations on a connection of the application's engine, in one transaction."""
    engine = current_app.extensions["migrate"].db.engine
    arguments = current_app.extensions["migrate"].configure_args
    with engine.connect().execution_options(sqlite_begin="IMMEDIATE") as connection:
        context.configure(
            connection=connection, target_metadata=Base.metadata, render_item=_render_item, **arguments
        )
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                # Of the transaction: behind a pooler a session's lock would stay with the server.
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            context.run_migrations()
        connection.commit()


run_migrations()
