"""A change of the register as people write it: the document, its schema, and what it means for the register.

The same document travels as YAML (`gastrack topology apply FILE`), as JSON (`POST /v1/topology/changes`) and, as JSON
bytes, through `operations` and the line log. Whether it is accepted is a pure function of the changes before it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from shared.domain import gas_time
from shared.domain.attribution import MOST_DELAY_H, Attribution, Chromatograph
from shared.domain.deadlines import open_from
from shared.domain.node_weights import MOST_LINES
from shared.domain.quantities import ABSENT, GCV, PRESSURE
from shared.domain.register import Register
from shared.domain.retention import latest_floor
from shared.domain.rules.catalogue import setting_refusal
from shared.domain.topology import SENDABLE, Change, Check, Code, Composition, Issue, Line, Node, Station, Terms
from shared.events.form import form_issues

ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
ID = re.compile(ID_PATTERN[1:-1])
Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
GasDay = Annotated[date, Field(ge=gas_time.FIRST_DAY, le=gas_time.LAST_DAY)]
MAX_PARTS = 50_000


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StationText(_Part):
    """A station."""

    id: Id
    name: Text


class CheckText(_Part):
    """The line of the same station whose meter checks this one."""

    line: Id
    factor: float = Field(1.0, gt=0, le=1_000, description="V = factor · V of the check line + offset_m3n.")
    offset_m3n: float = Field(0.0, ge=-1e6, le=1e6)


class CodeText(_Part):
    """Another code, with the gas days on which it is valid."""

    code: Text
    start: GasDay | None = Field(None, alias="from", description="First gas day; absent: since ever.")
    end: GasDay | None = Field(None, alias="until", description="First gas day on which it is no longer valid.")

    @model_validator(mode="after")
    def _lasts(self) -> CodeText:
        if self.start is not None and self.end is not None and self.end <= self.start:
            raise ValueError("a code is valid until a gas day after its first")
        return self


class LineText(_Part):
    """What holds for a line from gas day `from` on."""

    id: Id
    station: Id
    name: Text
    start: GasDay = Field(alias="from", description="First gas day on which this holds.")
    end: GasDay | None = Field(None, alias="until", description="First gas day on which the line is no longer active.")
    live_from: GasDay | None = Field(None, description="First gas day whose hours have deadlines.")
    teletransmitted: bool = True
    one_way: bool = True
    network: Literal["H", "L"] = "H"
    capacity_m3n_per_h: int | None = Field(None, ge=1, le=10_000_000)
    sends: list[
        Literal["energy_kwh", "gcv_kwh_per_m3n", "temperature_c", "index_m3", "volume_operating_m3", "pressure_bar_abs"]
    ] = Field(default_factory=list, max_length=len(SENDABLE))
    thresholds: dict[str, float] = Field(default_factory=dict, max_length=100)
    aliases: list[Text | CodeText] = Field(default_factory=list, max_length=100, description="Other codes.")
    check: CheckText | None = None
    pressure_bar_abs: Annotated[tuple[float, float], Field(json_schema_extra={"items": {"type": "number"}})] | None = (
        Field(None, description="Lowest and highest pressure of the contract, bar absolute.")
    )

    @field_validator("pressure_bar_abs")
    @classmethod
    def _in_order(cls, bounds: tuple[float, float] | None) -> tuple[float, float] | None:
        if bounds is not None and not 0 <= bounds[0] < bounds[1] <= PRESSURE.highest:
            raise ValueError(f"write the lowest pressure, then a higher one, at most {PRESSURE.highest} bar")
        return bounds


class WeightText(_Part):
    """A line's part in a node."""

    line: Id
    weight: Decimal = Field(max_digits=12, decimal_places=3, description="+1, -1 or a fraction, three places at most.")


class MemberText(_Part):
    """A node's part in another node: each of its lines counts with the product of the weights."""

    node: Id
    weight: Decimal = Field(max_digits=12, decimal_places=3, description="+1, -1 or a fraction, three places at most.")


class NodeText(_Part):
    """What a node is made of, and is called, from gas day `from` on."""

    id: Id
    name: Text
    start: GasDay = Field(alias="from")
    end: GasDay | None = Field(
        None,
        alias="until",
        description="First gas day on which this no longer holds: the next one's, or the node ends.",
    )
    lines: list[WeightText] = Field(default_factory=list, max_length=MOST_LINES)
    nodes: list[MemberText] = Field(default_factory=list, max_length=MOST_LINES)
    aliases: list[Text | CodeText] = Field(default_factory=list, max_length=100, description="Other codes.")

    @model_validator(mode="after")
    def _is_made_of_something(self) -> NodeText:
        if not self.lines and not self.nodes:
            raise ValueError("name the lines or nodes that it adds up; to end a node, say `until`")
        return self


class ChromatographText(_Part):
    """A chromatograph; its analyses are taken all the same before it is registered."""

    id: Id
    name: Text


