"""Rows as people: the rules of every form, numbers by the garage's country, rows of one person together."""

from __future__ import annotations

from typing import Any

from app.tenancy.queries import GarageView
from booking.customers.importing.candidates import Person, Wrong, read_people
from booking.customers.operations import VehicleDetails

COLUMNS = ("last_name", "first_name", "phone", "email", "plate", "make", "energy")


def garage(country: str) -> GarageView:
    return GarageView(1, "martin", "Martin", country, "fr", "EUR", "#1441b5")


def read(
    *rows: str, columns: tuple[str, ...] = COLUMNS, country: str = "FR"
) -> tuple[list[Person], list[Wrong]]:
    cells = [[*row.split("|"), *[""] * len(columns)][: len(columns)] for row in rows]
    return read_people(cells, columns, garage=garage(country))


def facts(person: Person) -> tuple[Any, ...]:
    return person.name, person.phone, person.email, [car.plate for car in person.cars], person.lines


def test_a_number_is_read_as_from_the_garages_country() -> None:
    for country, number, stored in (
        ("FR", "06 39 98 14 27", "+33639981427"),
        ("FR", "0033 6 39 98 14 27", "+33639981427"),
        ("GB", "07700 900 123", "+447700900123"),
        ("FR", "+44 7700 900123", "+447700900123"),
    ):
        (person,), wrong = read(f"Roche|Inès|{number}", country=country)
        assert (person.phone, wrong) == (stored, []), (country, number)


def test_rows_of_one_person_come_together_with_all_their_cars() -> None:
    people, wrong = read(
        "Roche|Inès|06 39 98 14 27||GA-482-QT|Peugeot",
        "ROCHE|INES|+33639981427|ines@roche.example|FB 117 KR|Renault",
        "Inès|Roche||ines@roche.example|ga482qt",
        "Roche|Paul|06 39 98 14 27||GA-482-QT",
    )
    assert wrong == []
    assert [facts(person) for person in people] == [
        ("Inès Roche", "+33639981427", "ines@roche.example", ["GA482QT", "FB117KR"], (2, 3, 4)),
        ("Paul Roche", "+33639981427", None, ["GA482QT"], (5,)),
    ]


def test_a_row_that_cannot_be_taken_says_every_reason() -> None:
    people, wrong = read("|| 12|nobody", "Roche|Inès", "<b>|x|0639981427", "=cmd()|x|0639981427")
    assert [person.name for person in people] == ["x =cmd()"]  # only a file that we write could harm
    assert [(each.line, len(each.reasons)) for each in wrong] == [(2, 3), (3, 1), (4, 1)]
    assert "12" in wrong[0].text


def test_a_car_may_come_without_a_number_and_words_of_energy_are_understood() -> None:
    (person,), _ = read("Roche|Inès|||GA-482-QT|Peugeot|Électrique")
    assert person.cars == (VehicleDetails(plate="GA482QT", country="FR", make="Peugeot", energy="electric"),)
    (person,), _ = read("Roche|Inès|||GA-482-QT|Peugeot|steam")
    assert person.cars[0].energy is None
