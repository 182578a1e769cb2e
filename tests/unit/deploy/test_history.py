"""How far back the demo's history reaches, and how far it has been sent."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from deploy.local import history
from deploy.local.errors import StartError
from shared.domain.gas_time import gas_day, hour_index, hour_number

NOW = hour_number(datetime(2026, 11, 23, 12, tzinfo=UTC))


@pytest.mark.parametrize(
    ("span", "first_day"),
    [
        ("1d", date(2026, 11, 22)),
        ("30d", date(2026, 10, 24)),
        ("1m", date(2026, 10, 1)),
        ("11m", date(2025, 12, 1)),
        ("12m", date(2025, 11, 1)),
        ("35m", date(2023, 12, 1)),
        ("3y", date(2023, 11, 24)),
    ],
)
def test_spans_begin_with_a_gas_day_or_gas_month(span: str, first_day: date) -> None:
    """Days count back from today, months and years to a whole gas month; telegrams reach 36 months, not further."""
    hour = history.first_hour(span, NOW)
    assert gas_day(hour) == first_day
    assert hour_index(hour) == 1


@pytest.mark.parametrize(
    "span", ["", "3", "y", "0d", "-1d", "3 y", "3Y", "1.5y", "\uff13y", "99999d", "4y", "2100y", "9999m"]
)
def test_what_is_no_span_is_told(span: str) -> None:
    """Neither nonsense nor more than telegrams may bring."""
    with pytest.raises(history.WrongSpanError, match="--history"):
        history.first_hour(span, NOW)


def test_progress_is_kept_in_one_step(tmp_path: Path) -> None:
    """What is noted is read again, and nothing else stays behind."""
    assert history.read(tmp_path) is None
    history.write(tmp_path, history.Sent(100, 100, 5))
    moved = history.advance(tmp_path, history.Sent(100, 100, 5), 148, 7)
    assert moved == history.read(tmp_path) == history.Sent(begin=100, following=148, readings=12)
    assert [entry.name for entry in tmp_path.iterdir()] == ["simulator.json"]


@pytest.mark.parametrize("text", ["", "[]", '{"begin": 1}', "{"])
def test_a_damaged_note_is_told(tmp_path: Path, text: str) -> None:
    """Nobody guesses how far the simulator was."""
    (tmp_path / history.FILE_NAME).write_text(text)
    with pytest.raises(StartError, match="damaged"):
        history.read(tmp_path)
