"""The addresses of the messages: its blueprints, in one list."""

from flask import Blueprint

BLUEPRINTS: tuple[Blueprint, ...] = ()
