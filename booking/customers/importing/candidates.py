"""Rows of a file as people with their cars: checked by the rules of every form, one person once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from flask_babel import gettext as _

from app.i18n import LOCALES
from app.tenancy.queries import GarageView
from booking.catalog.models import ENERGIES
from booking.customers.countries import known_countries
from booking.customers.fields import (
    MAX_TEXT,
    clean_text,
    parse_email,
    parse_name,
    parse_phone,
    parse_plate,
)
from booking.customers.importing.columns import name_cells
from booking.customers.names import sort_key
from booking.customers.operations import VehicleDetails

T = TypeVar("T")

FIRST_ROW = 2
"""As a spreadsheet counts: the header is its first line."""

_ENERGY_WORDS = {
    "essence": "petrol",
    "gasoline": "petrol",
    "gazole": "diesel",
    "hybride": "hybrid",
    "electrique": "electric",
    "electricite": "electric",
    "ev": "electric",
    "gpl": "gas",
    "lpg": "gas",
    "gnv": "gas",
}


@dataclass(frozen=True, slots=True)
class Person:
    """Who a row names, by the rules of every form; ``lines`` are the file's that name them."""

    name: str
    phone: str | None
    email: str | None
    locale: str
    cars: tuple[VehicleDetails, ...]
    lines: tuple[int, ...]

    @property
    def words(self) -> frozenset[str]:
        """The words of the name in any order: lists write ``Perrot Camille`` as often as the other way."""
        return words_of(self.name)


@dataclass(frozen=True, slots=True)
class Wrong:
    """A row that cannot be taken, with every reason."""

    line: int
    text: str
    reasons: tuple[str, ...]


@dataclass(slots=True)
class _Reader:
    cells: Mapping[str, str]
    reasons: list[str] = field(default_factory=list)

    def take(self, name: str, parse: Callable[[str], T], default: T) -> T:
        text = self.cells.get(name, "")
        try:
            return parse(text) if text else default
        except ValueError as error:
            self.reasons.append(_("“%(text)s”: %(why)s", text=text[:40], why=error))
            return default


def words_of(name: str) -> frozenset[str]:
    """What two names are compared by: their words, without case and accents."""
    return frozenset(sort_key(name).split())


def read_people(
    rows: Iterable[Sequence[str]], columns: Sequence[str], *, garage: GarageView
) -> tuple[list[Person], list[Wrong]]:
    """Everybody whom the rows name, each once, in their order; and the rows that cannot be taken.

    Numbers are read as from the garage's country unless they say otherwise.
    """
    people: list[Person] = []
    wrong: list[Wrong] = []
    for number, row in enumerate(rows, start=FIRST_ROW):
        check = _Reader(name_cells(columns, row))
        person = _read_person(check, number, garage=garage)
        if check.reasons:
            wrong.append(Wrong(number, " · ".join(filter(None, row))[:120], tuple(check.reasons)))
        else:
            people.append(person)
    return _join(people), wrong


def _read_person(check: _Reader, number: int, *, garage: GarageView) -> Person:
    name = _read_name(check)
    phones = [
        check.take(column, lambda text: parse_phone(text, country=garage.country), None)
        for column in ("phone", "second_phone")
    ]
    email = check.take("email", parse_email, None)
    car = _read_car(check, garage=garage)
    phone = phones[0] or phones[1]
    if not (phone or email or car.plate) and not check.reasons:
        check.reasons.append(_("Neither a phone number nor an e-mail address nor a plate."))
    locale = check.cells.get("locale", "").lower()[:2]
    return Person(
        name=name,
        phone=phone,
        email=email,
        locale=locale if locale in LOCALES else garage.locale,
        cars=(car,) if car.plate or car.make else (),
        lines=(number,),
    )


def _read_name(check: _Reader) -> str:
    parts = [check.cells.get(column, "") for column in ("name", "first_name", "last_name")]
    whole = parts[0] or " ".join(filter(None, parts[1:]))
    try:
        return parse_name(whole)
    except ValueError as error:
        said = _("A name is missing.") if not whole else str(error)
        check.reasons.append(said)
        return ""


def _read_car(check: _Reader, *, garage: GarageView) -> VehicleDetails:
    plate = check.take("plate", parse_plate, "")
    country = check.cells.get("country", "").upper()
    energy = sort_key(check.cells.get("energy", ""))
    energy = _ENERGY_WORDS.get(energy, energy)
    return VehicleDetails(
        plate=plate,
        country=(country if country in known_countries(garage.country) else garage.country) if plate else "",
        make=check.take("make", lambda text: clean_text(text, most=MAX_TEXT), ""),
        model=check.take("model", lambda text: clean_text(text, most=MAX_TEXT), ""),
        energy=energy if energy in ENERGIES else None,
    )


def _join(people: Iterable[Person]) -> list[Person]:
    """Rows of one name that share number, address or plate are one person with all of their cars."""
    found: list[Person] = []
    by_key: dict[object, int] = {}
    for person in people:
        keys = [(person.words, key) for key in keys_of(person)]
        place = next((by_key[key] for key in keys if key in by_key), None)
        if place is None:
            place = len(found)
            found.append(person)
        else:
            found[place] = _together(found[place], person)
        by_key |= {(person.words, key): place for key in keys_of(found[place])}
    return found


def keys_of(person: Person) -> list[str]:
    """By which somebody of the same name is the same: number, address, plates."""
    plates = [f"plate {car.plate}" for car in person.cars if car.plate]
    return [*filter(None, (person.phone, person.email)), *plates]


def _together(known: Person, more: Person) -> Person:
    plates = {car.plate or (car.plate, car.make, car.model) for car in known.cars}
    new = [car for car in more.cars if (car.plate or (car.plate, car.make, car.model)) not in plates]
    return replace(
        known,
        phone=known.phone or more.phone,
        email=known.email or more.email,
        cars=(*known.cars, *new),
        lines=(*known.lines, *more.lines),
    )
