"""The addresses of the time views: its blueprints, in one list."""

from flask import Blueprint

from calendars.board.views import blueprint as board
from calendars.feeds.desk.views import blueprint as feeds_desk
from calendars.feeds.views import blueprint as feeds

BLUEPRINTS: tuple[Blueprint, ...] = (board, feeds, feeds_desk)
