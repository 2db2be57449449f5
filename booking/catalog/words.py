"""Kinds of vehicles and of drive, as forms name them."""

from __future__ import annotations

from flask_babel import gettext as _


def list_classes() -> list[tuple[str, str]]:
    """The vehicle classes with their words."""
    return [
        ("city", _("City car")),
        ("sedan", _("Saloon or estate")),
        ("suv", _("SUV or 4x4")),
        ("van", _("Van")),
        ("motorcycle", _("Motorcycle")),
    ]


def list_energies() -> list[tuple[str, str]]:
    """What cars run on, with "not known" first."""
    return [
        ("", _("I do not know")),
        ("petrol", _("Petrol")),
        ("diesel", _("Diesel")),
        ("hybrid", _("Hybrid")),
        ("electric", _("Electric")),
        ("gas", _("Gas")),
    ]
