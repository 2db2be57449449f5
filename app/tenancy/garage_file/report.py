"""What is wrong with a garage file: every problem with the path of its key, gathered before any is told.

These sentences are for whoever keeps the installation, at a terminal; they are not translated.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from app.errors import DomainError


class GarageFileError(DomainError):
    """The file cannot be loaded; ``problems`` lists every reason, one line each."""

    code = "garage_file"
    status = 422

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Report:
    """A place in the file, and the list that problems of the whole file are added to."""

    path: str = ""
    problems: list[str] = field(default_factory=list)

    def at(self, step: str | int) -> Report:
        """The place one step further in: a key, or the number of an entry."""
        if isinstance(step, int):
            return Report(f"{self.path}[{step}]", self.problems)
        return Report(f"{self.path}.{step}" if self.path else step, self.problems)

    def add(self, problem: str) -> None:
        """Note what is wrong here."""
        self.problems.append(f"{self.path}: {problem}" if self.path else problem)
