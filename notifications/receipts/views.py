"""``/hooks/twilio/…``: what Twilio tells us of the texts it took."""

from __future__ import annotations

import structlog
from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from app.db.unit_of_work import reading, retrying_once, unit_of_work
from app.errors import NotFoundError
from app.extensions import current_settings
from app.security.links import LinkTarget, open_link
from app.security.policy import machine
from app.tenancy.scope import across_garages, scoped_to
from notifications.channels.protocol import Report
from notifications.channels.twilio.addresses import STATUS_PATH, status_address
from notifications.channels.twilio.signature import is_signed
from notifications.channels.twilio.statuses import outcome_of
from notifications.outbox.links import MESSAGE
from notifications.receipts.operations import apply_report

log = structlog.get_logger(__name__)
blueprint = Blueprint("notifications_receipts", __name__)

NOTED = "", 204


@blueprint.post(f"{STATUS_PATH}/<token>")
@machine
def twilio_status(token: str) -> ResponseReturnValue:
    """A status of one message: 403 unless Twilio signed it, else 204, known or not.

    Twilio asks for nothing more than a 2xx, and would only repeat what we cannot use.
    """
    _check_signature(token)
    report = _read_report()
    target = _find_target(token)
    if report is None or target is None:
        log.info("report_unused", is_known_message=target is not None)
        return NOTED

    def note() -> None:
        with scoped_to(target.garage_id), unit_of_work() as session:
            apply_report(session, target, report)

    retrying_once(note)
    return NOTED


def _check_signature(token: str) -> None:
    settings = current_settings()
    query = request.query_string.decode("latin-1")
    address = status_address(settings, token) + (f"?{query}" if query else "")
    body = request.get_data(as_text=True) if request.is_json else ""
    signature = request.headers.get("X-Twilio-Signature", "")
    if not is_signed(settings.twilio_auth_token, address, form=request.form, body=body, signature=signature):
        abort(403)


def _read_report() -> Report | None:
    """What the form says, or None for a status that changes nothing we know."""
    code = request.form.get("ErrorCode", "")
    outcome = outcome_of(request.form.get("MessageStatus", ""), code)
    provider_id = request.form.get("MessageSid", "")
    if outcome is None or not provider_id:
        return None
    return Report(provider_id, outcome, code)


def _find_target(token: str) -> LinkTarget | None:
    with across_garages("a message's marker names its garage"), reading() as session:
        try:
            return open_link(session, purpose=MESSAGE, token=token)
        except NotFoundError:
            return None
