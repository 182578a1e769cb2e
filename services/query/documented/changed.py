"""Answers of the change feed."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from services.query.documented.told import Moment, Told


class ChangeRow(Told):
    """Something that changed; which of the other fields there are depends on the kind."""

    model_config = ConfigDict(extra="allow")

    kind: Literal["hours", "gas", "status", "analyses", "topology"]
    known_at: Moment | None


class Changes(Told):
    """What has changed since a cursor, in order for each line."""

    rows: list[ChangeRow]
    next: str = Field(description="Always given: to be asked next.")
    more: bool = Field(description="Whether there is something behind next already.")
