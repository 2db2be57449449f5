"""Imports the models of every part, so that the metadata is whole whatever else is loaded."""

# ruff: noqa: F401  # imported for the tables they declare
import app.auth.models
import app.jobs.models
import app.security.models
import app.tenancy.models
import booking.appointments.models
import booking.catalog.models
import booking.customers.models
import booking.customers.search.models
import booking.drafts.models
import booking.resources.models
import calendars.feeds.models
import calendars.screen.models
import notifications.outbox.models
import notifications.planning.models
