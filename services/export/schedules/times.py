"""When schedules go off, and for which period. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from shared.domain import gas_time
from shared.domain.period import View
from shared.store.export_jobs import Document

_DAY = timedelta(days=1)


def next_daily(at: time, after: datetime) -> datetime:
    """Return the next moment after another at which the wall clock shows a time; exactly one a calendar day."""
    local = gas_time.local_start(int(after.timestamp()) // 3600).date()
    moments = (gas_time.moment_on(local + days * _DAY, at) for days in range(-1, 3))
    return next(moment for moment in moments if moment > after)


def gas_day_before(moment: datetime) -> date:
    """Return the gas day before the one that is running: the last that has ended."""
    return gas_time.gas_day(int(moment.timestamp()) // 3600) - _DAY


def time_of(text: str) -> time:
    """Return the time of a day that is written as 11:00."""
    return time.fromisoformat(text)


def of_day(asked: Document, day: date) -> Document:
    """Return an order's texts for one gas day."""
    return _of(asked, {"from": day.isoformat(), "to": (day + _DAY).isoformat()})


def of_month(asked: Document, month: str) -> Document:
    """Return an order's texts for one gas month, as its view writes it."""
    following = gas_time.next_month(month)
    if asked["given"].get("view") == View.MONTH:
        return _of(asked, {"from": month, "to": following})
    first, end = (gas_time.first_day_of_month(one).isoformat() for one in (month, following))
    return _of(asked, {"from": first, "to": end})


def _of(asked: Document, period: Mapping[str, str]) -> Document:
    return {**asked, "given": {**asked["given"], **period}}
