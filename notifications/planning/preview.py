"""What a step at the desk would tell the customer, shown beside its button before it is taken.

The rules that plan it afterwards plan it here; nothing is stored.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast

from flask_babel import format_date
from flask_babel import gettext as _
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from app.extensions import current_settings
from app.localtime import local_date
from app.tenancy.queries import WorkshopView
from app.web.filters import localtime
from booking.appointments.history import BEFORE, list_history
from booking.appointments.life_cycle import Status
from booking.appointments.models import Appointment
from booking.appointments.queries import AppointmentView
from notifications.content.context import build_context, first_name
from notifications.content.rendering import ChannelName, render, show_link_in
from notifications.content.texts import Kind
from notifications.planning.occasions import load_occasion
from notifications.planning.panel import list_gaps
from notifications.planning.plan import CHANGE_DELAY, Occasion, Planned, plan_notice, plan_truth
from notifications.planning.reach import find_barrier
from notifications.planning.told import find_told

MOVE = "moved"
"""The step to another time."""

BACK = "undone"
"""The step back to what was before the last one."""

STEPS: dict[str, Kind] = {
    MOVE: Kind.CHANGED,
    Status.CONFIRMED: Kind.CONFIRMED,
    Status.DECLINED: Kind.DECLINED,
    Status.READY: Kind.READY,
    Status.CANCELLED: Kind.CANCELLED,
}
"""The steps forward of which a customer is told, and by which kind of message."""

SOME_DAY = timedelta(days=1)
"""A move's new time is not known yet, only that it is still to come."""


@dataclass(frozen=True, slots=True)
class Preview:
    """One message that would leave: a sentence about it, and its text in the customer's language."""

    said: str
    locale: str
    text: str


@dataclass(frozen=True, slots=True)
class StepNotice:
    """What a step would send; where that is nothing, ``gaps`` say why."""

    previews: tuple[Preview, ...]
    gaps: tuple[str, ...]


def load_step_notices(
    session: Session, _workshop: WorkshopView, view: AppointmentView, *, steps: Collection[str]
) -> dict[str, StepNotice]:
    """What each of the ``steps`` would tell; those of no news are left out.

    A step is named by the state that it leads to, or is :data:`MOVE` or :data:`BACK`.
    """
    wanted = [step for step in steps if step in STEPS or step == BACK]
    if not wanted:
        return {}
    occasion = load_occasion(session, view)
    found = {str(step): _notice(session, occasion, step) for step in wanted}
    return {step: notice for step, notice in found.items() if notice.previews or notice.gaps}


def _notice(session: Session, occasion: Occasion, step: str) -> StepNotice:
    if step == BACK:
        return _notice_of_undoing(session, occasion)
    then = _as_if(occasion, **_taken(occasion, step))
    if step == MOVE:
        planned = plan_notice(then, _kind_of_move(occasion), by_customer=False)
    elif step == Status.CONFIRMED:
        planned = plan_notice(then, Kind.CONFIRMED, by_customer=False)
    else:
        told = find_told(session, occasion.view, since=occasion.now)
        planned = plan_truth(then, told, by_customer=False)
    previews = _previews(then, planned, with_text=step != MOVE)
    gaps = () if previews else tuple(_why_none(occasion, step, is_planned=bool(planned)))
    return StepNotice(previews, gaps)


def _kind_of_move(occasion: Occasion) -> Kind:
    """Of a mere wish the first word is said when it has its place."""
    if occasion.view.status == Status.REQUESTED:
        return Kind.RECEIVED
    return Kind.CONFIRMED if occasion.view.appointment.is_wish else Kind.CHANGED


def _taken(occasion: Occasion, step: str) -> dict[str, object]:
    """The columns that the step would change."""
    if step == MOVE:
        return {"arrives_at": occasion.now + SOME_DAY, "is_wish": False}
    return {"status": str(step)}


