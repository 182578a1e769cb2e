"""Whether a company may pass a right on: only what it has of its own at this moment. Pure.

What it has later bounds what was passed on later (`opening.py`): nothing needs to be taken back when it shrinks.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from shared.access.days import NEVER, Days
from shared.access.opening import Belonging, Holding, opened_by, opened_to
from shared.access.refused import unknown, wrong
from shared.access.right import Right


def require_own(giver: Holding, right: Right, today: date, belonging: Belonging) -> None:
    """Raise where a company would pass on what it does not have of its own.

    Raises:
        ChangeRefusedError: the line or node is not known to it at all; or it has it, but on fewer gas days.
    """
    if right.company == giver.company.id:
        raise wrong("SAME_COMPANY", "to", "this is your own company: its clients have its rights")
    own = opened_to(replace(giver, givers={}), "", today, belonging)
    place, name = ("line", right.line) if right.line else ("node", right.node)
    mine = (own.lines if right.line else own.nodes).get(name, NEVER)
    if not mine:
        raise unknown(place, name)
    if not _covers(mine, right.opened):
        text = f"your company may read {place} {name} on {_told(mine)} only: pass on no more than that"
        raise wrong("MORE_THAN_OWN", "days_from", text)
    if any(not _covers(own.lines.get(line, NEVER), days) for line, days in opened_by([right], belonging).lines.items()):
        text = f"your company may read the sums of node {name}, but not all of its lines: pass on the sums alone"
        raise wrong("MORE_THAN_OWN", "lines", text)


def _covers(mine: Days, asked: Days) -> bool:
    return all(mine.covers(*run) for run in asked.runs)


def _told(days: Days) -> str:
    return ", ".join(f"{first} to {end}" for first, end in days.runs)
