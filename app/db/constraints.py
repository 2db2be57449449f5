"""From the name of a database constraint to the named refusal it stands for."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.exc import DBAPIError

from app.errors import DomainError

_errors: dict[str, Callable[[], DomainError]] = {}


def name_constraint(constraint: str, error: Callable[[], DomainError]) -> None:
    """A violation of ``constraint`` is raised as ``error()``; wired in ``wsgi.py``."""
    _errors[constraint] = error


def named_error(error: DBAPIError) -> DomainError | None:
    """The refusal that a database error stands for, if its constraint has one.

    PostgreSQL names the constraint; SQLite's triggers carry the name as their message.
    """
    diagnostic = getattr(error.orig, "diag", None)
    name = getattr(diagnostic, "constraint_name", None)
    text = name or str(error.orig)
    return next((make() for constraint, make in _errors.items() if constraint in text), None)
