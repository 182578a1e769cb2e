"""What a download is asked with."""

from __future__ import annotations

from datetime import date

from services.export.files.asked import MAX_PARTS, Dialect, Download, FileFormat, download_of
from services.export.files.layout import Of, layout_of
from services.export.files.reading import stretches_of
from shared.domain.period import Question, View
from shared.domain.quantities import EnergyUnit

TODAY = date(2026, 11, 23)
PERIOD = {"from": "2026-10-01", "to": "2026-11-01"}


def test_a_whole_download() -> None:
    """Lines once each, and a name that tells what is inside."""
    download = download_of(["A", "B", "A"], [], {**PERIOD, "format": "xml", "view": "day", "unit": "GJ"}, TODAY)
    assert isinstance(download, Download)
    assert (download.lines, download.format, download.dialect) == (("A", "B"), FileFormat.XML, Dialect.RFC4180)
    assert download.file_name == "gastrack_2-lines_day_2026-10-01_2026-11-01_GJ.xml"


def test_everything_wrong_is_said_with_its_place() -> None:
    """A line that is no id, and too many lines."""
    issues = download_of(["A", "../B"], [], PERIOD, TODAY)
    assert not isinstance(issues, Download)
    assert [(issue.code, issue.position) for issue in issues] == [("LINE", "line[1]")]
    many = download_of(["A"] * (MAX_PARTS + 1), [], PERIOD, TODAY)
    assert not isinstance(many, Download)
    assert [issue.code for issue in many] == ["TOO_MANY_LINES"]


def test_changes_between_moments_that_are_turned_round_are_none() -> None:
    """Such a file would be empty, of another moment than the one that was asked for."""
    moments = {"since": "2026-11-02T00:00:00Z", "known_at": "2026-11-01T00:00:00Z"}
    issues = download_of(["A"], [], {**PERIOD, **moments}, TODAY)
    assert not isinstance(issues, Download)
    assert [(issue.code, issue.position) for issue in issues] == [("SINCE", "since")]
    assert isinstance(download_of(["A"], [], {**PERIOD, **moments, "since": moments["known_at"]}, TODAY), Download)


def test_hours_come_in_blocks_that_meet() -> None:
    """The blocks of a period cover it, each where the one before ended."""
    question = Question(View.HOUR, date(2025, 1, 15), date(2026, 3, 3))
    parts = list(stretches_of(question))
    assert len(parts) == 3
    assert [part.first for part in parts[1:]] == [part.end for part in parts[:-1]]
    assert (parts[0].first, parts[-1].end) == (question.first, question.end)


def test_columns_carry_their_unit() -> None:
    """What is in another unit has another name."""
    question = Question(View.MONTH, date(2026, 1, 1), date(2026, 3, 1), EnergyUnit.GJ)
    assert {"energy_gj", "gcv_gj_per_m3n", "month", "hours_missing"} <= {
        column.title for column in layout_of(question, Of(lines=True, nodes=False)).columns
    }
