"""The messages of an appointment at the desk, with why a channel is not used for its customer."""

from __future__ import annotations

from dataclasses import dataclass

from babel import Locale
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from booking.customers.models import Customer
from notifications.content.texts import Kind
from notifications.outbox.panel import PanelLine, load_messages_panel
from notifications.planning.queries import get_addressee
from notifications.planning.reach import Barrier, country_of, find_barrier


@dataclass(frozen=True, slots=True)
class MessagesPanel:
    """The messages in the order of their time, and a sentence for each channel that is closed."""

    lines: list[PanelLine]
    gaps: list[str]


def load_panel(session: Session, garage_id: int, appointment_id: int) -> MessagesPanel:
    """What was, is and will be sent about the visit, and what is not, with the reason."""
    customer, texting = get_addressee(session, garage_id, appointment_id)
    barrier = find_barrier(customer, texting=texting, kind=Kind.CONFIRMED)
    return MessagesPanel(
        lines=load_messages_panel(session, garage_id, appointment_id),
        gaps=list_gaps(customer, barrier),
    )


def list_gaps(customer: Customer, barrier: Barrier | None) -> list[str]:
    """A sentence for each channel that is closed to the customer, ``barrier`` standing against texts."""
    gaps = [] if barrier is None else [_no_texts(barrier, customer.phone or "")]
    return gaps if customer.email else [*gaps, str(_("No e-mails: no address is known."))]


def _no_texts(barrier: Barrier, phone: str) -> str:
    words: dict[Barrier, str] = {
        Barrier.NO_NUMBER: _("No text messages: no phone number is known."),
        Barrier.OPTED_OUT: _("No text messages: the customer wants no more of them."),
        Barrier.NO_CONSENT: _(
            "No consent to text messages: only a change, and that the car is ready, is told by text."
        ),
        Barrier.NOT_MOBILE: _("No text messages: this is not a mobile number."),
    }
    return str(words[barrier] if barrier in words else _no_texts_abroad(phone))


def _no_texts_abroad(phone: str) -> str:
    names = (get_locale() or Locale("en")).territories
    country = names.get(country_of(phone) or "", "")
    if not country:
        return str(_("No text messages: this workshop sends none to the country of this number."))
    return str(_("No text messages: this workshop sends none abroad (%(country)s).", country=country))
