"""Carrying out what a button of the desk asks for: on to the page that shows it, or said in the open page."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app import clock
from app.db.unit_of_work import reading, retrying_once
from app.errors import DomainError, NotFoundError
from booking.desk.undoing import find_done

BY_SCRIPT = "X-Garagenda-Part"
"""Header of a request by the script of a page that stays open: the answer is a part for it."""


def carry_out(use_case: Callable[[], object], *, then: str, said: str = "") -> ResponseReturnValue:
    """Carry out and go on to ``then``; a refusal is said there, with what stands now.

    A page that stays open has the sentence alone for an answer, with the way to take it back.
    """
    try:
        retrying_once(use_case)
    except NotFoundError:
        raise
    except DomainError as refusal:
        if is_by_script():
            return say_in_part(str(refusal.message), is_refusal=True), refusal.status
        flash(str(refusal.message), "error")
    else:
        if is_by_script():
            return say_done_in_part(said)
        if said:
            flash(said)
    return redirect(then, 303)


def is_by_script() -> bool:
    """Whether the page that asks stays open and takes a part for an answer."""
    return BY_SCRIPT in request.headers


def say_in_part(text: str, *, is_refusal: bool = False) -> str:
    """A sentence as a toast, for the page that is open."""
    return render_template("booking/desk/_said.html", text=text, is_refusal=is_refusal, done=None)


def say_done_in_part(said: str = "") -> str:
    """What was just done to the visit of this address, with Undo; or ``said`` where that is all."""
    number = str((request.view_args or {}).get("appointment_id", ""))
    with reading() as session:
        done = None if said else find_done(session, current_user.garage.id, number, now=clock.now())
    return render_template("booking/desk/_said.html", text=said, is_refusal=False, done=done)
