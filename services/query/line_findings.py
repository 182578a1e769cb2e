"""The findings of a line over the period that its page shows, rule by rule, in words."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from services.query.findings import FindingsAsked, condition_of
from services.query.paging import Document, newest_first
from shared.domain import gas_time
from shared.domain.finding_words import words_of
from shared.domain.period import Question
from shared.domain.quantities import ABSENT, volume_m3n
from shared.domain.revision import HOUR
from shared.domain.rules.rule import Severity
from shared.runtime.mongo import Database
from shared.store.documents import Collection

MOST_FINDINGS = 500
"""Documents read for a page, some 5 ms; /v1/findings has them all."""
HOURS_TOLD = 5
"""Hours told of each rule, the newest; the page says how many more there are."""


@dataclass(frozen=True, slots=True)
class FoundHour:
    """What was found in one hour; `held_volume` is what a held reading said."""

    hour: int
    observed: str | None
    threshold: str | None
    held_volume: str | None

    @property
    def label(self) -> str:
        """The hour's local start."""
        start = gas_time.local_start(self.hour)
        return f"{start.day} {start:%b %H:%M}"


@dataclass(slots=True)
class RuleFound:
    """A rule, and the hours of the period in which it found something; `blocks`: the hours stay recorded."""

    rule: str
    title: str
    words: str
    blocks: bool
    hours: list[FoundHour] = field(default_factory=list)

    @property
    def told(self) -> list[FoundHour]:
        """The hours that the page tells, the newest first."""
        return self.hours[:HOURS_TOLD]


@dataclass(frozen=True, slots=True)
class LineFindings:
    """What was found in a period: by rule; the rules that block, by hour; and whether there is more than was read."""

    rules: list[RuleFound]
    blocking: dict[int, list[str]]
    has_more: bool


async def line_findings(database: Database, line: str, question: Question) -> LineFindings:
    """Read the findings of a period, those that became known last."""
    condition = condition_of(FindingsAsked(line, question.first, question.end))
    listed = await newest_first(database, Collection.FINDINGS, condition, "", MOST_FINDINGS)
    return found_in(listed.rows, question.hours, has_more=listed.last_id is not None)


def found_in(documents: list[Document], period: range, *, has_more: bool = False) -> LineFindings:
    """Gather findings by rule and by hour; hours outside the period are left out. Pure."""
    rules: dict[str, RuleFound] = {}
    blocking: dict[int, list[str]] = defaultdict(list)
    for document in documents:
        rule, words = document["rule"], words_of(document["rule"])
        blocks = document["severity"] == Severity.F.name
        found = rules.setdefault(rule, RuleFound(rule, words.title, words.words, blocks))
        hours = [hour for hour in _hours(document) if hour.hour in period]
        found.hours += hours
        for hour in hours:
            if blocks and rule not in blocking[hour.hour]:
                blocking[hour.hour].append(rule)
    for found in rules.values():
        found.hours.sort(key=lambda hour: hour.hour, reverse=True)
    ordered = sorted(rules.values(), key=lambda found: (not found.blocks, found.rule))
    return LineFindings(ordered, dict(blocking), has_more)


def _hours(document: Document) -> list[FoundHour]:
    held = np.frombuffer(document["rows"], HOUR)["volume"].tolist() if "rows" in document else []
    volumes = [None if volume == ABSENT else f"{volume_m3n(volume):,}" for volume in held]
    numbers = zip(document["hours"], document["observed"], document["threshold"], strict=True)
    return [
        FoundHour(hour, _number(observed), _number(threshold), volumes[place] if volumes else None)
        for place, (hour, observed, threshold) in enumerate(numbers)
    ]


def _number(number: float | None) -> str | None:
    """Return a number with at most three places, None where there is none."""
    return None if number is None else f"{number:,.3f}".rstrip("0").rstrip(".")
