"""A file shows one moment of the store: what lands while it is written is of the next file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from deploy.local.servers import Servers
from services.export import handlers
from services.export.files import reading
from services.export.files.asked import Download, FileFormat, download_of
from services.export.files.moments import Moments
from services.export.files.rendered import KeptTexts
from services.export.files.tally import Tally
from shared.access.caller import demo_caller
from shared.domain import gas_time
from shared.runtime.mongo import Database, SyncDatabase, connect
from shared.store.documents import Collection
from shared.store.measurements import hours_of_lines
from tests.integration.query.conftest import NOW
from tests.integration.query.stored_files import GAS_DAYS, NODE, A, B, store_files
from tests.integration.query.stored_lines import KNOWN_AT_MS, plausible_hours, store_hours

HOUR = gas_time.hours_of_day(GAS_DAYS[0]).start
PERIOD = {"from": "2026-10-01", "to": "2026-11-20"}


@pytest.fixture
def store(stack: Servers, database: SyncDatabase[dict[str, Any]]) -> Iterator[Database]:
    """Lines A and B and a node of both, as services read them."""
    store_files(database)
    made = connect(stack.mongo_uri, database.name)
    yield made
    made.client.close()
    database[Collection.ANALYSES].delete_many({})


def asked_for(view: str) -> Download:
    """Return the question for two lines and their node."""
    asked = {**PERIOD, "view": view, "format": FileFormat.CSV}
    download = download_of([A, B], [NODE], asked, gas_time.gas_day(int(NOW.timestamp()) // 3600))
    assert isinstance(download, Download)
    return download


def corrected(revision: int) -> Any:
    """Return another value for one hour."""
    hours = plausible_hours(range(HOUR, HOUR + 1), seed=7 + revision)
    hours["revision"], hours["known_at"] = revision, KNOWN_AT_MS + revision
    return hours


async def written(
    store: Database, view: str, correct: Callable[[], None] = lambda: None, kept: KeptTexts | None = None
) -> tuple[str, Tally]:
    """Return a file and what it came to; `correct` happens behind its first text."""
    tally, download = Tally(), asked_for(view)
    parts = await handlers.parts_of(store, demo_caller("demo"), download)
    file = handlers.file_of(store, parts, download, NOW, tally, kept=kept)
    body = [bytes(await anext(file))]
    correct()
    body += [bytes(text) async for text in file]
    return b"".join(body).decode(), tally


def told_of(file: str, before: str) -> set[str]:
    """Return of which lines and nodes a file tells what one before did not."""
    new = set(file.splitlines()) - set(before.splitlines())
    return {next(filter(None, row.split(","))) for row in new}


def correct_both(database: SyncDatabase[dict[str, Any]], revision: int) -> None:
    """Correct an hour of both lines."""
    for line in (A, B):
        store_hours(database, line, HOUR, corrected(revision))


@pytest.mark.parametrize(("view", "revision"), [("hour", 2), ("day", 3)])
async def test_a_correction_does_not_land_in_the_middle(
    store: Database, database: SyncDatabase[dict[str, Any]], view: str, revision: int
) -> None:
    """Neither a line nor a node of a file shows what came after its first rows; the next file does."""
    before, _ = await written(store, view)
    during, tally = await written(store, view, partial(correct_both, database, revision))
    assert (during, tally.moments) == (before, 1)
    after, _ = await written(store, view)
    assert told_of(after, before) == {A, B, NODE}


async def test_a_file_that_takes_long_goes_on_with_a_later_moment(
    store: Database, database: SyncDatabase[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store keeps moments for minutes: what is read later shows what is known then, and the file says so."""
    before, _ = await written(store, "day")
    monkeypatch.setattr(handlers, "Moments", partial(Moments, most_seconds=-1))
    during, tally = await written(store, "day", partial(correct_both, database, 4))
    assert tally.moments == 3
    assert told_of(during, before) == {B, NODE}


async def test_what_a_later_moment_shows_is_kept_as_that(
    store: Database, database: SyncDatabase[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next file finds it under the versions that it has now, and reads no hours."""
    kept, reads = KeptTexts(), list[int]()

    async def counted(*asked: Any) -> Any:
        reads.append(len(asked[1]))
        return await hours_of_lines(*asked)

    monkeypatch.setattr(handlers, "Moments", partial(Moments, most_seconds=-1))
    monkeypatch.setattr(reading, "hours_of_lines", counted)
    for months in ("MONTHS_AT_FIRST", "MONTHS_PER_BLOCK"):  # the second is read ahead, that of B is the third
        monkeypatch.setattr(reading, months, 1)
    during, _ = await written(store, "hour", partial(correct_both, database, 5), kept)
    reads.clear()
    after, _ = await written(store, "hour", kept=kept)
    assert (told_of(after, during), reads) == ({A}, [1])
