"""Taking a scenario's line log through validation and aggregation, in batches or record by record."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from structlog.testing import capture_logs

from services.aggregation import ticking
from services.aggregation.deciding import Deciding
from services.aggregation.estimating import tape_of
from services.aggregation.handlers import Aggregation
from services.validation.handlers import Validation
from shared.domain.estimation import Tape
from shared.domain.rules.catalogue import IN_CONTEXT, RULES
from shared.domain.rules.context_evidence import ContextEvidence
from shared.domain.rules.evidence import Evidence
from shared.domain.rules.rule import Hits, Rule
from shared.events.register_history import RegisterHistory
from shared.runtime.faust_worker import Record
from shared.runtime.mongo import Database
from shared.store.documents import Collection
from tests.integration.pipeline.stages import PARTITION, Topic0, aggregation, caught_up, validation
from tests.scenarios.seeing import Seen
from tests.scenarios.telling import LineLog, hour_of
from tests.scenarios.words import Text

REGISTERED = "2026-01-01T06:00Z"


def read(folder: Path, part: str) -> Any:
    """Return a part of a scenario: given, when or then."""
    return yaml.safe_load((folder / f"{part}.yaml").read_text(encoding="utf-8"))


def told(given: Text, when: list[Text]) -> LineLog:
    """Return the line log of a scenario."""
    log = LineLog()
    log.register({"lines": given["lines"], "nodes": given.get("nodes", {}), "at": given.get("registered", REGISTERED)})
    for event in [*given.get("told", []), *when]:
        ((kind, text),) = event.items()
        getattr(log, kind)(text)
    return log


class Stages:
    """Validation and aggregation over an empty store."""

    def __init__(self, database: Database) -> None:
        register = RegisterHistory("nobody:1")
        self._topic, self._taken = Topic0(), 0
        self._judging: Validation = validation(database, self._topic, register)
        self._deciding: Aggregation = aggregation(database, register)

    async def take(self, records: list[Record]) -> None:
        """Take records of the line log as one batch."""
        await self._judging.handle(PARTITION, records)
        answers = self._topic.records(self._taken, len(self._topic.messages))
        self._taken += len(answers)
        await self._deciding.handle(PARTITION, answers)
        await caught_up(self._deciding)


async def emptied(database: Database) -> Database:
    """Return the database with nothing in it; its collections stay, for making them takes longer than a scenario."""
    await asyncio.gather(*(database[name].delete_many({}) for name in Collection))
    return database


async def whole(log: LineLog, database: Database) -> None:
    """Take all records as one batch."""
    await Stages(database).take(log.records)


async def record_by_record(log: LineLog, database: Database) -> None:
    """Take each record alone, and look in between at what must hold meanwhile."""
    stages = Stages(database)
    for count, record in enumerate(log.records, start=1):
        await stages.take([record])
        for expectation in log.meanwhiles[count]:
            await Seen(database, log.decisions).check(expectation)


@contextmanager
def broken(text: Text | None) -> Iterator[None]:
    """Let our own code fail: a `rule` that looks at the hour that begins at `start`, or the `estimates_of` a line."""
    if text is None:
        yield
    elif "rule" in text:
        with _quietly(), _raising_rule(text):
            yield
    else:
        with _quietly(), pytest.MonkeyPatch.context() as patch:
            patch.setattr(ticking, "tape_of", partial(_tape_of_others, text["estimates_of"]))
            yield


_quietly = capture_logs
"""structlog prints every array of a traceback, which takes minutes."""


@contextmanager
def _raising_rule(text: Text) -> Iterator[None]:
    rules: tuple[Rule[Any], ...] = (*RULES, *IN_CONTEXT)
    rule = next(one for one in rules if one.card.id == text["rule"])
    find, hour = rule.find, hour_of(text["start"])

    def raising(evidence: Evidence | ContextEvidence) -> Hits:
        hours = evidence.hour if isinstance(evidence, ContextEvidence) else evidence.rows["hour"]
        if hour in hours:
            raise ZeroDivisionError(f"a defect of {text['rule']}")
        return find(evidence)

    object.__setattr__(rule, "find", raising)
    try:
        yield
    finally:
        object.__setattr__(rule, "find", find)


def _tape_of_others(failing: str, deciding: Deciding, line: str, gap: range) -> Tape:
    if line == failing:
        raise ZeroDivisionError(f"a defect in the estimates of {line}")
    return tape_of(deciding, line, gap)
