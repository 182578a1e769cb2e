"""Runs every scenario through validation and aggregation over a real MongoDB, whole and record by record."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from shared.runtime.mongo import Database
from shared.store.digest import digest
from shared.store.verification import verify
from tests.scenarios.running import broken, emptied, read, record_by_record, told, whole
from tests.scenarios.seeing import Seen

HERE = Path(__file__).parent
SCENARIOS = sorted(path.parent for path in HERE.glob("*/then.yaml"))


@pytest.mark.parametrize("folder", SCENARIOS, ids=lambda folder: folder.name)
async def test_scenario(folder: Path, database: Database) -> None:
    """What must hold then does, the rollups are those of the hours, and batches make no difference."""
    given, expected = read(folder, "given"), read(folder, "then")
    log = told(given, read(folder, "when"))
    digests = []
    for take in (record_by_record, whole):
        with broken(given.get("broken")):
            await take(log, await emptied(database))
        for expectation in expected:
            await Seen(database, log.decisions).check(expectation)
        assert (await verify(database)).mismatches == []
        digests.append(await digest(database))
    assert digests[0] == digests[1]


def test_every_specified_case_has_its_scenario() -> None:
    """The list and the folders are the same; each folder has its three parts."""
    specified = yaml.safe_load((HERE / "specified.yaml").read_text(encoding="utf-8"))
    names = [name for cases in specified.values() for name in cases]
    assert len(names) == len(set(names))
    assert sorted(names) == [folder.name for folder in SCENARIOS]
    assert all((folder / f"{part}.yaml").is_file() for folder in SCENARIOS for part in ("given", "when", "then"))
