"""`gastrack replay`: empties the store and lets the workers read the line log again."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import asdict, dataclass

from gastrack.reach import complain, find, say
from shared.events.topics import RECORDED, VALIDATED
from shared.runtime import kafka
from shared.runtime.mongo import Database
from shared.store import replaying
from shared.store.digest import digest

GOOD, WRONG = 0, 1
ASK_SECONDS = 0.5


def run(wait_seconds: float, *, as_json: bool) -> int:
    """Replay; 0 if the digest is the same, 1 if it differs, the line log was not read in time, or it grew meanwhile."""
    told = asyncio.run(_replay(wait_seconds))
    if as_json:
        say(json.dumps({**asdict(told), "same": told.same}))
    else:
        say(f"digest before {told.before['all']}\ndigest after  {told.after['all']}\nread again in {told.seconds} s")
    if not told.same:
        complain(told.why)
    return GOOD if told.same else WRONG


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay found: digests before and after, how long it took, and how many records the log grew by."""

    before: dict[str, str]
    after: dict[str, str]
    seconds: float
    arrived: int
    in_time: bool

    @property
    def same(self) -> bool:
        """Say whether the store is what the line log says."""
        return self.in_time and self.before == self.after

    @property
    def why(self) -> str:
        """Say why it is not, as far as it can be told."""
        if not self.in_time:
            return "The line log was not read to its end in time: give it longer with --wait."
        if self.arrived:
            return (
                f"{self.arrived} records arrived meanwhile, so the digests cannot be compared: "
                "stop ingest for the time of the replay."
            )
        differing = ", ".join(name for name in self.before if name != "all" and self.before[name] != self.after[name])
        return f"The store is not what the line log says: {differing} differs."


async def _replay(wait_seconds: float) -> Replayed:
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
        in_time = await _wait_for(database, ends, deadline)
        after, seconds = await digest(database), round(time.monotonic() - began, 1)
        arrived = sum((await watcher.ends(RECORDED.name)).values()) - sum(ends.values())
        return Replayed(before, after, seconds, arrived, in_time)
    finally:
        await watcher.stop()


async def _wait_for(database: Database, ends: dict[int, int], deadline: float) -> bool:
    """Wait until aggregation has applied the line log up to `ends`; False if the time is over before."""
    while time.monotonic() < deadline:
        if await replaying.has_reached(database, ends):
            return True
        await asyncio.sleep(ASK_SECONDS)
    return False
