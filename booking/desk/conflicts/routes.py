"""The addresses of conflicts, leave and closings: those of the pages, and those that take something back."""

from __future__ import annotations

from booking.desk.conflicts import ending, views

blueprint = views.blueprint
CLOSURES = "/desk/<workshop>/closures"

blueprint.add_url_rule(
    f"{CLOSURES}/absence/<int:absence_id>/end", "end_absence", ending.end_absence, methods=["POST"]
)
blueprint.add_url_rule(
    f"{CLOSURES}/<int:exception_id>/end", "end_closing", ending.end_closing, methods=["POST"]
)
blueprint.add_url_rule(
    f"{CLOSURES}/series/<int:series_id>/end", "end_series", ending.end_series, methods=["POST"]
)
