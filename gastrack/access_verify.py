"""`gastrack access verify`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict

from gastrack.reach import complain, find, say
from shared.store.trail_verification import VerifiedChain, VerifiedTrail, verify_trail

GOOD, WRONG = 0, 1
MOST_TOLD = 20


def verify(trusted: Sequence[str], *, as_json: bool) -> int:
    """Follow all chains of the trail; 0 if they are unbroken, 1 if any is broken, with the places."""
    verified = asyncio.run(_verified(trusted))
    if as_json:
        say(json.dumps({"chains": [asdict(chain) for chain in verified.chains], "keys": verified.keys}))
    else:
        for chain in verified.chains:
            say(_told(chain))
        say(f"signatures of {', '.join(verified.keys) or 'no key'}")
        for one in verified.broken[:MOST_TOLD]:
            complain(f"{one.place}: {one.why}")
    return WRONG if verified.broken else GOOD


def _told(chain: VerifiedChain) -> str:
    where = f"{chain.first:,} to {chain.last:,}" if chain.entries else "none"
    state = "BROKEN" if chain.broken else "unbroken"
    return f"chain {chain.partition}: entries {where}, {chain.checkpoints:,} signed checkpoints, {state}"


async def _verified(trusted: Sequence[str]) -> VerifiedTrail:
    return await verify_trail(find().database(), trusted)
