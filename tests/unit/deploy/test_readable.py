"""How much of the history can be read, from answers of the month view."""

from pathlib import Path
from typing import Any

import pytest
from pymongo.errors import ConnectionFailure

from deploy.local import filling, history, http_question, readable
from deploy.local.readable import Edge
from deploy.local.settled import settled
from deploy.local.simulator import expected_present, grid
from shared.domain.gas_time import hours_of_month
from shared.store import ledgers
from shared.store.ledgers import Ledger

BEGIN, END = hours_of_month("2026-10").start, hours_of_month("2026-10").stop
EDGE = Edge("http://127.0.0.1:8080")


def answers(monkeypatch: pytest.MonkeyPatch, pages: dict[str, Any]) -> list[str]:
    """Let the edge answer `pages` (path → JSON); the paths that were asked."""
    asked: list[str] = []

    def get(url: str, _: object) -> Any:
        asked.append(url.removeprefix(EDGE.url))
        return pages.get(asked[-1])

    monkeypatch.setattr(http_question, "get_json", get)
    return asked


def test_all_pages_of_the_months_are_added(monkeypatch: pytest.MonkeyPatch) -> None:
    """The question covers whole months, and `next` is followed with and without a host."""
    first = "/v1/lines/A/measurements?view=month&from=2026-10&to=2026-11"
    pages = {
        first: {"rows": [{"hours_present": 700}], "next": f"{EDGE.url}/second?x=1"},
        "/second?x=1": {"rows": [{"hours_present": 5}], "next": "/third"},
        "/third": {"rows": [{"hours_present": 1}], "next": None},
    }
    asked = answers(monkeypatch, pages)
    assert readable.hours_readable(EDGE, "A", BEGIN, END - 1) == 706
    assert asked == [first, "/second?x=1", "/third"]


def test_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """While the service is away nothing can be read."""
    answers(monkeypatch, {})
    assert readable.fraction_readable(EDGE, {"A": 10}, BEGIN, END - 1) == 0
    assert readable.fraction_readable(EDGE, {}, BEGIN, END - 1) == 1


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
    filling.History(EDGE, BEGIN, END, lambda: None).wait_until_readable(lambda: looks.append(1))
    said = capsys.readouterr().out.splitlines()
    total = sum(expected_present(grid(), BEGIN, END - 1).values())
    assert said[0] == f"History from 2026-10-01: 0 % of {total:,} hours can be read"
    assert said[-1].startswith("History from 2026-10-01: 100 %")
    assert looks


def test_refused_hours_do_not_hold_up_the_demo(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """When every reading has found its place nothing more comes; it says where they are."""
    ledgers = iter([None, None, Ledger(100, 80, 2, 3, 15)])
    monkeypatch.setattr(readable, "fraction_readable", lambda *_: 0.8)
    monkeypatch.setattr(filling, "ASK_EVERY_S", 0.001)
    filling.History(EDGE, BEGIN, END, lambda: next(ledgers)).wait_until_readable(lambda: None)
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == "100 readings received: 80 accepted, 2 repeated, 3 held, 15 refused (dead letters)."
    assert next(ledgers, None) is None


GOOD = Ledger(100, 90, 5, 1, 4)
MORE = Ledger(120, 110, 5, 1, 4)


@pytest.mark.parametrize(
    ("sent", "ledger", "answer"),
    [
        (history.Sent(BEGIN, END, 100), GOOD, GOOD),
        (history.Sent(BEGIN, END, 100), MORE, MORE),
        (history.Sent(BEGIN, END - 1, 100), GOOD, None),
        (history.Sent(BEGIN, END, 101), GOOD, None),
        (history.Sent(BEGIN, END, 100), Ledger(100, 80, 5, 1, 4), None),
        (history.Sent(BEGIN, END, 100), None, None),
    ],
    ids=["all in place", "others sent too", "still sending", "not all received", "under way", "database away"],
)
def test_settled(
    sent: history.Sent, ledger: Ledger | None, answer: Ledger | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything is sent, everything sent is received, and everything received is in exactly one place."""

    async def total(_database: object) -> Ledger:
        if ledger is None:
            raise ConnectionFailure("away")
        return ledger

    monkeypatch.setattr(ledgers, "total", total)
    assert settled(tmp_path, "mongodb://127.0.0.1:1", END) is None
    history.write(tmp_path, sent)
    assert settled(tmp_path, "mongodb://127.0.0.1:1", END) == answer
