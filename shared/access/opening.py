"""What rights come to: of each line and node the gas days on which it may be read, at one moment.

A company's rights are its own, granted with one of its agreements, and those that other companies pass on to it. What
is passed on is bounded by what the giver has of its own at this moment, so nobody ever passes on more than he has, and
what was passed on is not passed on again: there are no chains whose end nobody sees.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

from shared.access.caller import NO_RIGHTS, Rights
from shared.access.company import Company
from shared.access.days import NEVER, Days
from shared.access.right import Right

Belonging = Callable[[str], Mapping[str, Days]]
"""Says of a node which lines belong to it, through all nodes within it, and on which gas days."""


@dataclass(frozen=True, slots=True)
class Holding:
    """A company, all rights that name it, and the holdings of those who pass theirs on to it (their own rights)."""

    company: Company
    rights: tuple[Right, ...] = ()
    givers: Mapping[str, Holding] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Opened:
    """The gas days that are open, of lines and of nodes' sums. What is not named is not open."""

    lines: Mapping[str, Days] = field(default_factory=dict)
    nodes: Mapping[str, Days] = field(default_factory=dict)

    def within(self, other: Opened) -> Opened:
        """Return what both open."""
        return Opened(_common(self.lines, other.lines), _common(self.nodes, other.nodes))


def opened_to(holding: Holding, client: str, today: date, belonging: Belonging) -> Opened:
    """Return what is open to a client of a company on a gas day; "": to the company as such."""
    own = opened_by(_own(holding, client, today), belonging)
    return _together([own, *(_passed_on(holding, giver, client, today, belonging) for giver in holding.givers)])


def opened_by(rights: Iterable[Right], belonging: Belonging) -> Opened:
    """Return what rights open, whatever bounds them."""
    return _together(_one(right, belonging) for right in rights)


def rights_of(opened: Opened) -> Rights:
    """Return what is open as a caller carries it: named by its content."""
    if not opened.lines and not opened.nodes:
        return NO_RIGHTS
    told = sha256()
    for kind in (opened.lines, opened.nodes):
        for name in sorted(kind):
            told.update(f"{name} {kind[name].runs}\n".encode())
        told.update(b"|")
    return Rights(told.hexdigest(), opened.lines, opened.nodes)


def _own(holding: Holding, client: str, today: date) -> list[Right]:
    own = (right for right in holding.rights if not right.delegated_by and right.is_for(client))
    return [right for right in own if right.holds(holding.company, today)]


def _passed_on(holding: Holding, giver: str, client: str, today: date, belonging: Belonging) -> Opened:
    """Return what one company passes on to another: no more than it has of its own."""
    given = [right for right in holding.rights if right.delegated_by == giver and right.is_for(client)]
    passed = opened_by((right for right in given if right.holds(holding.company, today)), belonging)
    return passed.within(opened_by(_own(holding.givers[giver], "", today), belonging))


def _one(right: Right, belonging: Belonging) -> Opened:
    if right.line:
        return Opened({right.line: right.opened})
    lines = belonging(right.node) if right.lines else {}
    return Opened(_cut(lines, right.opened), _cut({right.node: right.opened}, right.opened))


def _cut(days: Mapping[str, Days], within: Days) -> dict[str, Days]:
    return {name: cut for name, one in days.items() if (cut := one.within(within))}


def _common(mine: Mapping[str, Days], theirs: Mapping[str, Days]) -> dict[str, Days]:
    return {name: both for name, days in mine.items() if (both := days.within(theirs.get(name, NEVER)))}


def _together(parts: Iterable[Opened]) -> Opened:
    lines: dict[str, Days] = {}
    nodes: dict[str, Days] = {}
    for part in parts:
        for told, kind in ((part.lines, lines), (part.nodes, nodes)):
            for name, days in told.items():
                if days:
                    kind[name] = kind[name].with_days(days) if name in kind else days
    return Opened(lines, nodes)
