"""A garage that has seen a great many people, written straight into the tables with their search terms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

from sqlalchemy import Engine, insert

from booking.appointments.models import Appointment
from booking.customers.models import Customer, Vehicle
from tests.factories.busy import reference_of
from tests.factories.garages import MadeGarage
from tests.support.search_terms import fill_terms

SINCE = datetime(2026, 1, 5, tzinfo=UTC)
FIRST_NAMES = (
    "Camille Yann Inès Nora Théo Amandine Basile Maud Rémi Gaëlle Lucien Soizic Erwan Aurore Malo Fatou "
    "Bastien Élodie Karim Margaux Ronan Clémence Idriss Louison Gwendal Sarah Maël Odile Paulin Nadège"
)
LAST_NAMES = (
    "Perrot Maupas Garrigue Bensaïd Carlier Fayol Corre Tessier Haloua Pons Cadiou Lesquen Dumarais Abgrall "
    "Rivoal Sylla Montfort Quéméner Belkacem Rouxel Trégan Vasseur Diarra Penhoat Lozach Marchetti Bodilis"
)
LETTERS = "ABCDEFGHJKLMNPQRSTVWXYZ"


def name_of(number: int) -> str:
    """Every few hundred bear the same name."""
    names = list(product(FIRST_NAMES.split(), LAST_NAMES.split()))
    return " ".join(names[number * 7 % len(names)])


def plate_of(number: int) -> str:
    """Each its own, as France gives them: ``AA-001-AA``."""
    rest, figures = divmod(number * 7919, 999)
    letters = ""
    for _ in range(4):
        rest, place = divmod(rest, len(LETTERS))
        letters += LETTERS[place]
    return f"{letters[:2]}{figures + 1:03}{letters[2:]}"


def phone_of(number: int) -> str:
    """Each its own, scattered over the numbers there are."""
    return f"+336{number * 7919 % 10**8:08}"


def add_crowd(engine: Engine, garage: MadeGarage, *, people: int, cars: int) -> None:
    """``people`` customers and ``cars`` vehicles of theirs, into a database that has none."""
    same = {"garage_id": garage.id, "created_at": SINCE, "version": 1, "locale": "fr"}
    persons = [
        same | {"id": number, "name": name_of(number), "sort_name": "", "phone": phone_of(number)}
        for number in range(1, people + 1)
    ]
    same = {"garage_id": garage.id, "created_at": SINCE, "version": 1}
    same |= {"plate_country": "FR", "make": "Peugeot", "model": "208"}
    vehicles = [
        same | {"id": number, "customer_id": number % people + 1, "plate": plate_of(number)}
        for number in range(1, cars + 1)
    ]
    with engine.begin() as connection:
        for model, rows in (
            (Customer, persons),
            (Vehicle, vehicles),
            (Appointment, _visits(garage, vehicles)),
        ):
            connection.execute(insert(model), list(rows))
    fill_terms(engine)


def _visits(garage: MadeGarage, vehicles: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """One of each car, and of every tenth car twenty more; not placed, for nobody looks at places."""
    same = {"garage_id": garage.id, "workshop_id": garage.workshop.id, "status": "collected", "version": 1}
    same |= {"mode": "wait", "source": "desk", "locale": "fr", "work_minutes": 30, "courtesy_car": False}
    same |= {"notes": "", "cancel_reason": "", "created_at": SINCE, "updated_at": SINCE}
    number = 0
    for car in vehicles:
        for _ in range(21 if car["id"] % 10 == 0 else 1):
            number += 1
            arrives_at = SINCE + timedelta(minutes=number % 300_000)
            yield same | {
                "vehicle_id": car["id"],
                "customer_id": car["customer_id"],
                "reference": reference_of(number),
                "arrives_at": arrives_at,
                "ready_at": arrives_at,
            }
