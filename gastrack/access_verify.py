"""`gastrack access verify`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from gastrack.reach import complain, find, say
from shared.access.chain import Break
from shared.runtime.mongo import synchronous
from shared.store.access.events import verified as events_verified
from shared.store.trail_verification import VerifiedChain, VerifiedTrail, verify_trail

GOOD, WRONG = 0, 1
MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class _Verified:
    """What was found: the events of the register, how many, the last one's hash, where they break; and the trail."""

    events: int
    last: str
    broken: Break | None
    trail: VerifiedTrail


def verify(trusted: Sequence[str], *, as_json: bool) -> int:
    """Follow the events of the register and all chains of the trail; 0: unbroken; 1: broken, with the places."""
    verified = asyncio.run(_verified(trusted))
    (_tell_program if as_json else _tell_person)(verified)
    return WRONG if verified.broken or verified.trail.broken else GOOD


def _tell_program(verified: _Verified) -> None:
    broken = verified.broken and {"number": verified.broken.number, "message": verified.broken.words}
    register = {"events": verified.events, "last": verified.last, "broken": broken}
    chains = [asdict(chain) for chain in verified.trail.chains]
    say(json.dumps({"register": register, "chains": chains, "keys": verified.trail.keys}))


def _tell_person(verified: _Verified) -> None:
    if verified.broken is None:
        say(f"{verified.events} events of the access register, unbroken; the last one is {verified.last or 'none'}")
    else:
        complain(f"The chain of the access register is broken: {verified.broken.words}")
    for chain in verified.trail.chains:
        say(_told(chain))
    say(f"signatures of {', '.join(verified.trail.keys) or 'no key'}")
    for one in verified.trail.broken[:MOST_TOLD]:
        complain(f"{one.place}: {one.why}")


def _told(chain: VerifiedChain) -> str:
    where = f"{chain.first:,} to {chain.last:,}" if chain.entries else "none"
    state = "BROKEN" if chain.broken else "unbroken"
    return f"chain {chain.partition}: entries {where}, {chain.checkpoints:,} signed checkpoints, {state}"


async def _verified(trusted: Sequence[str]) -> _Verified:
    database = find().database()
    try:
        events = await asyncio.to_thread(events_verified, synchronous(database))
        return _Verified(*events, await verify_trail(database, trusted))
    finally:
        database.client.close()
