"""The French catalogue: whole, faithful in its placeholders, and set as French is set."""

from __future__ import annotations

import re

import pytest
from babel.messages.catalog import Catalog, Message

from tools.translations import build_catalog, is_current, list_gaps

NARROW_SPACE = "\u202f"
SAME_IN_BOTH = {
    "%(day)s %(time)s",
    "%(num)d date",
    "%(num)d dates",
    "Confirmation",
    "Diesel",
    "E-mail",
    "E-mails",
    "Garage",
    "Garagenda",
    "Messages",
    "Mobile",
    "SMS",
}
BETWEEN_DIGITS = re.compile(r"(?<=\d):(?=\d)")  # times as programs write them


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return build_catalog()


@pytest.fixture(scope="module")
def messages(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


@pytest.fixture(scope="module")
def french(messages: list[Message]) -> list[str]:
    return [text for message in messages for text in forms(message.string)]


def forms(texts: object) -> list[str]:
    """A text alone, or both forms of one that counts."""
    return [str(text) for text in texts] if isinstance(texts, tuple | list) else [str(texts)]


def test_every_text_has_its_french_with_the_same_placeholders(catalog: Catalog) -> None:
    assert list_gaps(catalog) == []


def test_both_files_of_the_catalogue_hold_exactly_these_texts(catalog: Catalog) -> None:
    assert is_current(catalog), "run python tools/translations.py"


def test_no_french_text_is_the_english_one(messages: list[Message]) -> None:
    same = {
        english
        for message in messages
        for english, text in zip(forms(message.id), forms(message.string), strict=True)
        if english == text
    }
    assert same <= SAME_IN_BOTH


def test_every_text_that_may_be_the_same_still_is(french: list[str]) -> None:
    assert set(french) >= SAME_IN_BOTH


def test_a_narrow_space_stands_before_high_punctuation(french: list[str]) -> None:
    sign = re.compile(rf"(?<!{NARROW_SPACE})[?!:;»]")
    assert [text for text in french if sign.search(BETWEEN_DIGITS.sub("", text))] == []


def test_a_narrow_space_follows_an_opening_guillemet(french: list[str]) -> None:
    assert [text for text in french if re.search(rf"«(?!{NARROW_SPACE})", text)] == []


@pytest.mark.parametrize("sign", ["'", "..", '"', "“", "”"])
def test_no_french_text_holds_a_sign_of_the_typewriter_or_of_english(french: list[str], sign: str) -> None:
    assert [text for text in french if sign in text] == []


def test_an_hour_never_parts_from_its_figure(french: list[str]) -> None:
    assert [text for text in french if re.search(r"(?:\d|\)[ds]) h\b", text)] == []
