"""What the query service is asked with: parameters as documented in the API, read by pure code."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import date, datetime
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

from services.query.measured.answers import Layout
from shared.access.days import ALWAYS, Days
from shared.access.periods import fitted
from shared.domain import gas_time
from shared.domain.period import Question, View, day_of, moment_ms_of, question_of
from shared.domain.physics.iso6976 import REFERENCES
from shared.domain.topology import Issue
from shared.runtime.problem import ProblemError, unprocessable

MAX_ROWS_PER_PAGE = 500


class Period(BaseModel):
    """Gas days or gas months; texts, so that one place says everything that is wrong with them."""

    model_config = ConfigDict(populate_by_name=True)

    from_: str = Field("", alias="from", max_length=64, description="First gas day, 2026-11-23; month view: 2026-11.")
    to: str = Field("", max_length=64, description="End, exclusive: gas day or gas month.")


class Asked(Period):
    """Parameters of a measurements question."""

    view: str = Field("", max_length=64, description="hour (default), day or month.")
    unit: str = Field("", max_length=64, description="Of energy and calorific value: kWh (default), GJ or MJ.")
    reference: str = Field("", max_length=64, description=f"Of calorific values: {', '.join(REFERENCES)}.")
    known_at: str = Field("", max_length=64, description="As known at this moment, with an offset or Z.")
    layout: str = Field("", max_length=64, description="rows (default) or columns.")
    columns: str = Field("", max_length=1000, description="Only these, by their names with commas; default: all.")


class AskedPunctuality(Period):
    """Parameters of a question how punctual a line is."""

    view: str = Field(
        "",
        max_length=64,
        description="day (default) or month.",
        examples=["day"],
        json_schema_extra={"enum": ["", View.DAY, View.MONTH]},
    )
    known_at: str = Field("", max_length=64, description="As known at this moment, with an offset or Z.")

    def by_days_or_months(self) -> AskedPunctuality:
        """Return the same with its view told.

        Raises:
            ProblemError: 422 for another view: of one hour there is no share.
        """
        if self.view not in {"", View.DAY, View.MONTH}:
            text = f"{self.view[:40]!r} is not offered: choose {View.DAY}, {View.MONTH}"
            raise unprocessable([Issue("VIEW", "view", text)])
        return self if self.view else self.model_copy(update={"view": View.DAY.value})


def question(asked: Period, today: date, days: Days = ALWAYS) -> Question:
    """Return the question, or raise 422 with all its issues; what is left out of its period lies within `days`."""
    given = asked.model_dump(by_alias=True)
    read = question_of(given, today)
    if not isinstance(read, Question):
        raise unprocessable(read)
    return fitted(read, given, days)


def layout(asked: Asked) -> Layout:
    """Return how the answer shall lie, or raise 422."""
    try:
        return Layout(asked.layout or Layout.ROWS)
    except ValueError:
        raise unprocessable([Issue("LAYOUT", "layout", "choose rows or columns")]) from None


def columns(asked: Asked) -> frozenset[str]:
    """Return the names of the columns that are asked for, none where all are."""
    return frozenset(name.strip() for name in asked.columns.split(",") if name.strip())


def known_at_ms(asked: str) -> int | None:
    """Return the asked known_at in ms since 1970, None if it was not asked, or raise 422."""
    moment_ms = moment_ms_of(asked) if asked else None
    if isinstance(moment_ms, Issue):
        raise unprocessable([moment_ms])
    return moment_ms


def past_ms(asked: str, now: datetime) -> int | None:
    """Return the asked known_at as `known_at_ms` does, or raise 422 where it lies in the future."""
    moment_ms = known_at_ms(asked)
    if moment_ms is not None and moment_ms > now.timestamp() * 1000:
        text = "known_at lies in the future: nothing can be known at it yet"
        raise unprocessable([Issue("KNOWN_AT", "known_at", text)])
    return moment_ms


def gas_day(text: str, position: str) -> date | None:
    """Return an optional gas day, or raise 422."""
    day = day_of(text) if text else None
    if text and day is None:
        raise unprocessable([Issue("DATE", position, f"{text[:40]!r}: write it as 2026-11-23, 1990 to 2099")])
    return day


def hour(text: str) -> int:
    """Return the gas hour that starts at a moment, or raise 422."""
    try:
        # A plus sign that was not escaped in the address arrives as a space.
        return gas_time.hour_number(datetime.fromisoformat(text.replace(" ", "+")))
    except ValueError:
        words = f"{text[:40]!r} starts no hour: write it as 2026-11-23T10:00:00Z, with an offset or Z"
        raise unprocessable([Issue("START", "start", words)]) from None


def cursor_of(last_id: str) -> str:
    """Return the opaque cursor of a list's last id."""
    return base64.urlsafe_b64encode(last_id.encode()).decode().rstrip("=")


def last_id_of(cursor: str) -> str:
    """Return the id that a cursor stands for, or raise 422."""
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode()
    except ValueError:  # binascii.Error and UnicodeDecodeError are among them
        raise refused_cursor() from None


def refused_cursor(position: str = "cursor") -> ProblemError:
    """Return the 422 of a cursor that no answer gave."""
    return unprocessable([Issue("CURSOR", position, "take it from the next link of an answer")])


def next_link(path: str, asked: Mapping[str, str | int], last_id: str | None) -> str | None:
    """Return the link to what follows `last_id`, or None at the end."""
    if last_id is None:
        return None
    given = {name: value for name, value in asked.items() if value not in ("", None)}
    return f"{path}?{urlencode({**given, 'cursor': cursor_of(last_id)})}"
