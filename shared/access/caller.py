"""Who asks: every handler that reads or writes takes a caller."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from shared.access.days import ALWAYS, NEVER, Days
from shared.access.ends import NO_END, Ends
from shared.access.roles import Role, Task


@dataclass(frozen=True, slots=True)
class Rights:
    """Which lines and nodes somebody may read, on which gas days, as they stand at this moment.

    `digest` names the content: two with the same one are equal, however long they are. What is in neither is unknown
    to him; a right on a node opens its sums, not its lines.
    """

    digest: str
    lines: Mapping[str, Days] = field(default_factory=lambda: MappingProxyType({}), compare=False)
    nodes: Mapping[str, Days] = field(default_factory=lambda: MappingProxyType({}), compare=False)
    has_all: bool = False

    @property
    def known_lines(self) -> Collection[str] | None:
        """The lines of which something may be read, None: all that there are."""
        return None if self.has_all else [line for line, days in self.lines.items() if days]

    @property
    def known_nodes(self) -> Collection[str] | None:
        """The nodes of which something may be read, None: all that there are."""
        return None if self.has_all else [node for node, days in self.nodes.items() if days]

    def line(self, line: str) -> Days:
        """Return the gas days on which a line may be read."""
        return ALWAYS if self.has_all else self.lines.get(line, NEVER)

    def node(self, node: str) -> Days:
        """Return the gas days on which a node's sums may be read."""
        return ALWAYS if self.has_all else self.nodes.get(node, NEVER)


NO_RIGHTS = Rights("none")
ALL_RIGHTS = Rights("all", has_all=True)


@dataclass(frozen=True, slots=True)
class Caller:
    """The one on whose behalf a request is handled: a client of the register, with what it may do at this moment.

    `stations` are those whose readings a gateway may deliver; `ends` says when access ends by itself, for warnings: it
    opens and closes nothing, so two callers who differ in it alone are equal.
    """

    identity: str
    roles: frozenset[Role] = frozenset()
    company: str = ""
    rights: Rights = NO_RIGHTS
    stations: frozenset[str] = frozenset()
    ends: Ends = field(default=NO_END, compare=False)

    def may(self, task: Task) -> bool:
        """Say whether one of the caller's roles lets him do something."""
        return any(task in role.tasks for role in self.roles)

    def may_read(self, line: str) -> bool:
        """Say whether this caller may know of a line: on some gas day he may read it."""
        return bool(line) and bool(self.rights.line(line))

    def may_read_node(self, node: str) -> bool:
        """Say whether this caller may know of a node."""
        return bool(node) and bool(self.rights.node(node))

    def may_read_on(self, line: str, day: date) -> bool:
        """Say whether this caller may read a line on a gas day."""
        return day in self.rights.line(line)

    def may_read_in(self, line: str, first: date, end: date) -> bool:
        """Say whether this caller may read a line on every gas day of a period, `end` not included."""
        return self.rights.line(line).covers(first, end)

    def may_know_in(self, line: str, first: date, end: date | None) -> bool:
        """Say whether this caller may read a line on any gas day of a period; without an end it goes on."""
        return self.rights.line(line).meets(first, end or date.max)

    def may_know_node_in(self, node: str, first: date, end: date | None) -> bool:
        """Say whether this caller may read a node on any gas day of a period, as `may_know_in` does."""
        return self.rights.node(node).meets(first, end or date.max)

    @property
    def sees_every_gas(self) -> bool:
        """Whether the analyses of every chromatograph are shown to this caller, whatever lines they serve."""
        return self.rights.has_all or self.may(Task.OPERATE)

    def delivers_for(self, station: str) -> bool:
        """Say whether this caller may deliver what a station measured."""
        return self.may(Task.OPERATE) or station in self.stations


def demo_caller(identity: str) -> Caller:
    """Return the caller of the demo: loopback only, may do all."""
    return Caller(identity, frozenset(Role), rights=ALL_RIGHTS)
