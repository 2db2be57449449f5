"""Events: an operation says what happened, subscribers act in the same transaction.

A subscriber may insert rows or void rows it planned itself. It never talks to a network.
``wsgi.py`` wires them, so that a lower package never imports the one that listens.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

E = TypeVar("E")

_subscribers: dict[type[Any], list[Callable[[Any], None]]] = defaultdict(list)


def subscribe(kind: type[E], subscriber: Callable[[E], None]) -> None:
    """Call ``subscriber`` for every published event of exactly this ``kind``; twice is once."""
    if subscriber not in _subscribers[kind]:
        _subscribers[kind].append(subscriber)


def publish(event: object) -> None:
    """Run the subscribers of ``event`` in the order they were wired; an error undoes everything."""
    for subscriber in _subscribers[type(event)]:
        subscriber(event)
