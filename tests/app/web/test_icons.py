"""Icons in pages: a page carries the symbols it uses and no others."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask, render_template_string

from app.web.icons import UnknownIconError, icon_sprite, init_icons, symbols

STATES = (
    *("requested", "confirmed", "arrived", "in_progress", "waiting_parts", "ready", "collected"),
    *("cancelled", "declined", "expired", "no_show"),
)


@pytest.fixture
def page() -> Iterator[Flask]:
    app = Flask("icons")
    init_icons(app)
    with app.app_context():
        yield app


def drawn(text: str) -> set[str]:
    return set(re.findall(r'<symbol id="([^"]+)"', text))


def test_only_the_symbols_used_are_printed(page: Flask) -> None:
    text = render_template_string("{{ icon('phone') }}{{ glyph('ready') }}{{ icon_sprite() }}")
    assert drawn(text) == {"i-phone", "st-ready"}


def test_a_symbol_used_twice_is_printed_once(page: Flask) -> None:
    text = render_template_string("{{ icon('phone') }}{{ icon('phone', 'sm') }}{{ icon_sprite() }}")
    assert text.count('<symbol id="i-phone"') == 1


def test_a_page_without_icons_prints_no_sprite(page: Flask) -> None:
    assert render_template_string("{{ icon_sprite() }}") == ""


def test_one_page_does_not_carry_the_symbols_of_the_page_before(page: Flask) -> None:
    with page.app_context():
        render_template_string("{{ icon('phone') }}")
    with page.app_context():
        assert drawn(render_template_string("{{ icon('x') }}{{ icon_sprite() }}")) == {"i-x"}


def test_a_script_may_ask_for_symbols_that_it_draws_later(page: Flask) -> None:
    assert drawn(icon_sprite("i-check")) == {"i-check"}


def test_an_icon_is_hidden_from_screen_readers(page: Flask) -> None:
    text = render_template_string("{{ icon('phone', 'sm') }}")
    assert text == '<svg class="i sm" aria-hidden="true"><use href="#i-phone"/></svg>'


def test_every_reference_of_the_mark_finds_its_drawing(page: Flask) -> None:
    assert drawn(render_template_string("{{ logo('mark-md') }}{{ icon_sprite() }}")) == {"logo"}


def test_a_name_that_was_never_drawn_is_refused(page: Flask) -> None:
    with pytest.raises(UnknownIconError, match="i-spaceship"):
        render_template_string("{{ icon('spaceship') }}")


@pytest.mark.parametrize("state", STATES)
def test_every_state_of_the_life_cycle_has_a_glyph(page: Flask, state: str) -> None:
    text = render_template_string("{{ glyph(state) }}{{ icon_sprite() }}", state=state)
    assert len(drawn(text)) == 1


def test_drawings_have_ids_of_their_own() -> None:
    assert len({drawing.split(">", 1)[1] for drawing in symbols().values()}) == len(symbols())


def test_drawings_carry_no_style_attribute() -> None:
    assert [name for name, drawing in symbols().items() if "style=" in drawing] == []
