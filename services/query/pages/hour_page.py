"""The page that explains an hour: what it says, how it came to that, what was found in it, whose gas it carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from services.query.explained import history
from services.query.pages.languages import Language
from services.query.pages.page_rows import MEASURES
from services.query.pages.rule_words import RuleTold, rule_told
from shared.access.caller import Caller
from shared.domain import gas_time
from shared.runtime.mongo import Database
from shared.store.lines import chromatograph_names
from shared.store.views import registered

Told = Mapping[str, Any]
"""A part of the history as programs read it."""
_FIELDS = dict(zip(MEASURES, ("volume_m3n", "energy_kwh", "gcv_kwh_per_m3n", "temperature_c"), strict=True))
_PLACES = dict(zip(MEASURES, (3, 3, 4, 2), strict=True))


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure of a revision as the language writes it; `changed` where the revision before said another."""

    name: str
    text: str | None
    changed: bool


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to the hour: a revision (`figures`), or a change of its status alone.

    `kind` names it in the words; `moment` is local time, None where it was never told.
    """

    kind: str
    known_at: str
    moment: datetime | None
    told: Told
    figures: tuple[Figure, ...] = ()
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class HourFinding:
    """What a rule saw in the hour; numbers are plain texts."""

    rule: str
    told_as: RuleTold
    blocks: bool
    observed: str | None
    threshold: str | None
    settled: str
    moment: datetime | None


@dataclass(frozen=True, slots=True)
class HourPage:
    """Everything that the template of an hour shows; `events` are the newest first."""

    line: str
    name: str
    start: datetime
    utc: str
    gas_day: date
    label: str
    current: Event | None
    validity: str
    events: list[Event]
    findings: list[HourFinding]
    gas: Told | None
    chromatograph: str
    analysis_start: datetime | None
    before: str
    after: str
    back: str
    program: str


async def hour_page(database: Database, caller: Caller, line: str, start: str, language: Language) -> HourPage:
    """Read and lay out the page of an hour.

    Raises:
        ProblemError: 404 for an unknown line or another's, or an hour without it; 422 for what is no hour.
    """
    told = await history.history(database, caller, line, start)
    known = (await registered(database, caller, line)).line
    hour = gas_time.hour_number(datetime.fromisoformat(told["start"]))
    day, gas, address = gas_time.gas_day(hour), told["gas"], f"/lines/{quote(line)}"
    names = await chromatograph_names(database) if gas or any(row["gas"] for row in told["rows"]) else {}
    events = _events(told, names, language)
    return HourPage(
        line=line,
        name=known.name_on(day),
        start=gas_time.local_start(hour),
        utc=told["start"],
        gas_day=day,
        label=hour_label(hour),
        current=next((event for event in events if event.is_current), None),
        validity=next((event.told["validity"] for event in events if event.told["validity"]), ""),
        events=events,
        findings=[_finding(finding, language) for finding in told["findings"]],
        gas=gas,
        chromatograph=names.get(gas["chromatograph"], gas["chromatograph"]) if gas else "",
        analysis_start=local_moment(gas["analysis_start"]) if gas else None,
        before=f"{address}/hours/{gas_time.hour_text(hour - 1)}",
        after=f"{address}/hours/{gas_time.hour_text(hour + 1)}",
        back=f"{address}?view=hour&from={day}&to={day + timedelta(days=1)}",
        program=f"/v1{address}/hours/{told['start']}/history",
    )


def hour_label(hour: int) -> str:
    """Return an hour's local start; with its offset on the gas days on which the clock changes."""
    start = gas_time.local_start(hour)
    switches = len(gas_time.hours_of_day(gas_time.gas_day(hour))) != 24
    return f"{start:%H:%M} {start.isoformat()[-6:]}" if switches else f"{start:%H:%M}"


def _events(told: Told, names: Mapping[str, str], language: Language) -> list[Event]:
    rows: list[Event] = []
    before: Told | None = None
    for place, row in enumerate(told["rows"]):
        shown = {**row, "served_by": _served_by(row["gas"], names)}
        figures = tuple(_figure(name, row, before, language) for name in MEASURES)
        is_current = place == len(told["rows"]) - 1
        rows.append(
            Event(
                row["cause"]["kind"], row["known_at"] or "", local_moment(row["known_at"]), shown, figures, is_current
            )
        )
        before = row
    statuses = [
        Event(one["kind"], one["known_at"] or "", local_moment(one["known_at"]), one) for one in told["statuses"]
    ]
    return sorted([*rows, *statuses], key=lambda event: event.known_at, reverse=True)


def _served_by(gas: Told | None, names: Mapping[str, str]) -> str:
    return "" if gas is None or gas["chromatograph"] is None else names.get(gas["chromatograph"], gas["chromatograph"])


def _figure(name: str, row: Told, before: Told | None, language: Language) -> Figure:
    field = _FIELDS[name]
    value, earlier = row[field], None if before is None else before[field]
    text = None if value is None else language.number(f"{value:.{_PLACES[name]}f}")
    return Figure(name, text, before is not None and value != earlier)


def _finding(told: Told, language: Language) -> HourFinding:
    settled = told["settled"]
    return HourFinding(
        told["rule"],
        rule_told(told["rule"], language),
        told["severity"] == "F" and told["state"] == "open",
        _plain(told["observed"]),
        _plain(told["threshold"]),
        "" if told["state"] == "open" else (settled["how"] if settled else "settled"),
        local_moment(told["known_at"]),
    )


def _plain(number: float | None) -> str | None:
    return None if number is None else f"{number:.3f}".rstrip("0").rstrip(".")


def local_moment(instant: str | None) -> datetime | None:
    """Return an answer's moment in local time: offsets change at full hours only."""
    if instant is None:
        return None
    moment = datetime.fromisoformat(instant)
    local = gas_time.local_start(int(moment.timestamp()) // 3_600)
    return local.replace(minute=moment.minute, second=moment.second)
