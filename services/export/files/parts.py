"""The parts of a file: its lines and nodes as the register knows them, and how many rows they will have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.export.files.asked import Download
from services.export.files.layout import Layout, Of, layout_of
from services.export.files.since import with_replaced
from shared.access.caller import Caller
from shared.access.days import Days
from shared.access.periods import check_covered, common
from shared.domain import gas_time
from shared.domain.period import Question, View
from shared.domain.topology import Issue, Node
from shared.domain.view import expected_hours
from shared.runtime.mongo import Database
from shared.runtime.problem import not_found, unprocessable
from shared.store.as_known import known_by
from shared.store.lines import RegisteredLine, find_floor, find_lines
from shared.store.registered_nodes import lines_within
from shared.store.topology_versions import line_known_at, nodes_known


@dataclass(frozen=True, slots=True)
class LinePart:
    """A line of a file; of whom it is read, for what is asked for as known at another moment."""

    registered: RegisteredLine
    caller: Caller
    has_gas: bool

    @property
    def id(self) -> str:
        """The line's id."""
        return self.registered.line.id


@dataclass(frozen=True, slots=True)
class NodePart:
    """A node of a file: which of its lines may be named is the caller's right."""

    node: Node
    caller: Caller
    has_gas: bool
    lines: frozenset[str]
    """All that it ever holds."""

    def named_in(self, question: Question) -> list[str]:
        """Return those of its lines that the file may name: who may read them on every gas day of it."""
        return sorted(line for line in self.lines if self.caller.may_read_in(line, question.first, question.end))

    @property
    def id(self) -> str:
        """The node's id."""
        return self.node.id


Part = LinePart | NodePart


async def parts_of(database: Database, caller: Caller, download: Download) -> list[Part]:
    """Return the lines and nodes of a download, in its order.

    Raises:
        ProblemError: 404, the same whether a line or node is unknown or not the caller's; 422 for gas days that he may
            not read, or a period that begins before what is kept online.
    """
    lines = await _lines(database, caller, download)
    nodes = await _nodes(database, caller, download)
    check_covered(readable_days(caller, download.lines, download.nodes), download.question)
    # Each line says from when on it is online: nobody need be asked again.
    floor = lines[0].registered.line.online_from if lines else await find_floor(database)
    if floor is not None and download.question.first < floor:
        text = f"gas days are online from {floor} on: earlier ones are not kept here"
        raise unprocessable([Issue("OUTSIDE_RETENTION", "from", text)])
    return [*lines, *nodes]


def readable_days(caller: Caller, lines: Iterable[str], nodes: Iterable[str]) -> Days:
    """Return the gas days on which a caller may read all of some lines and nodes."""
    rights = caller.rights
    return common([*(rights.line(line) for line in lines), *(rights.node(node) for node in nodes)])


def layout_for(parts: Sequence[Part], download: Download) -> Layout:
    """Return the columns of a file of these parts."""
    gas = any(part.has_gas for part in parts)
    of = Of(bool(download.lines), bool(download.nodes), gas)
    return with_replaced(layout_of(download.question, of, download.columns), download)


def rows_of(parts: Sequence[Part], question: Question, ended: int) -> int:
    """Return how many rows a file will have, of nodes at most; `ended`: first hour that has not ended."""
    return sum(_rows_of(part, question, ended) for part in parts)


def _rows_of(part: Part, question: Question, ended: int) -> int:
    asked = question.hours
    hours = range(asked.start, max(asked.start, min(asked.stop, ended)))
    if isinstance(part, LinePart):
        hours = expected_hours(part.registered.line, question, ended)
    if not hours or question.view is View.HOUR:
        return len(hours)
    if question.view is View.MONTH:
        return len(gas_time.months_of(hours))
    return (gas_time.gas_day(hours.stop - 1) - gas_time.gas_day(hours.start)).days + 1


async def _lines(database: Database, caller: Caller, download: Download) -> list[LinePart]:
    known = await find_lines(database, [line for line in download.lines if caller.may_read(line)])
    for place, line in enumerate(download.lines):
        if line not in known:
            raise not_found(f"line[{place}]", f"line {line!r} is not known here")
    return [LinePart(known[line], caller, bool(known[line].line.gas)) for line in download.lines]


async def _nodes(database: Database, caller: Caller, download: Download) -> list[NodePart]:
    moment_ms = await known_by(database, download.known_at_ms) if download.nodes else None
    parts = []
    for place, name in enumerate(download.nodes):
        known = await nodes_known(database, name, moment_ms) if caller.may_read_node(name) else None
        if known is None or name not in known.nodes:
            raise not_found(f"node[{place}]", f"node {name!r} is not known here")
        within = lines_within(known)
        lines = await find_lines(database, sorted(within))
        parts.append(NodePart(known.nodes[name], caller, any(one.line.gas for one in lines.values()), within))
    return parts


async def was_registered(database: Database, part: Part, moment_ms: int) -> bool:
    """Say whether the register knew a line or node at a moment: before that there was nothing of it to be read."""
    if isinstance(part, LinePart):
        return await line_known_at(database, part.id, moment_ms) is not None
    return part.id in (await nodes_known(database, part.id, moment_ms)).nodes
