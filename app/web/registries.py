"""Named places in the pages that higher packages fill, wired in ``wsgi.py``.

A lower page never imports the part whose content it shows: it asks for the entries of a slot.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.auth.roles import Role


@dataclass(frozen=True, slots=True)
class NavEntry:
    """One entry of the desk's rail; ``label`` is a lazy text, ``endpoint`` takes no arguments.

    ``count`` says how many things wait there for the garage, in one statement; None where none ever can,
    and the entry is left out. ``here`` is the same place in the workshop whose page is open, where each has
    one; ``key`` leads there from the keyboard.
    """

    endpoint: str
    label: Any
    icon: str
    role: str
    position: int
    count: Callable[[Session, int], int | None] | None = None
    here: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of a page: ``load`` reads what ``template`` shows, from the subject's ids."""

    template: str
    load: Callable[..., Any]
    position: int


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """One page of the settings: ``endpoint`` takes a workshop and ``values``.

    ``label`` and ``note`` are lazy texts, the note says in a few words what is set there; ``group`` is the
    heading under which it stands.
    """

    endpoint: str
    label: Any
    note: Any
    icon: str
    group: str
    position: int
    role: str = "manager"
    values: tuple[tuple[str, str], ...] = ()


DeskAlert = Callable[[Session, int, Role], str]
"""What the whole desk should know now, for a garage and the role that reads it; empty when all is well."""


@dataclass(frozen=True, slots=True)
class DeskSearch:
    """Where the desk's search field leads: ``endpoint`` takes a workshop, ``anywhere`` takes none."""

    endpoint: str
    anywhere: str


@dataclass(frozen=True, slots=True)
class DeskKey:
    """A single key that leads on from any page of the desk, for whoever has the role.

    ``endpoint`` takes a workshop, ``anywhere`` takes none.
    """

    key: str
    endpoint: str
    anywhere: str
    role: str


_search: list[DeskSearch] = []
_keys: list[DeskKey] = []
_nav: list[NavEntry] = []
_settings: list[SettingsPage] = []
_alerts: list[DeskAlert] = []
_panels: dict[str, list[Panel]] = defaultdict(list)


def add_nav_entry(entry: NavEntry) -> None:
    """Put an entry into the desk's rail; the same one twice is once."""
    if entry not in _nav:
        _nav.append(entry)
        _nav.sort(key=lambda item: item.position)


def set_desk_search(search: DeskSearch) -> None:
    """Put the search field into the desk's top bar."""
    _search[:] = [search]


def find_desk_search() -> DeskSearch | None:
    """The search that the desk has."""
    return _search[0] if _search else None


def add_desk_key(key: DeskKey) -> None:
    """Let a key lead there from every page of the desk; the same one twice is once."""
    if key not in _keys:
        _keys.append(key)


def list_desk_keys() -> tuple[DeskKey, ...]:
    """All of them, in the order of adding."""
    return tuple(_keys)


def list_nav_entries() -> tuple[NavEntry, ...]:
    """The rail's entries in order."""
    return tuple(_nav)


def add_settings_page(page: SettingsPage) -> None:
    """Give the settings a page; the same one twice is once."""
    if page not in _settings:
        _settings.append(page)
        _settings.sort(key=lambda item: item.position)


def list_settings_pages() -> tuple[SettingsPage, ...]:
    """The pages of the settings in order."""
    return tuple(_settings)


def add_desk_alert(alert: DeskAlert) -> None:
    """Ask ``alert`` for every page of the desk; twice is once."""
    if alert not in _alerts:
        _alerts.append(alert)


def list_desk_alerts() -> tuple[DeskAlert, ...]:
    """All of them, in the order of adding."""
    return tuple(_alerts)


def add_panel(slot: str, panel: Panel) -> None:
    """Fill the named slot of a page; the same panel twice is once."""
    if panel not in _panels[slot]:
        _panels[slot].append(panel)
        _panels[slot].sort(key=lambda item: item.position)


def list_panels(slot: str) -> tuple[Panel, ...]:
    """What fills the slot, in order."""
    return tuple(_panels[slot])
