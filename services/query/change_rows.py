"""The rows that a document of changes makes, and which of them somebody may and wants to see. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from shared.access.caller import Caller
from shared.domain import gas_time
from shared.domain.hour_changes import HourChange
from shared.domain.instants import known_instant
from shared.store import forms

Document = dict[str, Any]
JUDGED = "judged"
"""Status of hours that the rules alone changed; else what was decided: close, reopen, accept, release."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody follows: these lines, these nodes, and the gas of these chromatographs."""

    lines: frozenset[str]
    nodes: frozenset[str] = frozenset()
    chromatographs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sight:
    """What somebody sees: all that he may, or what he wants of it; `nodes` are those that he may see of a document."""

    caller: Caller
    wanted: Wanted | None = None
    nodes: frozenset[str] = field(default_factory=frozenset)

    def line(self, line: str) -> bool:
        """Say whether what happens to a line is shown."""
        return self.caller.may_read(line) and (self.wanted is None or line in self.wanted.lines)

    def node(self, node: str) -> bool:
        """Say whether what happens to a node is shown."""
        return node in self.nodes and (self.wanted is None or node in self.wanted.nodes)

    def chromatograph(self, chromatograph: str) -> bool:
        """Say whether what a chromatograph tells is shown: it is everybody's."""
        return self.wanted is None or chromatograph in self.wanted.chromatographs


def nodes_named(documents: Iterable[Document]) -> set[str]:
    """Return the nodes that documents name."""
    parts = [part for document in documents for part in document.get("parts", ())]
    named = {effect["node"] for part in parts for effect in part["nodes"]}
    return named | {part["id"] for part in parts if part["kind"] == "node"}


def rows_of(document: Document, sight: Sight, skip: int = 0) -> Iterator[tuple[int, Document]]:
    """Yield the rows that are shown, each with its place among all rows of the document; the first `skip` are not."""
    for place, (kind, told) in enumerate(_told(document)):
        if place < skip:
            continue
        row = _ROWS[kind](told, sight)
        if row is not None:
            yield place, row


def _told(document: Document) -> Iterator[tuple[str, Any]]:
    """Yield everything that a document tells, in the order of its rows."""
    lines = document.get("lines", ())
    for run in forms.runs(document.get("runs", b""), document.get("count", 0)).tolist():
        line, *what = run
        yield "runs", (lines[line], *what, document["known_at"])
    for kind in ("statuses", "analyses", "parts"):
        for told in document.get(kind, ()):
            yield kind, told


def _run(told: tuple[Any, ...], sight: Sight) -> Document | None:
    line, change, first, end, new, corrected, known_at, batch_known_at = told
    if not sight.line(line):
        return None
    is_status = change == HourChange.STATUS
    row = {"kind": HourChange(change).name.lower(), "line": line, **_period(first, end)}
    if is_status:
        row |= {"status": JUDGED, "cause": "rules", "decision": None, "hours": end - first}
    else:
        row |= {"hours": new + corrected, "hours_new": new, "hours_corrected": corrected}
    return row | {"known_at": known_instant(batch_known_at if is_status else known_at)}


def _status(told: Document, sight: Sight) -> Document | None:
    if not sight.line(told["line"]):
        return None
    row = {"kind": HourChange.STATUS.name.lower(), "line": told["line"], **_period(told["first"], told["end"])}
    row |= {"status": told["kind"], "cause": told["cause"], "decision": told["decision"], "hours": told["hours"]}
    return row | {"known_at": known_instant(told["known_at"])}


def _analyses(told: Document, sight: Sight) -> Document | None:
    if not sight.chromatograph(told["chromatograph"]):
        return None
    days = {"from": told["first"], "to": told["end"]}
    return {
        "kind": "analyses",
        "chromatograph": told["chromatograph"],
        **days,
        "known_at": known_instant(told["known_at"]),
    }


def _part(told: Document, sight: Sight) -> Document | None:
    nodes = [effect for effect in told["nodes"] if sight.node(effect["node"])]
    is_readable = told["kind"] != "line" or sight.caller.may_read(told["id"])
    if not (_is_seen(told, sight) or (nodes and is_readable)):
        return None
    row = {name: told[name] for name in ("id", "new", "from")}
    return {
        "kind": "topology",
        "part": told["kind"],
        **row,
        "nodes": nodes,
        "decision": told["decision"],
        "known_at": known_instant(told["known_at"]),
    }


def _is_seen(part: Document, sight: Sight) -> bool:
    match part["kind"]:
        case "line":
            return sight.line(part["id"])
        case "node":
            return sight.node(part["id"])
        case "chromatograph":
            return sight.chromatograph(part["id"])
        case _:
            return any(sight.line(line) for line in part["lines"])


def _period(first: int, end: int) -> Document:
    months = gas_time.months_of(range(first, end))
    return {"from": gas_time.hour_text(first), "to": gas_time.hour_text(end), "months": months}


_ROWS: dict[str, Callable[[Any, Sight], Document | None]] = {
    "runs": _run,
    "statuses": _status,
    "analyses": _analyses,
    "parts": _part,
}
