"""What the form takes over of somebody whom the desk has recognised."""

from __future__ import annotations

from booking.customers.queries import KnownCar


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
