"""The doors for people and programs: telegrams, files, changes of the register, and what became of them."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from services.ingest import analysis_telegram
from services.ingest.analyses import forecast_analyses
from services.ingest.conversion import forecast
from services.ingest.delivery import Delivery, of_chromatograph, of_file, of_station
from services.ingest.endings import endings_over_values
from services.ingest.files import analysis_csv
from services.ingest.files.cut import cut
from services.ingest.files.told import Fault
from services.ingest.foreign import ADVICE
from services.ingest.source_record import source_record
from services.ingest.telegram import taken_apart
from shared.access.caller import Caller
from shared.access.roles import Task
from shared.domain.topology import Issue
from shared.events import operation
from shared.events.decision import NOBODY, DecisionText
from shared.events.operation import Operation
from shared.events.topics import ANALYSES, MAX_MESSAGE_BYTES, OPERATIONS, TELEMETRY
from shared.events.topology import ChangeText
from shared.runtime import followed
from shared.runtime.kafka import AIOKafkaProducer, RecordMetadata, confirmed
from shared.runtime.logging import logger
from shared.runtime.mongo import Database
from shared.store.documents import Collection
from shared.store.ledgers import BLOCK_OFFSETS, outcomes_id
from shared.store.lines import find_line

LOOK_SECONDS = 0.05
CONFIRMED_WITHIN_SECONDS = 10.0
"""Longer than Kafka takes to give a partition another leader."""
MAX_CHANGE_BYTES = MAX_MESSAGE_BYTES * 3 // 4
"""It travels in messages with something around it; 20,000 lines are 5 MB."""
MAX_ISSUES = 100
"""Most issues in one answer; the dead letters have them all."""
_FORECAST = {TELEMETRY.name: forecast, ANALYSES.name: forecast_analyses}
"""What the door answers with, by the topic."""


class RefusedError(Exception):
    """Something was not received at all; the issues say why."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        super().__init__(", ".join(issue.code for issue in issues))
        self.issues = tuple(issues)


@dataclass(slots=True)
class Accepted:
    """What the door answers once the broker has a delivery for good."""

    receipt: str
    received: int
    dead_lettered: int
    issues: list[Issue] = field(default_factory=list)


