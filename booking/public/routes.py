"""Every address of the customer's pages, in one list."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, request

from app.web.errors import lead_on
from booking.drafts.errors import DraftGoneError
from booking.public.page import known_place
from booking.public.views import contact, garage, manage, move, services, slot, vehicle, welcome

blueprint = Blueprint("booking_public", __name__, template_folder="../templates")

WORKSHOP = "/g/<garage>/<workshop>"
DRAFT = f"{WORKSHOP}/b/<token>"
MOST_BYTES = 65_536
"""Of a form: all of what it brings is kept, also what is refused. Beyond, 413."""

blueprint.add_url_rule("/", "welcome", welcome.show_welcome)
blueprint.add_url_rule("/g/<garage>", "garage", garage.show_garage)
blueprint.add_url_rule("/g/<garage>/accent.<mark>.css", "accent", garage.show_accent)
blueprint.add_url_rule(WORKSHOP, "services_start", services.show_start)
blueprint.add_url_rule(WORKSHOP, "services_begin", services.begin, methods=["POST"])
blueprint.add_url_rule(f"{DRAFT}/services", "services", services.show_services)
blueprint.add_url_rule(f"{DRAFT}/services", "services_save", services.save_services, methods=["POST"])
blueprint.add_url_rule(f"{DRAFT}/vehicle", "vehicle", vehicle.show_vehicle)
blueprint.add_url_rule(f"{DRAFT}/vehicle", "vehicle_save", vehicle.save_vehicle, methods=["POST"])
blueprint.add_url_rule(f"{DRAFT}/slot", "slot", slot.show_slot)
blueprint.add_url_rule(f"{DRAFT}/slot", "slot_save", slot.save_slot, methods=["POST"])
blueprint.add_url_rule(f"{DRAFT}/contact", "contact", contact.show_contact)
blueprint.add_url_rule(f"{DRAFT}/contact", "contact_save", contact.save_contact, methods=["POST"])
blueprint.add_url_rule("/a/<token>", "manage", manage.show_appointment)
blueprint.add_url_rule("/a/<token>/cancel", "cancel", manage.cancel, methods=["POST"])
blueprint.add_url_rule("/a/<token>/move", "move", move.show_move)
blueprint.add_url_rule("/a/<token>/move", "move_save", move.save_move, methods=["POST"])
blueprint.register_error_handler(DraftGoneError, services.show_gone)


@blueprint.url_value_preprocessor  # apiflask takes no before_request of a plain blueprint
def _lead_on(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """What goes wrong once the workshop is known is said on a page of the workshop's."""
    request.max_content_length = MOST_BYTES
    lead_on(lambda: known_place(g.get("public_place")))


@blueprint.after_request
def _keep_tokens_private(response: Response) -> Response:
    """Pages whose address holds a token are kept by nobody and found by no search engine."""
    if "token" in (request.view_args or {}):
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
    return response
