"""Shapes of answers that every API of the house shares: problem documents (RFC 9457)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Answer(BaseModel):
    """An answer's shape: exactly the members named, each always there."""

    model_config = ConfigDict(extra="forbid")


class Problem(Answer):
    """Why a call was refused. ``code`` is stable; ``detail`` is for people, in their language."""

    type: str = Field(json_schema_extra={"format": "uri-reference"})
    title: str
    status: int
    detail: str
    code: str


class FieldError(Answer):
    """One wrong field: its path in the body, or the name of a parameter or header."""

    field: str
    message: str


class InvalidProblem(Problem):
    """What was asked is wrong at any time: the fields to put right."""

    errors: list[FieldError] = Field(min_length=1)
