"""The addresses of the domain: its blueprints, in one list."""

from flask import Blueprint

BLUEPRINTS: tuple[Blueprint, ...] = ()
