"""What a download is asked with, read by pure code: which lines, period, view and unit, in which form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from shared.domain.period import REFERENCE, Question, question_of
from shared.domain.topology import Issue
from shared.events.topology import ID

MAX_LINES = 1_000
"""Lines in one file; each costs one read of the register before the first byte, some 0.3 ms."""


class FileFormat(StrEnum):
    """The formats that are offered."""

    CSV = "csv"
    XML = "xml"


class Dialect(StrEnum):
    """How csv is written: RFC 4180, or as Excel reads it with Belgian settings."""

    RFC4180 = "rfc4180"
    EXCEL_BE = "excel-be"


@dataclass(frozen=True, slots=True)
class Download:
    """A download as asked for."""

    lines: tuple[str, ...]
    question: Question
    format: FileFormat
    dialect: Dialect

    @property
    def file_name(self) -> str:
        """A name that tells what is in the file: ids and dates only, so that it is safe in any header and folder."""
        what = self.lines[0] if len(self.lines) == 1 else f"{len(self.lines)}-lines"
        asked = self.question
        period = f"{asked.shown_from}_{asked.shown_to}"
        reference = "" if asked.reference == REFERENCE else f"_{asked.reference.replace('/', '-')}"
        return f"gastrack_{what}_{asked.view}_{period}_{asked.unit}{reference}.{self.format}"


def download_of(
    lines: Sequence[str], nodes: Sequence[str], asked: Mapping[str, str], today: date
) -> Download | tuple[Issue, ...]:
    """Read what is asked for, or say all that is wrong with it."""
    issues = list(_line_issues(lines, nodes))
    form, dialect = asked.get("format") or FileFormat.CSV, asked.get("dialect") or Dialect.RFC4180
    for position, text, kind in (("format", form, FileFormat), ("dialect", dialect, Dialect)):
        if text not in list(kind):
            offered = ", ".join(kind)
            issues.append(Issue(position.upper(), position, f"{text[:40]!r} is not offered: choose {offered}"))
    question = question_of(asked, today)
    if not isinstance(question, Question):
        return (*issues, *question)
    if issues:
        return tuple(issues)
    return Download(tuple(dict.fromkeys(lines)), question, FileFormat(form), Dialect(dialect))


def _line_issues(lines: Sequence[str], nodes: Sequence[str]) -> list[Issue]:
    issues = [
        Issue("LINE", f"line[{place}]", f"{line[:64]!r} is no line id")
        for place, line in enumerate(lines)
        if not ID.fullmatch(line)
    ]
    if nodes:
        issues.append(Issue("NODE", "node", "nodes are not offered yet: name their lines"))
    if not lines:
        issues.append(Issue("LINE", "line", "name at least one line: line=BE-0042-A"))
    if len(lines) > MAX_LINES:
        issues.append(Issue("TOO_MANY_LINES", "line", f"{len(lines)} lines are more than {MAX_LINES}: ask in parts"))
    return issues
