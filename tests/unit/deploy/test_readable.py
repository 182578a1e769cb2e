"""How much of the history can be read, from answers of the month view."""

from typing import Any

import pytest

from deploy.local import filling, http_question, readable
from deploy.local.simulator import Fault, expected_present, grid, labels
from shared.domain.gas_time import hours_of_month

OCTOBER = hours_of_month("2026-10")
EDGE = "http://127.0.0.1:8080"


def answers(monkeypatch: pytest.MonkeyPatch, pages: dict[str, Any]) -> list[str]:
    """Let the edge answer `pages` (path → JSON); the paths that were asked."""
    asked: list[str] = []

    def get(url: str) -> Any:
        asked.append(url.removeprefix(EDGE))
        return pages.get(asked[-1])

    monkeypatch.setattr(http_question, "get_json", get)
    return asked


def test_all_pages_of_the_months_are_added(monkeypatch: pytest.MonkeyPatch) -> None:
    """The question covers whole months, and `next` is followed with and without a host."""
    first = "/v1/lines/A/measurements?view=month&from=2026-10&to=2026-11"
    pages = {
        first: {"rows": [{"hours_present": 700}], "next": f"{EDGE}/second?x=1"},
        "/second?x=1": {"rows": [{"hours_present": 5}], "next": "/third"},
        "/third": {"rows": [{"hours_present": 1}], "next": None},
    }
    asked = answers(monkeypatch, pages)
    assert readable.hours_readable(EDGE, "A", OCTOBER.start, OCTOBER.stop - 1) == 706
    assert asked == [first, "/second?x=1", "/third"]


def test_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """While the service is away nothing can be read."""
    answers(monkeypatch, {})
    assert readable.fraction_readable(EDGE, {"A": 10}, OCTOBER.start, OCTOBER.stop - 1) == 0
    assert readable.fraction_readable(EDGE, {}, OCTOBER.start, OCTOBER.stop - 1) == 1


def test_one_line_cannot_make_up_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hours beyond those expected of a line do not count."""
    monkeypatch.setattr(readable, "hours_readable", lambda _edge, line, _begin, _end: {"A": 99, "B": 5}[line])
    assert readable.fraction_readable(EDGE, {"A": 10, "B": 10}, 0, 1) == 0.75


def test_filling_waits_until_everything_can_be_read(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It shows each step, looks at the processes between, and ends at 100 %."""
    fractions = iter([0.0, 0.4, 1.0])
    looks: list[int] = []
    monkeypatch.setattr(readable, "fraction_readable", lambda *_: next(fractions))
    monkeypatch.setattr(filling, "ASK_EVERY_S", 0.001)
    filling.History(EDGE, OCTOBER.start, OCTOBER.stop).wait_until_readable(lambda: looks.append(1))
    said = capsys.readouterr().out.splitlines()
    total = sum(filling.hours_to_come(OCTOBER.start, OCTOBER.stop).values())
    assert said[0] == f"History from 2026-10-01: 0 % of {total:,} hours can be read"
    assert said[-1].startswith("History from 2026-10-01: 100 %")
    assert looks


def test_negative_hours_are_not_waited_for() -> None:
    """The simulator sends a few on purpose, and they are refused; everything else is to come."""
    sent = expected_present(grid(), OCTOBER.start, OCTOBER.stop - 1)
    negative = [label for label in labels(grid(), OCTOBER.start, OCTOBER.stop - 1) if label.kind is Fault.NEGATIVE]
    to_come = filling.hours_to_come(OCTOBER.start, OCTOBER.stop)
    assert negative
    assert sum(to_come.values()) == sum(sent.values()) - len(negative)
    assert to_come.keys() == sent.keys()


def test_a_few_refused_hours_do_not_hold_up_the_demo(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """When nearly all is there and nothing more comes, it says what is missing and where to look."""
    monkeypatch.setattr(readable, "fraction_readable", lambda *_: 0.995)
    monkeypatch.setattr(filling, "ASK_EVERY_S", 0.001)
    monkeypatch.setattr(filling, "STALLED_AFTER_S", 0.01)
    filling.History(EDGE, OCTOBER.start, OCTOBER.stop).wait_until_readable(lambda: None)
    assert "0.50% of the hours were refused; .venv/bin/gastrack ledger" in capsys.readouterr().out
