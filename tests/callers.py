"""Callers with some rights, for tests of what somebody may see."""

from __future__ import annotations

from collections.abc import Iterable

from shared.access.caller import Caller, Rights, demo_caller
from shared.access.days import ALWAYS
from shared.access.roles import Role


def someone(lines: Iterable[str] = (), nodes: Iterable[str] = (), role: Role = Role.DOWNLOADER) -> Caller:
    """Return one who may see some lines and the sums of some nodes, on every gas day."""
    named = (tuple(sorted(lines)), tuple(sorted(nodes)))
    rights = Rights(str(named), dict.fromkeys(named[0], ALWAYS), dict.fromkeys(named[1], ALWAYS))
    return Caller("someone", frozenset({role}), rights=rights)


async def everybody_may(identity: str) -> Caller:
    """Return one who may do all, whoever it is: for work that goes on without who ordered it."""
    return demo_caller(identity)
