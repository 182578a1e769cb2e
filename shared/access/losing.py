"""Whether somebody may do less than a moment ago: then what is under way on his behalf ends."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from shared.access.caller import Caller, Rights
from shared.access.days import ALWAYS, NEVER, Days


def has_lost(before: Caller, now: Caller) -> bool:
    """Say whether a caller may no longer do, deliver for or read anything that he might before."""
    if before.identity != now.identity or before.company != now.company:
        return True
    if not (before.roles <= now.roles and before.stations <= now.stations):
        return True
    return _have_lost(before.rights, now.rights, before.rights.lines, before.rights.nodes)


def has_lost_of(before: Caller, now: Caller, lines: Iterable[str], nodes: Iterable[str]) -> bool:
    """Say whether a caller has lost a role, or gas days of any of these lines and nodes."""
    return not before.roles <= now.roles or _have_lost(before.rights, now.rights, lines, nodes)


def _have_lost(before: Rights, now: Rights, lines: Iterable[str], nodes: Iterable[str]) -> bool:
    if before.digest == now.digest or now.has_all:
        return False
    if before.has_all:
        return True
    return _lost(before.lines, now.lines, lines) or _lost(before.nodes, now.nodes, nodes)


def _lost(before: Mapping[str, Days], now: Mapping[str, Days], names: Iterable[str]) -> bool:
    pairs = ((before.get(name, NEVER), now.get(name, NEVER)) for name in names)
    return any(had is not has and not _holds(has, had) for had, has in pairs)


def _holds(days: Days, others: Days) -> bool:
    return days is ALWAYS or others.within(days) == others
