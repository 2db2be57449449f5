"""Named places in the pages that higher packages fill, wired in ``wsgi.py``.

A lower page never imports the part whose content it shows: it asks for the entries of a slot.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One entry of the desk's rail; ``label`` is a lazy text, ``endpoint`` takes no arguments."""

    endpoint: str
    label: Any
    icon: str
    role: str
    position: int


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of a page: ``load`` reads what ``template`` shows, from the subject's ids."""

    template: str
    load: Callable[..., Any]
    position: int


_nav: list[NavEntry] = []
_panels: dict[str, list[Panel]] = defaultdict(list)


def add_nav_entry(entry: NavEntry) -> None:
    """Put an entry into the desk's rail; the same one twice is once."""
    if entry not in _nav:
        _nav.append(entry)
        _nav.sort(key=lambda item: item.position)


def list_nav_entries() -> tuple[NavEntry, ...]:
    """The rail's entries in order."""
    return tuple(_nav)


def add_panel(slot: str, panel: Panel) -> None:
    """Fill the named slot of a page; the same panel twice is once."""
    if panel not in _panels[slot]:
        _panels[slot].append(panel)
        _panels[slot].sort(key=lambda item: item.position)


def list_panels(slot: str) -> tuple[Panel, ...]:
    """What fills the slot, in order."""
    return tuple(_panels[slot])
