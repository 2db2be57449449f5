"""A workshop's booking rules, hours, exceptions and resources in the garage file."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.errors import NotFoundError
from app.tenancy.garage_file.kinds import Key, ListOf, Scalar, Table, Tables, Values
from app.tenancy.garage_file.registry import Content, Owner, Part
from app.tenancy.garage_file.report import Report, WrongValueError
from app.tenancy.garage_file.rows import sync_rows, update_row
from app.tenancy.garage_file.times import STEP_MINUTES, Week, clock_time, day_date, spans
from app.tenancy.garage_file.values import as_text, flag, number, slug, text
from booking.resources.garage_file_advice import list_gaps
from booking.resources.models import KINDS, OpeningException, Resource, WorkshopRules
from booking.resources.queries import get_rules, list_exceptions, list_resources

YEAR_MINUTES = 366 * 24 * 60
MAX_HORIZON_DAYS = 730

_PLATE = re.compile(r"[A-Z0-9][A-Z0-9 -]{0,14}")


def _plate() -> Scalar:
    def parse(value: Any) -> str:
        plate = as_text(value).strip().upper()
        if plate and not _PLATE.fullmatch(plate):
            raise WrongValueError(
                f"{value!r} is not a number plate", _l("A number plate has the letters A to Z and digits.")
            )
        return plate

    return Scalar(parse)


def _check_dates(values: Values, report: Report) -> None:
    if values["to"] is not None and values["to"] < values["from"]:
        report.at("to").add(
            f"{values['to']} is before {values['from']}", _l("The end comes before the beginning.")
        )


RULE_KEYS = (
    Key("slot_minutes", number(least=STEP_MINUTES, most=24 * 60, step=STEP_MINUTES), 30),
    Key("notice_minutes", number(most=YEAR_MINUTES), 0),
    Key("horizon_days", number(most=MAX_HORIZON_DAYS), 60),
    Key("arrivals_per_slot", number(most=1000), 0),
    Key("drop_off_until", clock_time(step=STEP_MINUTES), ""),
    Key("online_share", number(most=100), 100),
    Key("release_hours", number(most=366 * 24), 0),
    Key("observe_holidays", flag(), default=True),
    Key("approval", flag(), default=False),
    Key("cancel_until_minutes", number(most=YEAR_MINUTES), 0),
    Key("hours", Week()),
)
EXCEPTION = Table(
    (
        Key("from", day_date()),
        Key("to", day_date(), None),
        Key("hours", spans(), []),
        Key("label", text(), ""),
    ),
    check=_check_dates,
)
NAME = Key("name", text(most=60, is_required=True))
BAY = Table((NAME, Key("equipment", ListOf(slug()), [])))
TECHNICIAN = Table((NAME, Key("skills", ListOf(slug()), []), Key("hours", Week(), None)))
COURTESY_CAR = Table((NAME, Key("plate", _plate(), "")))
RESOURCE_KEYS = (
    Key("bay", Tables(BAY, unique="name"), []),
    Key("technician", Tables(TECHNICIAN, unique="name"), []),
    Key("courtesy_car", Tables(COURTESY_CAR, unique="name"), []),
)
TAGS = {"bay": "equipment", "technician": "skills"}
TABLES = {"bay": BAY, "technician": TECHNICIAN, "courtesy_car": COURTESY_CAR}
"""What an entry of each kind of resource holds."""


def _store_rules(session: Session, owner: Owner, values: Values) -> list[str]:
    try:
        row = get_rules(session, owner.garage_id, owner.workshop_id)
    except NotFoundError:
        session.add(WorkshopRules(garage_id=owner.garage_id, workshop_id=owner.workshop_id, **values))
        return ["booking rules: added"]
    return [f"{name} changed" for name in update_row(row, values)]


def _fetch_rules(session: Session, owner: Owner) -> Values:
    row = get_rules(session, owner.garage_id, owner.workshop_id)
    return {key.name: getattr(row, key.name) for key in RULE_KEYS}


def _store_exceptions(session: Session, owner: Owner, values: Values) -> list[str]:
    """The list is replaced as a whole, for its order decides between overlapping ones.

    What the desk closed is not of the file: it stays, behind the file's, so that it stands.
    """
    entries = [{**entry, "to": entry["to"] or entry["from"]} for entry in values["exception"]]
    rows, closings = _split_exceptions(session, owner)
    if [_exception_values(row) for row in rows] == entries:
        return []
    session.execute(
        delete(OpeningException).where(
            OpeningException.garage_id == owner.garage_id,
            OpeningException.workshop_id == owner.workshop_id,
            OpeningException.closed.is_(None),
        )
    )
    for position, closing in enumerate(closings, start=len(entries)):
        closing.position = position
    for position, entry in enumerate(entries):
        session.add(
            OpeningException(
                garage_id=owner.garage_id,
                workshop_id=owner.workshop_id,
                position=position,
                **exception_columns(entry),
            )
        )
    return ["exceptions changed"]


def _split_exceptions(
    session: Session, owner: Owner
) -> tuple[list[OpeningException], list[OpeningException]]:
    """Those of the file, and what the desk closed, each in order."""
    rows = list_exceptions(session, owner.garage_id, owner.workshop_id)
    return [row for row in rows if row.closed is None], [row for row in rows if row.closed is not None]


def _fetch_exceptions(session: Session, owner: Owner) -> Values:
    rows, _closings = _split_exceptions(session, owner)
    entries = [_exception_values(row) for row in rows]
    return {
        "exception": [
            {**entry, "to": None if entry["to"] == entry["from"] else entry["to"]} for entry in entries
        ]
    }


def exception_columns(entry: Values) -> Values:
    """The columns that an entry of the file fills, in stored form; without an end it is one day."""
    return {
        "first_on": entry["from"],
        "last_on": entry["to"] or entry["from"],
        "hours": entry["hours"],
        "label": entry["label"],
    }


def _exception_values(row: OpeningException) -> Values:
    return {"from": row.first_on, "to": row.last_on, "hours": row.hours, "label": row.label}


def _store_resources(session: Session, owner: Owner, values: Values) -> list[str]:
    changes = []
    for kind in KINDS:
        rows = session.scalars(
            select(Resource)
            .where(
                Resource.garage_id == owner.garage_id,
                Resource.workshop_id == owner.workshop_id,
                Resource.kind == kind,
            )
            .order_by(Resource.id)
        ).all()
        lines = sync_rows(
            session,
            rows,
            [resource_columns(kind, entry) for entry in values[kind]],
            key="name",
            make=lambda kind=kind: Resource(  # type: ignore[misc]  # a default binds the loop's value
                garage_id=owner.garage_id, workshop_id=owner.workshop_id, kind=kind
            ),
        )
        changes += [f"{kind} {line}" for line in lines]
    return changes


def resource_columns(kind: str, entry: Values) -> Values:
    """The columns that an entry of the file fills, in stored form."""
    return {
        "name": entry["name"],
        "tags": entry.get(TAGS.get(kind, ""), []),
        "hours": entry.get("hours"),
        "plate": entry.get("plate", ""),
    }


def _fetch_resources(session: Session, owner: Owner) -> Values:
    rows = list_resources(session, owner.garage_id, owner.workshop_id)
    return {kind: [_resource_entry(row) for row in rows if row.kind == kind] for kind in KINDS}


def _resource_entry(row: Resource) -> Values:
    entry: Values = {"name": row.name}
    if row.kind in TAGS:
        entry[TAGS[row.kind]] = row.tags
    if row.kind == "technician":
        entry["hours"] = row.hours
    if row.kind == "courtesy_car":
        entry["plate"] = row.plate
    return entry


def _advise(content: Content) -> list[str]:
    return [
        f"workshop[{index}]: {gap}"
        for index, workshop in enumerate(content["workshop"])
        for gap in list_gaps(workshop, content.get("service", []))
    ]


RULES = Part("workshop", RULE_KEYS, _store_rules, _fetch_rules)
EXCEPTIONS = Part(
    "workshop", (Key("exception", Tables(EXCEPTION), []),), _store_exceptions, _fetch_exceptions
)
RESOURCES = Part("workshop", RESOURCE_KEYS, _store_resources, _fetch_resources, advise=_advise)
