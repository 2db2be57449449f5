"""The default texts, what goes into them, and what never does."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import UTC, datetime

import pytest

from booking.customers.models import Vehicle
from notifications.content.context import MessageContext, car_name, first_name, local_words, tidy
from notifications.content.rendering import ChannelName, fill, render, show_link_in
from notifications.content.segments import count_segments
from notifications.content.texts import TEXTS, Kind

LINK = "https://rdv.garage-des-tilleuls.example/r/Abc-_defghijklmnopqrstu"
CAMILLE = {
    "fr": MessageContext(
        hello="Bonjour Camille",
        car="votre GA-482-QT",
        when="mar. 24 nov. à 8\u00a0h\u00a030",
        services="Vidange et filtre",
        workshop="Garage des Tilleuls",
        place="Garage des Tilleuls\n12 rue des Tilleuls\n+33261910012",
        phone="+33261910012",
        reference="7K2MQX",
    ),
    "en": MessageContext(
        hello="Hello Camille",
        car="your HG20 ZKE",
        when="Tue 24 Nov at 8:30",
        services="Oil change",
        workshop="Tilleuls Garage",
        place="Tilleuls Garage\n12 Lime Street",
        phone="",
        reference="7K2MQX",
    ),
}
ALL = [(kind, locale) for kind in Kind for locale in ("en", "fr")]


def sms(kind: Kind, locale: str) -> str:
    rendered = render(kind, CAMILLE[locale], channel="sms", locale=locale, link=LINK)
    return show_link_in(rendered.body, LINK)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_its_texts_in_both_languages(kind: Kind) -> None:
    assert set(TEXTS[kind]) == {"en", "fr"}


@pytest.mark.parametrize(("kind", "locale"), ALL)
def test_every_template_holds_its_link_once(kind: Kind, locale: str) -> None:
    text = TEXTS[kind][locale]
    assert (text.sms.count("{link}"), text.email.count("{link}")) == (1, 1)


@pytest.mark.parametrize(("kind", "locale"), ALL)
def test_every_place_in_a_template_has_a_word(kind: Kind, locale: str) -> None:
    text = TEXTS[kind][locale]
    places = set(re.findall(r"\{(\w+)\}", text.sms + text.subject + text.email))
    assert places <= {field.name for field in fields(MessageContext)} | {"link"}


@pytest.mark.parametrize(("kind", "locale"), ALL)
def test_a_default_sms_is_one_message_of_plain_letters_with_a_short_address(kind: Kind, locale: str) -> None:
    text = sms(kind, locale).replace(LINK, "https://rdv.example/r/Abc-_defghijklmnopqrstu")
    counted = count_segments(text)
    assert (counted.encoding, counted.count) == ("gsm7", 1), f"{counted.units}: {text}"


def test_the_french_confirmation_reads_well() -> None:
    assert sms(Kind.CONFIRMED, "fr") == (
        "Bonjour Camille, c'est réservé : votre GA-482-QT, mar. 24 nov. à 8 h 30, Garage des Tilleuls. "
        f"Voir ou changer : {LINK}"
    )


def test_the_english_reminder_reads_well() -> None:
    assert sms(Kind.REMINDER, "en") == (
        f"Hello Camille, your HG20 ZKE is due Tue 24 Nov at 8:30, Tilleuls Garage. Need to change it? {LINK}"
    )


def test_an_e_mail_keeps_its_typography() -> None:
    rendered = render(Kind.CONFIRMED, CAMILLE["fr"], channel="email", locale="fr", link=LINK)
    assert rendered.subject == "C’est réservé\u202f: mar. 24 nov. à 8\u00a0h\u00a030, Garage des Tilleuls"


def test_an_e_mail_counts_no_segments() -> None:
    assert render(Kind.CONFIRMED, CAMILLE["fr"], channel="email", locale="fr", link=LINK).segments == 0


@pytest.mark.parametrize("channel", ["sms", "email"])
def test_a_language_we_do_not_speak_reads_english(channel: ChannelName) -> None:
    rendered = render(Kind.REMINDER, CAMILLE["en"], channel=channel, locale="de", link=LINK)
    assert rendered.body.startswith("Hello Camille")


def test_a_word_is_never_filled_in_itself() -> None:
    assert fill("{hello} {link}", {"hello": "{phone}", "phone": "1"}) == "{phone} {link}"


# --- the words -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Camille Perrot", "Camille"),
        ("  Jean-Claude  Van ", "Jean-Claude"),
        ("J.P. Martin", "J.P."),
        ("x" * 60, "x" * 40),
        ("https://evil.example/x Bob", "Bob"),
        ("www.evil.example Bob", "Bob"),
        ("evil.example/win Bob", "Bob"),
        ("Bob.evil.example", ""),
        ("{link} Bob", "link"),
        ("Bob\nEvil", "Bob"),
        ("", ""),
    ],
)
def test_a_name_is_its_first_word_and_no_address(name: str, first: str) -> None:
    assert first_name(name) == first


@pytest.mark.parametrize(
    ("vehicle", "said"),
    [
        (Vehicle(plate="GA482QT", plate_country="FR", make="", model=""), "GA-482-QT"),
        (Vehicle(plate="HG20ZKE", plate_country="GB", make="", model=""), "HG20 ZKE"),
        (Vehicle(plate="WXY12", plate_country="DE", make="", model=""), "WXY12"),
        (Vehicle(plate="", plate_country="", make="Peugeot", model="208"), "Peugeot 208"),
        (Vehicle(plate="", plate_country="", make="", model="http://evil.example"), ""),
        (Vehicle(plate="", plate_country="", make="", model=""), ""),
    ],
)
def test_a_car_is_called_by_its_plate_else_by_its_model(vehicle: Vehicle, said: str) -> None:
    assert car_name(vehicle) == said


@pytest.mark.time
@pytest.mark.parametrize(
    ("moment", "locale", "said"),
    [
        (datetime(2026, 11, 24, 7, 30, tzinfo=UTC), "fr", "mar. 24 nov. à 8\u00a0h\u00a030"),
        (datetime(2026, 11, 24, 7, 0, tzinfo=UTC), "fr", "mar. 24 nov. à 8\u00a0h"),
        (datetime(2026, 11, 24, 7, 30, tzinfo=UTC), "en", "Tue 24 Nov at 8:30"),
        (datetime(2026, 7, 1, 15, 0, tzinfo=UTC), "en", "Wed 1 Jul at 17:00"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "en", "Sun 25 Oct at 2:30 (GMT+02:00)"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "en", "Sun 25 Oct at 2:30 (GMT+01:00)"),
    ],
)
def test_the_moment_is_said_on_the_workshops_clock(moment: datetime, locale: str, said: str) -> None:
    assert local_words(moment, "Europe/Paris", locale=locale) == said


def test_a_workshops_name_stays_on_one_line() -> None:
    assert tidy("Garage\r\n {des}  Tilleuls") == "Garage des Tilleuls"
