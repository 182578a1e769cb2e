"""The telegram as gateways send it: its form, and how its hours are taken one by one where the whole does not fit."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any

import msgspec

from services.ingest.files.told import Fault
from shared.domain import gas_time
from shared.domain.reading import Quality
from shared.domain.reason import Reason
from shared.events.topology import ID, ID_PATTERN

MAX_HOURS = 10_000
"""Most hours of a telegram: thirteen months of a line; more belong in a file."""
MAX_BYTES = 5 * 1024 * 1024
"""10,000 hours with every field are 2.5 MB."""
QUALITIES = {quality.name: quality for quality in Quality if quality is not Quality.EDITED}
"""What a sender may say; EDITED is for decisions alone."""
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})")
Name = msgspec.Meta(pattern=ID_PATTERN)
Words = msgspec.Meta(min_length=1, max_length=128)


Moment = Annotated[str, msgspec.Meta(max_length=40)]
"""Longer texts are never looked at, and never kept by the caches below."""


class HourText(msgspec.Struct, gc=False):
    """One hour of a line; what is absent was not sent."""

    start: Moment
    volume_m3n: float | None = None
    energy_kwh: float | None = None
    gcv_kwh_per_m3n: float | None = None
    temperature_c: float | None = None
    quality: str = "MEASURED"
    meter: str = ""
    index_m3: float | None = None
    volume_operating_m3: float | None = None
    pressure_bar_abs: float | None = None


class LineHours(msgspec.Struct, gc=False):
    """The hours of one line."""

    line: str
    hours: list[HourText]


class TelegramText(msgspec.Struct, gc=False):
    """What a station sends at once."""

    telegram: str
    station: str
    sent: Moment
    lines: list[LineHours]


class _Loose(msgspec.Struct):
    """A telegram of which only the head is sure."""

    telegram: str
    station: str
    sent: Moment
    lines: list[Any]


@dataclass(slots=True)
class Telegram:
    """A telegram taken apart: `runs` of good hours (line, place of the first, position of the line, hours), faults.

    Every hour has a place, counted through the whole telegram; a line that cannot be read at all has one.
    """

    telegram: str
    station: str
    sent_ms: int
    runs: list[tuple[str, int, str, list[HourText]]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    places: int = 0


class _Whose(msgspec.Struct):
    """Of a telegram only the station."""

    station: str


_STRICT = msgspec.json.Decoder(TelegramText)
_LOOSE = msgspec.json.Decoder(_Loose)
_STATION = msgspec.json.Decoder(_Whose)


def taken_apart(body: bytes) -> Telegram | Fault:
    """Return a telegram, or the one fault of a body that is none."""
    if len(body) > MAX_BYTES:
        return _whole(f"larger than {MAX_BYTES} bytes: send fewer hours, or a file")
    try:
        text = _STRICT.decode(body)
    except (msgspec.ValidationError, RecursionError):
        return _hour_by_hour(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        return not_utf_8(body) or _whole(str(fault))
    begun = _begun(text)
    if isinstance(begun, Fault):
        return begun
    for number, line in enumerate(text.lines):
        _take_line(begun, line.line, f"lines[{number}]", line.hours)
    return _within_limit(begun)


def station_of(body: bytes) -> str:
    """Return the station that a telegram names, without reading the rest of it; "" where it names none."""
    if len(body) > MAX_BYTES:
        return ""
    try:
        station = _STATION.decode(body).station
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    return station if ID.fullmatch(station) else ""


def not_utf_8(body: bytes) -> Fault | None:
    """Return the fault of a body that is no text at all, or None."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as fault:
        return Fault(0, Reason.A1_ENCODING, f"byte {fault.start}", "the body is not UTF-8: send JSON in UTF-8")
    return None


def _whole(why: str) -> Fault:
    return Fault(0, Reason.A1_SCHEMA, "", f"not a telegram: {why}")


def _begun(text: TelegramText | _Loose) -> Telegram | Fault:
    """Check the head."""
    if not ID.fullmatch(text.station):
        return Fault(0, Reason.A1_ID, "station", f"a station's id matches {ID_PATTERN}")
    if not 1 <= len(text.telegram) <= Words.max_length:  # type: ignore[operator] # msgspec types it as optional
        return Fault(0, Reason.A1_ID, "telegram", "a telegram's id has 1 to 128 characters")
    try:
        sent_ms = moment_ms(text.sent)
    except ValueError as fault:
        return Fault(0, Reason.A1_TIME, "sent", str(fault))
    return Telegram(text.telegram, text.station, sent_ms)


def _within_limit(telegram: Telegram) -> Telegram | Fault:
    if telegram.places > MAX_HOURS:
        return _whole(f"{telegram.places} hours; at most {MAX_HOURS}: send fewer, or a file")
    return telegram


def _take_line(telegram: Telegram, line: str, position: str, hours: list[HourText]) -> None:
    if ID.fullmatch(line):
        telegram.runs.append((line, telegram.places, position, hours))
    else:
        message = f"a line's id matches {ID_PATTERN}"
        telegram.faults += [
            Fault(telegram.places + place, Reason.A1_ID, f"{position}.line", message) for place in range(len(hours))
        ]
    telegram.places += len(hours)


def _hour_by_hour(body: bytes) -> Telegram | Fault:
    """Take what can be taken: one bad hour never harms its neighbours."""
    try:
        text = _LOOSE.decode(body)
    except RecursionError:
        return _whole("nested too deeply")
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        return not_utf_8(body) or _whole(str(fault))
    begun = _begun(text)
    if isinstance(begun, Fault):
        return begun
    for number, line in enumerate(text.lines):
        _take_loose_line(begun, line, f"lines[{number}]")
    return _within_limit(begun)


def _take_loose_line(telegram: Telegram, line: object, position: str) -> None:
    if not (isinstance(line, dict) and isinstance(line.get("line"), str) and isinstance(line.get("hours"), list)):
        message = "a line has an id under line and a list under hours"
        telegram.faults.append(Fault(telegram.places, Reason.A1_SCHEMA, position, message))
        telegram.places += 1
        return
    for number, hour in enumerate(line["hours"]):
        where = f"{position}.hours[{number}]"
        try:
            _take_line(telegram, line["line"], where, [msgspec.convert(hour, HourText)])
        except msgspec.ValidationError as fault:
            telegram.faults.append(Fault(telegram.places, Reason.A1_SCHEMA, where, str(fault)))
            telegram.places += 1


@lru_cache(maxsize=65_536)
def hour_of(start: str) -> int | tuple[Reason, str]:
    """Return the hour number of a start with offset or Z, or why it has none. The same hours come again and again."""
    try:
        moment_ms(start)
    except ValueError as fault:
        return Reason.A1_TIME, str(fault)
    moment = datetime.fromisoformat(start)
    try:
        return gas_time.hour_number(moment)
    except gas_time.NotAGasTimeError as fault:
        aligned = not (moment.minute or moment.second or moment.microsecond)
        return Reason.A1_TIME if aligned else Reason.A4_ALIGNMENT, str(fault)


@lru_cache(maxsize=4_096)
def moment_ms(text: str) -> int:
    """Return ms since 1970 of a moment with offset or Z."""
    if not MOMENT.fullmatch(text):
        raise ValueError(f"{text[:40]!r} is no moment with offset: write it as 2026-11-23T10:00:00Z")
    return round(datetime.fromisoformat(text).timestamp() * 1000)
