"""What a process keeps of a workshop between requests, for as long as the version stands that it was read at.

Whoever keeps something reads the version first and the rows afterwards: what is kept is then never older
than its version says. A change in between is in it already, and whoever asks next asks by a later version.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Generic, TypeVar

from flask import current_app

T = TypeVar("T")

EXTENSION = "kept"


@dataclass(slots=True)
class _Shelf:
    """The values of one kind in one application, the one asked for longest ago first."""

    values: OrderedDict[Hashable, tuple[Hashable, Any]] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)


@dataclass(frozen=True)
class Kept(Generic[T]):
    """Values of one kind, one for each key, at most ``most`` an application and process.

    Values are shared by threads: nobody changes what was kept. ``key`` names the garage.
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

    def keep(self, key: Hashable, value: T, *, version: Hashable) -> None:
        """Keep ``value`` in place of what was; what was asked for longest ago gives way."""
        shelf = self._shelf()
        with shelf.lock:
            shelf.values[key] = (version, value)
            shelf.values.move_to_end(key)
            if len(shelf.values) > self.most:
                shelf.values.popitem(last=False)

    def _shelf(self) -> _Shelf:
        shelves: dict[str, _Shelf] = current_app.extensions.setdefault(EXTENSION, {})
        return shelves.setdefault(self.name, _Shelf())


def forget_kept() -> None:
    """Keep nothing any more in this process; what is asked for next is read again."""
    current_app.extensions.pop(EXTENSION, None)