def _notice_of_undoing(session: Session, occasion: Occasion) -> StepNotice:
    """Going back is told where the customer has heard of the step; where no text says it, by phone."""
    appointment = occasion.view.appointment
    last = list_history(session, appointment.garage_id, occasion.view.id)[0]
    if last.from_status is None:
        return StepNotice((), ())
    place = last.detail.get(BEFORE)
    arrives_at = datetime.fromisoformat(place["arrives_at"]) if place else appointment.arrives_at
    told = find_told(session, occasion.view, since=last.at)
    is_wish = bool(place and place.get("is_wish"))
    then = _as_if(occasion, status=last.from_status, arrives_at=arrives_at, is_wish=is_wish)
    previews = _previews(then, plan_truth(then, told, by_customer=False), with_text=True)
    if previews or all(sent_at < last.at for sent_at, _fact in told.sent.values()):
        return StepNotice(previews, ())
    name = first_name(occasion.view.customer.name)
    return StepNotice((), (_("%(name)s has been told of this already, please phone.", name=name),))


def _as_if(occasion: Occasion, **changes: object) -> Occasion:
    """The same occasion with other columns of the appointment, which stays as it is in the database."""
    appointment = occasion.view.appointment
    columns = {column.key: getattr(appointment, column.key) for column in inspect(Appointment).column_attrs}
    return replace(occasion, view=replace(occasion.view, appointment=Appointment(**(columns | changes))))


def _why_none(occasion: Occasion, step: str, *, is_planned: bool) -> list[str]:
    if is_planned:
        return [str(_("Nothing is sent: the quiet hours leave no useful time for it."))]
    if occasion.view.appointment.is_wish and step != MOVE:
        return [str(_("Nothing is sent: no time was told yet."))]
    customer = occasion.view.customer
    barrier = find_barrier(customer, texting=occasion.texting, kind=STEPS[step])
    if barrier is None or customer.email:
        return [str(_("Nothing is sent: the customer knows it already."))]
    return [str(_("The customer is not told, please phone.")), *list_gaps(customer, barrier)]


def _previews(then: Occasion, planned: list[Planned], *, with_text: bool) -> tuple[Preview, ...]:
    locale = then.view.appointment.locale
    return tuple(
        Preview(
            said=_say(then, item, with_text=with_text),
            locale=locale,
            text=_text(then, item, locale) if with_text else "",
        )
        for item in planned
        if not item.is_expired
    )


def _text(occasion: Occasion, item: Planned, locale: str) -> str:
    """The text of an SMS, the subject of an e-mail; the link of a message that is not there yet is cut."""
    link = f"{current_settings().public_url}/r/…"
    channel = cast("ChannelName", item.recipient.channel)
    context = build_context(occasion.view, occasion.workshop, locale=locale)
    rendered = render(item.kind, context, channel=channel, locale=locale, link=link)
    return rendered.subject or show_link_in(rendered.body, link)


def _say(occasion: Occasion, item: Planned, *, with_text: bool) -> str:
    name, when = first_name(occasion.view.customer.name), _when(occasion, item.due_at)
    is_text = item.recipient.channel == "sms"
    if not with_text:
        return _say_time(item, name=name, when=when)
    if is_text:
        return str(_("%(name)s gets a text %(when)s:", name=name, when=when))
    return str(_("%(name)s gets an e-mail %(when)s:", name=name, when=when))


def _say_time(item: Planned, *, name: str, when: str) -> str:
    """Of a move: the text's time is not known yet."""
    is_text, is_first = item.recipient.channel == "sms", item.kind == Kind.CONFIRMED
    if is_text and is_first:
        return str(_("%(name)s gets a text with the time %(when)s.", name=name, when=when))
    if is_text:
        return str(_("%(name)s gets a text with the new time %(when)s.", name=name, when=when))
    if is_first:
        return str(_("%(name)s gets an e-mail with the time %(when)s.", name=name, when=when))
    return str(_("%(name)s gets an e-mail with the new time %(when)s.", name=name, when=when))


def _when(occasion: Occasion, due_at: datetime) -> str:
    """How long after the step; past the quiet hours, on which day and when."""
    if due_at - occasion.now > CHANGE_DELAY:
        zone = occasion.workshop.timezone
        day = format_date(local_date(due_at, zone), "EEE d MMM")
        words = _("on %(day)s at %(time)s, after the quiet hours", day=day, time=localtime(due_at, zone))
        return str(words)
    is_change = due_at - occasion.now == CHANGE_DELAY
    return str(_("two minutes later") if is_change else _("thirty seconds later"))
