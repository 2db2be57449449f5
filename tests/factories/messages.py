"""Message rules of a garage, its messages, and channels that answer as a test wants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select, update

from app import clock
from app.db.session import db
from app.db.unit_of_work import reading, unit_of_work
from app.tenancy.scope import scoped_to
from booking.appointments.queries import get_appointment_view
from notifications.channels.protocol import Accepted, Answer, Channels, Outgoing
from notifications.outbox.links import create_short_link, show_short_link
from notifications.outbox.models import Message
from notifications.planning.models import MessageRules, ReminderRule
from tests.factories.garages import MadeGarage


def add_reminder(
    garage: MadeGarage, *, channel: str = "sms", hours_before: int | None = None, day_before_at: str = ""
) -> None:
    """One reminder rule: ``hours_before`` the arrival, or at ``HH:MM`` the day before."""
    hours, _, minutes = day_before_at.partition(":")
    with scoped_to(garage.id), unit_of_work() as session:
        session.add(
            ReminderRule(
                garage_id=garage.id,
                workshop_id=garage.workshop.id,
                channel=channel,
                hours_before=hours_before,
                day_before_at=int(hours) * 60 + int(minutes) if day_before_at else None,
            )
        )


def set_quiet_hours(garage: MadeGarage, quiet_from: str, quiet_until: str) -> None:
    """Quiet from ``HH:MM`` to ``HH:MM`` on the workshop's clock."""
    values = {"quiet_from": _minutes(quiet_from), "quiet_until": _minutes(quiet_until)}
    _change_rules(garage, values)


def set_sms_countries(garage: MadeGarage, countries: Sequence[str]) -> None:
    """The countries whose numbers get text messages."""
    _change_rules(garage, {"sms_countries": list(countries)})


def list_rows(garage: MadeGarage, **same: object) -> list[Message]:
    """The garage's messages by due time, those whose columns are as given."""
    same_row = select(Message).filter_by(garage_id=garage.id, **same)
    with scoped_to(garage.id), reading() as session:
        return list(session.scalars(same_row.order_by(Message.due_at, Message.id)))


def only_row(garage: MadeGarage, **same: object) -> Message:
    """The one message whose columns are as given."""
    (row,) = list_rows(garage, **same)
    return row


def short_token(garage: MadeGarage, **same: object) -> str:
    """The token of the short link of the one message whose columns are as given."""
    row = only_row(garage, **same)
    with scoped_to(garage.id), reading() as session:
        return show_short_link(session, row).token


def change_messages(garage: MadeGarage, **values: object) -> None:
    """Set columns of all the garage's messages, as a crash or the past may have left them."""
    with scoped_to(garage.id), unit_of_work() as session:
        session.execute(update(Message).where(Message.garage_id == garage.id).values(values))


def make_due_messages(
    garage: MadeGarage, appointment_id: int, *, count: int, channel: str = "email", **columns: object
) -> None:
    """So many messages about one appointment, all due now, each with its short link.

    E-mails, or texts to as many numbers; ``columns`` are as given in every row.
    """
    address = "+336399{:05d}" if channel == "sms" else "reader{}@perrot.example"
    with scoped_to(garage.id), unit_of_work() as session:
        view = get_appointment_view(session, garage.id, appointment_id)
        for number in range(count):
            standard = {
                "kind": "confirmed",
                "locale": "fr",
                "appointment_version": 1,
                "recipient": address.format(number),
                "arrives_at": view.appointment.arrives_at,
                "due_at": clock.now(),
                "useful_until": view.appointment.arrives_at,
            }
            message = Message(
                garage_id=garage.id,
                workshop_id=garage.workshop.id,
                appointment_id=appointment_id,
                rule_key=f"copy-{number}",
                channel=channel,
                **(standard | columns),
            )
            session.add(message)
            session.flush()
            create_short_link(session, message)


@dataclass
class FakeChannel:
    """Gives the next of ``answers``, the last one for ever; fails inside a transaction."""

    answers: list[Answer | Exception] = field(default_factory=list)
    sent: list[Outgoing] = field(default_factory=list)

    def send(self, message: Outgoing) -> Answer:
        assert not db.session().in_transaction(), "a provider was called inside a transaction"
        self.sent.append(message)
        if not self.answers:
            return Accepted(provider_id=f"fake-{message.message_id}-{message.attempt}")
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def channels(self) -> Channels:
        """This channel for SMS and e-mail."""
        return {"sms": self, "email": self}


def _change_rules(garage: MadeGarage, values: Mapping[str, object]) -> None:
    with scoped_to(garage.id), unit_of_work() as session:
        session.execute(
            update(MessageRules)
            .where(MessageRules.garage_id == garage.id, MessageRules.workshop_id == garage.workshop.id)
            .values(dict(values))
        )


def _minutes(clock_time: str) -> int:
    hours, _, minutes = clock_time.partition(":")
    return int(hours) * 60 + int(minutes)
