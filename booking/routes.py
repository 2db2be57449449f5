"""The addresses of the domain: its blueprints, in one list."""

from flask import Blueprint

from booking.api.views import blueprint as api
from booking.desk.conflicts.routes import blueprint as conflicts
from booking.desk.customers.routes import blueprint as customers
from booking.desk.drop.views import blueprint as drop
from booking.desk.move.views import blueprint as move
from booking.desk.phone.views import blueprint as phone
from booking.desk.requests.views import blueprint as requests
from booking.desk.search.views import blueprint as search
from booking.desk.settings.routes import blueprint as settings
from booking.desk.to_plan.views import blueprint as to_plan
from booking.desk.views import blueprint as desk
from booking.desk.walk_in.views import blueprint as walk_in
from booking.public.routes import blueprint as public

BLUEPRINTS: tuple[Blueprint, ...] = (
    api,
    *(conflicts, customers, desk, drop, move, phone, requests, search, settings, to_plan, walk_in),
    public,
)
