"""When something is tried again: after a wait that grows, differs by chance, and is never below what the service asks.

Only what is safe is tried again: GET, and an order that carries an Idempotency-Key.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import anyio

from gastrack_client.errors import PassingError, UnavailableError

PASSING = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
"""Statuses that pass by themselves; 500 is a defect, which does not."""
MOST_ASKED_SECONDS = 600.0
"""Of a Retry-After that is heeded: a longer one is taken for this, so that no clock that is wrong stops us for days."""


@dataclass(frozen=True, slots=True)
class Retrying:
    """How often and how patiently: by default six attempts over about a minute."""

    attempts: int = 6
    first_seconds: float = 1.0
    most_seconds: float = 30.0

    def wait_seconds(self, failures: int, asked_seconds: float | None, chance: float) -> float:
        """Return how long to wait after so many failures in a row.

        Args:
            failures: From 1.
            asked_seconds: What the service asks to wait, None where it does not.
            chance: 0 to 1; half of the wait is by chance, so that many readers do not come back at once.
        """
        grown = min(self.most_seconds, self.first_seconds * 2.0 ** (failures - 1))
        return max(grown * (0.5 + 0.5 * chance), min(asked_seconds or 0.0, MOST_ASKED_SECONDS))


class Attempts:
    """Counts failures in a row."""

    def __init__(self, retrying: Retrying) -> None:
        self._retrying, self._failures = retrying, 0

    def progressed(self) -> None:
        """Count anew: something went well in between."""
        self._failures = 0

    async def failed(self, fault: PassingError) -> None:
        """Wait until the next attempt.

        Raises:
            UnavailableError: it was tried often enough.
        """
        self._failures += 1
        if self._failures >= self._retrying.attempts:
            raise UnavailableError(f"{fault} (tried {self._failures} times)") from fault
        chance = random.random()  # noqa: S311 - spreads readers, keeps no secret
        await anyio.sleep(self._retrying.wait_seconds(self._failures, fault.retry_after_seconds, chance))


def retry_after_seconds(text: str | None, now: datetime | None = None) -> float | None:
    """Read a Retry-After, seconds or a date; None where there is none that can be read."""
    if not text:
        return None
    if text.isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())
