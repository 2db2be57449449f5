"""Rate limits counted in the database, so that all processes count together."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from ipaddress import ip_address, ip_network

from flask import request
from limits import RateLimitItem, parse_many
from sqlalchemy import Delete, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app import clock
from app.db.unit_of_work import unit_of_work
from app.errors import RateLimitedError
from app.extensions import current_settings
from app.localtime import EPOCH
from app.security.models import RateCount


def check_rate(name: str, *, account: str = "") -> None:
    """Count one call of the limit ``name`` by the client's network, on ``account`` if one is named.

    Fixed windows; opens its own short transaction. Raises RateLimitedError past the limit.
    """
    rules = current_settings().rate_limits.get(name)
    if rules is None:
        return
    who = f"{network_of(request.remote_addr or '')}\x00{account}"
    with unit_of_work() as session:
        waits = [wait for rule in parse_many(rules) if (wait := _count(session, rule, f"{name}\x00{who}"))]
    if waits:
        raise RateLimitedError(max(waits))


def network_of(address: str) -> str:
    """The network that counts as one caller: an IPv4 address, or the /64 that an IPv6 customer holds.

    RFC 6177 gives each site at least a /64, so single addresses of it cost nothing to change.
    """
    try:
        known = ip_address(address)
    except ValueError:
        return "unknown"
    if known.version == 4 or known.ipv4_mapped:
        return str(known if known.version == 4 else known.ipv4_mapped)
    return str(ip_network((known, 64), strict=False))


def hash_caller(purpose: str) -> str:
    """The client's network under a keyed hash of its own for each purpose; it tells nobody who calls."""
    return _keyed_hash(f"{purpose}\x00{network_of(request.remote_addr or '')}")


def delete_old_counts(session: Session) -> None:
    """Forget windows that are over."""
    statement: Delete = delete(RateCount).where(RateCount.expires_at < clock.now())
    session.execute(statement)


def _count(session: Session, rule: RateLimitItem, who: str) -> int:
    """Add one to the current window; the seconds to wait if that was too many, else 0."""
    now = clock.now()
    length = rule.get_expiry()
    number = int((now - EPOCH).total_seconds()) // length
    ends_at = EPOCH + timedelta(seconds=(number + 1) * length)
    bucket = _keyed_hash(f"{who}\x00{rule}\x00{number}")
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    count = session.scalar(
        insert(RateCount)
        .values(bucket=bucket, count=1, expires_at=ends_at)
        .on_conflict_do_update(index_elements=[RateCount.bucket], set_={"count": RateCount.count + 1})
        .returning(RateCount.count)
    )
    if count is not None and count <= rule.amount:
        return 0
    return max(1, int((ends_at - now).total_seconds()))


def _keyed_hash(text: str) -> str:
    """A keyed hash: the table must not tell who called."""
    key = current_settings().secret_key.encode()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
