"""What must hold before a long-running process starts; parts add their own in ``wsgi.py``."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from app.db.failures import is_passing
from app.db.session import db

log = structlog.get_logger(__name__)

StartCheck = Callable[[Connection], None]
_checks: list[StartCheck] = []


class NotMigratedError(RuntimeError):
    """The database is not at the newest migration of this version."""


def add_start_check(check: StartCheck) -> None:
    """Call ``check`` before a web worker, ``serve`` or ``scheduler`` starts; it raises to refuse."""
    if check not in _checks:
        _checks.append(check)


def run_start_checks() -> None:
    """Raise what the first failing check raises: migrations at head, then those that were added."""
    with db.engine.connect() as connection:
        _check_migrated(connection)
        for check in _checks:
            check(connection)
    db.engine.dispose()


def check_fit_to_serve() -> None:
    """The start checks for a web worker, put off with a warning while the database is out of reach."""
    try:
        run_start_checks()
    except SQLAlchemyError as error:
        if not is_passing(error):
            raise
        log.warning("start_checks_put_off", error=type(error).__name__)


def _check_migrated(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", current_app.extensions["migrate"].directory)
    wanted = set(ScriptDirectory.from_config(config).get_heads())
    found = set(MigrationContext.configure(connection).get_current_heads())
    if found != wanted:
        raise NotMigratedError("the database is not up to date: run 'flask --app wsgi db upgrade'")
