"""The relay: what gateways of others write to their own topics goes on to `telemetry`, each message exactly once.

Messages and how far the relay is are written in one transaction of Kafka. One process relays at a time, the one that
reads `operations`; should two believe that they do, the one that began earlier can write no more, and what it left open
is undone (docs/adr/0039).
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping

from services.ingest.relaying import Whose, passed_on
from shared.access.caller import Caller
from shared.events.acls import RESERVED
from shared.events.topics import GATEWAY_PREFIX, gateway_of, gateway_topic
from shared.runtime import metrics
from shared.runtime.health import Health
from shared.runtime.kafka import (
    AIOKafkaConsumer,
    ConsumerRecord,
    KafkaError,
    TopicPartition,
    Watcher,
    highwater_of,
    position_of,
)
from shared.runtime.logging import logger
from shared.runtime.persistently import persistently
from shared.runtime.transactions import Message, Transactions

RELAY_GROUP = "gastrack-ingest-relay"
"""The group whose offsets say how far the relay is; nobody joins it."""
LOOK_SECONDS = 2.0
"""How often it is looked for gateways that are new."""
POLL_MS = 200
MOST_RECORDS = 1_000
"""In one transaction: it costs some 50 ms whatever it holds."""
TELL_WITHIN_SECONDS = 5.0
"""How long the broker is asked how much waits when something is in the way, perhaps the broker itself."""
TELL_AGAIN_SECONDS = 3_600.0
"""How often the broker is told how far the relay is although nothing came: it forgets offsets that nobody tells
(`offsets.retention.minutes`, 7 days if nobody changed it), and a topic may be silent for longer."""
CallerNamed = Callable[[str], Awaitable[Caller]]
Gateways = Callable[[], Awaitable[list[str]]]


class Relay:
    """Runs on every ingest process; only the one that `owns` relays."""

    def __init__(
        self,
        clients: tuple[AIOKafkaConsumer, Watcher],
        begin: Callable[[], Transactions],
        register: tuple[Gateways, CallerNamed],
        owns: Callable[[], bool],
        health: Health,
    ) -> None:
        self._reader, self._watcher = clients
        self._begin, self._owns, self._health = begin, owns, health
        self._gateways, self._caller_named = register
        self._transactions: Transactions | None = None
        self._offsets: dict[TopicPartition, int] = {}
        self._looked_at = self._told_at = float("-inf")
        self._refused: set[str] = set()
        self._stopping = asyncio.Event()
        self._log = logger(__name__)

    async def start(self) -> None:
        """Connect and begin."""
        await self._reader.start()
        await self._watcher.start()
        self._task = asyncio.create_task(self._run())

    async def ended(self) -> None:
        """Wait for the end of the loop."""
        await asyncio.shield(self._task)

    async def stop(self) -> None:
        """Finish the transaction in hand."""
        self._stopping.set()
        await self._task
        await self._give_up()
        await self._watcher.stop()
        await self._reader.stop()

    async def _run(self) -> None:
        while not self._stopping.is_set():
            await persistently(self._turn, "relay", self._health)

    async def _turn(self) -> None:
        """Pass on what has come, if it is this process's to do; begin anew after any error."""
        if not self._owns():
            await self._give_up()
            metrics.RELAY_WAITING.set(0)  # whoever relays now tells how many wait
            await self._wait()
            return
        try:
            if self._transactions is None:
                await self._begin_anew()
            if time.monotonic() - self._looked_at >= LOOK_SECONDS:
                await self._look()
            await (self._relay(self._transactions) if self._offsets and self._transactions else self._wait())
        except Exception:
            await self._give_up()
            await self._tell_waiting()
            raise

    async def _wait(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), POLL_MS / 1000)

    async def _begin_anew(self) -> None:
        """End what whoever relayed before left open; only then is it sure how far he came."""
        self._transactions = self._begin()
        await self._transactions.begin()
        self._offsets = {}
        self._looked_at = self._told_at = float("-inf")
        metrics.RELAY_BEGUN.inc()

    async def _give_up(self) -> None:
        if self._transactions is not None:
            await self._transactions.end()
            self._transactions = None

    async def _tell_waiting(self) -> None:
        """Tell how much waits by what the broker knows; that is told, too, where nothing can be passed on."""
        with contextlib.suppress(KafkaError, TimeoutError):
            async with asyncio.timeout(TELL_WITHIN_SECONDS):
                topics = await self._watcher.topics(GATEWAY_PREFIX)
                ends = await self._watcher.ends(*topics) if topics else {}
                committed = await self._watcher.committed_for_sure(RELAY_GROUP, list(ends))
                metrics.RELAY_WAITING.set(sum(max(0, end - committed[place]) for place, end in ends.items()))

    async def _look(self) -> None:
        """Make the topics of gateways that have none, and read all there are; those of gateways that ended, too."""
        there = set(await self._watcher.topics(GATEWAY_PREFIX))
        wanted = {gateway: gateway_topic(gateway) for gateway in await self._gateways()}
        for gateway, topic in wanted.items():
            if topic.name not in there and await self._is_made(gateway):
                there.add(topic.name)
        places = await self._watcher.ends(*sorted(there)) if there else {}
        if set(places) != set(self._offsets):
            await self._assign(places)
        metrics.RELAY_TOPICS.set(len(there))
        self._looked_at = time.monotonic()

    async def _is_made(self, gateway: str) -> bool:
        """Create a gateway's topic; one that cannot be is told once, and harms no other."""
        try:
            if gateway in RESERVED:
                raise KafkaError(f"{gateway} is a name of our own")  # noqa: TRY301 - told like what the broker refuses
            await self._watcher.create(gateway_topic(gateway))
        except KafkaError as fault:
            if gateway not in self._refused:
                self._log.error("a gateway has no topic", gateway=gateway, fault=repr(fault)[:200])
            self._refused.add(gateway)
            return False
        return True

    async def _assign(self, places: Mapping[TopicPartition, int]) -> None:
        """Read these partitions, each from where it is known to be passed on.

        Of those that are read already the broker is not asked: what it says of a group may be older than the
        transaction that has just ended. What is no longer kept was lost while nobody relayed for 14 days.
        """
        known = {place: offset for place, offset in self._offsets.items() if place in places}
        asked = [place for place in places if place not in known]
        committed = await self._watcher.committed_for_sure(RELAY_GROUP, asked)
        first = await self._reader.beginning_offsets(asked) if asked else {}
        if lost := [place for place in asked if 0 < committed[place] < first[place]]:
            self._log.error("messages of gateways are no longer kept, and were not relayed", places=lost)
        self._reader.assign(sorted(places))
        self._offsets = known | {place: max(committed[place], first[place]) for place in asked}
        for place, offset in self._offsets.items():
            self._reader.seek(place, offset)

    async def _relay(self, transactions: Transactions) -> None:
        """Pass on what has come, and tell all offsets with it.

        They are positions: they may move where there is nothing to pass on.
        """
        found = await self._reader.getmany(timeout_ms=POLL_MS, max_records=MOST_RECORDS)
        positions = {place: await position_of(self._reader, place) for place in self._offsets}
        moved = {
            place: position
            for place, position in positions.items()
            if position is not None and position != self._offsets[place]
        }
        if moved or time.monotonic() - self._told_at >= TELL_AGAIN_SECONDS:
            passed = [await self._passed_on(record) for records in found.values() for record in records]
            await transactions.write([message for message, _ in passed], self._offsets | moved, RELAY_GROUP)
            self._offsets |= moved
            self._told_at = time.monotonic()
            for whose, count in Counter(whose for _, whose in passed).items():
                metrics.RELAYED.labels(whose.value).inc(count)
        ends = {place: highwater_of(self._reader, place) or 0 for place in self._offsets}
        metrics.RELAY_WAITING.set(sum(max(0, end - self._offsets[place]) for place, end in ends.items()))

    async def _passed_on(self, record: ConsumerRecord) -> tuple[Message, Whose]:
        gateway = gateway_of(record.topic)
        return passed_on(gateway, await self._caller_named(gateway), record.value, record.timestamp)
