"""The public JSON API's blueprint: its root, its tag, and the limit that every call counts to."""

from __future__ import annotations

from apiflask import APIBlueprint

from app.security.rate_limits import check_rate

ROOT = "/api/v1"

blueprint = APIBlueprint("booking_api", __name__, url_prefix=ROOT, tag="Booking")


@blueprint.before_request
def _count_call() -> None:
    check_rate("api")
