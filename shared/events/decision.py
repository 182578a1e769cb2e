"""A decision as people write it: the document, its schema, and what it means.

The same document travels as JSON (`POST /v1/decisions`) and, with its author, through `operations` and the line log.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from shared.domain import gas_time
from shared.domain.decision import Decision, DecisionKind, NodeInputs, OtherLine
from shared.domain.estimation import Method
from shared.domain.quantities import ABSENT, ENERGY, GCV, TEMPERATURE, VOLUME, Quantity
from shared.domain.topology import Issue
from shared.events.topology import Id, Text

NOBODY = "unknown"
"""The author of a document that names none: the door puts the caller in his place."""
MOST_HOURS = 800
"""Hours of one decision: a gas month has 745."""
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
        of_month = self.kind in (DecisionKind.CLOSE, DecisionKind.REOPEN)
        _require(bool(self.hours) != of_month, f"{self.kind}: name {'a month and no hours' if of_month else 'hours'}")
        _require((self.month is not None) == of_month, f"{self.kind}: month {'is missing' if of_month else 'is not'}")
        _require((self.kind == DecisionKind.ESTIMATE) == bool(self.method), "method: of an estimate, and only there")
        _require((self.inputs is not None) == (self.method == "M5"), "inputs: of method M5, and only there")
        _require((self.kind == DecisionKind.REOPEN) == bool(self.confirmed_by), "confirmed_by: of a reopening only")
        corrects = self.kind == DecisionKind.CORRECT
        _require(all((hour.volume_m3n is not None) == corrects for hour in self.hours), "volume_m3n: of corrections")
        if self.inputs is not None:
            rows = [self.inputs.node_volume_m3n, *(other.volume_m3n for other in self.inputs.others)]
            _require(all(len(row) == len(self.hours) for row in rows), "inputs: one volume an hour")
            _require(self.inputs.own_weight != 0, "inputs.own_weight is 0")
        self._hour_numbers()
        return self

    def _hour_numbers(self) -> list[int]:
        hours = [gas_time.hour_number(hour.start) for hour in self.hours]
        _require(hours == sorted(set(hours)), "hours: ascending, each once")
        return hours

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


def _require(holds: bool, message: str) -> None:  # noqa: FBT001 - a condition and what it says
    if not holds:
        raise ValueError(message)


def parsed(document: bytes) -> DecisionText | tuple[Issue, ...]:
    """Return the document of a decision, or what is wrong with its form."""
    try:
        return DecisionText.model_validate_json(document)
    except ValidationError as fault:
        return tuple(
            Issue("FORM", ".".join(str(part) for part in error["loc"]), error["msg"]) for error in fault.errors()
        )