class Doors:
    """What the doors need: the way into the source topics, and the store for receipts."""

    def __init__(self, producer: AIOKafkaProducer, database: Database, partitions: int) -> None:
        self._producer, self._database, self._partitions = producer, database, partitions
        self._log = logger(__name__)

    async def take_telegram(self, caller: Caller, body: bytes) -> Accepted:
        """Append a telegram as it is, bad hours included.

        Raises:
            RefusedError: it is no telegram at all, or of a station that the caller does not deliver for.
        """
        telegram = taken_apart(body)
        if isinstance(telegram, Fault):
            raise RefusedError([_issue(telegram)])
        _refuse_foreign(caller, "station", telegram.station)
        if not telegram.places:
            raise RefusedError([Issue("A1_SCHEMA", "lines", "the telegram has no hours")])
        return await self._append(caller, [of_station(caller, telegram.station, body, self._partitions)])

    async def take_analyses(self, caller: Caller, body: bytes) -> Accepted:
        """Append a telegram of a chromatograph as it is, bad analyses included.

        Raises:
            RefusedError: it is no such telegram at all, or of a chromatograph that the caller does not deliver for.
        """
        told = analysis_telegram.taken_apart(body)
        if isinstance(told, Fault):
            raise RefusedError([_issue(told)])
        _refuse_foreign(caller, "chromatograph", told.analyses.chromatograph)
        return await self._append(caller, [of_chromatograph(caller, body)])

    async def take_file(self, caller: Caller, body: bytes, line: str | None) -> Accepted:
        """Cut a file into chunks and append them; one of analyses becomes telegrams of chromatographs.

        Rows of lines that are not registered, and of those of stations that the caller does not deliver for, travel
        alike: he learns the same of both.

        Raises:
            FileRefusedError: nothing of the file can be taken.
            RefusedError: the line that was named is not registered, or not one that he delivers for.
        """
        bodies = await asyncio.to_thread(analysis_csv.telegrams, body, datetime.now(UTC).isoformat())
        if bodies is not None:
            return await self._append(caller, [of_chromatograph(caller, one) for one in bodies])
        stations = await self._stations_for(caller)
        if line is not None and line not in stations:
            raise RefusedError([Issue("A9_UNKNOWN_LINE", "line", f"line {line} {_UNKNOWN_LINE}")])
        chunks = await asyncio.to_thread(cut, body, line, stations.get)
        sent_ms = int(time.time() * 1000)
        return await self._append(caller, [of_file(caller, one, sent_ms, self._partitions) for one in chunks])

    async def _stations_for(self, caller: Caller) -> dict[str, str]:
        """Return the station of every registered line that the caller may deliver for."""
        lines = self._database[Collection.TOPOLOGY].find({"kind": "line"}, {"doc.id": 1, "doc.station": 1})
        stations = {document["doc"]["id"]: document["doc"]["station"] async for document in lines}
        return {line: station for line, station in stations.items() if caller.delivers_for(station)}

    async def _append(self, caller: Caller, deliveries: list[Delivery]) -> Accepted:
        """Append to the sources, wait for the broker, keep the receipt, and tell what is to be expected."""
        receipt = uuid.uuid4().hex
        accepted, positions = Accepted(receipt, 0, 0), []
        named: list[tuple[str, int, int]] = []
        for delivery in deliveries:
            headers = list(delivery.headers_with(receipt))
            key = delivery.station.encode() or None
            sent = await self._send(delivery.topic, delivery.value, key=key, headers=headers)
            place = delivery.topic, sent.partition, sent.offset
            named.append(place)
            count, faults = _FORECAST[delivery.topic](source_record(place, delivery.value, headers))
            accepted.received += count
            accepted.dead_lettered += len(faults)
            accepted.issues += [_issue(fault) for fault in faults[: MAX_ISSUES - len(accepted.issues)]]
            positions.append(_position(place, delivery.log, count, faults))
        await self._keep(caller, receipt, positions)
        sources = followed.sources(named)
        self._log.info("received", receipt=receipt, sources=sources, readings=accepted.received)
        return accepted

    async def _send(self, topic: str, value: bytes, **other: Any) -> RecordMetadata:
        return await confirmed(self._producer, topic, value, CONFIRMED_WITHIN_SECONDS, **other)

    async def _keep(self, caller: Caller, receipt: str, positions: list[dict[str, Any]]) -> None:
        document = {"_id": receipt, "by": caller.identity, "at": datetime.now(UTC), "positions": positions}
        await self._database[Collection.RECEIPTS].insert_one(document)

    async def receipt(self, caller: Caller, receipt: str) -> dict[str, Any] | None:
        """Tell what has become of a delivery, reading by reading; None if there is no such receipt for the caller.

        It is told to who delivered, and to operators.
        """
        document = await self._database[Collection.RECEIPTS].find_one({"_id": receipt})
        if document is None or not (caller.may(Task.OPERATE) or document["by"] == caller.identity):
            return None
        told = dict.fromkeys(("accepted", "repeated", "held", "dead_lettered", "pending"), 0)
        for position in document["positions"]:
            for name, count in (await self._outcome(position)).items():
                told[name] += count
        return {"receipt": receipt, "received": sum(told.values()), **told}

    async def _outcome(self, position: dict[str, Any]) -> dict[str, int]:
        """Return how many readings of one record are where."""
        dead, recorded = position["dead"], position["count"] - position["dead"]
        if not recorded:
            return {"dead_lettered": dead}
        progress = await self._database[Collection.PROGRESS].find_one({"_id": f"aggregation/{position['log']}"})
        source = f"{_topic_of(position)}/{position['partition']}"
        reached = (progress or {}).get("sources", {}).get(source, [-1, -1])
        if tuple(reached) < (position["offset"], position["last"]):
            return {"dead_lettered": dead, "pending": recorded}
        others = await self._not_accepted(position)
        return {**others, "accepted": recorded - sum(others.values()), "dead_lettered": dead + others["dead_lettered"]}

    async def _not_accepted(self, position: dict[str, Any]) -> dict[str, int]:
        key = outcomes_id(
            _topic_of(position), position["partition"], position["offset"] // BLOCK_OFFSETS, position["log"]
        )
        offset = str(position["offset"])
        ledger = await self._database[Collection.LEDGERS].find_one({"_id": key}, {f"x.{offset}": 1})
        found = (ledger or {}).get("x", {}).get(offset, {})
        return {name: found.get(name, 0) for name in ("repeated", "held", "dead_lettered")}

    async def change_register(self, caller: Caller, change: ChangeText, wait_seconds: float) -> Asked:
        """Ask for a change of the register, and wait a while for what becomes of it.

        Raises:
            RefusedError: it is too large for one change, or ends a line over hours that hold values.
        """
        ends = {line.id: line.end for line in change.lines if line.end is not None}
        if issues := await endings_over_values(self._database, ends):
            raise RefusedError(issues)
        named = change.model_copy(update={"author": caller.identity})
        document = named.model_dump_json(by_alias=True, exclude_none=True).encode()
        return await self._ask(caller, operation.TOPOLOGY, document, "", wait_seconds)

    async def decide(self, caller: Caller, text: DecisionText, wait_seconds: float) -> Asked:
        """Ask for a decision on a line, and wait a while for what becomes of it.

        Raises:
            RefusedError: the line is not registered, or not the caller's; it is too large for one decision.
        """
        found = await find_line(self._database, text.line) if caller.may_read(text.line) else None
        if found is None:
            raise RefusedError([Issue("UNKNOWN_LINE", "line", f"line {text.line} is not known here")])
        station = found.line.station
        named = text.model_copy(update={"author": caller.identity if text.author == NOBODY else text.author})
        return await self._ask(caller, operation.DECISION, named.model_dump_json().encode(), station, wait_seconds)

    async def _ask(self, caller: Caller, kind: str, document: bytes, station: str, wait_seconds: float) -> Asked:
        """Append to `operations`, keep that it is under way, and wait for the outcome."""
        if len(document) > MAX_CHANGE_BYTES:
            message = f"larger than {MAX_CHANGE_BYTES} bytes: ask for it in several steps"
            raise RefusedError([Issue("TOO_LARGE", "body", message)])
        asked = Operation(kind, uuid.uuid4().hex, caller.identity, int(time.time() * 1000), document, station)
        sent = await self._send(OPERATIONS.name, operation.encode(asked), partition=0)
        self._log.info("asked", sources=followed.sources([(OPERATIONS.name, 0, sent.offset)]), kind=kind)
        name = f"{OPERATIONS.name}/{sent.offset}"
        receipt = {"_id": name, "by": caller.identity, "at": datetime.now(UTC), "positions": []}
        await self._database[Collection.RECEIPTS].replace_one({"_id": name}, receipt, upsert=True)
        until = time.monotonic() + wait_seconds
        while time.monotonic() < until:
            decision = await self._database[Collection.DECISIONS].find_one({"_id": name})
            if decision is not None:
                return _asked(sent.offset, decision)
            await asyncio.sleep(LOOK_SECONDS)
        return Asked(sent.offset, "pending", [])


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for: its place in `operations`, and its outcome: accepted, refused or pending.

    Of a refused one `conflicts` says whether it was with what stands now, which is `state`.
    """

    offset: int
    outcome: str
    issues: list[Issue]
    conflicts: bool = False
    state: dict[str, Any] = field(default_factory=dict)


def _asked(offset: int, decision: dict[str, Any]) -> Asked:
    issues = [Issue(*issue) for issue in decision["issues"]]
    return Asked(offset, decision["outcome"], issues, decision.get("conflict", False), decision.get("state", {}))


_UNKNOWN_LINE = (
    "is not registered, or is of a station that you do not deliver for: an operator registers it"
    " with `gastrack topology apply FILE`"
)


def _refuse_foreign(caller: Caller, what: str, name: str) -> None:
    """Refuse a telegram of somebody else's, or of nobody's: not a single reading of it could be taken.

    Raises:
        RefusedError: the caller does not deliver for it.
    """
    if not caller.delivers_for(name):
        raise RefusedError([Issue("A9_STATION", what, f"{what} {name} {ADVICE}")])


def _position(at: tuple[str, int, int], log: int, count: int, faults: list[Fault]) -> dict[str, Any]:
    """Return what a receipt must know of a record: `last` is the last place that goes into the line log."""
    dead = {fault.place for fault in faults}
    last = max((place for place in range(count) if place not in dead), default=-1)
    place = dict(zip(("topic", "partition", "offset"), at, strict=True))
    return {**place, "log": log, "count": count, "dead": len(dead), "last": last}


def _topic_of(position: dict[str, Any]) -> str:
    """Return the topic of a receipt's record; those of earlier builds, of telemetry, do not name it."""
    topic: str = position.get("topic", TELEMETRY.name)
    return topic


def _issue(fault: Fault) -> Issue:
    return Issue(fault.code.value, fault.position or "body", fault.message)
