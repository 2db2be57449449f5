"""The addresses of the messages: its blueprints, in one list."""

from flask import Blueprint

from notifications.outbox.phone import blueprint as phone
from notifications.outbox.views import blueprint as outbox

BLUEPRINTS: tuple[Blueprint, ...] = (outbox, phone)
