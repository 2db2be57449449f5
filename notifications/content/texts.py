"""The default texts of every kind of message, in French and English.

Words in braces are fields of MessageContext, and ``{link}``, the message's own short link, which
stays until the text is sent or shown. SMS texts hold to letters that GSM-7 has or that lose
nothing without their accent. Raise VERSION with every change of wording.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

VERSION = 3


class Kind(StrEnum):
    """What a message is about."""

    RECEIVED = "received"
    DECLINED = "declined"
    EXPIRED = "expired"
    CONFIRMED = "confirmed"
    REMINDER = "reminder"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class Text:
    """One kind in one language: the SMS, and the e-mail's subject and body."""

    sms: str
    subject: str
    email: str


TEXTS: dict[Kind, dict[str, Text]] = {
    Kind.RECEIVED: {
        "en": Text(
            sms="{hello}, we have your request for {when} ({car}). {workshop} will answer soon: {link}",
            subject="Request received: {when}, {workshop}",
            email=(
                "{hello},\n\n"
                "We have your request for {when}, {car}. The workshop looks at it and answers you soon; "
                "until then nothing is booked.\n\n"
                "Work: {services}\nReference: {reference}\n\n"
                "See or withdraw your request:\n{link}\n\n{place}\n"
            ),
        ),
        "fr": Text(
            sms="{hello}, demande bien notée : {car}, {when}. {workshop} répond vite : {link}",
            subject="Demande envoyée : {when}, {workshop}",
            email=(
                "{hello},\n\n"
                "Nous avons votre demande pour {when}, {car}. L’atelier l’étudie et vous répond vite ; "
                "d’ici là, rien n’est encore réservé.\n\n"
                "Travaux : {services}\nRéférence : {reference}\n\n"
                "Voir ou retirer votre demande :\n{link}\n\n{place}\n"
            ),
        ),
    },
    Kind.DECLINED: {
        "en": Text(
            sms="{hello}, {workshop} cannot take your request for {when}. Another time: {link}",
            subject="Request declined: {when}, {workshop}",
            email=(
                "{hello},\n\n"
                "We are sorry: the workshop cannot take your request for {when}, {car}. "
                "Nothing is booked; another time may suit.\n\n"
                "Work: {services}\nReference: {reference}\n\n"
                "See the answer, or ask for another time:\n{link}\n\n{place}\n"
            ),
        ),
        "fr": Text(
            sms="{hello}, {workshop} ne peut pas vous prendre {when}. Autre date : {link}",
            subject="Demande refusée : {when}, {workshop}",
            email=(
                "{hello},\n\n"
                "Nous sommes désolés : l’atelier ne peut pas accepter votre demande pour {when}, {car}. "
                "Rien n’est réservé ; une autre date conviendra peut-être.\n\n"
                "Travaux : {services}\nRéférence : {reference}\n\n"
                "Voir la réponse, ou demander une autre date :\n{link}\n\n{place}\n"
            ),
        ),
    },
    Kind.EXPIRED: {
        "en": Text(
            sms="{hello}, sorry: {workshop} has not answered for {when} in time. Try again: {link}",
            subject="No answer in time: {when}, {workshop}",
            email=(
                "{hello},\n\n"
                "We are sorry: your request for {when}, {car}, was not answered in time. "
                "Nothing is booked.\n\n"
                "Work: {services}\nReference: {reference}\n\n"
                "See it, or ask for another time:\n{link}\n\n{place}\n"
            ),
        ),
        "fr": Text(
            sms="{hello}, désolés : pas de réponse à temps pour {when}, {workshop}. Redemander : {link}",
            subject="Sans réponse à temps : {when}, {workshop}",
            email=(
                "{hello},\n\n"
                "Nous sommes désolés : votre demande pour {when}, {car}, n’a pas eu de réponse à temps. "
                "Rien n’est réservé.\n\n"
                "Travaux : {services}\nRéférence : {reference}\n\n"
                "La revoir, ou demander une autre date :\n{link}\n\n{place}\n"
            ),
        ),
    },
    Kind.CONFIRMED: {
        "en": Text(
            sms="{hello}, you're booked in: {car}, {when}, {workshop}. See or change: {link}",
            subject="You’re booked in: {when}, {workshop}",
            email=(
                "{hello},\n\n"
                "You’re booked in: we expect {car} on {when}.\n\n"
                "Work: {services}\nReference: {reference}\n\n"
                "See, add to your calendar or cancel:\n{link}\n\n{place}\n"
            ),
        ),
        "fr": Text(
            sms="{hello}, c’est réservé : {car}, {when}, {workshop}. Voir ou changer : {link}",
            subject="C’est réservé : {when}, {workshop}",
            email=(
                "{hello},\n\n"
                "C’est réservé : {car} est attendue {when}.\n\n"
                "Travaux : {services}\nRéférence : {reference}\n\n"
                "Voir, ajouter à votre agenda ou annuler :\n{link}\n\n{place}\n"
            ),
        ),
    },
    Kind.REMINDER: {
        "en": Text(
            sms="{hello}, {car} is due {when}, {workshop}. Need to change it? {link}",
            subject="Reminder: {when}, {workshop}",
            email=(
                "{hello},\n\n"
                "A reminder: {car} is due {when}.\n\n"
                "Work: {services}\nReference: {reference}\n\n"
                "Something has come up? See or cancel:\n{link}\n\n{place}\n"
            ),
        ),
        "fr": Text(
            sms="{hello}, {car} est attendue {when}, {workshop}. Un imprévu ? {link}",
            subject="Rappel : {when}, {workshop}",
            email=(
                "{hello},\n\n"
                "Petit rappel : {car} est attendue {when}.\n\n"
                "Travaux : {services}\nRéférence : {reference}\n\n"
                "Un imprévu ? Voir ou annuler :\n{link}\n\n{place}\n"
            ),
        ),
    },
    Kind.CHANGED: {
        "en": Text(
            sms="{hello}, {car} is now due {when}, {workshop}. See or change: {link}",
            subject="New time: {when}, {workshop}",
            email=(
                "{hello},\n\n"
                "The time of your visit is now {when}: that is when we expect {car}.\n\n"
                "Work: {services}\nReference: {reference}\n\n"
                "See, change or cancel:\n{link}\n\n{place}\n"
            ),
        ),
        "fr": Text(
            sms="{hello}, {car} est maintenant attendue {when}, {workshop}. Changer : {link}",
            subject="Nouvel horaire : {when}, {workshop}",
            email=(
                "{hello},\n\n"
                "Votre visite a désormais lieu {when} : nous y attendons {car}.\n\n"
                "Travaux : {services}\nRéférence : {reference}\n\n"
                "Voir, changer ou annuler :\n{link}\n\n{place}\n"
            ),
        ),
    },
    Kind.READY: {
        "en": Text(
            sms="{hello}, {car} is ready to be collected, {workshop}. Your visit: {link}",
            subject="Ready to collect: {workshop}",
            email=(
                "{hello},\n\n"
                "Good news: {car} is ready to be collected.\n\n"
                "Work: {services}\nReference: {reference}\n\n"
                "Your visit:\n{link}\n\n{place}\n"
            ),
        ),
        "fr": Text(
            sms="{hello}, {car} est prête, vous pouvez venir : {workshop}. Votre visite : {link}",
            subject="Votre voiture est prête : {workshop}",
            email=(
                "{hello},\n\n"
                "Bonne nouvelle : {car} est prête, vous pouvez venir la chercher.\n\n"
                "Travaux : {services}\nRéférence : {reference}\n\n"
                "Votre visite :\n{link}\n\n{place}\n"
            ),
        ),
    },
    Kind.CANCELLED: {
        "en": Text(
            sms="{hello}, your visit on {when} ({workshop}) is cancelled. Details: {link}",
            subject="Cancelled: {when}, {workshop}",
            email=(
                "{hello},\n\n"
                "Your visit on {when} with {car} is cancelled.\n\n"
                "Reference: {reference}\n\n"
                "See it, or book another time:\n{link}\n\n{place}\n"
            ),
        ),
        "fr": Text(
            sms="{hello}, votre visite du {when} ({workshop}) est annulée. Détails : {link}",
            subject="Annulé : {when}, {workshop}",
            email=(
                "{hello},\n\n"
                "Votre visite du {when} avec {car} est annulée.\n\n"
                "Référence : {reference}\n\n"
                "La revoir, ou prendre une autre date :\n{link}\n\n{place}\n"
            ),
        ),
    },
}
