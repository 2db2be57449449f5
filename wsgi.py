"""The roof: ``create_app`` puts the parts together. The only file that sees everything."""

from __future__ import annotations

import gc
import os
from pathlib import Path

from apiflask import APIFlask
from flask import Flask
from sqlalchemy.orm import configure_mappers
from werkzeug.middleware.proxy_fix import ProxyFix

from app import clock
from app.api.openapi import init_openapi
from app.api.problems import problem_response
from app.auth.commands import user_commands
from app.auth.garage_file import STAFF
from app.auth.loader import init_login
from app.auth.views import blueprint as auth_pages
from app.config import Settings
from app.db.constraints import name_constraint
from app.db.session import configure_database, db
from app.db.writes import watch_writes
from app.events import subscribe
from app.extensions import SETTINGS_KEY, babel, csrf, migrate
from app.i18n import select_locale
from app.jobs.commands import init_job_commands
from app.jobs.registry import add_job
from app.jobs.start_checks import add_start_check, check_fit_to_serve
from app.jobs.ticks import show_ticks
from app.security.headers import init_headers
from app.security.jobs import forget_old_counts
from app.tenancy.commands import garage_commands
from app.tenancy.garage_file.basics import GARAGE_BASICS, WORKSHOP_BASICS
from app.tenancy.garage_file.registry import add_part, add_section
from app.tenancy.guards import install_guards
from app.tenancy.set_up_watch import check_set_up_watch, watch_set_up
from app.web.access import init_access
from app.web.assets import init_assets
from app.web.compression import init_compression
from app.web.converters import init_converters
from app.web.errors import init_errors
from app.web.filters import init_filters
from app.web.health import add_ready_fact
from app.web.health import blueprint as health
from app.web.icons import init_icons
from app.web.logs import configure_logs, init_request_log
from app.web.registries import (
    DeskKey,
    DeskSearch,
    NavEntry,
    Panel,
    add_desk_alert,
    add_desk_key,
    add_nav_entry,
    add_panel,
    add_settings_page,
    set_desk_search,
)
from app.web.settings_nav import init_settings_nav
from app.web.shell import init_shell
from app.web.templates import compile_templates, init_templates
from booking.appointments.jobs import expire_requests, forget_stored_answers, prolong_late
from booking.appointments.set_up import SET_UP_TABLES
from booking.catalog.garage_file import ENERGY_SKILLS, SERVICES
from booking.customers.jobs import forget_old_uploads
from booking.customers.search.keeping import keep_search_terms
from booking.desk.conflicts.rail import TO_REPLAN
from booking.desk.customers.rail import CUSTOMERS
from booking.desk.requests.rail import TO_DECIDE
from booking.desk.settings.rail import SETTINGS, SETTINGS_PAGES
from booking.desk.to_plan.rail import TO_PLAN
from booking.drafts.jobs import forget_old_drafts, forget_past_holds
from booking.errors import SlotTakenError
from booking.events import (
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentMoved,
    AppointmentStatusChanged,
    AppointmentUndone,
    CustomerChanged,
    CustomersMerged,
)
from booking.resources.garage_file import EXCEPTIONS, RESOURCES, RULES
from booking.resources.no_overlap import NO_OVERLAP, check_no_overlap_guard
from booking.routes import BLUEPRINTS as BOOKING
from calendars.board.rail import BOARD_ENTRIES
from calendars.feeds.commands import feed_commands
from calendars.feeds.desk.page import IN_RAIL
from calendars.feeds.jobs import export_feeds, forget_feed_texts
from calendars.routes import BLUEPRINTS as CALENDARS
from calendars.screen.desk.views import IN_SETTINGS as SCREENS_IN_SETTINGS
from demo.commands import demo_commands
from notifications.outbox.alert import warn_of_delay
from notifications.outbox.checks import add_check
from notifications.outbox.jobs import end_leases, send_due_messages
from notifications.outbox.opt_outs import check_opt_out, load_merge_panel, on_customers_merged
from notifications.outbox.panel import load_customer_panel
from notifications.outbox.readiness import overdue_seconds
from notifications.planning.checks import check_consent, check_quiet_hours, check_truth
from notifications.planning.garage_file import MESSAGE_RULES, REMINDERS
from notifications.planning.jobs import plan_day_sheets
from notifications.planning.notice import load_notice
from notifications.planning.panel import load_panel
from notifications.planning.preview import load_step_notices
from notifications.planning.readdress import on_customer_changed
from notifications.planning.settings import SETTINGS_TABLES
from notifications.planning.subscribers import on_booked, on_cancelled, on_moved, on_status_changed, on_undone
from notifications.planning.workshop import tell_booked, tell_cancelled, tell_moved
from notifications.please_phone.rail import TO_PHONE
from notifications.receipts.jobs import look_for_unknown_messages
from notifications.routes import BLUEPRINTS as NOTIFICATIONS

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
    init_openapi(flask, settings)
    _wire()
    for blueprint in (health, auth_pages, *BOOKING, *CALENDARS, *NOTIFICATIONS):
        flask.register_blueprint(blueprint)
    for commands in (garage_commands, user_commands, feed_commands, demo_commands):
        flask.cli.add_command(commands)
    return flask


def serving_app() -> Flask:
    """The application for a web worker: it does not start where the database is not fit to serve.

    Templates and tables are made ready now, so that no visitor waits for it.
    While the database cannot be reached it starts all the same and answers 503, so that a worker
    born in an outage does not take the server down. Raises what a start check raises.
    """
    flask = create_app()
    with flask.app_context():
        check_fit_to_serve()
    make_ready(flask)
    _leave_to_itself()
    return flask


