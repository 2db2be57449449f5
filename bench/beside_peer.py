"""P1 and P5 beside django-appointment: a month of availability, and one slot wanted by eight."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial

from app.db.unit_of_work import reading
from app.localtime import to_local
from app.tenancy.scope import scoped_to
from bench.case import FIRST, ZONE, Size
from bench.engine import WAIT
from bench.filling import fill, make_case
from bench.measuring import Goal, Pace, Row, compare
from bench.over_http import CLIENTS
from bench.peer import VERSION, Peer, read_slot, year
from bench.report import Report
from bench.stage import Stage
from booking.appointments.slots import OfferedSlot, list_offered
from tests.factories.garages import MadeGarage

A_YEAR = (0, 500, 5_000)
WEEKDAYS = {day: [[480, 1080]] for day in ("mon", "tue", "wed", "thu", "fri")}
ONE = Size(bays=1, technicians=1)


def measure_beside_peer(report: Report, stage: Stage) -> None:
    """P1 at every fill of the year, then what the peer stores of a rush."""
    with (
        stage.database("ours") as database,
        stage.stock.unmigrated(stage.kind, name="peer") as bare,
        database.app.app_context(),
    ):
        peer = Peer(bare.url)
        try:
            for number, a_year in enumerate(A_YEAR):
                service = [{"minutes": 15}]
                garage = make_case(database, ONE, slug=f"g{number}", hours=WEEKDAYS, services=service)
                fill(database.engine, garage, year(a_year))
                with scoped_to(garage.id):
                    report.add(_month_row(stage, peer, garage, a_year=a_year))
            report.add(_rush_row(stage, peer))
        finally:
            peer.close()


def _month_row(stage: Stage, peer: Peer, garage: MadeGarage, *, a_year: int) -> Row:
    staff = peer.add_staff(year(a_year))
    theirs, ours = partial(peer.month, staff, ONE), partial(_month, garage)
    local = [to_local(slot.arrives_at, ZONE) for slot in ours()]
    answer = [(each.date(), each.hour * 60 + each.minute) for each in local]
    assert answer == [read_slot(on, slot) for on, slot in theirs()], "the answers differ"
    pace = Pace(pairs=5 if stage.quick else 7, sample_seconds=0.2)
    return Row(
        topic="P1",
        what=f"month, {a_year:,} bookings a year: times as fast",
        anchor=f"{VERSION}, in process",
        ratios=compare(theirs, ours, pace, on_the_wall=stage.on_the_wall),
        database=stage.kind,
        goal=Goal(20, at_least=True),
        note=f"{len(answer)} slots, the same",
    )


def _month(garage: MadeGarage) -> list[OfferedSlot]:
    with reading() as session:
        return list_offered(session, garage.workshop, WAIT, first_on=FIRST, last_on=ONE.last)


def _rush_row(stage: Stage, peer: Peer) -> Row:
    """What our own P5 is to be read beside."""
    staff = peer.add_staff([])
    days = [FIRST + timedelta(days=day) for day in range(40)]
    mornings = [on for on in days if on.weekday() < 5][: 6 if stage.quick else 20]
    stored = [peer.rush(staff, on, CLIENTS) for on in mornings]
    return Row(
        topic="P5",
        what=f"bookings a slot of the peer, 8 clients, {len(mornings)} slots",
        anchor="one",
        ratios=stored,
        database=stage.kind,
        note=f"{VERSION}: {dict(Counter(stored))} stored",
    )
