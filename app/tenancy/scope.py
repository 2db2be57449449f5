"""Whose rows the current request or job may touch: one garage's, or all by a named door."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from app.db.session import db


class NoScopeError(RuntimeError):
    """A garage's table was touched while no garage was chosen."""


class ScopeChangedError(RuntimeError):
    """The garage was changed in the middle of a transaction."""


class _Everyone:
    """The scope of work across garages."""


EVERYONE = _Everyone()
_scope: ContextVar[int | _Everyone | None] = ContextVar("garage_scope", default=None)


def current_scope() -> int | _Everyone | None:
    """The id of the garage in scope, :data:`EVERYONE`, or None."""
    return _scope.get()


@contextmanager
def scoped_to(garage_id: int) -> Iterator[None]:
    """Within the block only rows of this garage are read or written.

    Raises :class:`ScopeChangedError` inside an open transaction: a row that is already loaded
    would otherwise cross over.
    """
    with _set(garage_id):
        yield


@contextmanager
def across_garages(reason: str) -> Iterator[None]:
    """The one door for work across garages (look-up of a link, due messages, sign-in).

    ``reason`` is for the reader of the code: say why this cannot name its garage.
    """
    if not reason:
        raise ValueError("say why")
    with _set(EVERYONE):
        yield


@contextmanager
def _set(scope: int | _Everyone) -> Iterator[None]:
    if _scope.get() != scope and db.session().in_transaction():
        raise ScopeChangedError
    token = _scope.set(scope)
    try:
        yield
    finally:
        _scope.reset(token)
