"""Imports the models of every part, so that the metadata is whole."""

import notifications.outbox.models
import notifications.planning.models  # noqa: F401
