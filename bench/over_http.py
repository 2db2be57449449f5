"""P3, P5, P6 and P7: the product behind gunicorn against the least endpoints behind the same gunicorn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from statistics import median

from sqlalchemy import text

from bench import case, floor_app
from bench.case import SPANS, Size
from bench.counts import MONTH, WORKSHOP
from bench.filling import fill, make_case
from bench.load import Told, get, post, send, spread
from bench.measuring import Goal, Row, percentile
from bench.report import Report
from bench.stage import Stage
from tests.concurrency.checker import find_overlaps
from tests.factories.garages import MadeGarage
from tests.support.databases import Database
from tests.support.servers import WebServer
from tests.support.statements import count_statements

CLIENTS = 8
BOOK = f"{WORKSHOP}/appointments"
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class House:
    """The product and the floor, each behind a gunicorn of two workers with four threads."""

    database: Database
    garage: MadeGarage
    product: WebServer
    floor: WebServer


@contextmanager
def open_house(stage: Stage, name: str, size: Size) -> Iterator[House]:
    """Both servers, on databases of the same kind and server."""
    with (
        stage.database(name) as database,
        stage.stock.unmigrated(stage.kind, name=f"{name}_floor") as bare,
        stage.servers() as servers,
    ):
        garage = make_case(database, size)
        floor_app.lay(bare.url)
        product = servers.web(database, workers=2, threads=4)
        floor = servers.web(bare, workers=2, threads=4, application="bench.floor_app:create()")
        yield House(database=database, garage=garage, product=product, floor=floor)


def measure_reading(report: Report, stage: Stage) -> None:
    """P3: a month of availability, asked again and again, against one row by the ORM."""
    size, each = Size(), 20 if stage.quick else 60
    with open_house(stage, "reading", size) as house:
        fill(house.database.engine, house.garage, case.draw(5_000, size))
        ours, least = [get(MONTH)] * each, [get("/row")] * each * 4
        for web, requests in ((house.product, ours), (house.floor, least)):
            assert set(send(web, spread(requests, clients=CLIENTS)).statuses) == {200}
        ratios = [
            send(house.product, spread(ours, clients=CLIENTS)).rate
            / send(house.floor, spread(least, clients=CLIENTS)).rate
            for _ in range(stage.pace.pairs)
        ]
    report.add(
        Row(
            topic="P3",
            what="rate, month of 5,000 bookings, warm",
            anchor="rate of one row by the ORM",
            ratios=ratios,
            database=stage.kind,
            goal=Goal(0.5, at_least=True),
        )
    )


def measure_booking(report: Report, stage: Stage) -> None:
    """P6: bookings at slots that are all free; each is counted in the database afterwards."""
    size, each = Size(), 48 if stage.quick else 160
    with open_house(stage, "posting", size) as house:
        arrivals = free_arrivals(size)
        client = house.database.app.test_client()
        for _ in range(2):  # the first fills what is kept between requests
            with count_statements(house.database.engine) as seen:
                key = {"Idempotency-Key": f"one-of-its-own-{next(_numbers)}"}
                answer = client.post(BOOK, json=body(next(arrivals)), headers=key)
            assert answer.status_code == 201, answer.text
        ratios = []
        for _ in range(stage.pace.pairs):
            ours = [post(BOOK, body(next(arrivals))) for _ in range(each)]
            least = [post("/book")] * each * 2
            told = send(house.product, spread(ours, clients=CLIENTS))
            floor = send(house.floor, spread(least, clients=CLIENTS))
            assert set(told.statuses) == {201} == set(floor.statuses), (told.statuses, floor.statuses)
            ratios.append(told.rate / floor.rate)
        assert count_rows(house.database, "SELECT count(*) FROM appointment") == each * len(ratios) + 2
        assert not find_overlaps(house.database)
    report.add(
        Row(
            topic="P6",
            what="rate of complete bookings, 8 clients",
            anchor="rate of the least booking endpoint",
            ratios=ratios,
            database=stage.kind,
            goal=Goal(0.25, at_least=True),
            note=f"{seen.count} statements a booking",
        )
    )


def measure_rush(report: Report, stage: Stage) -> None:
    """P5 and P7: eight clients want one slot, again and again; one gets it, the others hear so soon."""
    rounds = 12 if stage.quick else 40
    with open_house(stage, "rush", Size(bays=1, technicians=1)) as house:
        arrivals = free_arrivals(Size(bays=1, technicians=1))
        begun = [rush(house.product, next(arrivals), clients=CLIENTS) for _ in range(2)]  # in each worker
        told = [rush(house.product, next(arrivals), clients=CLIENTS) for _ in range(rounds)]
        stored = count_rows(house.database, "SELECT count(*) FROM appointment")
        assert not find_overlaps(house.database)
    every = begun + told
    per_slot = Counter(each.statuses[201] for each in every)
    statuses = sum((each.statuses for each in every), Counter[int]())
    won = [seconds for each in told for seconds in each.latencies(201)]
    lost = [seconds for each in told for seconds in each.latencies(409)]
    report.add(
        Row(
            topic="P5",
            what=f"bookings a slot, 8 clients, {len(every)} slots",
            anchor="one",
            ratios=[each.statuses[201] for each in every],
            database=stage.kind,
            goal=Goal(1),
            note=f"{dict(per_slot)}: answers {dict(statuses)}, {stored} stored, 0 overlaps",
        )
    )
    assert stored == statuses[201]
    report.add(
        Row(
            topic="P7",
            what="losers' 99th percentile in a rush at one slot",
            anchor="winners' median",
            ratios=[percentile(lost, 99) / median(won)],
            database=stage.kind,
            goal=Goal(3),
            note=f"{percentile(lost, 99) * 1000:.0f} to {median(won) * 1000:.0f} ms, longest "
            f"{max(*won, *lost) * 1000:.0f} ms",
        )
    )


def rush(web: WebServer, arrives_at: str, *, clients: int) -> Told:
    """So many clients post for one slot at one moment."""
    return send(web, [[post(BOOK, body(arrives_at))] for _ in range(clients)])


def body(arrives_at: str) -> dict[str, object]:
    """A booking of a customer of its own."""
    number = next(_numbers)
    return {
        "services": ["oil"],
        "mode": "wait",
        "arrives_at": arrives_at,
        "customer": {"name": f"Client {number}", "email": f"c{number}@bench.example"},
        "vehicle": {"plate": f"AA{number % 1000:03d}AA", "country": "FR"},
    }


def free_arrivals(size: Size) -> Iterator[str]:
    """Arrivals on the full hour, each as often as there are bays: all can be booked."""
    days = range(100)
    hours = [minute for opens, closes in SPANS for minute in range(opens, closes, case.NEED)]
    for _bay in range(size.bays):
        for minute in hours:
            for day in days:
                yield case.arrival(day, minute)


def count_rows(database: Database, statement: str) -> int:
    with database.engine.connect() as connection:
        return int(connection.scalar(text(statement)) or 0)
