"""Domain errors: every refusal of the product has a code, an HTTP status and a sentence."""

from __future__ import annotations

from http import HTTPStatus
from typing import ClassVar

from flask_babel import lazy_gettext as _l


class DomainError(Exception):
    """A use case was refused for a reason the caller can understand.

    ``code`` is stable and machine readable; ``message`` is a translated sentence that says what
    to do next. One handler renders it as a page or as problem+json (RFC 9457).
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = HTTPStatus.CONFLICT
    message: str = _l("This is not possible right now.")
    retry_after: int | None = None
    """Seconds after which trying again makes sense, where waiting helps."""

    def extra(self) -> dict[str, object]:
        """Further members of the problem document."""
        return {}


class NotFoundError(DomainError):
    """Nothing of that name in the caller's reach; somebody else's object answers the same."""

    code = "not_found"
    status = HTTPStatus.NOT_FOUND
    message = _l("There is nothing at this address.")


class StaleVersionError(DomainError):
    """Someone else changed the record since it was read."""

    code = "stale_version"
    message = _l("Someone else has just changed this. Have a look at what it says now, then try again.")


class InvalidInputError(DomainError):
    """One or more fields do not hold what they should; ``errors`` maps each field to a sentence."""

    code = "invalid"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    message = _l("Some of the answers need another look.")

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(", ".join(errors))
        self.errors = errors

    def extra(self) -> dict[str, object]:
        return {"errors": [{"field": field, "message": str(text)} for field, text in self.errors.items()]}


class UnavailableError(DomainError):
    """The database cannot answer at this moment; nothing was stored."""

    code = "unavailable"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    message = _l("We cannot be reached for a moment. Nothing was lost; please try again in a few seconds.")
    retry_after = 5


class RateLimitedError(DomainError):
    """Too many calls from one address."""

    code = "rate_limited"
    status = HTTPStatus.TOO_MANY_REQUESTS
    message = _l("That was a lot of tries in a short time. Please wait a moment, then go on.")

    def __init__(self, retry_after: int) -> None:
        super().__init__(str(retry_after))
        self.retry_after = retry_after
