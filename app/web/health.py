"""Probes: is the process up, and can it work?"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from app.db.unit_of_work import reading
from app.jobs.models import SchedulerTick
from app.security.policy import machine

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@machine
def healthz() -> Response:
    """200 while the process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@machine
def readyz() -> tuple[Response, int]:
    """200 when the database answers, with the scheduler's last tick; else 503."""
    try:
        with reading() as session:
            ticks = session.execute(select(SchedulerTick.job, SchedulerTick.ticked_at)).all()
    except SQLAlchemyError:
        return jsonify(status="unavailable", database="unreachable"), 503
    return jsonify(status="ok", jobs={job: at.isoformat() for job, at in ticks}), 200
