"""Reading what a caller sends: a JSON body or a query, held to a model, wrong fields named."""

from __future__ import annotations

from typing import Any, TypeVar, get_origin

from flask import request
from flask_babel import gettext as _
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, from_json
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from app.errors import InvalidInputError

M = TypeVar("M", bound=BaseModel)

MOST_BYTES = 64 * 1024


def read_json() -> Any:
    """The request's body as plain values.

    Raises UnsupportedMediaType (415) for another content type, RequestEntityTooLarge (413) beyond
    64 KB, and BadRequest (400) for what is not JSON: also NaN, lone surrogates, and nesting or
    numbers beyond reason.
    """
    if not request.is_json:
        raise UnsupportedMediaType
    request.max_content_length = MOST_BYTES
    raw = request.get_data()
    try:
        return from_json(raw, allow_inf_nan=False)
    except ValueError as error:
        raise BadRequest from error


def check_body(model: type[M], body: Any, *, context: dict[str, Any]) -> M:
    """``body`` as ``model``; raises InvalidInputError with every wrong field by its path."""
    try:
        return model.model_validate(body, context=context)
    except ValidationError as error:
        raise _refusal(error) from error


def read_query(model: type[M]) -> M:
    """The query as ``model``; parameters it does not know are ignored.

    Raises InvalidInputError, also when a parameter that is no list comes more than once.
    """
    values: dict[str, Any] = {}
    twice: dict[str, str] = {}
    for name, field in model.model_fields.items():
        wanted = field.alias or name
        given = request.args.getlist(wanted)
        if get_origin(field.annotation) is list:
            values[wanted] = given
        elif len(given) > 1:
            twice[wanted] = _("This was given more than once.")
        elif given:
            values[wanted] = given[0]
    if twice:
        raise InvalidInputError(twice)
    return check_body(model, values, context={})


def _refusal(error: ValidationError) -> InvalidInputError:
    errors: dict[str, str] = {}
    for each in error.errors(include_url=False, include_input=False):
        path = ".".join(str(step) for step in each["loc"]) or "body"
        errors.setdefault(path, _sentence(each))
    return InvalidInputError(errors)


def _sentence(error: ErrorDetails) -> str:
    """The error in the caller's language."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    options = str(context.get("expected")).replace(" or ", ", ")
    texts = {
        "missing": _("This is required."),
        "extra_forbidden": _("There is no such field."),
        "too_short": _("Give at least one."),
        "too_long": _("That is too many."),
        "string_too_long": _("Please keep this under %(most)s characters.", most=context.get("max_length")),
        "string_too_short": _("This is required."),
        "literal_error": _("Choose one of: %(options)s.", options=options),
        "string_type": _("This must be text."),
        "bool_type": _("This must be true or false."),
        "list_type": _("This must be a list."),
    }
    return str(texts.get(kind, _("This must be an object with named members.")))
