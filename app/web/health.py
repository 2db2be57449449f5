"""Probes: is the process up, and can it work?"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, jsonify
from sqlalchemy import literal, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.db.unit_of_work import reading
from app.security.policy import machine
from app.tenancy.scope import across_garages

blueprint = Blueprint("health", __name__)
Fact = Callable[[Session], object]
_facts: dict[str, Fact] = {}


def add_ready_fact(name: str, fact: Fact) -> None:
    """Show ``fact`` on ``/readyz`` under ``name``; wired in ``wsgi.py``."""
    _facts[name] = fact


@blueprint.get("/healthz")
@machine
def healthz() -> Response:
    """200 while the process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@machine
def readyz() -> tuple[Response, int]:
    """200 when the database answers, with what the parts say of themselves; else 503."""
    try:
        with (
            across_garages("counts and times of the whole installation, no garage's own words"),
            reading() as session,
        ):
            session.scalar(select(literal(1)))
            facts = {name: fact(session) for name, fact in _facts.items()}
    except SQLAlchemyError:
        return jsonify(status="unavailable", database="unreachable"), 503
    return jsonify(status="ok", **facts), 200
