"""The telegram: taken whole where it fits, hour by hour where it does not, refused in one piece where it is none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.files.told import Fault
from services.ingest.telegram import MAX_HOURS, Telegram, hour_of, taken_apart
from shared.domain.reason import Reason

HOUR: dict[str, Any] = {"start": "2026-11-23T10:00:00Z", "volume_m3n": 1.5}
GOOD: dict[str, Any] = {
    "telegram": "T1", "station": "BE-0042", "sent": "2026-11-23T11:02:10Z",
    "lines": [{"line": "A", "hours": [HOUR, HOUR]}, {"line": "B", "hours": [HOUR]}],
}  # fmt: skip


def taken(**changed: Any) -> Telegram | Fault:
    """Take a telegram apart that is good but for some fields."""
    return taken_apart(json.dumps({**GOOD, **changed}).encode())


def telegram(found: Telegram | Fault) -> Telegram:
    """Return what must be a telegram."""
    assert isinstance(found, Telegram)
    return found


def fault(found: Telegram | Fault) -> Fault:
    """Return what must be a fault of the whole."""
    assert isinstance(found, Fault)
    return found


def test_a_good_telegram() -> None:
    """Every hour has a place, counted through all lines."""
    found = telegram(taken())
    assert [(line, place, position, len(hours)) for line, place, position, hours in found.runs] == [
        ("A", 0, "lines[0]", 2),
        ("B", 2, "lines[1]", 1),
    ]
    assert (found.places, found.faults, found.sent_ms) == (3, [], 1_795_431_730_000)


def test_one_bad_hour_leaves_its_neighbours() -> None:
    """Its fault has its place; the hours around it keep theirs."""
    found = telegram(taken(lines=[{"line": "A", "hours": [HOUR, {**HOUR, "volume_m3n": "x"}, HOUR]}]))
    assert [(place, len(hours)) for _, place, _, hours in found.runs] == [(0, 1), (2, 1)]
    (bad,) = found.faults
    assert (bad.place, bad.code, bad.position) == (1, Reason.A1_SCHEMA, "lines[0].hours[1]")


def test_one_bad_line_leaves_its_neighbours() -> None:
    """A line that cannot be read at all is one place."""
    found = telegram(taken(lines=[7, {"line": "=1", "hours": [HOUR, HOUR]}, {"line": "B", "hours": [HOUR]}]))
    assert [(one.place, one.code) for one in found.faults] == [
        (0, Reason.A1_SCHEMA),
        (1, Reason.A1_ID),
        (2, Reason.A1_ID),
    ]
    assert [(line, place) for line, place, _, _ in found.runs] == [("B", 3)]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"station": "=1"}, Reason.A1_ID),
        ({"telegram": ""}, Reason.A1_ID),
        ({"telegram": "x" * 129}, Reason.A1_ID),
        ({"sent": "2026-11-23T11:02:10"}, Reason.A1_TIME),
        ({"sent": "now"}, Reason.A1_TIME),
        ({"lines": None}, Reason.A1_SCHEMA),
        ({"lines": [{"line": "A", "hours": [HOUR] * (MAX_HOURS + 1)}]}, Reason.A1_SCHEMA),
    ],
)
def test_a_bad_head_refuses_the_whole(changed: dict[str, Any], code: Reason) -> None:
    """One fault, whatever else is good."""
    assert fault(taken(**changed)).code is code


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", Reason.A1_SCHEMA),
        (b"[" * 100_000, Reason.A1_SCHEMA),
        (b'{"telegram": "\xe9"}', Reason.A1_ENCODING),
        (
            json.dumps(GOOD).encode().replace(b"}", b', "\xae": 1}', 1).replace(b'"start"', b'"begin"'),
            Reason.A1_ENCODING,
        ),
        (b" " * 6_000_000, Reason.A1_SCHEMA),
    ],
)
def test_what_is_no_telegram(body: bytes, code: Reason) -> None:
    """Bytes that are no UTF-8 are told as such, even in a field that nobody looks at."""
    assert fault(taken_apart(body)).code is code


@settings(deadline=None)
@given(place=st.integers(0), dropped=st.integers(0, 4), added=st.binary(max_size=4))
def test_damage_never_raises(place: int, dropped: int, added: bytes) -> None:
    """Whatever bytes change, it is a telegram whose places add up, or one fault."""
    body = bytearray(json.dumps(GOOD).encode())
    at = place % len(body)
    body[at : at + dropped] = added
    found = taken_apart(bytes(body))
    if isinstance(found, Telegram):
        assert found.places == sum(len(hours) for *_, hours in found.runs) + len(found.faults)


@pytest.mark.parametrize(
    ("start", "code"),
    [
        ("2026-11-23T10:30:00Z", Reason.A4_ALIGNMENT),
        ("2026-11-23T10:00:01Z", Reason.A4_ALIGNMENT),
        ("2026-11-23T10:00:00", Reason.A1_TIME),
        ("0001-01-01T00:00:00Z", Reason.A1_TIME),
        ("9999-12-31T23:00:00Z", Reason.A1_TIME),
        ("2026-11-23T10:00:00+25:00", Reason.A1_TIME),
        ("\uff12026-11-23T10:00:00Z", Reason.A1_TIME),
        ("2026-02-30T10:00:00Z", Reason.A1_TIME),
    ],
)
def test_starts_that_are_none(start: str, code: Reason) -> None:
    """Each with its own reason."""
    found = hour_of(start)
    assert isinstance(found, tuple)
    assert found[0] is code


def test_the_same_hour_in_other_offsets() -> None:
    """An hour is its UTC start, however it is written."""
    assert hour_of("2026-11-23T11:00:00+01:00") == hour_of("2026-11-23T10:00Z") == 498_730
