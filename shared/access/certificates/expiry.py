"""How long certificates are still good, and when that is worth a warning."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from shared.access.client import Client, Key


class Left(StrEnum):
    """How long the last certificate of a client is still good, in the steps in which he is warned."""

    LONGER = "longer"
    DAYS_60 = "60"
    DAYS_30 = "30"
    DAYS_7 = "7"
    EXPIRED = "expired"


_STEPS = ((Left.DAYS_7, timedelta(days=7)), (Left.DAYS_30, timedelta(days=30)), (Left.DAYS_60, timedelta(days=60)))


def left(key: Key, now: datetime) -> Left:
    """Return how long a key is still good."""
    return step(key.not_after - now)


def step(remaining: timedelta) -> Left:
    """Return the step in which something stands that ends after a while; it is over where that is negative."""
    if remaining < timedelta(0):
        return Left.EXPIRED
    return next((one for one, most in _STEPS if remaining <= most), Left.LONGER)


def days_left(key: Key, now: datetime) -> int:
    """Return the whole days for which a key is still good; 0 on its last one and afterwards."""
    return max(0, (key.not_after - now).days)


def last_key(client: Client) -> Key | None:
    """Return the key of a client that is good for longest; None where all were revoked.

    He is warned of that one alone: the one before it may run out.
    """
    return max((key for key in client.keys if key.revoked_at is None), key=lambda key: key.not_after, default=None)


def warning(client: Client, key: Key, now: datetime) -> Left | None:
    """Return the warning that a key of a client deserves, None where there is none."""
    stands = left(key, now)
    return None if key != last_key(client) or stands is Left.LONGER else stands
