"""Passwords: argon2id, and the same time spent whether the account exists or not."""

from __future__ import annotations

import threading
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.extensions import current_settings

MIN_LENGTH = 10
# Each check takes 64 MiB for a good part of a second: a rush of sign-ins must not take the machine.
_at_once = threading.BoundedSemaphore(2)


def hash_password(password: str) -> str:
    """The argon2id hash of ``password``."""
    return _hasher(_is_test()).hash(password)


def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether ``password`` is the one; without an account the same work is done for nothing."""
    hasher = _hasher(_is_test())
    with _at_once:
        try:
            hasher.verify(password_hash or _nobody(_is_test()), password)
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None


def _is_test() -> bool:
    return current_settings().env == "test"


@lru_cache(maxsize=2)
def _hasher(cheap: bool) -> PasswordHasher:  # a cache key
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1) if cheap else PasswordHasher()


@lru_cache(maxsize=2)
def _nobody(cheap: bool) -> str:  # a cache key
    return _hasher(cheap).hash("nobody has this password")
