"""What a download is asked with, read by pure code: which lines, nodes, period, view and unit, in which form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from services.export.files.layout import Of, selectors
from shared.access.days import ALWAYS, Days
from shared.access.periods import fitted
from shared.domain.period import REFERENCE, Question, moment_ms_of, question_of
from shared.domain.topology import Issue
from shared.events.topology import ID

MAX_PARTS = 1_000
"""Lines and nodes in one file: their ids fill the 32 kB that an address may have."""


class FileFormat(StrEnum):
    """The formats that are offered."""

    CSV = "csv"
    XML = "xml"
    XLSX = "xlsx"
    PARQUET = "parquet"
    JSON = "json"


class Dialect(StrEnum):
    """How csv is written: RFC 4180, or as Excel reads it with Belgian settings."""

    RFC4180 = "rfc4180"
    EXCEL_BE = "excel-be"


@dataclass(frozen=True, slots=True)
class Download:
    """A download as asked for.

    `known_at_ms` is the moment as known at which, None: now. `columns` are names of columns or groups, none: all.
    `since_ms`: only what is not as it was known at that moment, None: everything.
    """

    lines: tuple[str, ...]
    nodes: tuple[str, ...]
    question: Question
    format: FileFormat
    dialect: Dialect = Dialect.RFC4180
    known_at_ms: int | None = None
    columns: frozenset[str] = frozenset()
    since_ms: int | None = None

    @property
    def file_name(self) -> str:
        """A name that tells what is in the file: ids and dates only, so that it is safe in any header and folder."""
        asked = self.question
        period = f"{asked.shown_from}_{asked.shown_to}"
        reference = "" if asked.reference == REFERENCE else f"_{asked.reference.replace('/', '-')}"
        known = "" if self.known_at_ms is None else f"_known-{_compact(self.known_at_ms)}"
        known += "" if self.since_ms is None else f"_since-{_compact(self.since_ms)}"
        return f"gastrack_{self._what}_{asked.view}_{period}_{asked.unit}{reference}{known}.{self.format}"

    @property
    def _what(self) -> str:
        parts = (*self.lines, *self.nodes)
        if len(parts) == 1:
            return parts[0]
        counts = {"lines": len(self.lines), "nodes": len(self.nodes)}
        return "-".join(f"{count}-{kind}" for kind, count in counts.items() if count)


def download_of(
    lines: Sequence[str], nodes: Sequence[str], asked: Mapping[str, str], today: date, days: Days = ALWAYS
) -> Download | tuple[Issue, ...]:
    """Read what is asked for, or say all that is wrong with it.

    Args:
        lines: Ids of lines, in the order of the file.
        nodes: Ids of nodes, which come behind them.
        asked: view, from, to, unit, reference, format, dialect, known_at, since and columns as written, or absent.
        today: The gas day that is running.
        days: Those that may be read: what is left out of the period lies within them.
    """
    issues = list(_part_issues(lines, nodes))
    form, dialect = asked.get("format") or FileFormat.CSV, asked.get("dialect") or Dialect.RFC4180
    for position, text, kind in (("format", form, FileFormat), ("dialect", dialect, Dialect)):
        if text not in list(kind):
            offered = ", ".join(kind)
            issues.append(Issue(position.upper(), position, f"{text[:40]!r} is not offered: choose {offered}"))
    known_at_ms = moment_ms_of(asked["known_at"]) if asked.get("known_at") else None
    since_ms = moment_ms_of(asked["since"], "since") if asked.get("since") else None
    issues += [moment for moment in (known_at_ms, since_ms) if isinstance(moment, Issue)]
    issues += _order_issues(since_ms, known_at_ms)
    question = question_of(asked, today)
    if not isinstance(question, Question):
        return (*issues, *question)
    columns = frozenset(name.strip() for name in asked.get("columns", "").split(",") if name.strip())
    issues += _column_issues(columns, question, Of(bool(lines), bool(nodes)))
    if issues or isinstance(known_at_ms, Issue) or isinstance(since_ms, Issue):
        return tuple(issues)
    parts = tuple(dict.fromkeys(lines)), tuple(dict.fromkeys(nodes))
    question = fitted(question, asked, days)
    return Download(*parts, question, FileFormat(form), Dialect(dialect), known_at_ms, columns, since_ms)


def _part_issues(lines: Sequence[str], nodes: Sequence[str]) -> Iterator[Issue]:
    for place, name in _no_ids(lines):
        yield Issue("LINE", f"line[{place}]", f"{name[:64]!r} is no line id")
    for place, name in _no_ids(nodes):
        yield Issue("NODE", f"node[{place}]", f"{name[:64]!r} is no node id")
    if not lines and not nodes:
        yield Issue("LINE", "line", "name at least one line or node: line=BE-0042-A")
    if len(lines) + len(nodes) > MAX_PARTS:
        text = f"{len(lines) + len(nodes)} lines and nodes are more than {MAX_PARTS}: ask in parts"
        yield Issue("TOO_MANY_LINES", "line", text)


def _order_issues(since_ms: int | Issue | None, known_at_ms: int | Issue | None) -> Iterator[Issue]:
    if isinstance(since_ms, int) and isinstance(known_at_ms, int) and since_ms > known_at_ms:
        text = (
            "since lies after known_at: nothing can have changed between them; choose a later known_at or leave it out"
        )
        yield Issue("SINCE", "since", text)


def _no_ids(names: Sequence[str]) -> Iterator[tuple[int, str]]:
    return ((place, name) for place, name in enumerate(names) if not ID.fullmatch(name))


def _column_issues(columns: frozenset[str], question: Question, of: Of) -> Iterator[Issue]:
    known = selectors(question.view, of)
    if columns - known:
        text = f"{', '.join(sorted(columns - known))[:80]!r}: choose of {', '.join(sorted(known))}"
        yield Issue("COLUMNS", "columns", text)


def _compact(moment_ms: int) -> str:
    return f"{datetime.fromtimestamp(moment_ms / 1000, UTC):%Y%m%dT%H%M%SZ}"
