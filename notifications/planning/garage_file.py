"""A workshop's quiet hours, SMS countries and reminders in the garage file."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.tenancy.garage_file.kinds import Key, ListOf, Scalar, Table, Tables, Values
from app.tenancy.garage_file.registry import Owner, Part
from app.tenancy.garage_file.report import Report
from app.tenancy.garage_file.rows import update_row
from app.tenancy.garage_file.times import clock_time, format_span, parse_span
from app.tenancy.garage_file.values import as_text, choice, number
from notifications.planning.models import MessageRules, ReminderRule

MAX_HOURS_BEFORE = 30 * 24


def _quiet_hours() -> Scalar:
    """``HH:MM-HH:MM``, over midnight if the second is the earlier; empty is none."""

    def parse(value: Any) -> list[int] | None:
        if value == "":
            return None
        first, second = (minutes % (24 * 60) for minutes in parse_span(value))
        if first == second:
            raise ValueError(f"{value!r} must not last all day")
        return [first, second]

    return Scalar(parse, lambda stored: "" if stored is None else format_span(stored))


def _sms_country() -> Scalar:
    def parse(value: Any) -> str:
        from phonenumbers import SUPPORTED_REGIONS  # noqa: PLC0415 - a large table, needed here alone

        code = as_text(value)
        if code not in SUPPORTED_REGIONS:
            raise ValueError(f"{code!r} must be a country of two capital letters, such as FR")
        return code

    return Scalar(parse)


def _check_one_time(values: Values, report: Report) -> None:
    if (values["hours_before"] is None) == (values["day_before_at"] is None):
        report.add("needs either hours_before or day_before_at")


REMINDER = Table(
    (
        Key("hours_before", number(least=1, most=MAX_HOURS_BEFORE), None),
        Key("day_before_at", clock_time(is_required=True), None),
        Key("channel", choice(("sms", "email"))),
    ),
    check=_check_one_time,
)
MESSAGE_KEYS = (
    Key("quiet_hours", _quiet_hours(), ""),
    Key("sms_countries", ListOf(_sms_country()), None),
)


def _store_rules(session: Session, owner: Owner, values: Values) -> list[str]:
    quiet_from, quiet_until = values["quiet_hours"] or (None, None)
    countries = values["sms_countries"]
    columns = {
        "quiet_from": quiet_from,
        "quiet_until": quiet_until,
        "sms_countries": [owner.country] if countries is None else countries,
    }
    row = _find_rules(session, owner)
    if row is None:
        session.add(MessageRules(garage_id=owner.garage_id, workshop_id=owner.workshop_id, **columns))
        return ["message rules: added"]
    return [f"{name} changed" for name in update_row(row, columns)]


def _fetch_rules(session: Session, owner: Owner) -> Values:
    row = _find_rules(session, owner)
    quiet = [row.quiet_from, row.quiet_until] if row and row.quiet_from is not None else None
    countries = row.sms_countries if row else None
    return {
        "quiet_hours": quiet,
        "sms_countries": None if countries == [owner.country] else countries,
    }


def _find_rules(session: Session, owner: Owner) -> MessageRules | None:
    return session.scalar(
        select(MessageRules).where(
            MessageRules.garage_id == owner.garage_id, MessageRules.workshop_id == owner.workshop_id
        )
    )


def _store_reminders(session: Session, owner: Owner, values: Values) -> list[str]:
    """The list is replaced as a whole: a reminder has no name to be known by."""
    if _fetch_reminders(session, owner) == values:
        return []
    session.execute(
        delete(ReminderRule).where(
            ReminderRule.garage_id == owner.garage_id, ReminderRule.workshop_id == owner.workshop_id
        )
    )
    for position, entry in enumerate(values["reminder"]):
        session.add(
            ReminderRule(garage_id=owner.garage_id, workshop_id=owner.workshop_id, position=position, **entry)
        )
    return ["reminders changed"]


def _fetch_reminders(session: Session, owner: Owner) -> Values:
    rows = session.scalars(
        select(ReminderRule)
        .where(ReminderRule.garage_id == owner.garage_id, ReminderRule.workshop_id == owner.workshop_id)
        .order_by(ReminderRule.position, ReminderRule.id)
    )
    return {"reminder": [{key.name: getattr(row, key.name) for key in REMINDER.keys} for row in rows]}


MESSAGE_RULES = Part("workshop", MESSAGE_KEYS, _store_rules, _fetch_rules)
REMINDERS = Part("workshop", (Key("reminder", Tables(REMINDER), []),), _store_reminders, _fetch_reminders)
