"""What is asked again just before a message is sent; the rules themselves are wired in ``wsgi.py``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.tenancy.queries import WorkshopView
from booking.appointments.queries import AppointmentView
from notifications.outbox.models import Message, State


@dataclass(frozen=True, slots=True)
class Subject:
    """A claimed message, with its appointment as it stands in the claiming transaction, if it has one."""

    message: Message
    view: AppointmentView | None
    workshop: WorkshopView
    now: datetime


@dataclass(frozen=True, slots=True)
class Stop:
    """Do not send: the message ends in ``state`` for ``reason``."""

    state: State
    reason: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Do not send yet: due again at ``until``."""

    until: datetime


TOO_LATE = "too_late"
"""Reason of a message whose use was over before it could be sent."""

Objection = Stop | Wait
Check = Callable[[Session, Subject], Objection | None]
_checks: list[Check] = []


def add_check(check: Check) -> None:
    """Ask ``check`` before every message is sent, in the order of adding; twice is once."""
    if check not in _checks:
        _checks.append(check)


def find_objection(session: Session, subject: Subject) -> Objection | None:
    """The first reason against sending now, or None. What is of no more use expires."""
    if subject.now > subject.message.useful_until:
        return Stop(State.EXPIRED, TOO_LATE)
    objections = (check(session, subject) for check in _checks)
    return next((found for found in objections if found is not None), None)
