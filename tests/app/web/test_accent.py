"""A garage's accent: whatever colour is chosen, what is made of it holds to WCAG 2.2 AA in both themes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest

from app.web.accent import PAGE, SURFACE, Theme, accent_sheet, accent_tokens, contrast

THEMES: tuple[Theme, Theme] = ("light", "dark")
SECONDARY_TEXT: dict[Theme, str] = {"light": "#434d5a", "dark": "#b6c0cc"}


def grid(step: int) -> Iterator[str]:
    for red, green, blue in product(range(0, 256, step), repeat=3):
        yield f"#{red:02x}{green:02x}{blue:02x}"


def faults(accent: str, theme: Theme) -> list[str]:
    """What falls below AA in the tokens of ``accent``, in words."""
    made, surface, page = accent_tokens(accent, theme), SURFACE[theme], PAGE[theme]
    soft = made["accent-soft"]
    least = {
        "text on the fill": (4.5, contrast(made["on-accent"], made["accent"])),
        "text on the fill under the pointer": (4.5, contrast(made["on-accent"], made["accent-hover"])),
        "fill on a card": (3.0, contrast(made["accent"], surface)),
        "fill on the page": (3.0, contrast(made["accent"], page)),
        "link on a card": (4.5, contrast(made["accent-ink"], surface)),
        "link on the page": (4.5, contrast(made["accent-ink"], page)),
        "link on the tint": (4.5, contrast(made["accent-ink"], soft)),
        "secondary text on the tint": (4.5, contrast(SECONDARY_TEXT[theme], soft)),
        "focus on a card": (3.0, contrast(made["focus"], surface)),
        "focus on the page": (3.0, contrast(made["focus"], page)),
    }
    return [f"{accent} {theme}: {what} {got:.2f}" for what, (wanted, got) in least.items() if got < wanted]


@pytest.mark.parametrize("theme", THEMES)
def test_none_of_4096_accents_falls_below_aa(theme: Theme) -> None:
    assert [fault for accent in grid(17) for fault in faults(accent, theme)] == []


@pytest.mark.long
@pytest.mark.parametrize("theme", THEMES)
def test_none_of_140608_accents_falls_below_aa(theme: Theme) -> None:
    assert [fault for accent in grid(5) for fault in faults(accent, theme)] == []


def test_the_measure_is_the_one_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("theme", THEMES)
def test_the_measure_does_not_depend_on_the_order(theme: Theme) -> None:
    assert contrast("#a63a12", SURFACE[theme]) == contrast(SURFACE[theme], "#a63a12")


def test_an_accent_that_is_dark_enough_is_left_as_it_is() -> None:
    assert accent_tokens("#a63a12", "light")["accent"] == "#a63a12"


def test_a_pale_accent_is_darkened_until_it_stands_out() -> None:
    assert accent_tokens("#ffd400", "light")["accent"] == "#a38800"


def test_a_bright_accent_carries_ink_in_the_dark() -> None:
    made = accent_tokens("#ffd400", "dark")
    assert (made["accent"], made["on-accent"]) == ("#ffd400", "#11151b")


def test_capitals_make_the_same_accent() -> None:
    assert accent_tokens("#A63A12", "dark") == accent_tokens("#a63a12", "dark")


@pytest.mark.parametrize("colour", ["", "red", "#fff", "#12345g", "a63a12", "#a63a12;}body{}", "#a63a12\n"])
def test_anything_but_a_colour_is_refused(colour: str) -> None:
    with pytest.raises(ValueError, match="#rrggbb"):
        accent_sheet(colour)


def test_the_sheet_serves_both_themes_by_system_and_by_request() -> None:
    light, dark = (accent_tokens("#a63a12", theme)["accent"] for theme in THEMES)
    first, by_system, by_request = accent_sheet("#a63a12").splitlines()
    assert first.startswith(f":root{{--accent:{light};")
    assert f':root:where(:not([data-theme="light"])){{--accent:{dark};' in by_system
    assert by_request.startswith(f'[data-theme="dark"]{{--accent:{dark};')
