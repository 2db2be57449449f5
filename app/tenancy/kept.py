"""What a process keeps of a workshop between requests, for as long as the version stands that it was read at.

Whoever keeps something reads the version first and the rows afterwards: what is kept is then never older
than its version says. A change in between is in it already, and whoever asks next asks by a later version.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Generic, TypeVar

from flask import current_app
from sqlalchemy.orm import Session

from app.tenancy.calendar import read_own_versions

T = TypeVar("T")

EXTENSION = "kept"


@dataclass(slots=True)
class _Shelf:
    """The values of one kind in one application, the one asked for longest ago first.

    Each with its version and weight; ``making`` has a lock and those who want it for each key that
    somebody is just making a value of.
    """

    values: OrderedDict[Hashable, tuple[Hashable, Any, int]] = field(default_factory=OrderedDict)
    weight: int = 0
    making: defaultdict[Hashable, list[Any]] = field(default_factory=lambda: defaultdict(lambda: [Lock(), 0]))
    lock: Lock = field(default_factory=Lock)

    def drop(self, key: Hashable) -> None:
        if key in self.values:
            self.weight -= self.values.pop(key)[2]


@dataclass(frozen=True)
class Kept(Generic[T]):
    """Values of one kind, one for each key, that weigh at most ``most`` an application and process.

    A value weighs one, so that ``most`` is their number, unless whoever keeps it says otherwise (bytes,
    say). Values are shared by threads: nobody changes what was kept. ``key`` names the garage.
    """

    name: str
    most: int

    def find(self, key: Hashable, *, version: Hashable) -> T | None:
        """What is kept under ``key``, if it was read at this very version."""
        shelf = self._shelf()
        with shelf.lock:
            known = shelf.values.get(key)
            if known is None or known[0] != version:
                return None
            shelf.values.move_to_end(key)
        value: T = known[1]
        return value

    def keep(self, key: Hashable, value: T, *, version: Hashable, weight: int = 1) -> None:
        """Keep ``value`` in place of what was; what was asked for longest ago gives way."""
        shelf = self._shelf()
        with shelf.lock:
            shelf.drop(key)
            shelf.values[key] = (version, value, weight)
            shelf.weight += weight
            while shelf.weight > self.most:
                shelf.drop(next(iter(shelf.values)))

    @contextmanager
    def one_at_a_time(self, key: Hashable) -> Iterator[None]:
        """Within the block no other thread of this process makes a value for ``key``.

        Of many who ask at once one does the work; the others wait, and look again. Nobody enters with
        a transaction open: they would wait for each other's connections.
        """
        shelf = self._shelf()
        with shelf.lock:
            wanted = shelf.making[key]
            wanted[1] += 1
        try:
            with wanted[0]:
                yield
        finally:
            with shelf.lock:
                wanted[1] -= 1
                if not wanted[1]:
                    del shelf.making[key]

    def _shelf(self) -> _Shelf:
        shelves: dict[str, _Shelf] = current_app.extensions.setdefault(EXTENSION, {})
        return shelves.setdefault(self.name, _Shelf())


def read_within(session: Session, name: str, key: tuple[int, int], *, read: Callable[[], T]) -> T:
    """What a transaction that has changed a workshop's set-up reads of it: once, until it changes it again.

    ``key`` is garage and workshop. It is kept for nobody else, and no longer than the transaction, or
    the savepoint, lasts: whatever is taken back is forgotten with it, and its version may come again.
    """
    own = _own(session)
    version = read_own_versions(session, *key).set_up
    known: tuple[int, T] | None = own.get((name, key))
    if known is None or known[0] != version:
        known = own[name, key] = (version, read())
    return known[1]


def _own(session: Session) -> dict[Hashable, Any]:
    """What the present transaction or savepoint keeps; another one begins with nothing."""
    transaction = session.get_nested_transaction() or session.get_transaction()
    known: tuple[object, dict[Hashable, Any]] = session.info.get("kept", (None, {}))
    if transaction is None or known[0] is not transaction:
        known = session.info["kept"] = (transaction, {})
    return known[1]


def forget_kept() -> None:
    """Keep nothing any more in this process; what is asked for next is read again."""
    current_app.extensions.pop(EXTENSION, None)
