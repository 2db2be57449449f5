"""Drafts: found by their token alone, kept whole, booked once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.db.unit_of_work import reading, unit_of_work
from app.errors import NotFoundError
from app.tenancy.scope import across_garages, scoped_to
from booking.appointments.models import Appointment
from booking.appointments.requests import BookingRequest, VisitQuestion
from booking.drafts.errors import DraftGoneError
from booking.drafts.models import BookingDraft
from booking.drafts.operations import book_draft, delete_old_drafts, store_answers
from booking.drafts.queries import DraftView, find_draft_at
from booking.errors import SlotTakenError
from tests.factories.appointments import CAMILLE, PEUGEOT
from tests.factories.drafts import start_draft_with
from tests.factories.garages import MadeGarage, make_garage
from tests.support.clock import MovableClock

ARRIVAL = datetime(2026, 11, 24, 8, tzinfo=UTC)
REQUEST = BookingRequest(
    visit=VisitQuestion(("oil",), "wait"),
    arrives_at=ARRIVAL,
    customer=CAMILLE,
    vehicle=PEUGEOT,
    source="page",
)


@pytest.fixture
def garage(app_context: Flask, clock: MovableClock) -> MadeGarage:
    clock.move_to(datetime(2026, 11, 23, 7, tzinfo=UTC))
    return make_garage()


def find(garage: MadeGarage, token: str) -> DraftView | None:
    with across_garages("a test"), reading() as session:
        return find_draft_at(
            session, garage_slug=garage.slug, workshop_slug=garage.workshop.slug, token=token
        )[2]


def start(garage: MadeGarage) -> tuple[str, int]:
    """A draft's token and id."""
    token = start_draft_with(garage, answers={"services": ["oil"]}, locale="fr")
    draft = find(garage, token)
    assert draft is not None
    return token, draft.id


def store(garage: MadeGarage, draft_id: int, **answers: object) -> dict[str, object]:
    with scoped_to(garage.id), unit_of_work() as session:
        return store_answers(
            session, garage_id=garage.id, draft_id=draft_id, step="vehicle", answers=answers, locale="en"
        )


def book(garage: MadeGarage, draft_id: int) -> int:
    with scoped_to(garage.id), unit_of_work() as session:
        return book_draft(session, workshop=garage.workshop, draft_id=draft_id, request=REQUEST)


def count_drafts(garage: MadeGarage) -> int | None:
    with scoped_to(garage.id), reading() as session:
        return session.scalar(select(func.count(BookingDraft.id)).where(BookingDraft.garage_id == garage.id))


def test_a_draft_is_found_by_its_token(garage: MadeGarage) -> None:
    token, draft_id = start(garage)
    draft = find(garage, token)
    assert draft == DraftView(draft_id, "fr", "services", {"services": ["oil"]}, None)


def test_the_token_is_not_stored(garage: MadeGarage) -> None:
    token, _ = start(garage)
    with scoped_to(garage.id), reading() as session:
        row = session.scalars(select(BookingDraft).where(BookingDraft.garage_id == garage.id)).one()
    assert len(token) == 22
    assert token not in {str(value) for value in vars(row).values()}


def test_no_two_drafts_have_one_token(garage: MadeGarage) -> None:
    assert len({start(garage)[0] for _ in range(20)}) == 20


def test_another_workshop_does_not_find_it(garage: MadeGarage) -> None:
    token, _ = start(garage)
    assert find(make_garage(slug="other"), token) is None


def test_an_unknown_place_is_not_found(garage: MadeGarage) -> None:
    with pytest.raises(NotFoundError), across_garages("a test"), reading() as session:
        find_draft_at(session, garage_slug="nobody", workshop_slug="lyon", token="x")


def test_what_is_stored_leaves_the_other_answers(garage: MadeGarage) -> None:
    _, draft_id = start(garage)
    assert store(garage, draft_id, vehicle={"plate": "?"}) == {
        "services": ["oil"],
        "vehicle": {"plate": "?"},
    }


def test_after_two_hours_nothing_is_found_or_stored(garage: MadeGarage, clock: MovableClock) -> None:
    token, draft_id = start(garage)
    clock.advance(hours=2, seconds=1)
    assert find(garage, token) is None
    with pytest.raises(DraftGoneError):
        store(garage, draft_id, vehicle={})


def test_booking_twice_is_booking_once(garage: MadeGarage) -> None:
    _, draft_id = start(garage)
    assert book(garage, draft_id) == book(garage, draft_id)
    with scoped_to(garage.id), reading() as session:
        count = session.scalar(select(func.count(Appointment.id)).where(Appointment.garage_id == garage.id))
    assert count == 1


def test_a_booked_draft_points_to_its_appointment(garage: MadeGarage) -> None:
    token, draft_id = start(garage)
    appointment_id = book(garage, draft_id)
    draft = find(garage, token)
    assert draft is not None
    assert draft.appointment_id == appointment_id


def test_a_draft_that_finds_its_time_taken_stays_open(garage: MadeGarage) -> None:
    book(garage, start(garage)[1])
    token, late = start(garage)
    with pytest.raises(SlotTakenError):
        book(garage, late)
    draft = find(garage, token)
    assert draft is not None
    assert draft.appointment_id is None


def test_old_drafts_are_forgotten_after_a_day(garage: MadeGarage, clock: MovableClock) -> None:
    start(garage)
    clock.advance(hours=25)
    with across_garages("a test"), unit_of_work() as session:
        delete_old_drafts(session)
    assert count_drafts(garage) == 1
    clock.advance(hours=2)
    with across_garages("a test"), unit_of_work() as session:
        delete_old_drafts(session)
    assert count_drafts(garage) == 0
