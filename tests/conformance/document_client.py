"""A client that knows nothing of the product but its OpenAPI document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from jsonschema.validators import validator_for
from werkzeug.test import TestResponse


@dataclass(frozen=True)
class Operation:
    """One operation of the document."""

    path: str
    method: str
    notes: dict[str, Any]


@dataclass(frozen=True)
class Answered:
    """An answer that the document allows; ``links`` are its operations with their parameters."""

    status: int
    body: Any
    headers: dict[str, str]
    links: dict[str, dict[str, Any]]


class DocumentClient:
    """Calls operations by their id, and holds question and answer to the document."""

    def __init__(self, client: FlaskClient, address: str) -> None:
        self._client = client
        self.document: dict[str, Any] = client.get(address).get_json()
        self.operations = {
            notes["operationId"]: Operation(path, method, notes)
            for path, methods in self.document["paths"].items()
            for method, notes in methods.items()
        }

    def call(self, operation_id: str, body: Any = None, **values: Any) -> Answered:
        """Call an operation; ``values`` are its parameters by name (``-`` written ``_``)."""
        operation = self.operations[operation_id]
        path, query, headers = self._place(operation, values)
        content: dict[str, Any] = {}
        if body is not None:
            self._check(body, operation.notes["requestBody"]["content"]["application/json"]["schema"])
            content = {"json": body}
        response = self._client.open(
            path, method=operation.method.upper(), query_string=query, headers=headers, **content
        )
        return self._answered(operation, response)

    def _place(
        self, operation: Operation, values: dict[str, Any]
    ) -> tuple[str, dict[str, Any], dict[str, str]]:
        """Each value where its parameter stands; fails for a parameter that is missing or unknown."""
        path, left = operation.path, dict(values)
        query: dict[str, Any] = {}
        headers: dict[str, str] = {}
        for parameter in operation.notes["parameters"]:
            name = parameter["name"]
            value = left.pop(name.replace("-", "_"), None)
            if value is None:
                assert not parameter["required"], f"{name} is required"
                continue
            self._check(value, parameter["schema"])
            if parameter["in"] == "path":
                path = path.replace("{" + name + "}", value)
            else:
                (query if parameter["in"] == "query" else headers)[name] = value
        assert not left, f"not documented: {sorted(left)}"
        return path, query, headers

    def _answered(self, operation: Operation, response: TestResponse) -> Answered:
        documented = operation.notes["responses"][str(response.status_code)]
        self._check(response.get_json(force=True), documented["content"][response.mimetype]["schema"])
        for name, header in documented.get("headers", {}).items():
            assert not header["required"] or name in response.headers
        body = response.get_json(force=True)
        links = {
            link["operationId"]: {
                name: body[source.removeprefix("$response.body#/")]
                for name, source in link["parameters"].items()
            }
            for link in documented.get("links", {}).values()
        }
        return Answered(response.status_code, body, dict(response.headers), links)

    def _check(self, value: Any, schema: dict[str, Any]) -> None:
        whole = {
            "$schema": Draft202012Validator.META_SCHEMA["$id"],
            "components": self.document["components"],
        }
        whole |= schema
        validator = validator_for(whole)
        validator(whole, format_checker=validator.FORMAT_CHECKER).validate(value)
