"""What the demo garage's customers come for, when they ask, and what they add in a word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from booking.appointments.requests import BookingRequest, Source, VisitQuestion
from booking.availability.engine.model import Mode
from demo.people import Person

# service codes, how often out of 100 or so, share of customers who wait, notes they leave
WORK: tuple[tuple[tuple[str, ...], int, float, tuple[str, ...]], ...] = (
    (("oil",), 9, 0.6, ("Le témoin de vidange est allumé depuis hier.",)),
    (("full-service",), 11, 0.1, ("Carnet dans la boîte à gants.", "Révision des 60 000 km.")),
    (("full-service", "brake-pads"), 5, 0.0, ("Merci de m’appeler avant tout travail en plus.",)),
    (("oil", "tyre-swap"), 4, 0.5, ("Les pneus hiver sont dans le coffre.",)),
    (("air-con", "cabin-filter"), 7, 0.5, ("Souffle tiède depuis l’été.",)),
    (("cabin-filter",), 1, 0.9, ()),
    (("coolant",), 3, 0.2, ()),
    (("timing-belt",), 5, 0.0, ("Sifflement à froid, merci de vérifier aussi l’accessoire.",)),
    (("clutch",), 2, 0.0, ("La pédale accroche très haut.",)),
    (("tyre-swap",), 6, 0.8, ("Écrou antivol dans la boîte à gants.", "Pneus stockés chez vous.")),
    (("tyres-2",), 5, 0.7, ("Deux pneus à l’avant.",)),
    (("tyres-4",), 6, 0.4, ("Quatre pneus hiver, montés sur les jantes d’origine.",)),
    (("tyres-4", "alignment"), 4, 0.2, ("Pneus quatre saisons si possible.",)),
    (("alignment",), 3, 0.6, ("La voiture tire à droite.",)),
    (("puncture",), 3, 0.9, ("Vis dans le pneu arrière gauche.",)),
    (("brake-pads",), 6, 0.2, ("Ça couine au freinage.", "Petit bruit à l’avant gauche quand je braque.")),
    (("brake-discs", "brake-fluid"), 6, 0.0, ("Vibrations dans le volant au freinage.",)),
    (("pre-check",), 10, 0.6, ("Contrôle technique la semaine suivante.",)),
    (("pre-check", "headlamps"), 5, 0.5, ("Phare gauche terne.",)),
    (("diagnosis",), 14, 0.1, ("Voyant moteur, par intermittence.", "Bruit de roulement vers 90 km/h.")),
    (("diagnosis", "battery"), 4, 0.3, ("Batterie à plat deux fois cette semaine.",)),
    (("battery",), 3, 0.8, ("Démarre mal le matin.",)),
)
ELECTRIC = ((("ev-check",), 12, 0.2, ("L’autonomie a baissé cet hiver.",)), *WORK)
SOURCES: tuple[Source, ...] = (
    "page",
    "page",
    "page",
    "page",
    "page",
    "desk",
    "desk",
    "desk",
    "widget",
    "api",
)
SUNDAY = 6
NOT_FOR_ELECTRIC = frozenset({"oil", "full-service", "timing-belt", "clutch"})
"""What an electric car does not have, or is looked after otherwise."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody asks at ``asked_at`` for a visit on ``day``."""

    asked_at: datetime
    day: date
    request: BookingRequest


def make_wish(random: Random, person: Person, *, day: date, zone: ZoneInfo) -> Wish:
    """One believable wish for a visit on ``day``, asked for up to twelve days before.

    ``request.arrives_at`` is the wanted time; the slot is chosen among those offered.
    """
    codes, mode, notes = _choose_work(random, person)
    source = "desk" if "clutch" in codes else random.choice(SOURCES)
    around = time(random.choice((8, 8, 8, 9, 9, 10, 10, 11, 13, 14, 14, 15, 16)), random.choice((0, 30)))
    wanted_at = datetime.combine(day, around, zone)
    visit = VisitQuestion(
        service_codes=codes,
        mode=mode,
        vehicle_class=person.vehicle.vehicle_class,
        energy=person.vehicle.energy,
        courtesy_car=mode == "drop_off" and random.random() < 0.18,
        online=source != "desk",
    )
    request = BookingRequest(
        visit=visit,
        arrives_at=wanted_at,
        customer=person.customer,
        vehicle=person.vehicle,
        source=source,
        notes=random.choice(notes) if notes and random.random() < 0.6 else "",
    )
    return Wish(_asked_at(random, wanted_at, source), day, request)


def _choose_work(random: Random, person: Person) -> tuple[tuple[str, ...], Mode, tuple[str, ...]]:
    is_electric = person.vehicle.energy == "electric"
    known = ELECTRIC if is_electric else WORK
    fitting = [work for work in known if not (is_electric and NOT_FOR_ELECTRIC & set(work[0]))]
    [(codes, _, waits, notes)] = random.choices(fitting, weights=[work[1] for work in fitting])
    return codes, "wait" if random.random() < waits else "drop_off", notes


def _asked_at(random: Random, wanted_at: datetime, source: Source) -> datetime:
    """Days before; by page at any waking hour, at the desk while it is open."""
    days = random.choice((2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 9, 10, 12))
    hour = (
        random.randint(9, 17) if source == "desk" else random.choice((7, 9, 11, 12, 13, 18, 19, 20, 21, 22))
    )
    asked_on = wanted_at - timedelta(days=days)
    if source == "desk" and asked_on.weekday() == SUNDAY:
        asked_on += timedelta(days=1)
    return asked_on.replace(hour=hour, minute=random.randint(0, 59), second=random.randint(0, 59))
