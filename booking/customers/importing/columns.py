"""What the columns of a file mean: guessed from their names, decided by whoever looks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from booking.customers.names import sort_key

TARGETS = (
    *("name", "first_name", "last_name", "phone", "second_phone", "email", "locale"),
    *("plate", "country", "make", "model", "energy"),
)
"""What a column may mean; empty is nothing."""

_WORDS: dict[str, tuple[str, ...]] = {
    "name": ("name", "full name", "customer", "customer name", "client", "nom complet", "nom et prenom"),
    "first_name": ("first name", "firstname", "given name", "forename", "prenom"),
    "last_name": ("last name", "lastname", "surname", "family name", "nom", "nom de famille"),
    "phone": (
        *("mobile", "mobile phone", "cell", "portable", "gsm", "tel portable", "tel mobile", "phone"),
        *("phone number", "telephone", "tel", "numero de telephone", "telephone portable"),
    ),
    "second_phone": ("home phone", "landline", "fixe", "tel fixe", "telephone fixe", "phone 2", "tel 2"),
    "email": ("email", "e mail", "mail", "email address", "e mail address", "courriel", "adresse e mail"),
    "locale": ("language", "locale", "langue"),
    "plate": (
        *("plate", "number plate", "licence plate", "license plate", "registration", "reg", "vrm", "plaque"),
        *("immatriculation", "immat", "plaque d immatriculation", "numero d immatriculation"),
    ),
    "country": ("country of the plate", "plate country", "pays de la plaque", "country", "pays"),
    "make": ("make", "brand", "marque"),
    "model": ("model", "modele", "vehicle", "vehicule", "car", "voiture"),
    "energy": ("fuel", "energy", "energie", "carburant"),
}


def guess_columns(header: Sequence[str]) -> list[str]:
    """For each column what its name says, each meaning once; empty where it says nothing known."""
    known = {word: target for target, words in _WORDS.items() for word in words}
    guessed: list[str] = []
    for cell in header:
        target = known.get(_plain(cell), "")
        if target == "phone" and "phone" in guessed:
            target = "second_phone"
        guessed.append(target if target not in guessed else "")
    if "first_name" not in guessed and "last_name" in guessed and "name" not in guessed:
        guessed[guessed.index("last_name")] = "name"
    return guessed


def read_columns(form: Mapping[str, str], *, width: int) -> list[str]:
    """What somebody chose, by ``column_0`` and so on; each meaning counts for its first column."""
    chosen: list[str] = []
    for number in range(width):
        target = form.get(f"column_{number}", "")
        chosen.append(target if target in TARGETS and target not in chosen else "")
    return chosen


def name_cells(columns: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    """A row by what its columns mean."""
    return {target: cell for target, cell in zip(columns, row, strict=True) if target}


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", sort_key(text)).strip()
