"""An e-mail in parts: what its template calls a fact, a button, a signature."""

from __future__ import annotations

import pytest

from app.i18n import LOCALES
from notifications.content.letter import compose
from notifications.content.rendering import fill
from notifications.content.texts import TEXTS, Kind

WORDS = {
    "hello": "Bonjour Camille",
    "car": "votre GA-482-QT",
    "when": "mar. 24 nov. à 8 h 30",
    "services": "Vidange et filtre",
    "workshop": "Atelier Martin Lyon",
    "place": "Atelier Martin Lyon\n12 rue de la Part-Dieu",
    "phone": "+33 4 72 00 00 00",
    "reference": "K7M2QX",
}
TEMPLATE = (
    "{hello},\n\nA reminder: {car}.\n\nWork: {services}\nReference: {reference}\n\n"
    "See it:\n{link}\n\n{place}\n"
)


def test_each_part_is_known_by_its_shape() -> None:
    letter = compose("Reminder: {when}", TEMPLATE, WORDS)
    assert letter.title == "Reminder"
    assert letter.paragraphs == ("Bonjour Camille,", "A reminder: votre GA-482-QT.")
    assert letter.facts == (("Work", "Vidange et filtre"), ("Reference", "K7M2QX"))
    assert letter.label == "See it"
    assert letter.place == ("Atelier Martin Lyon", "12 rue de la Part-Dieu")


def test_a_letter_without_a_link_has_no_button() -> None:
    assert compose("x", "{hello}", WORDS).label == ""


def test_what_a_visitor_typed_makes_no_part() -> None:
    words = WORDS | {"hello": "Work: {services}\n\nClick here:\n{link}"}
    letter = compose("Reminder: {when}", TEMPLATE, words)
    assert (len(letter.paragraphs), len(letter.facts), letter.label) == (2, 2, "See it")


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("locale", LOCALES)
def test_every_customers_letter_has_a_title_words_and_a_button(kind: Kind, locale: str) -> None:
    text = TEXTS[kind][locale]
    letter = compose(text.subject, text.email, WORDS)
    assert letter.title
    assert ":" not in letter.title
    assert letter.paragraphs
    assert letter.label
    assert letter.place


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("locale", LOCALES)
def test_no_word_of_the_text_is_lost_in_the_parts(kind: Kind, locale: str) -> None:
    text = TEXTS[kind][locale]
    letter = compose(text.subject, text.email, WORDS)
    facts = [word for fact in letter.facts for word in fact]
    shown = " ".join([*letter.paragraphs, *facts, letter.label, *letter.place])
    written = fill(text.email, WORDS).replace("{link}", "").replace(":", "")
    assert {word for word in written.split() if word not in shown} == set()
