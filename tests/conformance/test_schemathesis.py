"""Schemathesis over the whole document: every call is answered as the document says, none by 5xx.

It makes up good and bad calls from the document alone; some parameters are drawn from what the
garage really has, so that good calls get past the first question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
import schemathesis
from flask import Flask
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import from_schema
from schemathesis.engine.events import FatalError, NonFatalError, ScenarioFinished

from tests.factories.garages import make_garage
from tests.support.clock import MovableClock
from tests.support.databases import on_postgresql, on_sqlite

SLOTS = [f"2026-12-{day:02}T{hour:02}:00:00+01:00" for day in (2, 3, 4, 7) for hour in range(8, 18)]
DICTIONARIES: dict[str, list[Any]] = {
    "service": ["oil", "tyres"],
    "first": ["2026-12-02", "2026-12-05"],
    "last": ["2026-12-07", "2027-01-15"],
    "slot": SLOTS,
    "phone": ["+33612345678", "06 12 34 56 78"],
    "email": ["camille@perrot.example"],
    "name": ["Camille", "Zoé"],
    "plate": ["GA-482-QT"],
}
DRAWN = {
    "query.from": ("first", 0.8),
    "query.to": ("last", 0.8),
    "body.services[*]": ("service", 0.9),
    "body.arrives_at": ("slot", 0.9),
    "body.customer.name": ("name", 0.8),
    "body.customer.phone": ("phone", 0.9),
    "body.customer.email": ("email", 0.9),
    "body.vehicle.plate": ("plate", 0.9),
}
# Some rules span fields or are no business of a schema (a phone number that exists, a mode that
# all services share): a call that fits its schema may still be wrong.
ACCEPTED = ["2xx", "404", "409", "422"]

WORKSHOP = "/api/v1/garages/{garage}/workshops/{workshop}"
BOOK = f"POST {WORKSHOP}/appointments"
ASK = f"GET {WORKSHOP}/availability"
CANCEL = "DELETE /api/v1/appointments/{manage_token}"

Recorder = Callable[[str, object], None]


@dataclass
class Run:
    """What a run did: answers by operation and status, and what was wrong with them."""

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def statuses(self, operation: str) -> set[int]:
        return {status for label, status in self.answers if label == operation}


def run(app: Flask, examples: int) -> Run:
    """Every phase over every operation; always the same calls."""
    config = SchemathesisConfig.from_dict(
        {
            "seed": 2026,
            "dictionaries": {name: {"values": values} for name, values in DICTIONARIES.items()},
            "headers": {"Accept-Encoding": "identity"},
            "parameters": {"path.garage": "martin", "path.workshop": "lyon"}
            | {
                name: {"dictionary": dictionary, "probability": probability}
                for name, (dictionary, probability) in DRAWN.items()
            },
            "checks": {
                "positive_data_acceptance": {"expected-statuses": ACCEPTED},
                # A cancelled appointment stays to be seen: DELETE gives the place back, no more.
                "use_after_free": {"enabled": False},
            },
            "generation": {"max-examples": examples},
        }
    )
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, config=config)
    schema.hook("map_case")(_ask_for_oil)
    done = Run()
    for event in from_schema(schema).execute():
        if isinstance(event, NonFatalError | FatalError):
            done.faults.append(str(event))
        if isinstance(event, ScenarioFinished):
            _note(event, done)
    return done


def _ask_for_oil(_context: Any, case: Any) -> Any:
    """Good questions about availability name a service that there is."""
    is_good = case.meta is not None and case.meta.generation.mode == GenerationMode.POSITIVE
    if is_good and case.path.endswith("/availability") and case.query.get("service"):
        case.query["service"] = ["oil"]
    return case


def _note(event: ScenarioFinished, done: Run) -> None:
    recorder = event.recorder
    for case_id, interaction in recorder.interactions.items():
        if interaction.response is not None:
            label = recorder.cases[case_id].value.operation.label
            done.answers[label, interaction.response.status_code] += 1
    for checks in recorder.checks.values():
        for check in checks:
            if check.failure_info is not None:
                found = check.failure_info
                done.faults.append(f"{check.name}: {found.failure}\n{found.code_sample}")


@pytest.fixture
def garage(app: Flask, clock: MovableClock) -> None:
    """Where there is room and where there is not, for visits of either mode."""
    clock.move_to(datetime(2026, 12, 1, 7, tzinfo=UTC))
    with app.app_context():
        make_garage(bays=3, technicians=3, services=[{}, {"code": "tyres", "modes": ["drop_off"]}])


@on_postgresql
@pytest.mark.usefixtures("garage")
def test_a_thousand_calls_are_answered_as_documented(app: Flask, record_property: Recorder) -> None:
    done = run(app, examples=64)
    record_property("calls", done.answers.total())
    assert not done.faults, "\n\n".join(done.faults)
    assert done.answers.total() >= 1000
    assert done.statuses(BOOK) >= {201, 400, 409, 415, 422}
    assert done.statuses(ASK) >= {200, 422}
    assert done.statuses(CANCEL) >= {200, 404}


@on_sqlite
@pytest.mark.usefixtures("garage")
def test_some_hundred_calls_are_answered_alike_on_sqlite(app: Flask) -> None:
    done = run(app, examples=15)
    assert not done.faults, "\n\n".join(done.faults)
    assert done.statuses(BOOK) >= {201, 422}


@pytest.mark.long
@pytest.mark.usefixtures("garage")
def test_ten_thousand_calls_are_answered_as_documented(app: Flask, record_property: Recorder) -> None:
    done = run(app, examples=1000)
    record_property("calls", done.answers.total())
    assert not done.faults, "\n\n".join(done.faults)
