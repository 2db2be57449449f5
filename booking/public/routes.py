"""Every address of the customer's pages, in one list."""

from __future__ import annotations

from flask import Blueprint, Response, request

from booking.drafts.errors import DraftGoneError
from booking.public.views import contact, garage, manage, services, slot, vehicle, welcome

blueprint = Blueprint("booking_public", __name__, template_folder="../templates")

WORKSHOP = "/g/<garage>/<workshop>"
DRAFT = f"{WORKSHOP}/b/<token>"

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
blueprint.register_error_handler(DraftGoneError, services.show_gone)


@blueprint.after_request
def _keep_tokens_private(response: Response) -> Response:
    """Pages whose address holds a token are kept by nobody and found by no search engine."""
    if "token" in (request.view_args or {}):
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
    return response
