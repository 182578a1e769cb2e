"""Whatever this version writes, the version before reads: its own code is asked (docs/adr/0044)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from deploy.local.servers import Servers
from deploy.local.services import PARTITIONS
from shared.domain.analysis import KEPT_ANALYSIS
from shared.domain.gas_told import GAS_TOLD
from shared.domain.hour_changes import RUN
from shared.domain.reading import Readings, Source, empty_rows
from shared.domain.revision import HOUR
from shared.domain.rollup import ROLLUP
from shared.events import line_log
from shared.events.line_log import Recorded
from shared.events.topics import GROUPS, SOURCES, TOPICS
from shared.runtime.kafka import ensure_topics
from shared.runtime.mongo import SyncDatabase, connect, connect_sync
from shared.store.documents import INDEXES, Collection, ensure_collections
from tests.integration.upgrading import told
from tests.pipeline.version_before import answered
from tests.unit.events.test_codecs import GOLDEN, golden_entries

ROWS = {"hours": HOUR, "rollups": ROLLUP, "runs": RUN, "analyses": KEPT_ANALYSIS, "gas_told": GAS_TOLD}
"""Rows as they are packed today."""
Indexes = dict[str, dict[str, Any]]
"""The indexes of each collection, by name."""


def written_today() -> dict[str, bytes]:
    """Return events as today's services write them: the samples, and readings that tell when they were received."""
    source = Source("telemetry", 3, 42, "T/7", "BE-0042", 1_795_431_730_000, 1_795_431_731_000)
    received = line_log.encode(Recorded(Readings(empty_rows(1), ["BE-0042-A"], [source])))
    return {**golden_entries(), "readings, received": received}


@pytest.fixture(scope="module")
def began(stack: Servers) -> Iterator[tuple[list[str], Indexes]]:
    """A store in which this version began, and one still later with an index and a collection of its own."""
    name = f"beside-{uuid4().hex[:8]}"
    store = connect_sync(stack.mongo_uri, name)
    try:
        asyncio.run(begin(stack, name))
        store["of_a_later_version"].create_index("at")
        store[Collection.FINDINGS].create_index([("rule", 1), ("of_a_later_version", 1)])
        yield [stack.mongo_uri, name, stack.kafka_bootstrap, str(PARTITIONS)], indexes(store)
    finally:
        store.client.drop_database(name)
        store.client.close()


@pytest.fixture(scope="module")
def said(before: Path, began: tuple[list[str], Indexes]) -> dict[str, Any]:
    """What the version before says of what it reads, with the events of today, after it began in the same store."""
    events = {name: event.hex() for name, event in written_today().items()}
    text = Path(told.__file__).read_text(encoding="utf-8")
    answer: dict[str, Any] = json.loads(answered(before, text, *began[0], given=json.dumps(events).encode()))
    assert Path(answer["code"]).is_relative_to(before)
    return answer


async def begin(stack: Servers, name: str) -> None:
    """Do what each service does at its start."""
    database = connect(stack.mongo_uri, name)
    await ensure_collections(database)
    await ensure_topics(stack.kafka_bootstrap, PARTITIONS)
    database.client.close()


def indexes(store: SyncDatabase[dict[str, Any]]) -> Indexes:
    """Return the indexes that are there."""
    return {one: dict(store[one].index_information()) for one in store.list_collection_names()}


def test_events_of_today_are_read_and_none_of_it_is_lost(said: dict[str, Any]) -> None:
    """The version before writes the same bytes again, so it has understood each; every sample is among them."""
    assert {name: bytes.fromhex(text) for name, text in said["events"].items()} == written_today()
    assert {path.name.split(".")[0] for path in GOLDEN.iterdir()} <= set(said["events"])


def test_rows_of_today_are_read(said: dict[str, Any]) -> None:
    """The form in which rows are packed today is one that the version before unpacks."""
    assert not [name for name, form in ROWS.items() if str(form.descr) not in said["rows"][name]]


def test_topics_stay_what_they_are(said: dict[str, Any]) -> None:
    """Partitions, settings and groups of topics that were there; positions name sources by their place."""
    today = {topic.name: [topic.partitions, topic.settings, topic.retention_ms] for topic in TOPICS}
    assert {name: today.get(name) for name in said["topics"]} == said["topics"]
    assert list(SOURCES[: len(said["sources"])]) == said["sources"]
    assert set(said["groups"]) <= set(GROUPS)


def test_indexes_of_the_same_fields_have_the_same_options(said: dict[str, Any]) -> None:
    """Otherwise whichever version starts second is refused by MongoDB, and never starts."""
    today = {(str(index.collection), str(list(index.fields))): index.options for index in INDEXES}
    for collection, fields, options in said["indexes"]:
        assert today.get((collection, str([tuple(field) for field in fields])), options) == options, collection
    assert not [name for name in said["collections"] if name not in set(Collection)]


def test_either_begins_where_the_other_has_been(
    said: dict[str, Any], began: tuple[list[str], Indexes], stack: Servers
) -> None:
    """Collections, indexes and topics: what another version added disturbs neither, and stays."""
    arguments, there = began
    asyncio.run(begin(stack, arguments[1]))
    store = connect_sync(*arguments[:2])
    found = indexes(store)
    store.client.close()
    assert {name: found.get(name) for name in there} == there
    assert set(said["collections"]) <= set(found)
