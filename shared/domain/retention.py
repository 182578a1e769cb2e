"""Retention: the first gas day that is kept online. Earlier hours leave, and nothing brings them back.

The floor is part of the register: it moves forward by a change that stands in the order of what happened, so every
stage meets it at the same place, and a replay as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from shared.domain import gas_time
from shared.domain.attribution import HELD_H, MOST_DELAY_H
from shared.domain.topology import Issue

MONTHS_ONLINE = 36
"""Gas months that stay online before the running one: three years [P]."""
GAS_REACH_H = MOST_DELAY_H + HELD_H
"""Hours before an hour whose analyses may still serve it: the longest way of the gas, and how long one is held."""
_MS_PER_HOUR = 3_600_000
_MONTHS_A_YEAR = 12


def latest_floor(moment_ms: int) -> date:
    """Return the latest day that may be the first one online at a moment: that of 36 months before the running one.

    Args:
        moment_ms: Ms since 1970.
    """
    hour = moment_ms // _MS_PER_HOUR
    running = gas_time.gas_day(hour) if gas_time.is_supported(hour) else gas_time.FIRST_DAY
    months = running.year * _MONTHS_A_YEAR + running.month - 1 - MONTHS_ONLINE
    first = date(months // _MONTHS_A_YEAR, months % _MONTHS_A_YEAR + 1, 1)
    return max(first, gas_time.FIRST_DAY)


def floor_issues(asked: date, before: date | None, latest: date) -> Iterator[Issue]:
    """Give the reasons why a day cannot become the first one online.

    Args:
        asked: The day.
        before: The one that holds; None where everything is online.
        latest: See `latest_floor`.
    """
    if asked.day != 1:
        text = f"{asked} does not begin a gas month: whole gas months leave"
        yield Issue("FLOOR_IN_MONTH", "online_from", text)
    if before is not None and asked < before:
        text = f"gas days are online from {before} on: what has left does not come back"
        yield Issue("FLOOR_MOVES_BACK", "online_from", text)
    if asked > latest:
        text = f"three years and the running month stay online: ask for {latest} or earlier"
        yield Issue("FLOOR_TOO_LATE", "online_from", text)


def first_online_hour(online_from: date | None) -> int:
    """Return the first hour that is online; the first one that we know where everything is."""
    return gas_time.hours_of_day(online_from or gas_time.FIRST_DAY).start


def first_gas_day(online_from: date | None) -> date:
    """Return the first gas day of which analyses are kept: those that may still serve the first hour online."""
    hour = first_online_hour(online_from) - GAS_REACH_H
    return gas_time.gas_day(hour) if gas_time.is_supported(hour) else gas_time.FIRST_DAY
