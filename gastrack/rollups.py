"""`gastrack rollups verify`."""

from __future__ import annotations

import asyncio
import json

from gastrack.reach import complain, find, say
from shared.store.verification import Verified
from shared.store.verification import verify as verify_store

GOOD, WRONG = 0, 1
MOST_TOLD = 20


def verify(*, as_json: bool) -> int:
    """Recompute all rollups; 0 if they are equal, 1 if any differs."""
    verified = asyncio.run(_verified())
    if as_json:
        wrong = [{"id": mismatch.id, "fields": mismatch.fields} for mismatch in verified.mismatches]
        say(json.dumps({"days": verified.days, "months": verified.months, "mismatches": wrong}))
    else:
        say(f"{verified.days:,} days and {verified.months:,} months, {len(verified.mismatches):,} differ")
        for mismatch in verified.mismatches[:MOST_TOLD]:
            complain(f"{mismatch.id}: {', '.join(mismatch.fields)}")
    return WRONG if verified.mismatches else GOOD


async def _verified() -> Verified:
    return await verify_store(find().database())
