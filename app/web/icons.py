"""Icons and state glyphs in pages: drawn by reference, and each page carries only the symbols it uses.

The drawings are in ``app/static/icons/symbols.svg``, one symbol a line.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import cast

from flask import Flask, g
from markupsafe import Markup

SYMBOLS_FILE = Path(__file__).resolve().parents[1] / "static" / "icons" / "symbols.svg"
STATES_DRAWN_ALIKE = {"declined": "cancelled", "expired": "cancelled"}

_SYMBOL = re.compile(r'^<symbol id="(?P<id>[^"]+)".*</symbol>$', re.MULTILINE)


class UnknownIconError(LookupError):
    """A page names an icon that was never drawn."""


@cache
def symbols() -> dict[str, str]:
    """Every drawing by its id: ``i-…`` icons, ``st-…`` state glyphs, ``logo``."""
    return {found["id"]: found.group() for found in _SYMBOL.finditer(SYMBOLS_FILE.read_text("utf-8"))}


def icon(name: str, size: str | None = None) -> Markup:
    """The icon called ``name``; ``size`` is ``sm`` (16 px), ``lg`` (24 px) or none (20 px).

    Raises :class:`UnknownIconError` for a name that is not drawn. Icons are hidden from screen readers:
    the words stand beside them, or in the ``aria-label`` of what holds them.
    """
    return _reference(f"i-{name}", f"i {size}" if size else "i")


def glyph(state: str) -> Markup:
    """The disc of a life-cycle state (``confirmed``, ``in_progress``…); raises :class:`UnknownIconError`."""
    return _reference(f"st-{STATES_DRAWN_ALIKE.get(state, state)}", "g")


def logo(css_class: str = "") -> Markup:
    """The house mark, sized by ``css_class``."""
    return _reference("logo", css_class)


def icon_sprite(*more: str) -> Markup:
    """The symbols that this page has used so far, and ``more`` by id for scripts that draw later.

    Layouts print it as the last thing in ``<body>``; nothing when the page has no icon.
    """
    wanted = {*_used(), *more}
    if not wanted:
        return Markup()
    drawings = "".join(_drawing(symbol) for symbol in sorted(wanted))
    return Markup(  # noqa: S704 - the drawings are our own file, nobody's input
        f'<svg class="sprite" aria-hidden="true" width="0" height="0">{drawings}</svg>'
    )


def init_icons(app: Flask) -> None:
    """Give templates ``icon``, ``glyph``, ``logo`` and ``icon_sprite``."""
    app.jinja_env.globals.update(icon=icon, glyph=glyph, logo=logo, icon_sprite=icon_sprite)


def _used() -> set[str]:
    if not hasattr(g, "icons_used"):
        g.icons_used = set()
    return cast("set[str]", g.icons_used)


def _drawing(symbol: str) -> str:
    try:
        return symbols()[symbol]
    except KeyError:
        raise UnknownIconError(f"no symbol {symbol!r} in {SYMBOLS_FILE.name}") from None


def _reference(symbol: str, css_class: str) -> Markup:
    _drawing(symbol)
    _used().add(symbol)
    return Markup('<svg class="{}" aria-hidden="true"><use href="#{}"/></svg>').format(css_class, symbol)
