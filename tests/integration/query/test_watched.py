"""What is looked at all the time: lines that are silent, rollups that are not their hours, a disk that fills."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import numpy as np
import pytest

from deploy.local.servers import Servers
from services.query.watched.disk import DiskWatch
from services.query.watched.lines import LineWatch, counted
from services.query.watched.rollups import RollupWatch
from shared.domain import gas_time
from shared.domain.topology import Line, Station
from shared.runtime.metrics import CATALOGUE
from shared.runtime.mongo import SyncDatabase, connect, connect_sync
from shared.store.disk import room
from shared.store.documents import Collection
from shared.store.register import register_of
from shared.store.verification import compare
from tests.integration.query.stored_lines import a_line, plausible_hours, register, store_hours

NOW = datetime(2026, 11, 23, 6, 31, tzinfo=UTC)
"""An hour and a half after the begin of a gas day: what is fresh may lie in the one before."""
THIS_HOUR = int(NOW.timestamp()) // 3600
FIRST, LIVE = date(2026, 9, 1), date(2026, 10, 1)


@pytest.fixture
def database(stack: Servers) -> Iterator[SyncDatabase[dict[str, Any]]]:
    """A store of the test's own."""
    made = connect_sync(stack.mongo_uri, f"watched-{uuid4().hex}")
    register(made, Station("BE-0042", "MOERBROEK Vaartdijk"))
    yield made
    made.client.drop_database(made.name)
    made.client.close()


def sending(database: SyncDatabase[dict[str, Any]], name: str, until_hour: int | None, **other: Any) -> Line:
    """Register a line that sends live and has hours up to one, not included."""
    line = replace(a_line(name, FIRST), live_from=LIVE, **other)
    register(database, line)
    if until_hour is not None:
        hours = range(until_hour - 40, until_hour)
        store_hours(database, name, hours.start, plausible_hours(hours))
    return line


def lines(database: SyncDatabase[dict[str, Any]]) -> list[Line]:
    """Return all lines of the register."""
    return list(register_of(list(database[Collection.TOPOLOGY].find())).lines.values())


def test_lines_are_silent_when_nothing_came_for_three_hours(database: SyncDatabase[dict[str, Any]]) -> None:
    """By the end of their youngest hour with a value, also where that lies in the gas day before."""
    sending(database, "NOW", THIS_HOUR)
    sending(database, "JUST", THIS_HOUR - 2)
    sending(database, "SILENT", THIS_HOUR - 3)
    sending(database, "NEVER", None)
    sending(database, "ENDED", None, end=date(2026, 11, 1))
    register(database, replace(a_line("BY-FILE", FIRST), live_from=None))
    assert counted(database, lines(database), NOW) == (2, 2)


def test_hours_that_are_told_missing_are_no_sign_of_life(database: SyncDatabase[dict[str, Any]]) -> None:
    """An hour without a value is known, and says that nothing came."""
    sending(database, "SILENT", THIS_HOUR - 10)
    store_hours(database, "SILENT", THIS_HOUR - 2, np.zeros(2, plausible_hours(range(1)).dtype))
    assert counted(database, lines(database), NOW) == (0, 1)


async def test_lines_are_counted_for_the_metrics(stack: Servers, database: SyncDatabase[dict[str, Any]]) -> None:
    """As of the moment at which it is done; those that were registered meanwhile count."""
    sending(database, "NOW", int(datetime.now(UTC).timestamp()) // 3600)
    sending(database, "NEVER", None)
    store = connect(stack.mongo_uri, database.name)
    watch = LineWatch(store)

    async def told() -> list[float | None]:
        await watch.turn()
        name = "gastrack_query_sending_lines"
        return [CATALOGUE.get_sample_value(name, {"state": state}) for state in ("fresh", "stale")]

    assert await told() == [1, 1]
    sending(database, "NEW", None)
    assert await told() == [1, 2]
    store.client.close()


def test_months_and_days_are_compared_with_their_parts(database: SyncDatabase[dict[str, Any]]) -> None:
    """A day that lost an hour, and a month that kept another day, are found; all else agrees."""
    for name in ("A", "B", "C"):
        sending(database, name, gas_time.hours_of_day(date(2026, 11, 1)).start + 30)
    whole = compare(database, {}, 100)
    assert (whole.mismatches, whole.last) == ([], "")
    assert whole.documents > 6
    days = database[Collection.LINE_DAYS]
    day = days.find_one({"_id": "A|2026-10-31"})
    assert day
    days.update_one({"_id": day["_id"]}, {"$set": {"h": day["h"][: len(day["h"]) // 2]}})
    stale = database[Collection.LINE_MONTHS].find_one({"_id": "B|2026-11"})
    assert stale
    slots = {"d": {name: packed[:-1] + b"\x01" for name, packed in stale["d"].items()}}
    database[Collection.LINE_MONTHS].update_one({"_id": stale["_id"]}, {"$set": slots})
    assert {one.month for one in compare(database, {}, 100).mismatches} == {"A|2026-10", "B|2026-11"}
    assert compare(database, {}, 1).last == "A|2026-10"


async def test_what_is_wrong_is_told_until_it_is_mended(stack: Servers, database: SyncDatabase[dict[str, Any]]) -> None:
    """Some months at a turn, and again from the beginning; what was wrong is looked at each time."""
    for number in range(30):
        sending(database, f"L{number:02}", THIS_HOUR)
    months = database[Collection.LINE_MONTHS]
    right = months.find_one({"_id": "L07|2026-11"})
    assert right
    months.update_one({"_id": right["_id"]}, {"$inc": {"changes": 1}})
    store = connect(stack.mongo_uri, database.name)
    watch = RollupWatch(store)

    async def told() -> float | None:
        await watch.turn()
        return CATALOGUE.get_sample_value("gastrack_query_rollup_mismatches")

    assert [await told() for _ in range(3)] == [1, 1, 1]
    months.replace_one({"_id": right["_id"]}, right)
    assert [await told() for _ in range(3)] == [0, 0, 0]
    store.client.close()


async def test_the_disk_under_mongodb_is_measured(stack: Servers, database: SyncDatabase[dict[str, Any]]) -> None:
    """As MongoDB tells: used and free are all of it; of a database that is not there it tells nothing."""
    store = connect(stack.mongo_uri, database.name)
    await DiskWatch(store).turn()
    name = "gastrack_store_disk_bytes"
    used, free = (CATALOGUE.get_sample_value(name, {"state": state}) for state in ("used", "free"))
    told = await store.command("dbStats")
    assert used is not None
    assert free is not None
    assert used + free == told["fsTotalSize"]
    assert free > 0
    assert await room(store.client["nowhere"]) is None
    store.client.close()
