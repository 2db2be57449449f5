"""The OpenAPI document: what the blueprints say of their operations, put together and completed.

apiflask collects the operations; here are the parts it does not know: bodies and queries that we
read ourselves, problem documents, and what all operations share.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar, cast

from apiflask import APIFlask
from flask import Flask
from pydantic import BaseModel

from app.api.keys import KeyHeader
from app.api.problems import CONTENT_TYPE
from app.api.schemas import InvalidProblem, Problem
from app.config import Settings

F = TypeVar("F", bound=Callable[..., Any])
Document = dict[str, Any]

API_ROOT = "/api/"
SCHEMAS = "#/components/schemas/"
DOCUMENT_KEY = "garagenda_openapi"
DESCRIPTION = """\
Book, show, move and cancel appointments of a car workshop.

Times are RFC 3339 with an offset; the workshop's own offset at that instant in answers. Money is
whole cents of the garage's currency, VAT included. A refusal is a problem document (RFC 9457)
whose `code` is stable and whose `detail` and `errors` are written in the language of `?lang=` or
Accept-Language (`en`, `fr`), else in the garage's own. Members of a body that are not documented
are refused (422); query parameters that are not documented are ignored. Whatever is unknown here,
or belongs to somebody else, answers 404.
"""
LANG = {
    "name": "lang",
    "in": "query",
    "required": False,
    "description": "`en` or `fr`: the language of texts; anything else counts for nothing.",
    "schema": {"type": "string"},
}
RETRY_AFTER = {
    "Retry-After": {
        "description": "Seconds to wait.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    }
}
WHEN = {
    400: "The body is not JSON.",
    404: "Unknown garage, workshop or token; the same answer for all.",
    409: "Well asked, but not possible now.",
    413: "The body is larger than 64 KB.",
    415: "The body is not sent as application/json.",
    422: "The question is wrong at any time; `errors` names the fields.",
    429: "Too many calls from this address.",
    503: "The service cannot be reached for a moment; nothing was stored.",
}
ALWAYS = (HTTPStatus.TOO_MANY_REQUESTS.value, HTTPStatus.SERVICE_UNAVAILABLE.value)

_problems: dict[str, type[BaseModel]] = {model.__name__: model for model in (Problem, InvalidProblem)}


def takes(
    *,
    query: type[BaseModel] | None = None,
    body: type[BaseModel] | None = None,
    idempotency_key: bool = False,
) -> Callable[[F], F]:
    """Document the query, body or Idempotency-Key that a view reads itself.

    apiflask's own ``input`` would read it too: it drops repeated parameters and takes any content
    type.
    """

    def mark(view: F) -> F:
        notes: dict[str, Any] = view.__dict__.setdefault("_spec", {})
        if query is not None:
            notes["args"] = [(query, "query")]
        if idempotency_key:
            notes["args"] = [(KeyHeader, "headers")]
        if body is not None:
            notes |= {"body": body, "content_type": "application/json"}
        return view

    return mark


def refusals(*statuses: int, conflict: type[Problem] | tuple[type[Problem], ...] = ()) -> dict[int, Any]:
    """The refusals of an operation for ``blueprint.doc(responses=…)``; 429 and 503 are always among them.

    ``conflict`` is the shape of its 409, or the shapes that it can have.
    """
    conflicts = conflict if isinstance(conflict, tuple) else (conflict,)
    shapes: dict[int, Document] = {422: _ref(InvalidProblem)}
    if conflicts:
        _problems.update((model.__name__, model) for model in conflicts)
        refs = [_ref(model) for model in conflicts]
        shapes[409] = refs[0] if len(refs) == 1 else {"anyOf": refs}
        statuses = (*statuses, 409)
    return {
        status: {
            "description": WHEN[status],
            "content": {CONTENT_TYPE: {"schema": shapes.get(status, _ref(Problem))}},
            **({"headers": RETRY_AFTER} if status in ALWAYS else {}),
        }
        for status in sorted({*statuses, *ALWAYS})
    }


def init_openapi(app: APIFlask, settings: Settings) -> None:
    """Tell apiflask what the document says of the whole API."""
    app.config.update(AUTO_404_RESPONSE=False, AUTO_VALIDATION_ERROR_RESPONSE=False, AUTO_SERVERS=False)
    app.servers = [{"url": settings.public_url}]
    app.description = DESCRIPTION
    app.spec_processor(_complete)  # type: ignore[arg-type]  # a dict, as long as no YAML is asked for


def openapi_document(app: Flask) -> Document:
    """The document of ``app``; made once."""
    if DOCUMENT_KEY not in app.extensions:
        app.extensions[DOCUMENT_KEY] = cast("APIFlask", app).spec
    return cast("Document", app.extensions[DOCUMENT_KEY])


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": SCHEMAS + model.__name__}


def _complete(document: Document) -> Document:
    """Keep the API's paths, add the problems' shapes and what all operations share."""
    document["paths"] = {
        path: operations for path, operations in document["paths"].items() if path.startswith(API_ROOT)
    }
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name, model in _problems.items():
        shape = model.model_json_schema(ref_template=SCHEMAS + name + ".{model}")
        schemas |= {f"{name}.{part}": inner for part, inner in shape.pop("$defs", {}).items()}
        schemas[name] = shape
    for operations in document["paths"].values():
        for operation in operations.values():
            operation["parameters"].append(LANG)
            if "requestBody" in operation:
                operation["requestBody"]["required"] = True
            for parameter in operation["parameters"]:
                parameter["required"] = parameter["in"] == "path" or parameter.get("required", False)
    return cast("Document", _without_null_defaults(_with_plain_names(document)))


def _with_plain_names(document: Document) -> Document:
    """Shapes inside others are named ``Outer.Inner``; those that are one shape get its own name."""
    text = json.dumps(document)
    schemas = document["components"]["schemas"]
    for name in sorted(schemas):
        plain = name.rpartition(".")[2]
        text = text.replace(f'"{SCHEMAS}{name}"', f'"{SCHEMAS}{plain}"')
    renamed: Document = json.loads(text)
    shapes: Document = {}
    for name, shape in renamed["components"]["schemas"].items():
        plain = name.rpartition(".")[2]
        if shapes.setdefault(plain, shape) != shape:
            raise RuntimeError(f"two shapes are called {plain}")
    renamed["components"]["schemas"] = shapes
    return renamed


def _without_null_defaults(part: Any) -> Any:
    """The same without ``default: null``: a member may be left out, but null is no value of it."""
    if isinstance(part, dict):
        return {
            name: _without_null_defaults(value)
            for name, value in part.items()
            if not (name == "default" and value is None)
        }
    return [_without_null_defaults(value) for value in part] if isinstance(part, list) else part
