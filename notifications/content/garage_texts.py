"""The e-mails to a workshop itself: what its customers did online, in French and English.

Words in braces are fields of GarageContext; a fact whose word is empty is left out. Each tells
something that happened, and stays true whatever came after. Raise VERSION with every change of
wording.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

VERSION = 1


class GarageKind(StrEnum):
    """What a message to the workshop is about."""

    BOOKED = "garage_booked"
    REQUESTED = "garage_requested"
    MOVED = "garage_moved"
    CANCELLED = "garage_cancelled"
    DAY_SHEET = "day_sheet"


GARAGE_KINDS = frozenset(GarageKind)


@dataclass(frozen=True, slots=True)
class GarageText:
    """One kind in one language."""

    subject: str
    email: str


_FACTS = {
    "en": (
        "Work: {services}\nVisit: {visit}\nReady: {ready}\nPhone: {phone}\nE-mail: {email}\n"
        "Note: {note}\nReference: {reference}\n\n"
    ),
    "fr": (
        "Travaux : {services}\nVisite : {visit}\nRestitution : {ready}\nTéléphone : {phone}\n"
        "E-mail : {email}\nRemarque : {note}\nRéférence : {reference}\n\n"
    ),
}

GARAGE_TEXTS: dict[str, dict[str, GarageText]] = {
    GarageKind.BOOKED: {
        "en": GarageText(
            subject="Booked online: {when}, {car}",
            email=(
                "{customer} has booked online: {car}, {when}.\n\n"
                f"{_FACTS['en']}"
                "Open the visit at the desk:\n{link}\n"
            ),
        ),
        "fr": GarageText(
            subject="Réservé en ligne : {when}, {car}",
            email=(
                "{customer} a réservé en ligne : {car}, {when}.\n\n"
                f"{_FACTS['fr']}"
                "Ouvrir la visite à l’accueil :\n{link}\n"
            ),
        ),
    },
    GarageKind.REQUESTED: {
        "en": GarageText(
            subject="To answer: {when}, {car}",
            email=(
                "{customer} asks for {when}: {car}. Nothing is promised until you decide.\n\n"
                "Answer by: {answer_by}\n"
                f"{_FACTS['en']}"
                "Confirm or decline at the desk:\n{link}\n"
            ),
        ),
        "fr": GarageText(
            subject="À traiter : {when}, {car}",
            email=(
                "{customer} demande un rendez-vous {when} : {car}. "
                "Rien n’est promis avant votre réponse.\n\n"
                "Répondre avant : {answer_by}\n"
                f"{_FACTS['fr']}"
                "Confirmer ou décliner à l’accueil :\n{link}\n"
            ),
        ),
    },
    GarageKind.MOVED: {
        "en": GarageText(
            subject="Moved online: {when}, {car}",
            email=(
                "{customer} has moved the visit online: {car} now comes {when}.\n\n"
                "Was due: {before}\n"
                f"{_FACTS['en']}"
                "Open the visit at the desk:\n{link}\n"
            ),
        ),
        "fr": GarageText(
            subject="Déplacé en ligne : {when}, {car}",
            email=(
                "{customer} a déplacé la visite en ligne : {car} vient maintenant {when}.\n\n"
                "Auparavant : {before}\n"
                f"{_FACTS['fr']}"
                "Ouvrir la visite à l’accueil :\n{link}\n"
            ),
        ),
    },
    GarageKind.CANCELLED: {
        "en": GarageText(
            subject="Cancelled online: {when}, {car}",
            email=(
                "{customer} has cancelled the visit of {when} online: {car}. The place is free again.\n\n"
                "Reason: {reason}\nWork: {services}\nPhone: {phone}\nE-mail: {email}\n"
                "Reference: {reference}\n\n"
                "Open the visit at the desk:\n{link}\n"
            ),
        ),
        "fr": GarageText(
            subject="Annulé en ligne : {when}, {car}",
            email=(
                "{customer} a annulé en ligne la visite du {when} : {car}. "
                "Le créneau est de nouveau libre.\n\n"
                "Motif : {reason}\nTravaux : {services}\nTéléphone : {phone}\nE-mail : {email}\n"
                "Référence : {reference}\n\n"
                "Ouvrir la visite à l’accueil :\n{link}\n"
            ),
        ),
    },
}
