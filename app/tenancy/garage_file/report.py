"""What is wrong with a set-up: every problem with the path of its key, gathered before any is told.

The rules are the same for a garage file and for the settings of the desk. The file's sentences are for
whoever keeps the installation, at a terminal, and are not translated; beside them stands what the desk says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l

from app.errors import DomainError


class GarageFileError(DomainError):
    """The file cannot be loaded; ``problems`` lists every reason, one line each."""

    code = "garage_file"
    status = 422

    def __init__(self, problems: Iterable[object]) -> None:
        self.problems = [str(problem) for problem in problems]
        super().__init__("\n".join(self.problems))


class SetAtDeskError(GarageFileError):
    """The load would change what was set at the desk since the last one; nothing is stored."""

    code = "set_at_desk"


class WrongValueError(ValueError):
    """A value that breaks a rule: ``sentence`` for the file, ``at_desk`` in the reader's language."""

    def __init__(self, sentence: str, at_desk: Any = "") -> None:
        super().__init__(sentence)
        self.at_desk = at_desk


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: the steps to its key, the file's sentence, and the desk's, a lazy text."""

    steps: tuple[str | int, ...]
    sentence: str
    at_desk: Any

    def __str__(self) -> str:
        path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.steps)
        return f"{path.removeprefix('.')}: {self.sentence}" if path else self.sentence


@dataclass(frozen=True, slots=True)
class Report:
    """A place in the set-up, and the list that problems of the whole of it are added to."""

    steps: tuple[str | int, ...] = ()
    problems: list[Problem] = field(default_factory=list)

    def at(self, step: str | int) -> Report:
        """The place one step further in: a key, or the number of an entry."""
        return Report((*self.steps, step), self.problems)

    def add(self, sentence: str, at_desk: Any = "") -> None:
        """Note what is wrong here; what only a file can get wrong needs no words for the desk."""
        words = at_desk or _l("This does not fit here. Please check it.")
        self.problems.append(Problem(self.steps, sentence, words))

    def add_error(self, error: ValueError) -> None:
        """Note the rule that a value breaks."""
        self.add(str(error), getattr(error, "at_desk", ""))


def field_errors(problems: Iterable[Problem], *, inside: str = "", prefix: str = "") -> dict[str, str]:
    """The first problem of each key, by its name, as the desk says it.

    Of the table ``inside`` each key counts itself, its name behind ``prefix``.
    """
    found: dict[str, str] = {}
    for problem in problems:
        first, *rest = [str(step) for step in problem.steps] or [""]
        name = f"{prefix}{rest[0]}" if first == inside and rest else first
        found.setdefault(name, str(problem.at_desk))
    return found
