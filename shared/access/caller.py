"""Who asks: every handler that reads or writes takes a caller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from shared.access.days import ALWAYS, NEVER, Days
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

    `stations` are those whose readings a gateway may deliver.
    """

    identity: str
    roles: frozenset[Role] = frozenset()
    company: str = ""
    rights: Rights = NO_RIGHTS
    stations: frozenset[str] = frozenset()

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

    def delivers_for(self, station: str) -> bool:
        """Say whether this caller may deliver what a station measured."""
        return self.may(Task.OPERATE) or station in self.stations


def demo_caller(identity: str) -> Caller:
    """Return the caller of the demo: loopback only, may do all."""
    return Caller(identity, frozenset(Role), rights=ALL_RIGHTS)
