"""What documents of the change feed tell schedules: months that closed, and hours that say something else. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from shared.domain.decision import DecisionKind
from shared.store import forms
from shared.store.export_jobs import Document


@dataclass(slots=True)
class News:
    """What became known, by line.

    Attributes:
        closed: When gas months of a line closed (ms since 1970).
        changed: Hours of a line that say something else, and when that became known.
        register: Lines and nodes of which the register says something else, and when that became known.
    """

    closed: dict[str, dict[str, int]] = field(default_factory=dict)
    changed: dict[str, list[tuple[range, int]]] = field(default_factory=dict)
    register: dict[str, int] = field(default_factory=dict)

    def months_of(self, lines: Iterable[str], since_ms: int) -> list[str]:
        """Return the months that closed for any of these lines since a moment, in order."""
        found = {month for line in lines for month, at in self.closed.get(line, {}).items() if at >= since_ms}
        return sorted(found)

    def concerns(self, lines: Iterable[str], nodes: Iterable[str], hours: range, since_ms: int) -> bool:
        """Say whether any of these hours of these lines, or what they and the nodes are, changed since a moment."""
        lines = list(lines)
        runs = (one for line in lines for one in self.changed.get(line, ()))
        if any(at >= since_ms and run.start < hours.stop and hours.start < run.stop for run, at in runs):
            return True
        return any(self.register.get(name, -1) >= since_ms for name in (*lines, *nodes))


def news_of(documents: Iterable[Document]) -> News:
    """Return what documents of `changes` tell."""
    news = News()
    for document in documents:
        _take_runs(news, document)
        for status in document.get("statuses", ()):
            _take_status(news, status)
        for part in document.get("parts", ()):
            for name in (part["id"], *part["lines"], *(effect["node"] for effect in part["nodes"])):
                news.register[name] = max(part["known_at"], news.register.get(name, 0))
    return news


def _take_runs(news: News, document: Document) -> None:
    lines, known_at = document.get("lines", ()), document["known_at"]
    for run in forms.runs(document.get("runs", b""), document.get("count", 0)):
        hours = range(int(run["first"]), int(run["end"]))
        news.changed.setdefault(lines[run["line"]], []).append((hours, known_at))


def _take_status(news: News, status: Document) -> None:
    hours = range(status["first"], status["end"])
    news.changed.setdefault(status["line"], []).append((hours, status["known_at"]))
    if status["kind"] == DecisionKind.CLOSE:
        months = news.closed.setdefault(status["line"], {})
        months[status["month"]] = max(status["known_at"], months.get(status["month"], 0))
