"""Telegrams of chromatographs: what is taken, and what is a fault of one analysis alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.ingest.analyses import converted_analyses, forecast_analyses
from services.ingest.analysis_telegram import MAX_ANALYSES, MAX_BYTES, AnalysisTelegram, taken_apart
from services.ingest.files.told import Fault
from services.ingest.source_record import SourceRecord
from shared.domain.analysis import SHARE_ABSENT
from shared.domain.physics.components import COMPONENTS
from shared.domain.quantities import ABSENT
from shared.domain.reason import Reason
from shared.events import line_log
from shared.events.line_log import Analysed

GOOD: dict[str, Any] = {
    "start": "2026-11-23T10:00:00Z",
    "composition_mol_percent": {"methane": 93.3212, "nitrogen": 6.6788},
    "gcv_kwh_per_m3n": 11.2,
    "density_kg_per_m3n": 0.77788,
    "wobbe_kwh_per_m3n": 14.5033,
}


def body(*analyses: object, **head: object) -> bytes:
    """Return a telegram of ZELZATE."""
    told = {"telegram": "Z/7", "chromatograph": "ZELZATE", "sent": "2026-11-23T11:02:10Z", "analyses": list(analyses)}
    return json.dumps({**told, **head}).encode()


def apart(*analyses: object) -> AnalysisTelegram:
    """Return a telegram that is one, taken apart."""
    told = taken_apart(body(*analyses), 42, 1_795_431_730_000)
    assert isinstance(told, AnalysisTelegram)
    return told


def test_what_an_analysis_says() -> None:
    """Scaled, at its hour, with the telegram's position; what was not sent is absent."""
    told = apart(GOOD, {"start": "2026-11-23T11:00:00+01:00", "gcv_kwh_per_m3n": 11.3, "density_kg_per_m3n": None})
    analyses, (first, second) = told.analyses, told.analyses.rows
    assert (analyses.chromatograph, analyses.telegram, analyses.offset) == ("ZELZATE", "Z/7", 42)
    assert (analyses.sent_ms, analyses.known_at_ms) == (1_795_431_730_000, 1_795_431_730_000)
    assert (told.faults, told.places) == ([], 2)
    assert first["shares"][COMPONENTS.index("methane")] == 933_212
    assert first["shares"][COMPONENTS.index("ethane")] == SHARE_ABSENT
    assert (first["gcv"], first["density"], first["wobbe"]) == (11_200_000, 777_880, 14_503_300)
    assert (first["hour"], second["hour"]) == (498_730, 498_730)
    assert (second["shares"] == SHARE_ABSENT).all()
    assert second["density"] == ABSENT


@pytest.mark.parametrize(
    ("changed", "code", "where"),
    [
        ({"start": "2026-11-23T10:30:00Z"}, Reason.A4_ALIGNMENT, ".start"),
        ({"start": "2026-11-23T10:00:00"}, Reason.A1_TIME, ".start"),
        ({"start": None}, Reason.A1_TIME, ".start"),
        ({"start": "x" * 200}, Reason.A1_TIME, ".start"),
        ({"gcv_kwh_per_m3n": "much"}, Reason.A1_NUMBER, ".gcv_kwh_per_m3n"),
        ({"gcv_kwh_per_m3n": 10**400}, Reason.A1_NUMBER, ".gcv_kwh_per_m3n"),
        ({"gcv_kwh_per_m3n": True}, Reason.A1_NUMBER, ".gcv_kwh_per_m3n"),
        ({"gcv_kwh_per_m3n": 1001}, Reason.A1_RANGE, ".gcv_kwh_per_m3n"),
        ({"density_kg_per_m3n": -0.1}, Reason.A1_RANGE, ".density_kg_per_m3n"),
        ({"composition_mol_percent": [1]}, Reason.A1_SCHEMA, ".composition_mol_percent"),
        ({"composition_mol_percent": {"methan": 1}}, Reason.A1_ENUM, ".composition_mol_percent.methan"),
        ({"composition_mol_percent": {"methane": 101}}, Reason.A1_RANGE, ".composition_mol_percent.methane"),
        ({"composition_mol_percent": {"methane": "x"}}, Reason.A1_NUMBER, ".composition_mol_percent.methane"),
        ({"composition_mol_percent": {}, "gcv_kwh_per_m3n": None}, Reason.A1_NUMBER, ".gcv_kwh_per_m3n"),
    ],
)
def test_one_bad_analysis_never_harms_its_neighbours(changed: dict[str, object], code: Reason, where: str) -> None:
    """The reason, its place, and the others taken."""
    told = apart(GOOD, {**GOOD, **changed}, GOOD)
    assert [(fault.place, fault.code, fault.position) for fault in told.faults] == [(1, code, f"analyses[1]{where}")]
    assert told.analyses.rows["place"].tolist() == [0, 2]
    assert all(fault.message for fault in told.faults)


