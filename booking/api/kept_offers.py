"""Finished answers about availability, kept by each process for as long as what they stand on stands.

A warm answer costs the one small read of :mod:`booking.appointments.standing`: nothing is loaded, sought or
written as JSON again (docs/adr/0010-kept-answers.md).
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

from app.api.moments import write_moment
from app.db.unit_of_work import reading
from app.localtime import local_date
from app.tenancy.kept import Kept
from app.web.compression import Packed
from booking.api.questions import AvailabilityQuery
from booking.appointments.slots import Moments, OfferedSlot, list_offered_at
from booking.appointments.standing import Standing

MOST_BYTES = 32_000_000
"""How much a process keeps of answers, compressed ones not counted, which are a tenth."""

REACH_DAYS = 3660  # nothing is offered further off; it keeps odd dates out of the calendar's ends


class _Answer(NamedTuple):
    packed: Packed
    moments: Moments


_kept: Kept[_Answer] = Kept("offers", MOST_BYTES)


def get_offers(standing: Standing, question: AvailabilityQuery) -> Packed:
    """The answer to the question at the moment of ``standing``, made if none is kept.

    Opens a transaction of its own where it makes one; of those who ask for the same at once one does.
    Raises what :func:`booking.appointments.loading.prepare` raises.
    """
    key = (standing.workshop.garage_id, standing.workshop.id, question.key)
    known = _find(key, standing)
    if known is not None:
        return known
    with _kept.one_at_a_time(key):
        known = _find(key, standing)
        if known is not None:
            return known
        made = _make(standing, question)
        _kept.keep(key, made, version=standing.version, weight=len(made.packed.body))
        return made.packed


def _find(key: Hashable, standing: Standing) -> Packed | None:
    known = _kept.find(key, version=standing.version)
    return known.packed if known is not None and known.moments.include(standing.at) else None


def _make(standing: Standing, question: AvailabilityQuery) -> _Answer:
    today = local_date(standing.at, standing.workshop.timezone)
    first_on, last_on = (
        min(max(on, today), today + timedelta(days=REACH_DAYS))
        for on in (question.first_on, question.last_on)
    )
    with reading() as session:
        slots, moments = list_offered_at(
            session, standing, question.visit(), first_on=first_on, last_on=last_on
        )
    members = _members(slots, question, zone_name=standing.workshop.timezone)
    body = json.dumps(members, separators=(",", ":")).encode()
    return _Answer(Packed(body, content_type="application/json"), moments)


def _members(slots: Iterable[OfferedSlot], question: AvailabilityQuery, *, zone_name: str) -> dict[str, Any]:
    by_day: dict[str, list[dict[str, str]]] = {}
    for slot in slots:
        arrives_at = write_moment(slot.arrives_at, zone_name)
        members = {"arrives_at": arrives_at, "ready_at": write_moment(slot.ready_at, zone_name)}
        by_day.setdefault(arrives_at[:10], []).append(members)
    asked = range(question.first_on.toordinal(), question.last_on.toordinal() + 1)
    days = (date.fromordinal(number).isoformat() for number in asked)
    return {"timezone": zone_name, "days": [{"date": on, "slots": by_day.get(on, [])} for on in days]}
