"""Conflicts at the desk: visits to re-plan; leave, blocks and closings, entered after a preview."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from app import clock
from app.auth.roles import Role
from app.db.unit_of_work import reading, retrying_once, unit_of_work
from app.errors import InvalidInputError, StaleVersionError
from app.localtime import local_date
from app.security.policy import staff
from app.tenancy.queries import WorkshopView, get_workshop, get_workshop_by_id, list_workshops
from booking.appointments.conflicts import list_conflicts
from booking.appointments.moving import is_movable
from booking.appointments.operations.move import move_at_desk
from booking.appointments.operations.replan import Accepted, Replanned, set_aside_and_move
from booking.appointments.queries import get_appointment_view
from booking.appointments.replanning import propose_places
from booking.appointments.requests import MoveRequest
from booking.appointments.touched import Request, list_touched
from booking.desk.conflicts.forms import MAX_LABEL, WHOLE, read_accepted, read_request, read_seen, read_typed
from booking.desk.conflicts.page import (
    list_coming,
    list_proposals,
    list_rates,
    list_subjects,
    list_weekdays,
    offer_places,
    say_now,
    say_request,
)
from booking.desk.conflicts.words import say_conflict
from booking.desk.drop.forms import read_drop
from booking.desk.drop.page import request_of
from booking.desk.move.page import load_team
from booking.desk.undoing import find_done, read_number
from booking.desk.visit import acting_member
from booking.errors import (
    ClosedAnywayError,
    InTheWayError,
    MoreTouchedError,
    MoveNotAllowedError,
    PlaceLostError,
)
from booking.resources.models import Resource
from booking.resources.queries import list_resources

blueprint = Blueprint("booking_conflicts", __name__, template_folder="../../templates")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What every answer about a workshop's closings starts from."""

    workshop: WorkshopView
    workshops: list[WorkshopView]
    resources: list[Resource]

    def ids(self) -> dict[str, list[int]]:
        """Those of the bays and technicians."""
        return {
            kind: [row.id for row in self.resources if row.kind == kind] for kind in ("bay", "technician")
        }


@blueprint.get("/desk/conflicts")
@staff("receptionist")
def conflicts() -> ResponseReturnValue:
    """Every visit of the garage to re-plan, each with what stands in its way.

    ``?visit=`` proposes new places for that one, ``?placed=`` offers to take its move back.
    """
    garage_id, now = current_user.garage.id, clock.now()
    proposed = read_number(request.args.get("visit"))
    with reading() as session:
        rows = list_conflicts(session, garage_id)
        several = len(list_workshops(session, garage_id)) > 1
        wanted = next((row for row in rows if row.view.id == proposed and is_movable(row.view)), None)
        offers = offer_places(session, wanted) if wanted else []
        done = find_done(session, garage_id, request.args.get("placed"), now=now)
    return render_template(
        "booking/desk/conflicts.html",
        rows=rows,
        say=say_conflict,
        several=several,
        is_movable=is_movable,
        say_now=say_now,
        proposed=wanted.view.id if wanted else None,
        offers=offers,
        toasts=[done] if done else [],
    )


@blueprint.post("/desk/conflicts/<int:appointment_id>/place")
@staff("receptionist")
def place(appointment_id: int) -> ResponseReturnValue:
    """Give it the place that was pressed; where somebody was quicker, the next ones are proposed."""
    garage_id = current_user.garage.id
    with reading() as session:
        view = get_appointment_view(session, garage_id, appointment_id)
        workshop = get_workshop_by_id(session, garage_id, view.appointment.workshop_id)
        team = load_team(session, workshop, lends=False)
    again = url_for(".conflicts", visit=appointment_id)
    try:
        dropped = read_drop(request.form, workshop=workshop, resource_ids=team.ids())
        with reading() as session:
            wanted = request_of(session, view, dropped, workshop=workshop)
        retrying_once(lambda: _move(appointment_id, wanted, version=dropped.version))
    except InvalidInputError as refusal:
        flash("\n".join(refusal.errors.values()), "error")
        return redirect(again, 303)
    except InTheWayError:
        flash(_("That place has just gone. Here are the next ones."), "error")
        return redirect(again, 303)
    except (StaleVersionError, MoveNotAllowedError) as refusal:
        flash(str(refusal.message), "error")
        return redirect(url_for(".conflicts"), 303)
    return redirect(url_for(".conflicts", placed=appointment_id), 303)


def _move(appointment_id: int, wanted: MoveRequest, *, version: int) -> None:
    with unit_of_work() as session:
        move_at_desk(
            session,
            garage_id=current_user.garage.id,
            appointment_id=appointment_id,
            request=wanted,
            actor=acting_member(),
            version=version,
        )


