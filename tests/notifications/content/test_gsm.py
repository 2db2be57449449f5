"""Plain letters for text messages."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.content.gsm import to_gsm_letters
from notifications.content.segments import LETTERS


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("é è à ù Ç É ä ö ü ß ñ", "é è à ù Ç É ä ö ü ß ñ"),
        ("ê ë ï î ô û ç â", "e e i i o u c a"),
        ("À È Ê Ô Î", "A E E O I"),
        ("cœur Œuvre", "coeur OEuvre"),
        ("l’atelier ‘dit’ “ici” « là »", 'l\'atelier \'dit\' "ici" " là "'),
        ("8\u00a0h\u202f30", "8 h 30"),
        ("10–12 h… fini", "10-12 h... fini"),
        ("Łódź, Þór", "Lodz, Thor"),
        ("soft\u00adware", "software"),
        ("5\u00a0€ [ok]", "5 € [ok]"),
    ],
)
def test_letters_beyond_the_alphabet_are_replaced(written: str, sent: str) -> None:
    assert to_gsm_letters(written) == sent


def test_accents_typed_apart_from_their_letter_count_too() -> None:
    assert to_gsm_letters(unicodedata.normalize("NFD", "é ê")) == "é e"


def test_what_has_no_likeness_stays() -> None:
    assert to_gsm_letters("🚗 λ") == "🚗 λ"


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x17F, exclude_characters="\x7f")))
def test_latin_texts_fit_the_alphabet(text: str) -> None:
    allowed = {char for char in to_gsm_letters(text) if char not in LETTERS}
    assert all(not char.isalpha() for char in allowed), allowed


@given(st.text())
def test_replacing_twice_changes_nothing_more(text: str) -> None:
    assert to_gsm_letters(to_gsm_letters(text)) == to_gsm_letters(text)
