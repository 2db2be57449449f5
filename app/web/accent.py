"""A garage's accent: one colour in, seven safe tokens out for each theme, and the style sheet that sets them.

The colour is moved by the least that WCAG 2.2 AA asks for (1.4.3 text 4.5:1, 1.4.11 shapes 3:1), so a garage
may choose any.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Literal, TypeAlias

Theme: TypeAlias = Literal["light", "dark"]

WHITE, BLACK, INK = "#ffffff", "#000000", "#11151b"
SURFACE: dict[Theme, str] = {"light": "#ffffff", "dark": "#141920"}
PAGE: dict[Theme, str] = {"light": "#f3f5f8", "dark": "#0c1015"}

TEXT_CONTRAST = 4.5
SHAPE_CONTRAST = 3.0
STEPS = 50

_COLOUR = re.compile(r"#[0-9a-f]{6}")


def contrast(one: str, other: str) -> float:
    """The WCAG contrast of two ``#rrggbb`` colours, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def accent_tokens(accent: str, theme: Theme) -> dict[str, str]:
    """The tokens that ``accent`` (``#rrggbb``) gives a theme, by name without the dashes.

    ``accent`` stands out from page and cards at 3:1 and carries ``on-accent`` at 4.5:1, as does
    ``accent-hover``; ``accent-ink`` (links, focus) reads at 4.5:1 on page, cards and ``accent-soft``.
    Raises ValueError for anything that is not a colour.
    """
    surface, page = SURFACE[theme], PAGE[theme]
    pole = BLACK if theme == "light" else WHITE
    fill = _toward(_checked(accent), pole, lambda colour: _is_fill(colour, theme))
    text = _text_on(fill)
    far = BLACK if text == WHITE else WHITE
    soft = _mix(surface, fill, 0.10 if theme == "light" else 0.20)
    ink = _toward(fill, pole, lambda colour: _reads_on(colour, (surface, page, soft)))
    hover = _toward(_mix(fill, far, 0.14), far, lambda colour: contrast(colour, text) >= TEXT_CONTRAST)
    return {
        "accent": fill,
        "accent-hover": hover,
        "on-accent": text,
        "accent-ink": ink,
        "accent-soft": soft,
        "accent-line": _mix(surface, fill, 0.35),
        "focus": ink,
    }


@lru_cache(maxsize=256)
def accent_sheet(accent: str) -> str:
    """The text of a garage's style sheet, to be loaded after the house's own.

    Light by default, dark for dark systems and for ``<html data-theme="dark">``. Raises ValueError for
    anything that is not ``#rrggbb``, so nothing else can reach the sheet.
    """
    light, dark = _declarations(accent, "light"), _declarations(accent, "dark")
    return (
        f":root{{{light}}}\n"
        f'@media (prefers-color-scheme: dark){{:root:where(:not([data-theme="light"])){{{dark}}}}}\n'
        f'[data-theme="dark"]{{{dark}}}\n'
    )


def _declarations(accent: str, theme: Theme) -> str:
    return ";".join(f"--{name}:{value}" for name, value in accent_tokens(accent, theme).items())


def _checked(accent: str) -> str:
    colour = accent.lower()
    if _COLOUR.fullmatch(colour) is None:
        raise ValueError(f"not a colour of the form #rrggbb: {accent!r}")
    return colour


def _is_fill(colour: str, theme: Theme) -> bool:
    seen = min(contrast(colour, SURFACE[theme]), contrast(colour, PAGE[theme])) >= SHAPE_CONTRAST
    return seen and max(contrast(colour, WHITE), contrast(colour, INK)) >= TEXT_CONTRAST


def _reads_on(colour: str, grounds: tuple[str, ...]) -> bool:
    return all(contrast(colour, ground) >= TEXT_CONTRAST for ground in grounds)


def _text_on(fill: str) -> str:
    return WHITE if contrast(fill, WHITE) >= TEXT_CONTRAST else INK


def _toward(colour: str, pole: str, stands: Callable[[str], bool]) -> str:
    """``colour`` moved toward ``pole`` by the fewest of 50 steps after which ``stands`` holds."""
    steps = (_mix(colour, pole, step / STEPS) for step in range(STEPS + 1))
    return next((moved for moved in steps if stands(moved)), pole)


def _mix(one: str, other: str, share: float) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(mine * (1 - share) + theirs * share):02x}" for mine, theirs in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


@lru_cache(maxsize=4096)
def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)
