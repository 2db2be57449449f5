"""How the cost of a month grows: with bookings, horizon, resources and history; and of a rush with clients.

Every size is a garage of its own, all are asked once a round, so that a drift of the machine reaches
all alike. The exponent is the slope of the line through the logarithms: 0 is flat, 1 in proportion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from statistics import median

from app.tenancy.scope import scoped_to
from bench import case
from bench.case import Booking, Size
from bench.engine import month
from bench.filling import fill, make_case
from bench.measuring import Curve, Goal, Pace, round_robin
from bench.over_http import free_arrivals, open_house, rush
from bench.report import Report
from bench.stage import Stage
from tests.factories.garages import MadeGarage

Sized = tuple[float, Size, Sequence[Booking]]
"""Where it lies on the curve, the workshop, and what is booked."""

USUAL = Size()
A_YEAR = 2_000
CLIENTS = (1, 2, 4, 8, 16, 32)


def measure_growth(report: Report, stage: Stage) -> None:
    """The four curves of availability, cold with all that is read, and the rush."""
    for what, of, bound, sizes in (
        ("month", "bookings in the month", 1.1, _by_bookings()),
        ("range", "days of the range", 1.1, _by_horizon()),
        ("month", "bays, and twice the technicians", 1.1, _by_resources()),
        ("month", "years of visits before it", 0.05, _by_history()),
    ):
        report.draw(
            Curve(
                what=f"availability of a {what}",
                of=of,
                sizes=[size for size, _, _ in sizes],
                costs_ms=_measure(stage, sizes),
                database=stage.kind,
                goal=Goal(bound),
            )
        )
    _draw_rush(report, stage)


def _measure(stage: Stage, sizes: Sequence[Sized]) -> list[float]:
    with stage.database("growth") as database, database.app.app_context():
        works = []
        for number, (_, size, bookings) in enumerate(sizes):
            garage = make_case(database, size, slug=f"g{number}")
            fill(database.engine, garage, bookings)
            works.append(partial(_ask, garage, size))
        pace = Pace(pairs=5 if stage.quick else 9, sample_seconds=0.05)
        return [1000 * seconds for seconds in round_robin(works, pace, on_the_wall=stage.on_the_wall)]


def _ask(garage: MadeGarage, size: Size) -> None:
    with scoped_to(garage.id):
        assert month(garage, size)


def _by_bookings() -> list[Sized]:
    return [(number, USUAL, case.draw(number, USUAL)) for number in (160, 320, 640, 1_280, 2_560, 5_120)]


def _by_horizon() -> list[Sized]:
    """Fifty bookings a day, whatever the range."""
    sizes = [replace(USUAL, days=days) for days in (7, 14, 28, 56, 112, 224)]
    return [(size.days, size, case.draw(50 * size.days, size)) for size in sizes]


def _by_resources() -> list[Sized]:
    """A hundred bookings a month for each bay."""
    sizes = [Size(bays=bays, technicians=2 * bays) for bays in (1, 2, 4, 8, 16, 32)]
    return [(size.bays, size, case.draw(100 * size.bays, size)) for size in sizes]


def _by_history() -> list[Sized]:
    """The same month, after a quarter of a year to eight years of visits."""
    this_month = case.draw(500, USUAL)
    found: list[Sized] = []
    for years in (0.25, 0.5, 1, 2, 4, 8):
        days = int(365 * years)
        past = case.draw(int(A_YEAR * years), replace(USUAL, days=days), first_day=-days - 1)
        found.append((years, USUAL, [*past, *this_month]))
    return found


def _draw_rush(report: Report, stage: Stage) -> None:
    """Until the last of so many clients has its answer."""
    rounds = 3 if stage.quick else 9
    with open_house(stage, "clients", Size(bays=1, technicians=1)) as house:
        arrivals = free_arrivals(Size(bays=1, technicians=1))
        took: dict[int, list[float]] = {clients: [] for clients in CLIENTS}
        for _ in range(rounds):
            for clients in CLIENTS:
                told = rush(house.product, next(arrivals), clients=clients)
                assert told.statuses[201] == 1, told.statuses
                took[clients].append(1000 * told.seconds)
    report.draw(
        Curve(
            what="a rush at one slot until all are answered",
            of="clients",
            sizes=CLIENTS,
            costs_ms=[median(took[clients]) for clients in CLIENTS],
            database=stage.kind,
        )
    )
