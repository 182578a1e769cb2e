"""The gateways of the demo: a process that sends history, then hour after hour, into the topics of the sources.

`python -m deploy.local.feed FOLDER UNTIL [--live]`: goes on from where FOLDER says, sends everything before hour UNTIL
at once, and with --live the hours after it. What was sent but not noted before a crash is sent again: repetitions.
"""

import argparse
import asyncio
import itertools
import os
import time
from collections.abc import Iterable
from pathlib import Path

from deploy.local import history, simulator
from shared.events.topics import ANALYSES, TELEMETRY
from shared.runtime.kafka import AIOKafkaProducer, producer

HOURS_PER_STEP = 30 * 24  # one note of how far we are per simulated month
TELEGRAMS_IN_FLIGHT = 64  # 18 kB each, one station's day
CATCH_UP_STEP_S = 10.0  # in live, hours that have passed arrive at this pace, so that one can watch them arrive
LINGER_MS = 5
START_OF_AN_HOUR = b'"start":'  # once in each hour of a telegram, and in no value


async def feed(folder: Path, until: int, *, live: bool, bootstrap: str) -> None:
    """Send; returns when history is sent, or never with `live`."""
    sender = producer(bootstrap, LINGER_MS)
    await sender.start()
    try:
        await send_history(sender, folder, until)
        while live:
            await send_next_hour(sender, folder)
    finally:
        await sender.stop()


async def send_history(sender: AIOKafkaProducer, folder: Path, until: int) -> None:
    """Send everything before hour `until` that is not noted as sent."""
    grid, sent = simulator.grid(), _sent(folder)
    while sent.following < until:
        last = min(sent.following + HOURS_PER_STEP, until) - 1
        readings = await _send_analyses(sender, grid, sent.following, last)
        readings += await _send(sender, simulator.history(grid, sent.following, last, since=sent.begin))
        sent = history.advance(folder, sent, last + 1, readings)


async def send_next_hour(sender: AIOKafkaProducer, folder: Path) -> None:
    """Send the next hour when it has ended; while behind, one hour per step of the clock."""
    sent = _sent(folder)
    ends_in_s = (sent.following + 1) * 3600 - time.time()
    await asyncio.sleep(max(ends_in_s, CATCH_UP_STEP_S))
    readings = await _send_analyses(sender, simulator.grid(), sent.following, sent.following)
    readings += await _send(sender, simulator.live(simulator.grid(), sent.following, since=sent.begin))
    history.advance(folder, sent, sent.following + 1, readings)


async def _send_analyses(sender: AIOKafkaProducer, grid: simulator.Grid, first: int, last: int) -> int:
    """Return when the broker has what every chromatograph tells of some hours: how many analyses that is."""
    bodies = list(simulator.analyses(grid, first, last))
    await asyncio.gather(*[await sender.send(ANALYSES.name, body, partition=0) for body in bodies])
    return sum(body.count(START_OF_AN_HOUR) for body in bodies)


async def _send(sender: AIOKafkaProducer, telegrams: Iterable[tuple[str, bytes]]) -> int:
    """Return when the broker has all of them for good: how many readings they hold."""
    readings = 0
    coming = iter(telegrams)
    while some := list(itertools.islice(coming, TELEGRAMS_IN_FLIGHT)):
        acknowledged = [await sender.send(TELEMETRY.name, body, key=station.encode()) for station, body in some]
        await asyncio.gather(*acknowledged)
        readings += sum(body.count(START_OF_AN_HOUR) for _, body in some)
    return readings


def _sent(folder: Path) -> history.Sent:
    sent = history.read(folder)
    if sent is None:
        raise SystemExit(f"{folder} does not say where history begins; the demo writes that before it starts the feed.")
    return sent


def main() -> None:
    """Read the command line and the environment, and send."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("until", type=int)
    parser.add_argument("--live", action="store_true")
    wanted = parser.parse_args()
    asyncio.run(feed(wanted.folder, wanted.until, live=wanted.live, bootstrap=os.environ["GASTRACK_KAFKA_BOOTSTRAP"]))


if __name__ == "__main__":
    main()
