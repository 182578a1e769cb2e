"""Runs every scenario through validation and aggregation over a real MongoDB, whole and record by record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.local.servers import Servers
from shared.events.register_history import RegisterHistory
from shared.store.digest import digest
from shared.store.verification import verify
from tests.integration.pipeline.stages import PARTITION, Topic0, aggregation, database_on, validation
from tests.scenarios.seeing import Seen
from tests.scenarios.telling import LineLog

HERE = Path(__file__).parent
SCENARIOS = sorted(path.parent for path in HERE.glob("*/then.yaml"))


def read(folder: Path, part: str) -> Any:
    """Return a part of a scenario."""
    return yaml.safe_load((folder / f"{part}.yaml").read_text(encoding="utf-8"))


def told(folder: Path) -> LineLog:
    """Return the line log of a scenario."""
    log, given = LineLog(), read(folder, "given")
    log.register(given["lines"], str(given.get("registered", "2026-01-01T06:00Z")))
    for event in [*given.get("told", []), *read(folder, "when")]:
        ((kind, text),) = event.items()
        getattr(log, kind)(text)
    return log


async def run(log: LineLog, uri: str, batch: int, expected: list[Any]) -> dict[str, str]:
    """Take the line log in batches of so many records, check what must hold then, and return the digest."""
    async with database_on(uri) as database:
        topic, register = Topic0(), RegisterHistory("nobody:1")
        judging, deciding = validation(database, topic, register), aggregation(database, register)
        for first in range(0, len(log.records), batch):
            await judging.handle(PARTITION, log.records[first : first + batch])
        for first in range(0, len(topic.messages), batch):
            await deciding.handle(PARTITION, topic.records(first, batch))
        seen = Seen(database, log.decisions)
        for expectation in expected:
            await seen.check(expectation)
        assert (await verify(database)).mismatches == []
        return await digest(database)


@pytest.mark.parametrize("folder", SCENARIOS, ids=lambda folder: folder.name)
async def test_scenario(folder: Path, stack: Servers) -> None:
    """What must hold then does, the rollups are those of the hours, and batches make no difference."""
    expected = read(folder, "then")
    whole = await run(told(folder), stack.mongo_uri, 1_000, expected)
    assert await run(told(folder), stack.mongo_uri, 1, expected) == whole


def test_every_specified_case_has_its_scenario() -> None:
    """The list and the folders are the same; each folder has its three parts."""
    specified = yaml.safe_load((HERE / "specified.yaml").read_text(encoding="utf-8"))
    names = [name for cases in specified.values() for name in cases]
    assert len(names) == len(set(names))
    assert sorted(names) == [folder.name for folder in SCENARIOS]
    assert all((folder / f"{part}.yaml").is_file() for folder in SCENARIOS for part in ("given", "when", "then"))
