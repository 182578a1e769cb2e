"""Answers that explain: findings, decisions, months, dead letters, and the history of an hour."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from services.query.documented.told import HourStart, Listed, Moment, Told
from shared.domain.attribution import GasHow
from shared.domain.reading import Quality, Validity
from shared.runtime.problem_document import IssueTold

Numbers = Annotated[list[float | None], Field(description="One an hour of `starts`, in the rule's own unit.")]
OneValidity = Annotated[str, Field(json_schema_extra={"enum": [*Validity.__members__]})]
OneQuality = Annotated[str, Field(json_schema_extra={"enum": [*Quality.__members__]})]
OneGasHow = Annotated[str, Field(json_schema_extra={"enum": [*GasHow.__members__]})]
OfDecision = Annotated[int | None, Field(description="Its number under /v1/decisions, null where nobody decided.")]


class Settled(Told):
    """How hours of a finding were settled."""

    how: str = Field(examples=["superseded", "accepted"])
    known_at: Moment | None
    decision: OfDecision


class SettledHours(Settled):
    """The same, of the hours that start at `starts`."""

    starts: list[HourStart]


class FindingRow(Told):
    """What a rule found in accepted readings or in analyses, or why readings were held; `held_` are their values."""

    id: str
    line: str | None
    chromatograph: str | None
    rule: str = Field(description="A rule's id, or HELD:<reason>.", examples=["C5"])
    title: str
    words: str
    severity: str = Field(description="W: shown; F: blocks the close.")
    state: Literal["open", "settled"]
    known_at: Moment | None
    rules_version: str | int | None
    starts: list[HourStart]
    open_starts: list[HourStart]
    settled: list[SettledHours]
    observed: Numbers
    threshold: Numbers


class Findings(Listed):
    """Findings, those that became known last first."""

    rows: list[FindingRow]


class DecisionRow(Told):
    """What became of a change that somebody asked for, or of a month that closed by its deadline."""

    decision: int | None = Field(description="Its number; null for what nobody asked for.")
    id: str
    kind: str
    line: str | None
    author: str | None
    reason: str | None
    confirmed_by: str | None
    known_at: Moment | None
    outcome: str = Field(examples=["accepted", "refused"])
    conflict: bool = Field(description="Whether it was refused for what stands now, which `state` tells.")
    issues: list[IssueTold]
    state: dict[str, Any] | None


class DecisionTold(DecisionRow):
    """The same, with what was asked for."""

    asked: dict[str, Any] | None


class Decisions(Listed):
    """Decisions, those that became known last first."""

    rows: list[DecisionRow]


class DeadLetterRow(Told):
    """A reading that was refused after the door had taken it; which of its fields there are depends on its source."""

    model_config = ConfigDict(extra="allow")

    id: str = Field(description="Its source position.", examples=["telemetry/0/9/0"])
    reason: str = Field(description="From docs/reason-codes.md.")


class DeadLetters(Listed):
    """Dead letters in the order of their source positions."""

    rows: list[DeadLetterRow]


class MonthStatus(Told):
    """A close or a reopening."""

    kind: str
    known_at: Moment | None
    cause: str | None
    author: str | None
    reason: str | None
    decision: OfDecision
    confirmed_by: str | None


class MonthTold(Told):
    """How far a gas month of a line is from its close, or what closed it."""

    line: str
    month: str = Field(examples=["2026-10"])
    version: int = Field(description="Raised by every change; a decision on the month names it.")
    closed: bool
    closed_at: Moment | None
    cause: str | None
    author: str | None
    reason: str | None
    decision: OfDecision
    hours_expected: int
    hours_present: int
    hours_accepted_missing: int
    hours_blocked: int
    statuses: list[MonthStatus]


class GasOfRevision(Told):
    """From whose gas the energy of a revision follows."""

    how: OneGasHow
    chromatograph: str | None
    analysis_start: HourStart | None


class Cause(Told):
    """What made a revision: its source position, and the decision or the rule behind it."""

    kind: Literal["telegram", "file", "decision", "estimate", "gas"]
    source: str
    decision: OfDecision
    rule: str | None


class RevisionTold(Told):
    """What an hour said, since when, and why."""

    revision: int
    known_at: Moment | None
    superseded_at: Moment | None
    volume_m3n: float | None
    energy_kwh: float | None
    gcv_kwh_per_m3n: float | None
    temperature_c: float | None
    index_m3: float | None
    quality: OneQuality
    validity: OneValidity
    method: str | None
    failed_rule: str | None
    pinned: bool
    gas: GasOfRevision | None
    cause: Cause
    author: str | None
    reason: str | None


class HourStatus(MonthStatus):
    """A change of an hour's status alone."""

    validity: OneValidity | None


class HourFinding(Told):
    """What a finding says of this hour."""

    id: str
    rule: str
    title: str
    words: str
    severity: str
    known_at: Moment | None
    observed: float | None
    threshold: float | None
    state: Literal["open", "settled"]
    settled: Settled | None


class GasOfHour(Told):
    """By which analysis the hour is served as known now."""

    chromatograph: str
    how: OneGasHow
    analysis_start: HourStart
    delay_h: int
    analysis_revision: int
    known_at: Moment | None


class HourHistory(Listed):
    """Every value that an hour had, how its status changed, and what was found in it."""

    id: str
    start: HourStart
    rows: list[RevisionTold]
    statuses: list[HourStatus]
    findings: list[HourFinding]
    gas: GasOfHour | None
