"""The roof: ``create_app`` puts the parts together. The only file that sees everything."""

from __future__ import annotations

import os
from pathlib import Path

from apiflask import APIFlask
from flask import Flask
from flask_babel import lazy_gettext as _l
from werkzeug.middleware.proxy_fix import ProxyFix

from app import clock
from app.api.problems import problem_response
from app.auth.loader import init_login
from app.auth.views import blueprint as auth_pages
from app.config import Settings
from app.db.constraints import name_constraint
from app.db.session import configure_database, db
from app.extensions import SETTINGS_KEY, babel, csrf, migrate
from app.i18n import select_locale
from app.security.headers import init_headers
from app.tenancy.guards import install_guards
from app.web.access import init_access
from app.web.assets import init_assets
from app.web.compression import init_compression
from app.web.errors import init_errors
from app.web.filters import init_filters
from app.web.health import blueprint as health
from app.web.icons import init_icons
from app.web.logs import configure_logs, init_request_log
from app.web.registries import NavEntry, add_nav_entry
from app.web.shell import init_shell
from booking.errors import SlotTakenError
from booking.resources.no_overlap import NO_OVERLAP
from booking.routes import BLUEPRINTS as BOOKING
from calendars.routes import BLUEPRINTS as CALENDARS

ROOT = Path(__file__).parent


def create_app(settings: Settings | None = None) -> Flask:
    """The application for ``settings``, read from the environment by default.

    Raises SettingsError if the environment does not describe a runnable installation.
    """
    settings = settings or Settings.from_environ(os.environ)
    clock.configure(settings.clock_offset_file)
    configure_logs(settings)
    flask = _bare(settings)
    _init_platform(flask, settings)
    _wire()
    for blueprint in (health, auth_pages, *BOOKING, *CALENDARS):
        flask.register_blueprint(blueprint)
    return flask


def _bare(settings: Settings) -> APIFlask:
    flask = APIFlask(
        "app",
        root_path=str(ROOT / "app"),
        static_folder=None,  # type: ignore[arg-type]  # Flask takes None: app/web/assets.py serves
        json_errors=False,
        docs_path=None,
        spec_path=None,
        title="Garagenda",
        version="1",
    )
    flask.extensions[SETTINGS_KEY] = settings
    flask.config.update(
        SECRET_KEY=settings.secret_key,
        SECRET_KEY_FALLBACKS=list(settings.secret_key_fallbacks),
        TESTING=settings.env == "test",
        MAX_CONTENT_LENGTH=1_000_000,
        OPENAPI_VERSION="3.1.0",
        BABEL_DEFAULT_LOCALE="en",
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "app" / "translations"),
    )
    flask.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider
    flask.url_map.strict_slashes = False
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        flask.wsgi_app = ProxyFix(flask.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]  # as Werkzeug documents it
    return flask


def _init_platform(flask: Flask, settings: Settings) -> None:
    configure_database(flask, settings)
    install_guards(flask)
    migrate.init_app(flask, db, directory=str(ROOT / "migrations"), render_as_batch=True, compare_type=True)
    babel.init_app(flask, locale_selector=select_locale)
    init_request_log(flask)
    init_login(flask, settings)
    csrf.init_app(flask)
    init_access(flask)
    init_headers(flask, settings)
    init_assets(flask, ROOT / "app" / "static")
    init_icons(flask)
    init_filters(flask)
    init_shell(flask)
    init_compression(flask)
    init_errors(flask, renderers={"/api/": problem_response})


def _wire() -> None:
    """Registries and events: what lower parts show and say, filled by the parts above them."""
    name_constraint(NO_OVERLAP, SlotTakenError)
    add_nav_entry(NavEntry("calendars_board.today", _l("Day"), "cal", role="technician", position=10))
