"""Every address of the pages of customers and vehicles, in one list."""

from __future__ import annotations

from flask import Blueprint

from booking.desk.customers import imports, merge, owner, vehicles, views

ONE = "/desk/customers/<int:customer_id>"
CAR = f"{ONE}/vehicles/<int:vehicle_id>"

blueprint = Blueprint("booking_customers", __name__, template_folder="../../templates")
blueprint.add_url_rule("/desk/customers", "listing", views.listing)
blueprint.add_url_rule("/desk/customers/new", "new", views.new)
blueprint.add_url_rule("/desk/customers/new", "create", views.create, methods=["POST"])
blueprint.add_url_rule("/desk/customers/import", "start", imports.start)
blueprint.add_url_rule("/desk/customers/import", imports.UPLOAD, imports.upload, methods=["POST"])
blueprint.add_url_rule("/desk/customers/import/<int:import_id>", "check", imports.check)
blueprint.add_url_rule("/desk/customers/import/<int:import_id>", "store", imports.store, methods=["POST"])
blueprint.url_value_preprocessor(imports.allow_large_file)
blueprint.add_url_rule(ONE, "detail", views.detail)
blueprint.add_url_rule(f"{ONE}/edit", "edit", views.edit)
blueprint.add_url_rule(f"{ONE}/edit", "save", views.save, methods=["POST"])
blueprint.add_url_rule(f"{ONE}/vehicles/new", "new_vehicle", vehicles.new_vehicle)
blueprint.add_url_rule(f"{ONE}/vehicles/new", "create_vehicle", vehicles.create_vehicle, methods=["POST"])
blueprint.add_url_rule(f"{CAR}/edit", "edit_vehicle", vehicles.edit_vehicle)
blueprint.add_url_rule(f"{CAR}/edit", "save_vehicle", vehicles.save_vehicle, methods=["POST"])
blueprint.add_url_rule(f"{CAR}/owner", "choose_owner", owner.choose_owner)
blueprint.add_url_rule(f"{CAR}/owner", "give", owner.give, methods=["POST"])
blueprint.add_url_rule(f"{ONE}/merge", "choose", merge.choose)
blueprint.add_url_rule(f"{ONE}/merge", "merge", merge.merge, methods=["POST"])
