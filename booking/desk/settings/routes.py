"""Every address of the settings, in one list."""

from __future__ import annotations

from flask import Blueprint

from booking.desk.settings import views
from booking.desk.settings.hours import views as hours
from booking.desk.settings.online import views as online
from booking.desk.settings.place import views as place
from booking.desk.settings.resources import views as resources
from booking.desk.settings.services import views as services

HOME = "/desk/<workshop>/settings"
KIND = f"{HOME}/resources/<kind>"
ONE = f"{KIND}/<int:resource_id>"
SERVICES = f"{HOME}/services"
SERVICE = f"{SERVICES}/<int:service_type_id>"
DATES = f"{HOME}/hours/dates/<int:exception_id>"

blueprint = Blueprint("booking_settings", __name__, template_folder="../../templates")
blueprint.add_url_rule("/desk/settings", "first", views.first)
blueprint.add_url_rule(HOME, "overview", views.overview)
blueprint.add_url_rule(f"{HOME}/hours", "hours", hours.show)
blueprint.add_url_rule(f"{HOME}/hours", "save_hours", hours.save, methods=["POST"])
blueprint.add_url_rule(f"{HOME}/hours/dates/new", "new_dates", hours.new_dates)
blueprint.add_url_rule(f"{HOME}/hours/dates/new", "create_dates", hours.create_dates, methods=["POST"])
blueprint.add_url_rule(DATES, "dates", hours.edit_dates)
blueprint.add_url_rule(DATES, "save_dates", hours.save_dates, methods=["POST"])
blueprint.add_url_rule(f"{DATES}/remove", "remove_dates", hours.remove_dates, methods=["POST"])
blueprint.add_url_rule(f"{HOME}/online", "online", online.show)
blueprint.add_url_rule(f"{HOME}/online", "save_online", online.save, methods=["POST"])
blueprint.add_url_rule(f"{HOME}/workshop", "workshop", place.show_workshop)
blueprint.add_url_rule(f"{HOME}/workshop", "save_workshop", place.save_workshop, methods=["POST"])
blueprint.add_url_rule(f"{HOME}/garage", "garage", place.show_garage)
blueprint.add_url_rule(f"{HOME}/garage", "save_garage", place.save_garage, methods=["POST"])
blueprint.add_url_rule(SERVICES, "services", services.listing)
blueprint.add_url_rule(f"{SERVICES}/new", "new_service", services.new)
blueprint.add_url_rule(f"{SERVICES}/new", "create_service", services.create, methods=["POST"])
blueprint.add_url_rule(SERVICE, "service", services.edit)
blueprint.add_url_rule(SERVICE, "save_service", services.save, methods=["POST"])
blueprint.add_url_rule(f"{SERVICE}/online", "switch_service", services.switch, methods=["POST"])
blueprint.add_url_rule(f"{SERVICE}/archive", "archive_service", services.archive, methods=["POST"])
blueprint.add_url_rule(f"{SERVICE}/restore", "restore_service", services.restore, methods=["POST"])
blueprint.add_url_rule(f"{SERVICE}/shift", "shift_service", services.shift, methods=["POST"])
blueprint.add_url_rule(KIND, "resources", resources.listing)
blueprint.add_url_rule(f"{KIND}/new", "new_resource", resources.new)
blueprint.add_url_rule(f"{KIND}/new", "create_resource", resources.create, methods=["POST"])
blueprint.add_url_rule(ONE, "resource", resources.edit)
blueprint.add_url_rule(ONE, "save_resource", resources.save, methods=["POST"])
blueprint.add_url_rule(f"{ONE}/archive", "archive_resource", resources.archive, methods=["POST"])
blueprint.add_url_rule(f"{ONE}/restore", "restore_resource", resources.restore, methods=["POST"])
blueprint.add_url_rule(f"{ONE}/shift", "shift_resource", resources.shift, methods=["POST"])
