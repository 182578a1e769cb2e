"""`gastrack ledger`: prints and checks promise 1."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import asdict

from gastrack.reach import complain, find, say
from shared.runtime.mongo import Database
from shared.store import ledgers
from shared.store.ledgers import Ledger

GOOD, WRONG = 0, 1
ASK_SECONDS = 0.5


def check(wait_seconds: float, *, as_json: bool) -> int:
    """Wait until nothing is under way, print the ledger; 0 if every reading is in exactly one place, else 1."""
    total = asyncio.run(_settled(wait_seconds))
    if as_json:
        say(json.dumps({**asdict(total), "difference": total.difference}))
    else:
        for name, count in asdict(total).items():
            say(f"{name.replace('_', ' '):>14} {count:>14,}")
        say(f"{'difference':>14} {total.difference:>14,}")
    if total.difference:
        complain("Readings are under way, lost or counted twice: ask again; if it stays, see docs/runbooks/ledger.md.")
    return GOOD if total.difference == 0 else WRONG


async def _settled(wait_seconds: float) -> Ledger:
    database, deadline = find().database(), time.monotonic() + wait_seconds
    total = await _steady(database)
    while total.difference and time.monotonic() < deadline:
        total = await _steady(database)
    return total


async def _steady(database: Database) -> Ledger:
    """Add up until two sums in a row agree: ledgers are written one after the other."""
    before = await ledgers.total(database)
    await asyncio.sleep(ASK_SECONDS)
    after = await ledgers.total(database)
    return after if before == after else await ledgers.total(database)
