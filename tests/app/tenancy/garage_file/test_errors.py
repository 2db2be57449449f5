"""What is wrong with a garage file is told all at once, each with the path of its key."""

from __future__ import annotations

from typing import Any

import pytest

from app.tenancy.garage_file.reading import read_garage_file
from app.tenancy.garage_file.report import GarageFileError
from tests.factories.garage_files import MARTIN, MISSING, edited
from wsgi import wire_garage_file


@pytest.fixture(autouse=True)
def _wired() -> None:
    wire_garage_file()


def problems(text: str) -> list[str]:
    with pytest.raises(GarageFileError) as refusal:
        read_garage_file(text)
    return refusal.value.problems


SHOP = "workshop.0"
ERRORS: list[tuple[str, Any, str]] = [
    ("garage", MISSING, "garage: is required"),
    ("garage", [], "garage: must be a table"),
    ("workshop", {}, "workshop: must be a list of tables [[…]]"),
    ("garage.name", MISSING, "garage.name: is required"),
    ("garage.name", "  ", "garage.name: must not be empty"),
    ("garage.name", 5, "garage.name: must be a text in quotes"),
    ("garage.name", "x" * 121, "garage.name: must be at most 120 characters long"),
    ("garage.name", "a\nb", "garage.name: must be one line, without control characters"),
    ("garage.slug", "Atelier", "garage.slug: 'Atelier' must be 1 to 60 of a-z, 0-9 and -"),
    (
        "garage.country",
        "France",
        "garage.country: 'France' must be a country of two capital letters, such as FR",
    ),
    ("garage.country", "QQ", "garage.country: 'QQ' is not a country whose holidays are known"),
    ("garage.locale", "de", "garage.locale: 'de' must be one of en, fr"),
    ("garage.currency", "EURO", "garage.currency: 'EURO' is not a currency code such as EUR"),
    ("garage.accent", "blue", "garage.accent: 'blue' must be a colour of the form #rrggbb"),
    ("garage.energy_skills", [], "garage.energy_skills: must be a table { … }"),
    (
        "garage.energy_skills",
        {"steam": ["ev"]},
        "garage.energy_skills.steam: must be one of petrol, diesel, hybrid, electric, gas",
    ),
    ("garage.colour", "#112233", "garage.colour: unknown key"),
    ("garag", {}, "garag: unknown key; did you mean garage?"),
    (f"{SHOP}.slot_minute", 30, "workshop[0].slot_minute: unknown key; did you mean slot_minutes?"),
    (f"{SHOP}.slot_minutes", 7, "workshop[0].slot_minutes: must be a multiple of 5, not 7"),
    (f"{SHOP}.slot_minutes", 0, "workshop[0].slot_minutes: must be from 5 to 1440, not 0"),
    (f"{SHOP}.slot_minutes", "30", "workshop[0].slot_minutes: must be a whole number"),
    (f"{SHOP}.slot_minutes", True, "workshop[0].slot_minutes: must be a whole number"),
    (f"{SHOP}.online_share", 101, "workshop[0].online_share: must be from 0 to 100, not 101"),
    (f"{SHOP}.approval", "yes", "workshop[0].approval: must be true or false"),
    (f"{SHOP}.timezone", "Europe/Lyon", "workshop[0].timezone: unknown time zone 'Europe/Lyon'"),
    (
        f"{SHOP}.phone",
        "04 72",
        "workshop[0].phone: '04 72' must be an international number such as +33261910012",
    ),
    (f"{SHOP}.email", "lyon@", "workshop[0].email: 'lyon@' is not an e-mail address"),
    (f"{SHOP}.hours", MISSING, "workshop[0].hours: is required"),
    (f"{SHOP}.hours.lun", [], "workshop[0].hours.lun: must be one of mon, tue, wed, thu, fri, sat, sun"),
    (f"{SHOP}.hours.mon", "08:00-12:00", "workshop[0].hours.mon: must be a list"),
    (
        f"{SHOP}.hours.mon.0",
        "8-12",
        "workshop[0].hours.mon[0]: '8' must be a time of the form HH:MM",
    ),
    (
        f"{SHOP}.hours.mon.0",
        "08:00",
        "workshop[0].hours.mon[0]: '08:00' must be hours of the form HH:MM-HH:MM",
    ),
    (
        f"{SHOP}.hours.mon.0",
        "12:00-08:00",
        "workshop[0].hours.mon[0]: '12:00-08:00' must close after it opens",
    ),
    (f"{SHOP}.hours.mon.0", "08:00-12:03", "workshop[0].hours.mon[0]: 12:03 must be a multiple of 5 minutes"),
    (
        f"{SHOP}.hours.mon.0",
        "08:00-24:05",
        "workshop[0].hours.mon[0]: '24:05' must be a time of the form HH:MM",
    ),
    (f"{SHOP}.hours.mon.1", "08:00-12:00", "workshop[0].hours.mon[1]: '08:00-12:00' stands here twice"),
    (f"{SHOP}.drop_off_until", "24:00", "workshop[0].drop_off_until: must be before 24:00"),
    (
        f"{SHOP}.exception.0.from",
        "24/12/2026",
        "workshop[0].exception[0].from: '24/12/2026' must be a date of the form YYYY-MM-DD",
    ),
    (f"{SHOP}.exception.0.to", "2026-12-23", "workshop[0].exception[0].to: 2026-12-23 is before 2026-12-24"),
    (f"{SHOP}.bay.1.equipment", "lift", "workshop[0].bay[1].equipment: must be a list"),
    (
        f"{SHOP}.bay.1.equipment",
        ["lift", "lift"],
        "workshop[0].bay[1].equipment[1]: 'lift' stands here twice",
    ),
    (f"{SHOP}.bay.1.name", "Pont 1", "workshop[0].bay[1].name: 'Pont 1' stands here twice"),
    (f"{SHOP}.courtesy_car.0.plate", "?!", "workshop[0].courtesy_car[0].plate: '?!' is not a number plate"),
    (f"{SHOP}.quiet_hours", "08:00-08:00", "workshop[0].quiet_hours: '08:00-08:00' must not last all day"),
    (
        f"{SHOP}.sms_countries",
        ["France"],
        "workshop[0].sms_countries[0]: 'France' must be a country of two capital letters, such as FR",
    ),
    (
        f"{SHOP}.reminder.0.day_before_at",
        "17:00",
        "workshop[0].reminder[0]: needs either hours_before or day_before_at",
    ),
    (
        f"{SHOP}.reminder.0.hours_before",
        MISSING,
        "workshop[0].reminder[0]: needs either hours_before or day_before_at",
    ),
    (f"{SHOP}.reminder.0.channel", "fax", "workshop[0].reminder[0].channel: 'fax' must be one of sms, email"),
    (
        f"{SHOP}.reminder.2",
        {"hours_before": 24, "channel": "sms"},
        "workshop[0].reminder[2]: says the same as an entry before it",
    ),
    ("service.0.name", {}, "service[0].name: needs at least one of en, fr"),
    ("service.0.name", {"de": "Öl"}, "service[0].name.de: must be one of en, fr"),
    ("service.0.minutes", 0, "service[0].minutes: must be from 5 to 10080, not 0"),
    (
        "service.0.minutes_by_class",
        {"suv": 61},
        "service[0].minutes_by_class.suv: must be a multiple of 5, not 61",
    ),
    ("service.0.modes", [], "service[0].modes: must not be empty"),
    ("service.1.code", "oil", "service[1].code: 'oil' stands here twice"),
    ("service.0.price_from_cents", -1, "service[0].price_from_cents: must be from 0 to 100000000, not -1"),
    (
        "staff.0.role",
        "boss",
        "staff[0].role: 'boss' must be one of owner, manager, receptionist, technician",
    ),
    ("staff.0.email", "", "staff[0].email: '' is not an e-mail address"),
]


