"""What documented answers have in common."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Moment = Annotated[datetime, Field(description="UTC, to the millisecond.", examples=["2026-11-23T11:02:10.123Z"])]
HourStart = Annotated[datetime, Field(description="Start of a gas hour, UTC.", examples=["2026-11-23T10:00:00Z"])]


class Told(BaseModel):
    """A part of an answer; later versions may say more."""

    model_config = ConfigDict(populate_by_name=True)


class DaysTold(Told):
    """A run of gas days, the end exclusive; null: open."""

    from_: date | None = Field(alias="from")
    to: date | None


Readable = Annotated[
    list[DaysTold] | None, Field(description="Gas days that the caller may read, null where he may read all.")
]
Unnamed = Annotated[int, Field(ge=0, description="How many more there are that the caller may not know of.")]


class Listed(Told):
    """A list, or one page of it."""

    next: str | None = Field(description="Link to the next page, null at the end; its cursor is opaque.")
