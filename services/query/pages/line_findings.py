"""The findings of a line over the period that its page shows, rule by rule, in words."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from services.query.asked.paging import Document, newest_first
from services.query.explained.finding_hours import Settlement, open_hours, settled_of
from services.query.explained.findings_asked import FindingsAsked, condition_of
from services.query.pages.languages import Language
from services.query.pages.rule_words import RuleTold, rule_told
from shared.domain import gas_time
from shared.domain.period import Question
from shared.domain.quantities import ABSENT, volume_m3n
from shared.domain.rules.rule import Severity
from shared.runtime.mongo import Database
from shared.store import forms
from shared.store.documents import Collection

MOST_FINDINGS = 500
"""Documents read for a page, some 5 ms; /v1/findings has them all."""
HOURS_TOLD = 5
"""Hours told of each rule, the newest; the page says how many more there are."""


@dataclass(frozen=True, slots=True)
class FoundHour:
    """What was found in one hour, and how it was settled (empty: it is open); `held_volume` is what was held.

    Numbers are plain texts.
    """

    hour: int
    observed: str | None
    threshold: str | None
    held_volume: str | None
    settled: str = ""

    @property
    def start(self) -> datetime:
        """The hour's local start."""
        return gas_time.local_start(self.hour)


@dataclass(slots=True)
class RuleFound:
    """A rule, and the hours of the period in which it found something; `blocks`: the open ones are kept back."""

    rule: str
    told_as: RuleTold
    blocks: bool
    hours: list[FoundHour] = field(default_factory=list)

    @property
    def open_hours(self) -> int:
        """How many of the hours nothing has settled."""
        return sum(not hour.settled for hour in self.hours)

    @property
    def told(self) -> list[FoundHour]:
        """The hours that the page tells: open ones first, the newest first."""
        return self.hours[:HOURS_TOLD]


@dataclass(frozen=True, slots=True)
class LineFindings:
    """What was found in a period: by rule; the rules that block, by hour; and whether there is more than was read."""

    rules: list[RuleFound]
    blocking: dict[int, list[str]]
    has_more: bool


async def line_findings(database: Database, line: str, question: Question, language: Language) -> LineFindings:
    """Read the findings of a period, those that became known last."""
    condition = condition_of(FindingsAsked(line, question.first, question.end))
    listed = await newest_first(database, Collection.FINDINGS, condition, "", MOST_FINDINGS)
    return found_in(listed.rows, question.hours, language, has_more=listed.last_id is not None)


def found_in(documents: list[Document], period: range, language: Language, *, has_more: bool = False) -> LineFindings:
    """Gather findings by rule and by hour, what is open first; hours outside the period are left out. Pure."""
    rules: dict[str, RuleFound] = {}
    blocking: dict[int, list[str]] = defaultdict(list)
    for document in documents:
        rule = document["rule"]
        blocks = document["severity"] == Severity.F.name
        found = rules.setdefault(rule, RuleFound(rule, rule_told(rule, language), blocks))
        hours = [hour for hour in _hours(document) if hour.hour in period]
        found.hours += hours
        for hour in hours:
            if blocks and not hour.settled and rule not in blocking[hour.hour]:
                blocking[hour.hour].append(rule)
    for found in rules.values():
        found.hours.sort(key=lambda hour: (bool(hour.settled), -hour.hour))
    ordered = sorted(rules.values(), key=lambda found: (not found.open_hours, not found.blocks, found.rule))
    return LineFindings(ordered, dict(blocking), has_more)


def _hours(document: Document) -> list[FoundHour]:
    hours, packed = document["hours"], document.get("rows")
    held = forms.hours(packed, len(hours))["volume"].tolist() if packed else [ABSENT] * len(hours)
    open_now, settled = set(open_hours(document)), settled_of(document)
    numbers = zip(hours, document["observed"], document["threshold"], held, strict=True)
    return [
        FoundHour(
            hour,
            _number(observed),
            _number(threshold),
            None if volume == ABSENT else str(volume_m3n(volume)),
            "" if hour in open_now else _how(settled.get(hour)),
        )
        for hour, observed, threshold, volume in numbers
    ]


def _how(settled: Settlement | None) -> str:
    """Return how an hour was settled, as the store names it."""
    return "settled" if settled is None else settled.how


def _number(number: float | None) -> str | None:
    """Return a number with at most three places, None where there is none."""
    return None if number is None else f"{number:.3f}".rstrip("0").rstrip(".")
