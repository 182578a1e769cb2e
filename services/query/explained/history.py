"""The history of one hour: every value that it had, since when, from whom and why; how its status changed; findings."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from services.query.asked import parameters
from services.query.asked.paging import Document
from services.query.explained.finding_hours import open_hours, settled_of
from shared.access.caller import Caller
from shared.domain import gas_time
from shared.domain.attribution import BY_ANALYSIS, GasHow, serving
from shared.domain.finding_words import words_of
from shared.domain.hour_history import HourHistory
from shared.domain.instants import known_instant
from shared.domain.period import Question, View
from shared.domain.quantities import ABSENT, ENERGY, GCV, INDEX, TEMPERATURE, VOLUME
from shared.domain.reading import Provenance, Quality
from shared.domain.topology import Line
from shared.events.topics import RECORDED, SOURCES
from shared.runtime.mongo import Database
from shared.runtime.problem import not_found
from shared.store.gas_quality import GasTold, gas_told
from shared.store.hour_history import DECIDED, HourKept, hour_kept
from shared.store.measurements import one_moment
from shared.store.statuses import status_change_of
from shared.store.views import registered_for

_VALUES = {"volume": VOLUME, "energy": ENERGY, "gcv": GCV, "temperature": TEMPERATURE, "index": INDEX}
_OF_SOURCE = ("source_topic", "source_partition", "source_offset", "source_place")
_TICKED = SOURCES.index(RECORDED.name)
"""What `source_topic` says of a row that time made: an estimate, or that a deadline passed."""


async def history(database: Database, caller: Caller, line: str, start: str) -> Document:
    """Tell the history of the hour of a line that starts at `start`.

    Raises:
        ProblemError: 404 for a line that this caller does not see, or an hour in which it did not live; 422 for a
            `start` that starts no hour, or one on a gas day that he may not read.
    """
    hour = parameters.hour(start)
    async with one_moment(database) as session:
        day = gas_time.gas_day(hour)
        asked = Question(View.HOUR, day, day + timedelta(days=1))
        known = await registered_for(database, caller, line, asked, session)
        if not _lives(known.line, hour):
            raise not_found("start", f"line {line} has no hour {gas_time.hour_text(hour)}: it was not active then")
        kept = await hour_kept(database, line, hour, session)
        told_gas = await gas_told(database, known.line, range(hour, hour + 1), session)
    changes = [status_change_of(document) for document in kept.statuses]
    told = HourHistory(hour, kept.rows, changes)
    return {
        "id": line,
        "start": gas_time.hour_text(hour),
        "rows": [_revision(known.line, kept, told, place) for place in range(len(kept.rows))],
        "statuses": [_status(told, place, document) for place, document in enumerate(kept.statuses)],
        "findings": [_finding(document, hour) for document in kept.findings],
        "gas": None if told_gas is None else _gas(told_gas),
        "next": None,
    }


def _lives(line: Line, hour: int) -> bool:
    return line.terms_on(gas_time.gas_day(hour)) is not None


def _revision(line: Line, kept: HourKept, told: HourHistory, place: int) -> Document:
    row, following = kept.rows[place], kept.rows[place + 1 : place + 2]["known_at"].tolist()
    number = int(row["source_offset"]) if row["source_topic"] == DECIDED else None
    decision = kept.decisions.get(number, {}) if number is not None else {}
    return {
        "revision": int(row["revision"]),
        "known_at": known_instant(int(row["known_at"])),
        "superseded_at": known_instant(following[0]) if following else None,
        **{quantity.field: _number(int(row[name]), quantity.scale) for name, quantity in _VALUES.items()},
        "quality": Quality(row["quality"]).name,
        "validity": told.validity_of_revision(place).name,
        "method": row["method"].decode() or None,
        "failed_rule": row["failed"].decode() or None,
        "pinned": bool(row["provenance"] & Provenance.PINNED),
        "gas": _gas_of_revision(line, row),
        "cause": _cause(kept.rows[place - 1] if place else None, row, number),
        "author": decision.get("author"),
        "reason": decision.get("reason"),
    }


def _gas_of_revision(line: Line, row: np.void) -> Document | None:
    """Tell from whose gas a revision's energy follows; None where it was sent."""
    how, number = GasHow(int(row["gas"])), int(row["chromatograph"])
    if how is GasHow.NONE:
        return None
    named = serving(line.gas)
    by_analysis = how in BY_ANALYSIS
    return {
        "how": how.name,
        "chromatograph": named[number - 1] if by_analysis and number <= len(named) else None,
        "analysis_start": gas_time.hour_text(int(row["analysed"])) if by_analysis else None,
    }


def _is_by_gas(before: np.void | None, row: np.void) -> bool:
    """Say whether only the gas of an hour became another one: what was sent is the same, down to its source."""
    return before is not None and all(before[name] == row[name] for name in _OF_SOURCE)


def _cause(before: np.void | None, row: np.void, decision: int | None) -> Document:
    topic = int(row["source_topic"])
    sent = "file" if row["provenance"] & Provenance.FROM_FILE else "telegram"
    kind = "gas" if _is_by_gas(before, row) else {DECIDED: "decision", _TICKED: "estimate"}.get(topic, sent)
    place = "/".join(str(int(row[f"source_{part}"])) for part in ("partition", "offset", "place"))
    rule = row["failed"].decode() or None
    return {"kind": kind, "source": f"{SOURCES[topic]}/{place}", "decision": decision, "rule": rule}


def _number(scaled: int, scale: int) -> float | None:
    return None if scaled == ABSENT else scaled / scale


def _status(told: HourHistory, place: int, document: Document) -> Document:
    after = told.validity_after(told.changes[place])
    return {
        "kind": document["kind"],
        "known_at": known_instant(document["known_at"]),
        "validity": None if after is None else after.name,
        **{name: document.get(name) for name in ("cause", "author", "reason", "decision", "confirmed_by")},
    }


def _gas(told: GasTold) -> Document | None:
    """Tell by which analysis the hour is served as known now; None where nobody tells its gas."""
    found = told.served
    how = GasHow(int(found.how[0]))
    if how is GasHow.NONE:
        return None
    analysis = found.analyses[0]
    return {
        "chromatograph": found.names[int(found.chromatograph[0])],
        "how": how.name,
        "analysis_start": gas_time.hour_text(int(found.hour[0])),
        "delay_h": int(found.delay_h[0]),
        "analysis_revision": int(analysis["revision"]),
        "known_at": known_instant(int(analysis["known_at"])),
    }


def _finding(document: Document, hour: int) -> Document:
    """Return what a finding says of this hour alone."""
    words, place = words_of(document["rule"]), document["hours"].index(hour)
    settled = settled_of(document).get(hour)
    return {
        "id": document["_id"],
        "rule": document["rule"],
        "title": words.title,
        "words": words.words,
        "severity": document["severity"],
        "known_at": known_instant(document["known_at"]),
        "observed": document["observed"][place],
        "threshold": document["threshold"][place],
        "state": "open" if hour in open_hours(document) else "settled",
        "settled": None if settled is None else settled.told,
    }