@blueprint.get("/desk/closures")
@staff("receptionist")
def first() -> ResponseReturnValue:
    """Those of the garage's first workshop; without one, the desk's first page says so."""
    with reading() as session:
        workshops = list_workshops(session, current_user.garage.id)
    if not workshops:
        return redirect(url_for("calendars_board.today"))
    return redirect(url_for(".closures", workshop=workshops[0].slug))


@blueprint.get("/desk/<workshop>/closures")
@staff("receptionist")
def closures(workshop: str) -> ResponseReturnValue:
    """Leave, blocks and closings to come, and the form of a new one; an address may fill it in."""
    return _page(_load(workshop), read_typed(MultiDict({"of": WHOLE} | request.args.to_dict())))


@blueprint.post("/desk/<workshop>/closures")
@staff("receptionist")
def enter(workshop: str) -> ResponseReturnValue:
    """Name every visit that it touches; once those have been read and it is confirmed, store it."""
    loaded, typed, seen = _load(workshop), read_typed(request.form), read_seen(request.form)
    if request.form.get("change") == "1":
        return _page(loaded, typed)
    try:
        wanted = read_request(
            typed, workshop=loaded.workshop, resource_ids=[row.id for row in loaded.resources]
        )
        if seen is None:
            return _preview(loaded, typed, wanted)
        accepted = read_accepted(request.form, seen, resource_ids=loaded.ids())
        done = retrying_once(lambda: _store(loaded.workshop, wanted, seen, accepted=accepted))
    except InvalidInputError as refusal:
        return _page(loaded, typed, errors=refusal.errors), refusal.status
    except ClosedAnywayError as refusal:
        return _page(loaded, typed, errors={"from_on": str(refusal.message)}), refusal.status
    except (MoreTouchedError, PlaceLostError) as refusal:
        return _preview(loaded, typed, wanted, more=str(refusal.message)), refusal.status
    return _entered(loaded.workshop, done)


def _load(workshop: str) -> Loaded:
    garage_id = current_user.garage.id
    with reading() as session:
        shown = get_workshop(session, garage_id, workshop)
        return Loaded(shown, list_workshops(session, garage_id), list_resources(session, garage_id, shown.id))


def _store(
    workshop: WorkshopView, wanted: Request, seen: Collection[int], *, accepted: Sequence[Accepted]
) -> Replanned:
    with unit_of_work() as session:
        return set_aside_and_move(
            session,
            workshop=workshop,
            request=wanted,
            seen_ids=seen,
            accepted=accepted,
            actor=acting_member(),
        )


def _entered(workshop: WorkshopView, done: Replanned) -> ResponseReturnValue:
    """On to the visits to re-plan, or where there are none back to the list."""
    moved = ngettext("One visit has its new place.", "%(num)d visits have their new places.", done.moved)
    left = ngettext("One visit is to be re-planned.", "%(num)d visits are to be re-planned.", done.left)
    said = [_("Entered."), *([moved] if done.moved else []), *([left] if done.left else [])]
    flash(" ".join(said) if len(said) > 1 else _("Entered. No visit is touched."))
    there = url_for(".conflicts") if done.left else url_for(".closures", workshop=workshop.slug)
    return redirect(there, 303)


def _preview(loaded: Loaded, typed: dict[str, str], wanted: Request, *, more: str = "") -> str:
    """Every visit that it touches, before anything is stored; ``more`` says why it is shown again."""
    with reading() as session:
        touched = list_touched(session, loaded.workshop, wanted)
        proposed = propose_places(session, loaded.workshop, wanted, touched=touched)
    return render_template(
        "booking/desk/closing_preview.html",
        workshop=loaded.workshop,
        heading=say_request(wanted, loaded.resources, loaded.workshop),
        touched=touched,
        rows=list_proposals(proposed, loaded.resources, loaded.workshop, chosen=request.form),
        typed=typed,
        more=more,
    )


def _page(loaded: Loaded, typed: dict[str, str], *, errors: dict[str, str] | None = None) -> str:
    """What is coming, and the form with what was typed."""
    workshop = loaded.workshop
    with reading() as session:
        rows = list_coming(session, workshop)
    return render_template(
        "booking/desk/closures.html",
        workshop=workshop,
        sites=_sites(loaded),
        rows=rows,
        subjects=list_subjects(loaded.resources),
        today=local_date(clock.now(), workshop.timezone).isoformat(),
        most=MAX_LABEL,
        manages=current_user.role.may_act_as(Role.MANAGER),
        weekdays=list_weekdays(),
        rates=list_rates(),
        chosen_days=typed["weekdays"].split(),
        unfolded=read_number(request.args.get("series")),
        typed=typed,
        errors=errors or {},
    )


def _sites(loaded: Loaded) -> list[dict[str, Any]]:
    return [
        {
            "label": row.name,
            "href": url_for(".closures", workshop=row.slug),
            "current": row.id == loaded.workshop.id,
        }
        for row in loaded.workshops
    ]
