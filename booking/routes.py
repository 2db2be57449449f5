"""The addresses of the domain: its blueprints, in one list."""

from flask import Blueprint

from booking.desk.views import blueprint as desk

BLUEPRINTS: tuple[Blueprint, ...] = (desk,)
