"""Files that are none, or in which a row is wrong."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

_CELLS = (
    "NaN", "Infinity", "1e400", "1" + "0" * 400, "\uff11\uff12", "=1+1", '=HYPERLINK("http://x")', "@SUM(A1)", "+1",
    "-", "1 000", "1.000,5", "0x1F", "--1", "", "<!DOCTYPE x>", "'12", "1" * 60,
)  # fmt: skip
_STARTS = (
    "2023-10-29T02:00", "2024-03-31T02:00", "2023-11-01T10:30Z", "0001-01-01T00:00Z", "9999-12-31T23:00Z",
    "\uff12\uff10\uff12\uff13-11-01T10:00Z", "01/11/2023", "", "yesterday", "2023-02-30T10:00Z", "=NOW()",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OddFile:
    """A file with something wrong, and whether rows of it can be taken."""

    name: str
    body: bytes


def odd_files(line: str, count: int, seed: int = 2) -> Iterator[OddFile]:
    """Yield `count` odd files; each known kind, then random damage that still spoils a row."""
    chance = random.Random(seed)  # noqa: S311 - tests want the same every time
    kinds = list(_kinds(line))
    for number in range(count):
        yield kinds[number] if number < len(kinds) else _damaged(chance, line)


def _kinds(line: str) -> Iterator[OddFile]:
    for cell in _CELLS:
        yield OddFile(f"cell {cell[:20]}", own_csv(line, volume=cell))
    for start in _STARTS:
        yield OddFile(f"start {start}", own_csv(line, start=start))
    good = own_csv(line)
    yield OddFile("unknown line", own_csv("NOBODY"))
    yield OddFile("line's id", own_csv("=1+1"))
    yield OddFile("empty", b"")
    yield OddFile("heading alone", good.split(b"\n")[0])
    yield OddFile("no heading", b"\n".join(good.split(b"\n")[1:]))
    yield OddFile("unknown column", good.replace(b"quality", b"colour"))
    yield OddFile("column twice", good.replace(b"quality", b"line"))
    yield OddFile("NUL", good.replace(b"MEASURED", b"MEAS\x00RED"))
    yield OddFile("Latin-1", good.replace(b"MEASURED", "GEMESS\u00c9N".encode("latin-1")))
    yield OddFile("UTF-16 without mark", good.decode().encode("utf-16-le"))
    yield OddFile("XML", b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
    yield OddFile("workbook", b"PK\x03\x04" + bytes(200))
    yield OddFile("JSON", b'{"line": 1}')
    yield OddFile("large cell", good.replace(b"MEASURED", b"M" * 5_000))
    yield OddFile("many columns", good.replace(b"\n", b"," * 100 + b"\n"))
    yield OddFile("open quote", good.replace(b"MEASURED", b'"MEASURED', 1))
    yield OddFile("cell too many", good.replace(b"MEASURED", b"MEASURED,1", 1))


def own_csv(line: str, start: str = "2023-11-01T11:00:00Z", volume: str = "12.5") -> bytes:
    """Return a file of our own of three hours, the middle one as told."""
    rows = ["line,start,volume_m3n,quality", f"{line},2023-11-01T10:00:00Z,10,MEASURED"]
    rows += [f"{line},{start},{volume},MEASURED", f"{line},2023-11-01T12:00:00Z,11,MEASURED"]
    return ("\n".join(rows) + "\n").encode()


def _damaged(chance: random.Random, line: str) -> OddFile:
    """Return a file whose middle row has a character too many where none can stand."""
    cell = f"1{chance.choice('xyz!$%&/()=?')}{chance.randrange(1000)}"
    return OddFile(f"cell {cell}", own_csv(line, volume=cell))
