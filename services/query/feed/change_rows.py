"""The rows that a document of changes makes, and which of them somebody may and wants to see. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.access.caller import Caller
from shared.access.days import ALWAYS, NEVER, Days
from shared.access.periods import readable_parts
from shared.domain import gas_time
from shared.domain.hour_changes import HourChange
from shared.domain.instants import known_instant
from shared.store import forms
from shared.store.readable_gas import Gas, days_of_gas

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
    """What somebody sees: all that he may, or what he wants of it.

    `gas` are the chromatographs that serve his lines, with the gas days on which they do; None: every one.
    """

    caller: Caller
    wanted: Wanted | None = None
    gas: Gas | None = None

    def line(self, line: str) -> Days:
        """Return the gas days on which what happens to a line is shown."""
        is_wanted = self.wanted is None or line in self.wanted.lines
        return self.caller.rights.line(line) if is_wanted else NEVER

    def node(self, node: str, since: date) -> bool:
        """Say whether what happens to a node from a gas day on is shown."""
        is_wanted = self.wanted is None or node in self.wanted.nodes
        return is_wanted and self.caller.may_know_node_in(node, since, None)

    def chromatograph(self, chromatograph: str) -> Days:
        """Return the gas days on which what a chromatograph tells is shown."""
        is_wanted = self.wanted is None or chromatograph in self.wanted.chromatographs
        return days_of_gas(self.gas, chromatograph) if is_wanted else NEVER


def rows_of(document: Document, sight: Sight, skip: int = 0) -> Iterator[tuple[int, Document]]:
    """Yield the rows that are shown, each with its place among all rows of the document; the first `skip` are not.

    What reaches out of the gas days that may be read is told of those alone: so several rows may have one place.
    """
    for place, (kind, told) in enumerate(_told(document)):
        if place >= skip:
            for row in _ROWS[kind](told, sight):
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


def _run(told: tuple[Any, ...], sight: Sight) -> Iterator[Document]:
    line, change, first, end, new, corrected, known_at, batch_known_at = told
    for hours in _parts(range(first, end), sight.line(line)):
        row = {"kind": HourChange(change).name.lower(), "line": line, **_period(hours)}
        if change == HourChange.STATUS:
            row |= {"status": JUDGED, "cause": "rules", "decision": None, "hours": len(hours)}
            yield row | {"known_at": known_instant(batch_known_at)}
            continue
        # Of a part that was cut out it is not kept which of its hours are the new ones.
        count = new + corrected if len(hours) == end - first else min(new + corrected, len(hours))
        row |= {"hours": count, "hours_new": min(new, count), "hours_corrected": count - min(new, count)}
        yield row | {"known_at": known_instant(known_at)}


def _status(told: Document, sight: Sight) -> Iterator[Document]:
    whole = range(told["first"], told["end"])
    for hours in _parts(whole, sight.line(told["line"])):
        count = told["hours"] if hours == whole or told["hours"] is None else min(told["hours"], len(hours))
        row = {"kind": HourChange.STATUS.name.lower(), "line": told["line"], **_period(hours)}
        row |= {"status": told["kind"], "cause": told["cause"], "decision": told["decision"], "hours": count}
        yield row | {"known_at": known_instant(told["known_at"])}


def _parts(hours: range, days: Days) -> list[range]:
    """Return the parts of hours that are shown."""
    return [hours] if days == ALWAYS else readable_parts(days, hours)


def _analyses(told: Document, sight: Sight) -> Iterator[Document]:
    whole = Days.of([(date.fromisoformat(told["first"]), date.fromisoformat(told["end"]))])
    for first, end in whole.within(sight.chromatograph(told["chromatograph"])).runs:
        days = {"from": first.isoformat(), "to": end.isoformat()}
        known_at = known_instant(told["known_at"])
        yield {"kind": "analyses", "chromatograph": told["chromatograph"], **days, "known_at": known_at}


def _part(told: Document, sight: Sight) -> Iterator[Document]:
    nodes = [effect for effect in told["nodes"] if sight.node(effect["node"], date.fromisoformat(effect["from"]))]
    is_named = _is_seen(told, sight) or _is_known(told, sight.caller)
    if not nodes and not _is_seen(told, sight):
        return
    # What makes a node another sum is told to who reads it, but not the name of what he may not know of.
    row = {name: told[name] if is_named else None for name in ("id", "new", "from")}
    yield {
        "kind": "topology",
        "part": told["kind"],
        **row,
        "nodes": nodes,
        "decision": told["decision"],
        "known_at": known_instant(told["known_at"]),
    }


def _is_seen(part: Document, sight: Sight) -> bool:
    since = _since(part)
    match part["kind"]:
        case "line":
            return sight.line(part["id"]).meets(since, date.max)
        case "node":
            return sight.node(part["id"], since)
        case "chromatograph":
            return bool(sight.chromatograph(part["id"]))
        case _:
            return any(sight.line(line) for line in part["lines"])


def _is_known(part: Document, caller: Caller) -> bool:
    """Say whether somebody may know of a part that he does not follow: of a line or node that is in a node."""
    may_know = caller.may_know_node_in if part["kind"] == "node" else caller.may_know_in
    return may_know(part["id"], _since(part), None)


def _since(part: Document) -> date:
    """Return the first gas day for which a part says something else."""
    return date.min if part["from"] is None else date.fromisoformat(part["from"])


def _period(hours: range) -> Document:
    months = gas_time.months_of(hours)
    return {"from": gas_time.hour_text(hours.start), "to": gas_time.hour_text(hours.stop), "months": months}


_ROWS: dict[str, Callable[[Any, Sight], Iterator[Document]]] = {
    "runs": _run,
    "statuses": _status,
    "analyses": _analyses,
    "parts": _part,
}
