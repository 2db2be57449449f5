"""The addresses of the time views: its blueprints, in one list."""

from flask import Blueprint

from calendars.board.views import blueprint as board
from calendars.feeds.desk.views import blueprint as feeds_desk
from calendars.feeds.views import blueprint as feeds
from calendars.screen.desk.views import blueprint as screen_desk
from calendars.screen.views import blueprint as screen

BLUEPRINTS: tuple[Blueprint, ...] = (board, feeds, feeds_desk, screen, screen_desk)
