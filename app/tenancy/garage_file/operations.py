"""Loading a garage file: the rows of a garage become what the file says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.unit_of_work import reading
from app.tenancy.calendar import lock_calendars, raise_version
from app.tenancy.garage_file.kinds import Values
from app.tenancy.garage_file.reading import list_warnings
from app.tenancy.garage_file.registry import Content, Owner, list_parts, list_sections, pick_keys
from app.tenancy.garage_file.report import SetAtDeskError
from app.tenancy.garage_file.rows import sync_rows
from app.tenancy.models import Garage, Workshop, WorkshopCalendar
from app.tenancy.queries import find_garage
from app.tenancy.scope import across_garages, scoped_to
from app.tenancy.set_up_log import list_set_since_load, note_load


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did: the garage, each change in a few words, and what is hardly meant."""

    garage_id: int
    slug: str
    is_new: bool
    changes: list[str]
    warnings: list[str]


@contextmanager
def loading_scope(slug: str) -> Iterator[None]:
    """The scope to load a garage in, entered before the transaction."""
    with reading() as session:
        garage = find_garage(session, slug)
    if garage is not None:
        with scoped_to(garage.id):
            yield
    else:
        with across_garages("a garage has no id before the transaction that founds it"):
            yield


def load_garage(session: Session, *, content: Content, over_desk: bool = False) -> Loaded:
    """Create or update the garage that ``content`` describes; a second time changes nothing.

    Runs within :func:`loading_scope`. What is missing from the content is archived, and the
    version of every workshop's calendar that sees a change is raised. Flushes. Raises SetAtDeskError
    where it would change anything, something was set at the desk since a file last did, and it is not
    said to go ``over_desk``: whoever loads has to have looked at that.
    """
    garage, is_new = _find_or_found(session, content["garage"])
    owner = Owner(garage.id, content["garage"]["country"])
    calendars = lock_calendars(session, garage.id)
    names = _store_parts(session, "garage", owner=owner, values=content["garage"])
    shared = [f"garage: {name} changed" for name in names]
    listed, shops = _sync_workshops(session, garage.id, content["workshop"])
    changed: dict[int, list[str]] = defaultdict(list)
    for row, values in shops:
        shop = Owner(garage.id, owner.country, row.id)
        lines = _store_parts(session, "workshop", owner=shop, values=values)
        changed[row.id] = [f"workshop {row.slug}: {line}" for line in lines]
    planned, others = _store_sections(session, owner, content)
    for workshop_id, calendar in calendars.items():
        if shared or listed or planned or changed[workshop_id]:
            raise_version(calendar)
    changes = [*shared, *listed, *(line for lines in changed.values() for line in lines), *planned, *others]
    if changes and not is_new:
        if not over_desk:
            _refuse_over_desk(session, garage, changes)
        note_load(session, garage_id=garage.id)
    session.flush()
    return Loaded(garage.id, garage.slug, is_new, changes, list_warnings(content))


def _refuse_over_desk(session: Session, garage: Garage, changes: list[str]) -> None:
    set_there = list_set_since_load(session, garage.id)
    if not set_there:
        return
    slugs = {
        row.id: row.slug for row in session.scalars(select(Workshop).where(Workshop.garage_id == garage.id))
    }
    lines = [
        f"{row.at:%Y-%m-%d %H:%M} UTC, {slugs.get(row.workshop_id or 0, 'all workshops')}: "
        f"{' '.join(filter(None, (row.kind, row.name)))} {row.act}"
        for row in set_there
    ]
    raise SetAtDeskError(
        [
            "at the desk was set since a file last changed this garage:",
            *(f"  {line}" for line in lines),
            "and the file would do:",
            *(f"  {change}" for change in changes),
            f"nothing is loaded; put what the desk has set into the file (garage dump {garage.slug}),",
            "or load it with --over-desk",
        ]
    )


def _find_or_found(session: Session, values: Values) -> tuple[Garage, bool]:
    garage = session.scalar(select(Garage).where(Garage.slug == values["slug"]))
    if garage is not None:
        return garage, False
    names = {column.key for column in Garage.__table__.columns}
    garage = Garage(**{name: value for name, value in values.items() if name in names})
    session.add(garage)
    session.flush()
    return garage, True


def _store_parts(session: Session, table: str, *, owner: Owner, values: Values) -> list[str]:
    changes = []
    for part in list_parts(table):
        changes += part.store(session, owner, pick_keys(part, values))
    return changes


def _sync_workshops(
    session: Session, garage_id: int, entries: list[Values]
) -> tuple[list[str], list[tuple[Workshop, Values]]]:
    """Rows for all workshops of the file, those missing archived; each with its values."""
    query = select(Workshop).where(Workshop.garage_id == garage_id)
    rows = session.scalars(query.order_by(Workshop.position, Workshop.id)).all()
    basics = [{name: entry[name] for name in ("slug", "name", "timezone")} for entry in entries]
    changes = sync_rows(session, rows, basics, key="slug", make=lambda: Workshop(garage_id=garage_id))
    session.flush()
    by_slug = {row.slug: row for row in session.scalars(query)}
    for slug in {entry["slug"] for entry in entries} - {row.slug for row in rows}:
        session.add(WorkshopCalendar(garage_id=garage_id, workshop_id=by_slug[slug].id))
    session.flush()
    return [f"workshop {line}" for line in changes], [(by_slug[entry["slug"]], entry) for entry in entries]


def _store_sections(session: Session, owner: Owner, content: Content) -> tuple[list[str], list[str]]:
    """The changes that the engine or a board sees, and the others."""
    planned: list[str] = []
    others: list[str] = []
    for section in list_sections():
        lines = section.store(session, owner, content[section.name])
        into = planned if section.is_planned_with else others
        into += [f"{section.name} {line}" for line in lines]
    return planned, others
