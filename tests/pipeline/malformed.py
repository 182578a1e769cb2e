"""Telegrams that are none, or in which something is wrong: every kind that we know, and random damage."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from tests.pipeline.stations import Plan, hour_text, of_hours, telegram

TOO_MANY_HOURS = 20_000


class Fate(Enum):
    """What must become of a telegram."""

    DEAD = "at least one dead letter at its position"
    TAKEN = "odd, and taken whole all the same"
    EITHER = "damaged at random: whatever it is, it is counted"


@dataclass(frozen=True, slots=True)
class Odd:
    """A telegram with something wrong: what, its bytes, and what must become of it."""

    name: str
    station: str
    body: bytes
    fate: Fate = Fate.DEAD


_NUMBERS = (
    "NaN",
    "Infinity",
    "-Infinity",
    "1e400",
    "-1e308",
    "1" + "0" * 400,
    "\uff11\uff12",
    "0x10",
    "1,5",
    "01",
    '"12"',
)
_STARTS = (
    "2023-11-01T10:30:00Z", "2023-11-01T10:00:01Z", "2023-11-01T10:00:00", "0001-01-01T00:00:00Z",
    "9999-12-31T23:00:00Z", "2023-02-30T10:00:00Z", "2023-11-01T24:00:00Z", "2023-11-01T10:00:60Z",
    "2023-11-01T10:00:00+25:00", "2023-11-01T10:00:00+00:17", "\uff12\uff10\uff12\uff13-11-01T10:00:00Z",
    "2023-11-01", "yesterday", "", "2023-11-01T10:00:00Z\n", "1698832800", "2090-01-01T00:00:00Z",
)  # fmt: skip
_WRONG_TYPES: tuple[tuple[str, Any], ...] = (
    ("start", 1698832800), ("start", None), ("volume_m3n", "12"), ("volume_m3n", []), ("volume_m3n", True),
    ("quality", 1), ("quality", "measured"), ("quality", "EDITED"), ("quality", "=1+1"), ("meter", 7),
    ("meter", "M" * 65), ("temperature_c", -300), ("gcv_kwh_per_m3n", -1), ("energy_kwh", 1e12), ("index_m3", -1),
)  # fmt: skip
_HEADS: tuple[tuple[str, Any], ...] = (
    ("station", None), ("station", ""), ("station", "=cmd|' /C calc'!A0"), ("station", "S" * 65), ("sent", "now"),
    ("sent", 5), ("telegram", ""), ("telegram", "x" * 129), ("lines", None), ("lines", {}), ("lines", [1]),
    ("lines", [{}]), ("lines", [{"line": "A"}]), ("lines", [{"line": 5, "hours": []}]),
)  # fmt: skip


def odd_telegrams(plan: Plan, hours: range, count: int, seed: int = 1) -> Iterator[Odd]:
    """Yield `count` odd telegrams: each known kind again and again, every other one damaged at random."""
    chance, kinds = random.Random(seed), list(_kinds(plan, hours))  # noqa: S311 - tests want the same every time
    for number in range(count):
        if number < len(kinds):
            yield kinds[number]
        else:
            yield _damaged(chance, plan, hours) if number % 2 else kinds[number // 2 % len(kinds)]


def _kinds(plan: Plan, hours: range) -> Iterator[Odd]:
    station, other = plan.stations[:2]
    line, good = plan.lines[station][0], of_hours(plan, station, hours[:3], "good")
    for number in _NUMBERS:
        yield Odd(
            f"volume {number[:20]}",
            station,
            _spoilt(plan, station, hours, "volume_m3n", "@").replace(b'"@"', number.encode()),
        )
    for start in _STARTS:
        yield Odd(f"start {start!r}", station, _spoilt(plan, station, hours, "start", start))
    for field, value in _WRONG_TYPES:
        yield Odd(f"{field} {value!r}", station, _spoilt(plan, station, hours, field, value))
    for field, value in _HEADS:
        yield Odd(f"{field} {str(value)[:20]!r}", station, _edited(good, field, value))
    yield from _bytes(station, good)
    foreign = [hour_text(plan.lines[other][0], hours[0])]
    yield Odd("line of another station", station, telegram(station, [(plan.lines[other][0], foreign)], "foreign"))
    yield Odd("unknown line", station, telegram(station, [("NOBODY", foreign)], "unknown"))
    yield Odd("line's id", station, telegram(station, [("=1+1", foreign)], "formula"))
    yield Odd("lone surrogate in a line", station, good.replace(f'"{line}"'.encode(), b'"\\ud800"', 1))
    many = [hour_text(line, hours[0])] * TOO_MANY_HOURS
    yield Odd("20,000 hours", station, telegram(station, [(line, many)], "many"))
    zero = telegram(station, [(line, [hour_text(line, hours[0], volume_m3n=-0.0)])], "zero")
    yield Odd("negative zero", station, zero, Fate.TAKEN)
    twice = telegram(station, [(line, [hour_text(line, hours[0])])], "twice").replace(
        b'"start"', b'"volume_m3n": 7, "start"'
    )
    yield Odd("a key twice: the last one counts", station, twice, Fate.TAKEN)
    yield Odd("unknown field", station, _spoilt(plan, station, hours[:3], "colour", "blue"), Fate.TAKEN)


def _bytes(station: str, good: bytes) -> Iterator[Odd]:
    yield Odd("empty", station, b"")
    yield Odd("truncated", station, good[: len(good) // 2])
    yield Odd("byte order mark", station, b"\xef\xbb\xbf" + good)
    yield Odd("UTF-16", station, good.decode().encode("utf-16"))
    yield Odd("Latin-1", station, good.replace(b'"good"', '"gevalid\u00e9"'.encode("latin-1")))
    yield Odd("deep nesting", station, b"[" * 200_000)
    yield Odd(
        "deep nesting inside", station, good.replace(b'"lines": [', b'"lines": [' + b"[" * 5_000 + b"]" * 5_000 + b",")
    )
    yield Odd("lone surrogate", station, good.replace(b'"good"', b'"\\ud800"'))
    yield Odd("DOCTYPE", station, b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
    yield Odd("NUL", station, good.replace(b'"good"', b'"go\x00od"'))
    yield Odd("a list", station, b"[1, 2]")
    yield Odd("two telegrams", station, good + good)


def _spoilt(plan: Plan, station: str, hours: range, field: str, value: Any) -> bytes:
    """Return a telegram of three hours whose middle one is spoilt."""
    line = plan.lines[station][0]
    texts = [hour_text(line, hour) for hour in hours[:3]]
    texts[1][field] = value
    return telegram(station, [(line, texts)], f"spoilt {field}")


def _edited(body: bytes, field: str, value: Any) -> bytes:
    return json.dumps({**json.loads(body), field: value}).encode()


def _damaged(chance: random.Random, plan: Plan, hours: range) -> Odd:
    """Return a telegram in which bytes were changed, dropped or added."""
    station = chance.choice(plan.stations)
    body = bytearray(of_hours(plan, station, hours[:4], "damaged"))
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(body))
        body[place : place + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
    return Odd("damaged", station, bytes(body), Fate.EITHER)
