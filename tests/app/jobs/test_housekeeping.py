"""Housekeeping forgets what is over and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.db.unit_of_work import reading, unit_of_work
from app.security.jobs import forget_old_counts
from app.security.models import RateCount
from app.tenancy.scope import across_garages, scoped_to
from booking.appointments.jobs import forget_stored_answers
from booking.appointments.models import StoredAnswer
from booking.drafts.jobs import forget_old_drafts
from booking.drafts.models import BookingDraft
from booking.drafts.operations import start_draft
from tests.factories.appointments import book
from tests.factories.garages import MadeGarage, make_garage
from tests.support.clock import MovableClock

MONDAY = datetime(2026, 12, 7, 7, 0, tzinfo=UTC)
WEDNESDAY_NINE = datetime(2026, 12, 9, 8, 0, tzinfo=UTC)


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(MONDAY)
    return make_garage()


def count(table: type[RateCount] | type[StoredAnswer] | type[BookingDraft]) -> int:
    with across_garages("test"), reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def add_count(expires_at: datetime) -> None:
    with unit_of_work() as session:
        session.add(RateCount(bucket=expires_at.isoformat(), count=1, expires_at=expires_at))


def test_rate_counts_are_forgotten_when_their_window_is_over(garage: MadeGarage) -> None:
    add_count(MONDAY - timedelta(minutes=1))
    add_count(MONDAY + timedelta(hours=1))
    forget_old_counts()
    assert count(RateCount) == 1


@pytest.mark.parametrize(("hours", "left"), [(23, 1), (25, 0)])
def test_stored_answers_are_kept_for_24_hours(
    garage: MadeGarage, clock: MovableClock, hours: int, left: int
) -> None:
    appointment_id = book(garage, WEDNESDAY_NINE)
    with scoped_to(garage.id), unit_of_work() as session:
        session.add(
            StoredAnswer(
                garage_id=garage.id,
                caller="api",
                idempotency_key="k" * 16,
                body_hash="",
                appointment_id=appointment_id,
                answer={},
            )
        )
    clock.advance(hours=hours)
    forget_stored_answers()
    assert count(StoredAnswer) == left


@pytest.mark.parametrize(("hours", "left"), [(25, 1), (27, 0)])
def test_drafts_are_forgotten_a_day_after_their_end(
    garage: MadeGarage, clock: MovableClock, hours: int, left: int
) -> None:
    with scoped_to(garage.id), unit_of_work() as session:
        start_draft(session, workshop=garage.workshop, locale="fr", answers={"services": ["oil"]})
    clock.advance(hours=hours)
    forget_old_drafts()
    assert count(BookingDraft) == left
