"""The telegram of a chromatograph: its form, and how its analyses are taken one by one.

One bad analysis never harms its neighbours; each has a place, counted through the telegram.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np

from services.ingest.files.told import Fault
from services.ingest.telegram import hour_of, moment_ms, not_utf_8
from shared.domain.analysis import CHARACTERISTICS, SHARE, SHARE_ABSENT, Analyses, empty_analyses
from shared.domain.physics.components import COMPONENTS
from shared.domain.quantities import ABSENT, GCV, Quantity
from shared.domain.reason import Reason
from shared.events.topology import ID, ID_PATTERN

MAX_ANALYSES = 1_000
"""Most analyses of a telegram: a gas month and a quarter to spare."""
MAX_BYTES = 1024 * 1024
"""1,000 analyses with every field are 450 kB."""
MOST_CHARACTERS = 128
_LARGEST = 1e15
"""Beyond any quantity; an integer may have so many digits that it is no float."""
COMPOSITION = "composition_mol_percent"
ROW = "row"
"""Of an analysis that stood in a file: its row there, which positions of faults name."""


@dataclass(slots=True)
class AnalysisTelegram:
    """A telegram taken apart: what it tells well, its faults, and how many analyses it is."""

    analyses: Analyses
    faults: list[Fault]
    places: int


class _Head(msgspec.Struct):
    """A telegram of which only the head is sure."""

    telegram: str
    chromatograph: str
    sent: str
    analyses: list[Any]


class _FaultyError(Exception):
    """One analysis cannot be taken."""

    def __init__(self, code: Reason, where: str, message: str) -> None:
        super().__init__(message)
        self.code, self.where, self.message = code, where, message


_DECODER = msgspec.json.Decoder(_Head)


def taken_apart(body: bytes, offset: int = -1, known_at_ms: int = 0) -> AnalysisTelegram | Fault:
    """Return a telegram, or the one fault of a body that is none.

    Args:
        body: The bytes.
        offset: Its place in the topic `analyses`.
        known_at_ms: When it came to stand there.
    """
    head = _head(body)
    if isinstance(head, Fault):
        return head
    try:
        sent_ms = moment_ms(head.sent)
    except ValueError as fault:
        return Fault(0, Reason.A1_TIME, "sent", str(fault))
    rows, faults = empty_analyses(len(head.analyses)), []
    good = np.ones(len(rows), np.bool_)
    for place, told in enumerate(head.analyses):
        rows[place]["place"] = place
        try:
            _take(rows[place], told)
        except _FaultyError as fault:
            good[place] = False
            row = told.get(ROW) if isinstance(told, dict) else None
            where = f"row {row}" if isinstance(row, int) else f"analyses[{place}]"
            where += f".{fault.where}" if fault.where else ""
            faults.append(Fault(place, fault.code, where, fault.message))
    analyses = Analyses(head.chromatograph, head.telegram, offset, sent_ms, known_at_ms, rows[good])
    return AnalysisTelegram(analyses, faults, len(head.analyses))


def chromatograph_of(body: bytes) -> str:
    """Return the chromatograph that a telegram names; "" where it is none."""
    head = _head(body)
    return "" if isinstance(head, Fault) else head.chromatograph


def _head(body: bytes) -> _Head | Fault:
    if len(body) > MAX_BYTES:
        return _whole(f"larger than {MAX_BYTES} bytes: send fewer analyses")
    try:
        head = _DECODER.decode(body)
    except RecursionError:
        return _whole("nested too deeply")
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        return not_utf_8(body) or _whole(str(fault))
    return _fault_of(head) or head


def _fault_of(head: _Head) -> Fault | None:
    if not ID.fullmatch(head.chromatograph):
        return Fault(0, Reason.A1_ID, "chromatograph", f"a chromatograph's id matches {ID_PATTERN}")
    if not 1 <= len(head.telegram) <= MOST_CHARACTERS:
        return Fault(0, Reason.A1_ID, "telegram", f"a telegram's id has 1 to {MOST_CHARACTERS} characters")
    if not 1 <= len(head.analyses) <= MAX_ANALYSES:
        return _whole(f"{len(head.analyses)} analyses: send 1 to {MAX_ANALYSES}")
    return None


def _whole(why: str) -> Fault:
    return Fault(0, Reason.A1_SCHEMA, "", f"not a telegram of a chromatograph: {why}")


def _take(row: np.void, told: object) -> None:
    if not isinstance(told, dict):
        raise _FaultyError(Reason.A1_SCHEMA, "", "an analysis is an object with a start")
    start = told.get("start")
    hour = hour_of(start) if isinstance(start, str) and len(start) <= MOST_CHARACTERS else None
    if not isinstance(hour, int):
        code, text = hour or (Reason.A1_TIME, "write the start of the hour as 2026-11-23T10:00:00Z")
        raise _FaultyError(code, "start", text)
    row["hour"] = hour
    for name, quantity in CHARACTERISTICS.items():
        row[name] = _scaled(told.get(quantity.field), quantity)
    _take_shares(row, told.get(COMPOSITION))
    if row["gcv"] == ABSENT and (row["shares"] == SHARE_ABSENT).all():
        text = f"neither a calorific value nor a composition: send {GCV.field} or {COMPOSITION}"
        raise _FaultyError(Reason.A1_NUMBER, GCV.field, text)


def _take_shares(row: np.void, told: object) -> None:
    if told is None:
        return
    if not isinstance(told, dict):
        raise _FaultyError(Reason.A1_SCHEMA, COMPOSITION, "a composition is an object of components in mol %")
    for name, share in told.items():
        where = f"{COMPOSITION}.{str(name)[:40]}"
        if name not in COMPONENTS:
            raise _FaultyError(Reason.A1_ENUM, where, f"no component of an analysis: write {', '.join(COMPONENTS)}")
        percent = _number(share, where)
        if not SHARE.lowest <= percent <= SHARE.highest:
            raise _FaultyError(Reason.A1_RANGE, where, f"outside {SHARE.lowest} to {SHARE.highest} mol %")
        row["shares"][COMPONENTS.index(name)] = SHARE.scaled(percent)


def _scaled(told: object, quantity: Quantity) -> int:
    if told is None:
        return ABSENT
    number = _number(told, quantity.field)
    if not quantity.lowest <= number <= quantity.highest:
        raise _FaultyError(Reason.A1_RANGE, quantity.field, f"outside {quantity.lowest} to {quantity.highest}")
    return quantity.scaled(number)


def _number(told: object, where: str) -> float:
    if isinstance(told, int | float) and not isinstance(told, bool) and abs(told) <= _LARGEST:  # NaN is not
        return float(told)
    raise _FaultyError(Reason.A1_NUMBER, where, f"{str(told)[:40]!r} is no number: write a plain decimal number")