def test_what_is_no_analysis_at_all() -> None:
    """A number where an object belongs."""
    assert [(fault.code, fault.position) for fault in apart(7, GOOD).faults] == [(Reason.A1_SCHEMA, "analyses[0]")]


@pytest.mark.parametrize(
    ("raw", "code", "position"),
    [
        (b"{}", Reason.A1_SCHEMA, ""),
        (b"[" * 5_000, Reason.A1_SCHEMA, ""),
        (b'{"telegram": "\xff"}', Reason.A1_ENCODING, "byte 14"),
        (b" " * (MAX_BYTES + 1), Reason.A1_SCHEMA, ""),
        (body(), Reason.A1_SCHEMA, ""),
        (body(*[GOOD] * (MAX_ANALYSES + 1)), Reason.A1_SCHEMA, ""),
        (body(GOOD, chromatograph="a b"), Reason.A1_ID, "chromatograph"),
        (body(GOOD, telegram=""), Reason.A1_ID, "telegram"),
        (body(GOOD, sent="today"), Reason.A1_TIME, "sent"),
    ],
)
def test_what_is_no_telegram(raw: bytes, code: Reason, position: str) -> None:
    """One fault of the whole."""
    told = taken_apart(raw)
    assert isinstance(told, Fault)
    assert (told.code, told.position) == (code, position)


def _record(offset: int, value: bytes) -> SourceRecord:
    return SourceRecord("analyses", 0, offset, value)


def test_records_become_entries_and_dead_letters() -> None:
    """Each analysis in exactly one of both; one that is no telegram is one dead letter."""
    records = [_record(4, body(GOOD, {**GOOD, "start": ""})), _record(5, b"?"), _record(6, body({"start": ""}))]
    found = converted_analyses([(record, 1_000 + record.offset) for record in records])
    entry = line_log.decode(found.entries[0])
    assert isinstance(entry, Analysed)
    assert (len(found.entries), found.counts) == (1, [2, 1, 1])
    assert (entry.analyses.offset, entry.analyses.known_at_ms, len(entry.analyses.rows)) == (4, 1_004, 1)
    places = [(letter.source.offset, letter.fault.place, letter.source.station) for letter in found.dead_letters]
    assert places == [(4, 1, "ZELZATE"), (5, 0, ""), (6, 0, "ZELZATE")]


def test_the_door_foresees_what_the_worker_does() -> None:
    """By the same function."""
    count, faults = forecast_analyses(_record(0, body(GOOD, {**GOOD, "start": ""})))
    assert (count, [fault.code for fault in faults]) == (2, [Reason.A1_TIME])


def test_a_defect_of_ours_is_isolated(monkeypatch: pytest.MonkeyPatch) -> None:
    """One record, one dead letter; the others go on."""

    def failing(value: bytes, *_: int) -> Fault:
        raise ZeroDivisionError(value)

    monkeypatch.setattr("services.ingest.analyses.taken_apart", failing)
    found = converted_analyses([(_record(4, body(GOOD)), 0)])
    assert ([letter.fault.code for letter in found.dead_letters], found.counts) == ([Reason.DEFECT], [1])
