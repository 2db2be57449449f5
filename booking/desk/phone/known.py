"""What the form takes over of somebody whom the desk has recognised."""

from __future__ import annotations

from flask_babel import gettext as _

from app.web.filters import phone
from booking.customers.plates import show_plate
from booking.customers.queries import KnownCar


def say_known(car: KnownCar | None, *, country: str) -> str:
    """What a colleague has just stored of somebody, beside whom the form holds something else."""
    customer, vehicle = (car.customer, car.vehicle) if car else (None, None)
    facts = [customer.name, phone(customer.phone or "", country), customer.email] if customer else []
    facts += (
        [show_plate(vehicle.plate, vehicle.plate_country), vehicle.make, vehicle.model] if vehicle else []
    )
    return str(
        _(
            "Somebody else has just changed what is known here, to: %(facts)s. Nothing is stored yet: what "
            "you typed is kept, and replaces it when you press the button once more.",
            facts=", ".join(filter(None, facts)) or "–",
        )
    )


def facts_of(car: KnownCar) -> dict[str, str]:
    """The form's fields that are known of a customer and their vehicle, in the form's own words."""
    customer, vehicle = car.customer, car.vehicle
    facts = {
        "known": car.key,
        "name": customer.name,
        "phone": customer.phone or "",
        "email": customer.email or "",
        "locale": customer.locale,
        "sms_consent": "1" if customer.sms_consent_at else "",
    }
    if vehicle is None:
        return facts
    return facts | {
        "plate": vehicle.plate,
        "country": vehicle.plate_country,
        "make_model": f"{vehicle.make} {vehicle.model}".strip(),
        "vehicle_class": vehicle.vehicle_class or "",
        "energy": vehicle.energy or "",
    }