class AttributionText(_Part):
    """Whose gas a line carries from an hour on."""

    line: Id
    start: AwareDatetime = Field(alias="from", description="Start of the first hour, with an offset or Z.")
    chromatograph: Id | None = Field(None, description="Absent: of no chromatograph.")
    delay_h: int = Field(0, ge=0, le=MOST_DELAY_H, description="Hours that the gas takes to the line.")
    others: list[Id] = Field(
        default_factory=list, max_length=10, description="Who serves where the first is silent for too long, in order."
    )
    contract_gcv_kwh_per_m3n: Decimal | None = Field(
        None, gt=0, le=GCV.highest, description="Counts where nobody tells the gas, nor did in the month and the last."
    )

    @field_validator("start")
    @classmethod
    def _starts_an_hour(cls, start: datetime) -> datetime:
        gas_time.hour_number(start)
        return start


class ChangeText(_Part):
    """A change of the register: who, why, and what shall hold."""

    author: Text = "unknown"
    reason: Text
    correction: Text | None = Field(
        None, description="Why the past is changed; needed where this reaches into months whose deadline has passed."
    )
    online_from: GasDay | None = Field(
        None, description="First gas day that stays online, the first of a month: earlier hours leave for good."
    )
    stations: list[StationText] = Field(default_factory=list, max_length=MAX_PARTS)
    lines: list[LineText] = Field(default_factory=list, max_length=MAX_PARTS)
    nodes: list[NodeText] = Field(default_factory=list, max_length=MAX_PARTS)
    chromatographs: list[ChromatographText] = Field(default_factory=list, max_length=MAX_PARTS)
    attributions: list[AttributionText] = Field(default_factory=list, max_length=MAX_PARTS)

    def change(self) -> Change:
        """Return the change in the trade's terms."""
        return Change(
            self.author,
            self.reason,
            tuple(Station(station.id, station.name) for station in self.stations),
            tuple(_line(line) for line in self.lines),
            tuple(_node(node) for node in self.nodes),
            tuple(Chromatograph(one.id, one.name) for one in self.chromatographs),
            tuple((one.line, _attribution(one)) for one in self.attributions),
            self.correction or "",
            self.online_from,
        )


def _line(text: LineText) -> Line:
    terms = Terms(
        text.start,
        text.name,
        text.teletransmitted,
        text.one_way,
        text.network,
        text.capacity_m3n_per_h,
        tuple(text.sends),
        tuple(sorted(text.thresholds.items())),
        None if text.check is None else Check(text.check.line, text.check.factor, text.check.offset_m3n),
        text.pressure_bar_abs,
    )
    return Line(text.id, text.station, (terms,), text.end, text.live_from, _codes(text.aliases))


def _node(text: NodeText) -> Node:
    # In the order of their ids: told in another order it is the same composition.
    weights = tuple(sorted((weight.line, weight.weight) for weight in text.lines))
    nodes = tuple(sorted((member.node, member.weight) for member in text.nodes))
    composition = Composition(text.start, weights, nodes, text.name)
    return Node(text.id, text.name, (composition,), text.end, _codes(text.aliases))


def _codes(told: list[str | CodeText]) -> tuple[Code, ...]:
    return tuple(Code(one) if isinstance(one, str) else Code(one.code, one.start, one.end) for one in told)


def _attribution(text: AttributionText) -> Attribution:
    hour = gas_time.hour_number(text.start)
    agreed = text.contract_gcv_kwh_per_m3n
    contract_gcv = ABSENT if agreed is None else GCV.scaled(agreed)
    return Attribution(hour, text.chromatograph or "", text.delay_h, tuple(text.others), contract_gcv=contract_gcv)


def parsed(document: bytes | dict[str, Any]) -> ChangeText | tuple[Issue, ...]:
    """Return the document of a change, or what is wrong with its form."""
    try:
        if isinstance(document, bytes):
            return ChangeText.model_validate_json(document)
        return ChangeText.model_validate(document)
    except ValidationError as fault:
        return form_issues(fault)


def applied(register: Register, document: bytes, known_at_ms: int) -> Register | tuple[Issue, ...]:
    """Return the register after a change, or the reasons why it is refused as a whole. Pure.

    For the register a month is closed when its deadline has passed. Deadlines of a new line begin with the gas day in
    which it became known, unless the change says otherwise.
    """
    text = parsed(document)
    if isinstance(text, tuple):
        return text
    change = text.change()
    registered_on = gas_time.gas_day(known_at_ms // 3_600_000)
    lines = tuple(
        line if line.live_from or line.id in register.lines else replace(line, live_from=registered_on)
        for line in change.lines
    )
    attributions = tuple((line, replace(told, known_at_ms=known_at_ms)) for line, told in change.attributions)
    return tuple(_setting_issues(text)) or register.applied(
        replace(change, lines=lines, attributions=attributions), open_from(known_at_ms), latest_floor(known_at_ms)
    )


def _setting_issues(text: ChangeText) -> list[Issue]:
    """Return why thresholds and severities cannot be set."""
    settings = [
        (place, name, value) for place, line in enumerate(text.lines) for name, value in line.thresholds.items()
    ]
    refusals = [(place, name, setting_refusal(name, value)) for place, name, value in settings]
    return [
        Issue("SETTING", f"lines[{place}].thresholds.{name}", refusal) for place, name, refusal in refusals if refusal
    ]
