"""The addresses of the time views: its blueprints, in one list."""

from flask import Blueprint

from calendars.board.views import blueprint as board

BLUEPRINTS: tuple[Blueprint, ...] = (board,)
