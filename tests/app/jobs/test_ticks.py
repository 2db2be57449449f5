"""A tick: the job runs in an application context, is noted, and its errors end nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask, current_app

from app.db.unit_of_work import reading
from app.jobs.registry import Job, add_job, list_jobs
from app.jobs.scheduler import make_tick
from app.jobs.ticks import list_ticks
from tests.support.client import CarefulClient
from tests.support.clock import MovableClock

NOON = datetime(2026, 12, 7, 12, 0, tzinfo=UTC)


def broken() -> None:
    raise ConnectionError("the provider is on holiday")


def ticks(app: Flask) -> dict[str, datetime]:
    with app.app_context(), reading() as session:
        return list_ticks(session)


def tick_of(app: Flask, run: Callable[[], None]) -> Callable[[], None]:
    return make_tick(app, Job(name="job", run=run, every_seconds=1))


def test_a_job_runs_in_an_application_context(app: Flask) -> None:
    seen: list[str] = []
    tick_of(app, lambda: seen.append(current_app.name))()
    assert seen == ["app"]


def test_a_run_is_noted_with_its_time(app: Flask, clock: MovableClock) -> None:
    with clock.at(NOON):
        tick_of(app, lambda: None)()
    assert ticks(app) == {"job": NOON}


def test_a_second_tick_replaces_the_first(app: Flask, clock: MovableClock) -> None:
    for moment in (NOON, NOON + timedelta(minutes=5)):
        with clock.at(moment):
            tick_of(app, lambda: None)()
    assert ticks(app) == {"job": NOON + timedelta(minutes=5)}


def test_a_job_that_ticks_each_second_is_not_noted_each_second(app: Flask, clock: MovableClock) -> None:
    tick = tick_of(app, lambda: None)
    for moment in (NOON, NOON + timedelta(seconds=1)):
        with clock.at(moment):
            tick()
    assert ticks(app) == {"job": NOON}


def test_an_error_ends_nothing_and_is_not_noted_as_a_sign_of_life(app: Flask) -> None:
    tick_of(app, broken)()
    assert ticks(app) == {}


def test_a_job_runs_again_after_an_error(app: Flask) -> None:
    runs: list[Callable[[], None]] = [lambda: None, broken]

    def fail_first() -> None:
        runs.pop()()

    tick = tick_of(app, fail_first)
    tick()
    tick()
    assert set(ticks(app)) == {"job"}


def test_the_last_job_of_a_name_counts() -> None:
    before = list_jobs()
    add_job("test_registry", broken, 60)
    add_job("test_registry", broken, 30)
    assert [job.every_seconds for job in list_jobs() if job.name == "test_registry"] == [30]
    assert len(list_jobs()) == len(before) + 1


def test_readyz_shows_the_last_tick_of_each_job(
    client: CarefulClient, app: Flask, clock: MovableClock
) -> None:
    with clock.at(NOON):
        tick_of(app, lambda: None)()
    body = client.get("/readyz").get_json()
    assert body["jobs"] == {"job": "2026-12-07T12:00:00+00:00"}


@pytest.mark.parametrize(
    "name",
    ["send_due_messages", "end_leases", "forget_old_counts", "forget_stored_answers", "forget_old_drafts"],
)
def test_every_job_of_the_product_runs_on_an_empty_database(app: Flask, name: str) -> None:
    job = next(job for job in list_jobs() if job.name == name)
    make_tick(app, job)()
    assert name in ticks(app)
