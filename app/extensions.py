"""Flask's own add-ons, made here and bound to the application by ``wsgi.py``."""

from __future__ import annotations

from typing import cast

from flask import current_app
from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect

from app.config import Settings

SETTINGS_KEY = "garagenda_settings"

babel = Babel()
csrf = CSRFProtect()
login_manager = LoginManager()
migrate = Migrate()


def current_settings() -> Settings:
    """The settings of the running application."""
    return cast("Settings", current_app.extensions[SETTINGS_KEY])