@pytest.mark.parametrize(("path", "value", "message"), ERRORS, ids=[error[2] for error in ERRORS])
def test_each_mistake_is_told_on_one_line_with_its_key(path: str, value: Any, message: str) -> None:
    assert problems(edited((path, value))) == [message]


def test_every_error_is_told_at_once() -> None:
    told = problems(
        edited(("garage.locale", "de"), (f"{SHOP}.slot_minutes", 7), ("service.0.minutes", 3), ("staffs", []))
    )
    assert told == [
        "staffs: unknown key; did you mean staff?",
        "garage.locale: 'de' must be one of en, fr",
        "workshop[0].slot_minutes: must be a multiple of 5, not 7",
        "service[0].minutes: must be from 5 to 10080, not 3",
    ]


def test_a_subdivision_must_be_one_of_the_country() -> None:
    [told] = problems(edited((f"{SHOP}.subdivision", "SCT")))
    assert told.startswith("workshop[0].subdivision: 'SCT' must be one of 57, ")


def test_a_subdivision_of_the_country_is_read() -> None:
    content = read_garage_file(edited((f"{SHOP}.subdivision", "57")))
    assert content["workshop"][0]["subdivision"] == "57"


def test_broken_toml_is_told_with_its_line() -> None:
    [told] = problems('[garage]\nslug = "x\n')
    assert told.startswith("not a TOML file: ")
    assert "line 2" in told


def test_spans_of_a_day_may_overlap() -> None:
    content = read_garage_file(edited((f"{SHOP}.hours.mon", ["08:00-12:00", "11:00-13:00"])))
    assert content["workshop"][0]["hours"]["mon"] == [[480, 720], [660, 780]]


def test_a_date_without_quotes_is_read_like_one_with() -> None:
    bare = MARTIN.replace('from = "2026-12-24"', "from = 2026-12-24")
    assert read_garage_file(bare) == read_garage_file(MARTIN)
