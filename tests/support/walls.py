"""Walls round every test: no address but this machine's own, and no database nobody asked for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.pool import Pool

HOME_NAMES = frozenset({"", "localhost", "0.0.0.0", "::"})
WATCHED = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo"})


@dataclass(slots=True)
class _Walls:
    installed: bool = False
    databases_allowed: bool = False
    breaches: list[str] = field(default_factory=list)


_walls = _Walls()


def install() -> None:
    """Put the walls up, once per process; an audit hook cannot be taken down again."""
    if _walls.installed:
        return
    _walls.installed = True
    sys.addaudithook(_watch_network)
    event.listen(Pool, "checkout", _watch_pool)


@contextmanager
def databases_allowed() -> Iterator[None]:
    """Within the block, connections may be taken from a pool."""
    before, _walls.databases_allowed = _walls.databases_allowed, True
    try:
        yield
    finally:
        _walls.databases_allowed = before


def take_breaches() -> list[str]:
    """What was refused since the last call; code under test may have swallowed the refusal."""
    taken, _walls.breaches = _walls.breaches, []
    return taken


def is_home(host: object) -> bool:
    """Whether an address or name never leaves this machine."""
    if host is None:
        return True
    text = host.decode() if isinstance(host, bytes) else str(host)
    try:
        return text in HOME_NAMES or ip_address(text.split("%")[0]).is_loopback
    except ValueError:
        return text.endswith(".localhost")


def _watch_network(name: str, arguments: tuple[Any, ...]) -> None:
    if name not in WATCHED:
        return
    # A Unix socket's address is a path; Internet addresses are tuples that start with the host.
    target = arguments[0] if name == "socket.getaddrinfo" else arguments[-1]
    if name == "socket.getaddrinfo" or isinstance(target, tuple):
        host = target[0] if isinstance(target, tuple) else target
        if not is_home(host):
            _refuse(f"a test reached for the network: {name} {host!r}")


def _watch_pool(*_: object) -> None:
    if not _walls.databases_allowed:
        _refuse("a test touched a database without asking for the fixture `database` or `app`")


def _refuse(sentence: str) -> None:
    _walls.breaches.append(sentence)
    pytest.fail(sentence)