def _leave_to_itself() -> None:
    """What is there when serving begins stays: collecting would look through all of it, for a tenth of a
    second in the middle of somebody's request."""
    gc.collect()
    gc.freeze()


def make_ready(flask: Flask) -> None:
    """Do what the first request of a new process would have to do otherwise."""
    configure_mappers()
    compile_templates(flask)


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
    init_converters(flask)
    configure_database(flask, settings)
    install_guards(flask)
    watch_writes(flask)
    migrate.init_app(flask, db, directory=str(ROOT / "migrations"), render_as_batch=True, compare_type=True)
    babel.init_app(flask, locale_selector=select_locale)
    init_request_log(flask)
    init_login(flask, settings)
    csrf.init_app(flask)
    init_access(flask)
    init_headers(flask, settings)
    init_assets(flask, ROOT / "app" / "static")
    init_templates(flask)
    init_icons(flask)
    init_filters(flask)
    init_shell(flask)
    init_settings_nav(flask)
    init_compression(flask)
    init_errors(flask, renderers={"/api/": problem_response})
    init_job_commands(flask)


def _wire() -> None:
    """Registries and events: what lower parts show and say, filled by the parts above them."""
    name_constraint(NO_OVERLAP, SlotTakenError)
    keep_search_terms()
    set_desk_search(DeskSearch("booking_search.results", anywhere="booking_search.first"))
    add_desk_key(DeskKey("n", "booking_phone.form", anywhere="booking_phone.first", role="receptionist"))
    add_desk_key(DeskKey("w", "booking_walk_in.form", anywhere="booking_walk_in.first", role="receptionist"))
    for entry in BOARD_ENTRIES:
        add_nav_entry(entry)
    add_nav_entry(
        NavEntry("calendars_feeds_desk.first", IN_RAIL, "calplus", role="receptionist", position=80)
    )
    add_nav_entry(TO_DECIDE)
    add_nav_entry(TO_PHONE)
    add_nav_entry(TO_PLAN)
    add_nav_entry(TO_REPLAN)
    add_nav_entry(CUSTOMERS)
    add_nav_entry(SETTINGS)
    for page in (*SETTINGS_PAGES, SCREENS_IN_SETTINGS):
        add_settings_page(page)
    wire_garage_file()
    _wire_messages()
    _wire_jobs()


def wire_garage_file() -> None:
    """Who keeps which keys of the garage file; the order is that of a dump."""
    for part in (GARAGE_BASICS, ENERGY_SKILLS, WORKSHOP_BASICS, RULES, EXCEPTIONS, RESOURCES):
        add_part(part)
    for part in (MESSAGE_RULES, REMINDERS):
        add_part(part)
    for section in (SERVICES, STAFF):
        add_section(section)


def _wire_messages() -> None:
    subscribe(AppointmentBooked, on_booked)
    subscribe(AppointmentStatusChanged, on_status_changed)
    subscribe(AppointmentCancelled, on_cancelled)
    subscribe(AppointmentMoved, on_moved)
    subscribe(AppointmentUndone, on_undone)
    subscribe(CustomersMerged, on_customers_merged)
    subscribe(CustomerChanged, on_customer_changed)
    subscribe(AppointmentBooked, tell_booked)
    subscribe(AppointmentCancelled, tell_cancelled)
    subscribe(AppointmentMoved, tell_moved)
    add_desk_alert(warn_of_delay)
    for check in (check_truth, check_consent, check_opt_out, check_quiet_hours):
        add_check(check)
    add_panel("appointment_detail", Panel("notifications/outbox/_messages.html", load_panel, position=10))
    add_panel(
        "appointment_step", Panel("notifications/planning/_step_notice.html", load_step_notices, position=10)
    )
    add_panel(
        "customer_detail",
        Panel("notifications/outbox/_customer_messages.html", load_customer_panel, position=10),
    )
    add_panel("customer_merge", Panel("notifications/outbox/_opted_out.html", load_merge_panel, position=10))
    add_panel("appointment_page", Panel("notifications/planning/_notice.html", load_notice, position=10))


def _wire_jobs() -> None:
    add_job("send_due_messages", send_due_messages, every_seconds=1)
    add_job("end_leases", end_leases, every_seconds=10)
    add_job("look_for_unknown_messages", look_for_unknown_messages, every_seconds=10)
    add_job("prolong_late", prolong_late, every_seconds=15)
    add_job("expire_requests", expire_requests, every_seconds=5)
    add_job("plan_day_sheets", plan_day_sheets, every_seconds=60)
    add_job("forget_old_counts", forget_old_counts, every_seconds=300)
    add_job("forget_stored_answers", forget_stored_answers, every_seconds=300)
    add_job("forget_old_drafts", forget_old_drafts, every_seconds=300)
    add_job("forget_old_uploads", forget_old_uploads, every_seconds=300)
    add_job("forget_past_holds", forget_past_holds, every_seconds=60)
    add_job("export_feeds", export_feeds, every_seconds=5)
    add_job("forget_feed_texts", forget_feed_texts, every_seconds=3600)
    add_start_check(check_no_overlap_guard)
    watch_set_up(SET_UP_TABLES | SETTINGS_TABLES)
    add_start_check(check_set_up_watch)
    add_ready_fact("jobs", show_ticks)
    add_ready_fact("messages_overdue_seconds", overdue_seconds)
