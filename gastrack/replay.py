"""`gastrack replay`: empties the store and lets the workers read the line log again."""

from __future__ import annotations

import asyncio
import json
import time

from gastrack.reach import complain, find, say
from shared.events.topics import RECORDED, VALIDATED
from shared.runtime import kafka
from shared.runtime.mongo import Database
from shared.store import replaying
from shared.store.digest import digest

GOOD, WRONG = 0, 1
ASK_SECONDS = 0.5


def run(wait_seconds: float, *, as_json: bool) -> int:
    """Replay; 0 if the digest is the same, 1 if it differs or the line log was not read in time."""
    before, after, seconds = asyncio.run(_replay(wait_seconds))
    same = before == after
    if as_json:
        say(json.dumps({"before": before, "after": after, "same": same, "seconds": round(seconds, 1)}))
    else:
        say(f"digest before {before['all']}\ndigest after  {after['all']}\nread again in {seconds:.1f} s")
    if not same:
        differing = ", ".join(name for name in before if before[name] != after.get(name) and name != "all")
        complain(f"The store is not what the line log says: {differing or 'not read to its end in time'} differs.")
    return GOOD if same else WRONG


async def _replay(wait_seconds: float) -> tuple[dict[str, str], dict[str, str], float]:
    reach = find()
    database, watcher = reach.database(), kafka.watcher(reach.kafka_bootstrap, "gastrack-replay")
    await watcher.start()
    try:
        ends = {place.partition: end for place, end in (await watcher.ends(RECORDED.name)).items()}
        deadline = time.monotonic() + wait_seconds
        await _wait_for(database, ends, deadline)
        before, began = await digest(database), time.monotonic()
        await replaying.begin(database)
        await watcher.empty(VALIDATED.name)
        await replaying.end(database)
        await _wait_for(database, ends, deadline)
        return before, await digest(database), time.monotonic() - began
    finally:
        await watcher.stop()


async def _wait_for(database: Database, ends: dict[int, int], deadline: float) -> None:
    """Wait until aggregation has applied the line log up to `ends`, or the time is over."""
    while time.monotonic() < deadline:
        if await replaying.has_reached(database, ends):
            return
        await asyncio.sleep(ASK_SECONDS)
