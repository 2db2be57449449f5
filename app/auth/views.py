"""Sign-in and sign-out of staff."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_user, logout_user

from app.auth.errors import SignInRefusedError
from app.auth.operations import choose_garage, sign_out, switch_keys
from app.auth.queries import find_signed_in, list_own_garages
from app.auth.sign_in import sign_in
from app.db.unit_of_work import reading, unit_of_work
from app.errors import NotFoundError
from app.security.policy import entrance, staff
from app.security.rate_limits import check_rate
from app.tenancy.scope import across_garages

blueprint = Blueprint("auth", __name__)

HOME = "/desk/"


@blueprint.get("/sign-in", endpoint="sign_in")
@entrance
def show_sign_in() -> ResponseReturnValue:
    """The form; whoever is signed in already goes on to the desk."""
    if current_user.is_authenticated:
        return redirect(safe_target(request.args.get("next")))
    return render_template("auth/sign_in.html", email="", error=None)


@blueprint.post("/sign-in")
@entrance
def do_sign_in() -> ResponseReturnValue:
    """Check and open a session.

    Tries are counted per network, generously, as a whole desk sits behind one; and per account as
    that network tries it, so that a stranger elsewhere locks nobody out.
    """
    email = request.form.get("email", "")[:254]
    password = request.form.get("password", "")[:1000]
    keep = request.form.get("keep") == "1"
    check_rate("public_write")
    check_rate("sign_in", account=email.strip().lower())
    try:
        token = sign_in(email=email, password=password, keep=keep)
    except SignInRefusedError as refusal:
        page = render_template("auth/sign_in.html", email=email, error=refusal.message)
        return page, int(refusal.status)
    session.clear()  # nothing from before the sign-in survives it
    session.permanent = keep
    with across_garages("sign-in: the session names its garage"), reading() as rows:
        login_user(find_signed_in(rows, token))
    return redirect(safe_target(request.args.get("next")))


@blueprint.post("/sign-out")
@entrance
def do_sign_out() -> ResponseReturnValue:
    """End this device's session."""
    if current_user.is_authenticated:
        with unit_of_work() as rows:
            sign_out(rows, token=current_user.get_id())
        logout_user()
    session.clear()
    return redirect(url_for("auth.sign_in"))


@blueprint.get("/garages")
@staff("technician")
def garages() -> ResponseReturnValue:
    """The garages that the person belongs to, to go on in another."""
    with across_garages("a person's own garages"), reading() as rows:
        own = list_own_garages(rows, current_user.user_id)
    return render_template("auth/garages.html", own=own, current=current_user.garage.id)


@blueprint.post("/garages")
@staff("technician")
def choose() -> ResponseReturnValue:
    """Go on in that garage; one that the person does not belong to does not exist for them."""
    slug = request.form.get("garage", "")[:100]
    if not slug.isprintable():  # PostgreSQL refuses NUL in a text
        raise NotFoundError
    with across_garages("a person's own garages"), unit_of_work() as rows:
        choose_garage(rows, session_id=current_user.session_id, user_id=current_user.user_id, slug=slug)
    return redirect(HOME, 303)


@blueprint.get("/desk/keys")
@staff("technician")
def keys() -> ResponseReturnValue:
    """What can be done by keyboard, and the switch for single keys."""
    return render_template("auth/keys.html")


@blueprint.post("/desk/keys")
@staff("technician")
def do_switch_keys() -> ResponseReturnValue:
    """Switch single keys off or on for the person who is signed in."""
    with across_garages("a person's own account"), unit_of_work() as rows:
        switch_keys(rows, user_id=current_user.user_id, off=request.form.get("keys") == "off")
    return redirect(url_for("auth.keys"), 303)


def safe_target(target: str | None) -> str:
    """Where to go after signing in: a path of our own, else the desk's first page."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return HOME
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or any(char in target for char in "\\\r\n\t"):
        return HOME
    return target
