"""What an answer lets somebody read: the trail is told it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Self

from shared.domain import gas_time
from shared.domain.period import Question


class What(StrEnum):
    """As what something is read."""

    MEASUREMENTS = "measurements"
    ANALYSES = "analyses"
    PUNCTUALITY = "punctuality"
    HISTORY = "history"
    MONTH = "month"
    FINDINGS = "findings"
    CHANGES = "changes"
    DECISIONS = "decisions"
    DEAD_LETTERS = "dead letters"
    PAGE = "page"
    FILE = "file"
    EXPORT = "export"
    DELIVERY = "delivery"
    TRAIL = "trail"

    @property
    def is_file(self) -> bool:
        """Say whether it is taken away whole: then nothing of it is given out before the trail has it for good."""
        return self in _FILES


_FILES = {What.FILE, What.EXPORT, What.DELIVERY}


@dataclass(frozen=True, slots=True)
class Read:
    """Lines, nodes and chromatographs (`gas`) of which an answer tells something, of gas days `first` to `end`.

    `end` is not included; both None: of no gas days in particular, as a list of findings.
    """

    what: What
    lines: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
    gas: tuple[str, ...] = ()
    first: date | None = None
    end: date | None = None

    @classmethod
    def asked(cls, what: What, question: Question, *, lines: Iterable[str] = (), nodes: Iterable[str] = ()) -> Self:
        """Return what the answer to a question on lines and nodes lets read."""
        return cls(what, tuple(lines), tuple(nodes), (), question.first, question.end)

    @classmethod
    def rows(
        cls, what: What, rows: Iterable[Mapping[str, Any]], first: date | None = None, end: date | None = None
    ) -> Self:
        """Return what a list lets read: the lines, nodes and chromatographs that its rows name, each once."""
        named: dict[str, set[str]] = {"line": set(), "node": set(), "chromatograph": set()}
        for row in rows:
            for kind, names in named.items():
                if row.get(kind):
                    names.add(str(row[kind]))
        lines, nodes, gas = (tuple(sorted(names)) for names in named.values())
        return cls(what, lines, nodes, gas, first, end)

    @classmethod
    def of_hour(cls, what: What, hour: int, *, lines: Iterable[str] = (), nodes: Iterable[str] = ()) -> Self:
        """Return what an answer on one gas hour lets read."""
        day = gas_time.gas_day(hour)
        return cls(what, tuple(lines), tuple(nodes), (), day, day + timedelta(days=1))

    @property
    def size(self) -> int:
        """How many names it has."""
        return len(self.lines) + len(self.nodes) + len(self.gas)

    @property
    def is_of_something(self) -> bool:
        """Say whether there was anything to read: an empty list lets nobody read anything, the trail itself always."""
        return self.size > 0 or self.what is What.TRAIL
