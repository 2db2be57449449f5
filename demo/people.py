"""The customers of the demo garage and their cars: all made up, numbers from ranges kept for fiction."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from random import Random

from booking.customers.operations import CustomerDetails, VehicleDetails

FIRST_NAMES = """
    Camille Yann Inès Nora Théo Amandine Basile Maud Rémi Gaëlle Lucien Soizic Erwan Aurore Malo Fatou
    Bastien Élodie Karim Margaux Ronan Clémence Idriss Louison Gwendal Sarah Maël Odile Paulin Nadège
    Tugdual Lila Corentin Mathilde Youssef Enora Armand Violette Diego Jeanne
"""
LAST_NAMES = """
    Perrot Maupas Garrigue Bensaïd Carlier Fayol Corre Tessier Haloua Pons Cadiou Lesquen Dumarais Abgrall
    Rivoal Sylla Montfort Quéméner Belkacem Rouxel Trégan Vasseur Diarra Penhoat Lozach Marchetti Bodilis
    Chauveau Le_Bozec Kerjean Le_Fustec Aubrée Delmas Riou Nzinga Ollivro Castaing Guyomard Herrera Lancien
"""
VISITORS = ("Priya Calloway", "Tom Ashdown", "Nadia Pell", "Owen Tarrant")

# make, model, class, energies it is sold with
MODELS = (
    ("Renault", "Clio", "city", ("petrol", "diesel", "hybrid")),
    ("Peugeot", "208", "city", ("petrol", "petrol", "electric")),
    ("Citroën", "C3", "city", ("petrol", "diesel")),
    ("Toyota", "Yaris", "city", ("hybrid", "hybrid", "petrol")),
    ("Fiat", "500", "city", ("petrol", "electric")),
    ("Dacia", "Sandero", "city", ("petrol", "gas")),
    ("Volkswagen", "Polo", "city", ("petrol",)),
    ("Mini", "Cooper", "city", ("petrol",)),
    ("Renault", "Mégane", "sedan", ("diesel", "petrol")),
    ("Peugeot", "308", "sedan", ("diesel", "petrol")),
    ("Volkswagen", "Golf", "sedan", ("petrol", "diesel")),
    ("Škoda", "Octavia", "sedan", ("diesel",)),
    ("Seat", "Leon", "sedan", ("petrol",)),
    ("Nissan", "Leaf", "sedan", ("electric",)),
    ("Tesla", "Model 3", "sedan", ("electric",)),
    ("Dacia", "Duster", "suv", ("diesel", "petrol", "gas")),
    ("Peugeot", "3008", "suv", ("diesel", "hybrid")),
    ("Volvo", "XC40", "suv", ("petrol", "hybrid")),
    ("Opel", "Mokka", "suv", ("petrol",)),
    ("Hyundai", "Tucson", "suv", ("hybrid", "diesel")),
    ("Kia", "Niro", "suv", ("electric", "hybrid")),
    ("Citroën", "Berlingo", "van", ("diesel",)),
    ("Renault", "Kangoo", "van", ("diesel", "electric")),
    ("Ford", "Transit Custom", "van", ("diesel",)),
)
# Letters of French plates since 2009: neither I, O nor U; the first two say the year.
PLATE_LETTERS = "ABCDEFGHJKLMNPQRSTVWXYZ"
RECENT_SERIES = ("DW", "EP", "EX", "FB", "FL", "FT", "GA", "GH", "GK", "GR", "GT", "HA", "HB", "HC")


@dataclass(frozen=True, slots=True)
class Person:
    """A customer and the car they come with."""

    customer: CustomerDetails
    vehicle: VehicleDetails


def make_people(random: Random, *, count: int) -> list[Person]:
    """``count`` customers of different names and numbers; a few are visitors from Great Britain."""
    last_names = [name.replace("_", " ") for name in LAST_NAMES.split()]
    names = [f"{first} {last}" for first in FIRST_NAMES.split() for last in last_names]
    chosen = random.sample(names, count - len(VISITORS))
    numbers = random.sample(range(10_000), len(chosen))
    french = [
        Person(_customer(random, name, phone=f"+3363998{number:04}"), _french_car(random))
        for name, number in zip(chosen, numbers, strict=True)
    ]
    british = [
        Person(_visitor(name, phone=f"+447700900{100 + index:03}"), _british_car(random))
        for index, name in enumerate(VISITORS)
    ]
    return french + british


def _customer(random: Random, name: str, *, phone: str) -> CustomerDetails:
    has_email, consents = random.random() < 0.4, random.random() < 0.85
    return CustomerDetails(
        name=name, phone=phone, email=_email(name) if has_email else None, locale="fr", sms_consent=consents
    )


def _visitor(name: str, *, phone: str) -> CustomerDetails:
    return CustomerDetails(name=name, phone=phone, email=_email(name), locale="en", sms_consent=True)


def _email(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return f"{plain.replace(' ', '.')}@courriel.example"


def _french_car(random: Random) -> VehicleDetails:
    tail = "".join(random.choice(PLATE_LETTERS) for _ in range(2))
    return _car(
        random, plate=f"{random.choice(RECENT_SERIES)}{random.randint(1, 999):03}{tail}", country="FR"
    )


def _british_car(random: Random) -> VehicleDetails:
    letters = "".join(random.choice("ABCDEFGHJKLMNPRSTVWXY") for _ in range(5))
    return _car(random, plate=f"{letters[:2]}{random.randint(15, 25)}{letters[2:]}", country="GB")


def _car(random: Random, *, plate: str, country: str) -> VehicleDetails:
    make, model, vehicle_class, energies = random.choice(MODELS)
    return VehicleDetails(
        plate=plate,
        country=country,
        make=make,
        model=model,
        vehicle_class=vehicle_class,
        energy=random.choice(energies),
    )
