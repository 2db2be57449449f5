"""The addresses of the messages: its blueprints, in one list."""

from flask import Blueprint

from notifications.outbox.phone import blueprint as phone
from notifications.outbox.views import blueprint as outbox
from notifications.please_phone.views import blueprint as please_phone
from notifications.receipts.views import blueprint as receipts

BLUEPRINTS: tuple[Blueprint, ...] = (outbox, phone, please_phone, receipts)
