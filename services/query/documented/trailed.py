"""Answers of the trail."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from services.query.documented.told import Listed, Moment, Told

Names = Annotated[list[str], Field(description="Of those that you may see.")]


class ReadingRow(Told):
    """Somebody read something."""

    id: str = Field(description="Its place in the trail.", examples=["3/000000000017"])
    at: Moment = Field(description="When first.")
    until: Moment = Field(description="When last, half a second later at most.")
    times: int = Field(description="How often.")
    client: str
    company: str | None
    name: str | None = Field(description="The person's, of your own company.")
    address: str | None = Field(description="Until it is erased; null of readers of other companies.")
    what: str = Field(examples=["measurements", "file"])
    lines: Names
    nodes: Names
    chromatographs: Names
    from_: date | None = Field(alias="from", description="First gas day; null: of none in particular.")
    to: date | None = Field(description="End, exclusive: a gas day.")


class Readings(Listed):
    """Who read what, the latest first."""

    rows: list[ReadingRow]
