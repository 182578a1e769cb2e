"""A decision as people write it: the document, its schema, and what it means.

The same document travels as JSON (`POST /v1/decisions`) and, with its author, through `operations` and the line log.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from shared.domain import gas_time
from shared.domain.decision import OF_MONTH, Decision, DecisionKind, NodeInputs, OtherLine
from shared.domain.estimation import Method
from shared.domain.quantities import ABSENT, ENERGY, GCV, TEMPERATURE, VOLUME, Quantity
from shared.domain.topology import Issue
from shared.events.form import form_issues, require
from shared.events.topology import Id, Text

NOBODY = "unknown"
"""The author of a document that names none: the door puts the caller in his place."""
MOST_HOURS = 800
"""Hours of one decision: a gas month has 745."""
MOST_DAYS = 62
"""Days from its first hour to its last: what lies between is read to decide on it."""
_VALUES = {"volume": VOLUME, "energy": ENERGY, "gcv": GCV, "temperature": TEMPERATURE}
Month = Annotated[str, Field(pattern=r"^(199[0-9]|20[0-9]{2})-(0[1-9]|1[0-2])$", description="Gas month, as 2026-10.")]
Volume = Annotated[float, Field(ge=VOLUME.lowest, le=VOLUME.highest)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class HourText(_Part):
    """An hour that is decided on, with the revision that was seen; the values are those of a correction."""

    start: AwareDatetime = Field(description="Start of the hour, with an offset or Z.")
    revision: int = Field(ge=0, le=65_535, description="The revision that the author saw; 0: nothing was known.")
    volume_m3n: Volume | None = None
    energy_kwh: float | None = Field(None, ge=ENERGY.lowest, le=ENERGY.highest)
    gcv_kwh_per_m3n: float | None = Field(None, ge=GCV.lowest, le=GCV.highest)
    temperature_c: float | None = Field(None, ge=TEMPERATURE.lowest, le=TEMPERATURE.highest)

    @field_validator("start")
    @classmethod
    def _is_an_hour(cls, start: datetime) -> datetime:
        gas_time.hour_number(start)
        return start

    @property
    def says_values(self) -> bool:
        """Say whether it gives any value."""
        return any(getattr(self, quantity.field) is not None for quantity in _VALUES.values())


class OtherText(_Part):
    """Another line of the node, its weight, and what it measured in these hours."""

    line: Id
    weight: Decimal = Field(max_digits=12, decimal_places=3)
    volume_m3n: list[Volume] = Field(max_length=MOST_HOURS)


class InputsText(_Part):
    """What an estimate by the node's balance (M5) is computed from; one value an hour."""

    node: Id
    own_weight: Decimal = Field(max_digits=12, decimal_places=3)
    node_volume_m3n: list[Volume] = Field(max_length=MOST_HOURS)
    others: list[OtherText] = Field(max_length=1_000)


class DecisionText(_Part):
    """A decision on hours or a gas month of one line."""

    kind: DecisionKind
    line: Id
    reason: Text
    author: Text = Field(NOBODY, description="Until access is built: who decides; else who asks.")
    hours: list[HourText] = Field(default_factory=list, max_length=MOST_HOURS)
    method: Literal["", "M0", "M1", "M2", "M3", "M4", "M5"] = ""
    inputs: InputsText | None = None
    month: Month | None = None
    version: int | None = Field(None, ge=0, description="The month's version that the author saw.")
    confirmed_by: Text | None = Field(None, description="The second person, who confirms a reopening.")

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        """Say what is missing for this kind, or does not belong to it."""
        if self.kind in OF_MONTH:
            require(self.month is not None, "month", f"{self.kind} names a gas month, as 2026-10")
            require(not self.hours, "hours", f"{self.kind} concerns a whole gas month: leave the hours out")
        else:
            require(bool(self.hours), "hours", f"{self.kind} names hours")
            require(self.month is None, "month", f"{self.kind} concerns hours: leave the month out")
        self._require_confirmed()
        self._require_method()
        self._require_hours()
        return self

    def _require_confirmed(self) -> None:
        if self.kind == DecisionKind.REOPEN:
            require(bool(self.confirmed_by), "confirmed_by", "a reopening names the second person, who confirms it")
        else:
            require(self.confirmed_by is None, "confirmed_by", "only a reopening is confirmed: leave it out")

    def _require_method(self) -> None:
        if self.kind == DecisionKind.ESTIMATE:
            require(bool(self.method), "method", "an estimate names its method, M0 to M5")
        else:
            require(not self.method, "method", "only an estimate has a method: leave it out")
        if self.inputs is None:
            require(self.method != "M5", "inputs", "M5 is computed from inputs that the decision brings along")
            return
        require(self.method == "M5", "inputs", "only M5 has inputs: leave them out")
        require(self.inputs.own_weight != 0, "inputs.own_weight", "a line of weight 0 leaves no trace in its node")
        rows = [self.inputs.node_volume_m3n, *(other.volume_m3n for other in self.inputs.others)]
        require(all(len(row) == len(self.hours) for row in rows), "inputs", "give one volume an hour, in their order")

    def _require_hours(self) -> None:
        corrects, hours = self.kind == DecisionKind.CORRECT, self._hour_numbers()
        for place, (text, hour) in enumerate(zip(self.hours, hours, strict=True)):
            position = f"hours[{place}]"
            if corrects:
                require(text.volume_m3n is not None, f"{position}.volume_m3n", "a correction says the volume")
            else:
                require(not text.says_values, position, f"{self.kind} says no values: leave them out")
            require(not place or hours[place - 1] < hour, f"{position}.start", "write the hours ascending, each once")
        if hours:
            is_near = hours[-1] - hours[0] < MOST_DAYS * 24
            require(is_near, f"hours[{len(hours) - 1}].start", f"the hours of one decision lie within {MOST_DAYS} days")

    def _hour_numbers(self) -> list[int]:
        return [gas_time.hour_number(hour.start) for hour in self.hours]

    def decision(self) -> Decision:
        """Return the decision in the trade's terms."""
        corrects = self.kind == DecisionKind.CORRECT
        return Decision(
            self.kind,
            self.line,
            self.author,
            self.reason,
            tuple(self._hour_numbers()),
            tuple(hour.revision for hour in self.hours),
            {name: self._column(quantity) for name, quantity in _VALUES.items()} if corrects else {},
            Method(self.method) if self.method else Method.NONE,
            None if self.inputs is None else _inputs(self.inputs),
            self.month or "",
            self.version,
            self.confirmed_by or "",
        )

    def _column(self, quantity: Quantity) -> NDArray[np.int64]:
        return _scaled([getattr(hour, quantity.field) for hour in self.hours], quantity)


def _inputs(text: InputsText) -> NodeInputs:
    others = tuple(OtherLine(one.line, one.weight, _scaled(one.volume_m3n, VOLUME)) for one in text.others)
    return NodeInputs(text.node, text.own_weight, _scaled(text.node_volume_m3n, VOLUME), others)


def _scaled(numbers: Sequence[float | None], quantity: Quantity) -> NDArray[np.int64]:
    return np.array([ABSENT if number is None else quantity.scaled(number) for number in numbers], np.int64)


def parsed(document: bytes) -> DecisionText | tuple[Issue, ...]:
    """Return the document of a decision, or what is wrong with its form."""
    try:
        return DecisionText.model_validate_json(document)
    except ValidationError as fault:
        return form_issues(fault)
