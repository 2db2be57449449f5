"""The addresses of the domain: its blueprints, in one list."""

from flask import Blueprint

from booking.api.views import blueprint as api
from booking.desk.move.views import blueprint as move
from booking.desk.phone.views import blueprint as phone
from booking.desk.views import blueprint as desk
from booking.public.routes import blueprint as public

BLUEPRINTS: tuple[Blueprint, ...] = (api, desk, move, phone, public)
