"""The addresses of the time views: its blueprints, in one list."""

from flask import Blueprint

BLUEPRINTS: tuple[Blueprint, ...] = ()
