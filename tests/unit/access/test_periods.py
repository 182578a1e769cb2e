"""Periods that may not be read whole: what is refused, in which words, and what is shown where none was asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from shared.access.caller import ALL_RIGHTS, NO_RIGHTS, Caller, Rights, demo_caller
from shared.access.days import ALWAYS, NEVER, Days
from shared.access.periods import check_covered, common, fitted, runs_told
from shared.access.roles import Role, Task
from shared.domain.period import Question, View
from shared.runtime.problem import ProblemError
from tests.callers import someone

OCTOBER = Days(((date(2026, 10, 1), date(2026, 11, 1)),))
NOVEMBER = Question(View.HOUR, date(2026, 11, 1), date(2026, 12, 1))
YEAR = Question(View.MONTH, date(2026, 1, 1), date(2027, 1, 1))


def refused(days: Days, question: Question) -> ProblemError:
    """Return why a question is refused."""
    with pytest.raises(ProblemError) as problem:
        check_covered(days, question)
    assert problem.value.status == 422
    return problem.value


def test_a_period_that_is_not_covered_is_refused_whole() -> None:
    """It says which gas days may be read, and what to ask for instead, to people and to programs."""
    problem = refused(OCTOBER, replace(NOVEMBER, first=date(2026, 10, 15)))
    (issue,) = problem.issues
    assert (issue.code, issue.position) == ("OUTSIDE_RIGHTS", "from")
    assert "from 2026-10-01 to 2026-11-01" in issue.message
    assert "view=hour&from=2026-10-15&to=2026-11-01" in issue.message
    assert problem.more == {
        "readable": [{"from": "2026-10-01", "to": "2026-11-01"}],
        "instead": {"view": "hour", "from": "2026-10-15", "to": "2026-11-01"},
    }
    check_covered(OCTOBER, replace(NOVEMBER, first=date(2026, 10, 1), end=date(2026, 11, 1)))
    check_covered(ALWAYS, YEAR)


def test_gas_months_are_named_whole_or_as_gas_days() -> None:
    """Half a month is no month: its gas days are."""
    assert refused(OCTOBER, YEAR).more["instead"] == {"view": "month", "from": "2026-10", "to": "2026-11"}
    half = Days(((date(2026, 10, 10), date(2026, 10, 20)),))
    assert refused(half, YEAR).more["instead"] == {"view": "day", "from": "2026-10-10", "to": "2026-10-20"}


def test_of_what_has_no_common_day_each_is_asked_for_by_itself() -> None:
    """Two lines of which one was read before the other could be."""
    assert common([OCTOBER, ALWAYS]) == OCTOBER
    assert common([]) == ALWAYS
    days = common([OCTOBER, Days(((date(2026, 11, 1), date.max),))])
    assert days == NEVER
    assert "each by itself" in refused(days, NOVEMBER).issues[0].message


@pytest.mark.parametrize(
    ("days", "first", "end"),
    [
        (OCTOBER, date(2026, 10, 2), date(2026, 11, 1)),
        (Days(((date(2026, 11, 20), date.max),)), date(2026, 11, 20), date(2026, 12, 1)),
        (Days(((date(2027, 3, 5), date.max),)), date(2027, 3, 5), date(2027, 4, 1)),
        (Days(((date.min, date(2026, 5, 1)),)), date(2026, 4, 1), date(2026, 5, 1)),
        (NEVER, date(2026, 11, 1), date(2026, 12, 1)),
    ],
)
def test_without_a_period_the_latest_that_may_be_read_is_shown(days: Days, first: date, end: date) -> None:
    """As long as the one that is shown to everybody; of what nobody may read that one, which is refused or unknown."""
    shown = fitted(NOVEMBER, {}, days)
    assert (shown.first, shown.end) == (first, end)


def test_months_without_a_period() -> None:
    """Twelve at most, whole ones."""
    shown = fitted(YEAR, {}, Days(((date(2024, 3, 15), date(2025, 11, 9)),)))
    assert (shown.shown_from, shown.shown_to) == ("2024-11", "2025-11")
    soon = fitted(YEAR, {}, Days(((date(2028, 3, 15), date.max),)))
    assert (soon.shown_from, soon.shown_to) == ("2028-04", "2029-04")


def test_runs_as_answers_tell_them() -> None:
    """Open ends are null; where every gas day may be read there is nothing to tell."""
    assert runs_told(ALWAYS) is None
    assert runs_told(Days(((date.min, date(2026, 5, 1)), (date(2026, 6, 1), date.max)))) == [
        {"from": None, "to": "2026-05-01"},
        {"from": "2026-06-01", "to": None},
    ]
    open_ended = Days(((date(2026, 6, 1), date.max),))
    assert "those from 2026-06-01 on, the end" in refused(open_ended, YEAR).issues[0].message


def test_two_callers_are_one_only_with_the_same_rights() -> None:
    """What was answered to one is given to nobody else: name, roles and the content of rights are compared."""
    caller = Caller("a", frozenset({Role.READER}), rights=Rights("x", {"L": ALWAYS}))
    assert caller == replace(caller)
    assert hash(caller) == hash(replace(caller))
    for other in (
        replace(caller, identity="b"),
        replace(caller, roles=frozenset({Role.DOWNLOADER})),
        replace(caller, rights=Rights("y", {"L": ALWAYS})),
        replace(caller, rights=ALL_RIGHTS),
        replace(caller, stations=frozenset({"S"})),
    ):
        assert caller != other


def test_what_a_caller_may_know_of() -> None:
    """Whoever has all rights is not asked for names; a right that holds no gas day is none."""
    assert (ALL_RIGHTS.known_lines, ALL_RIGHTS.known_nodes) == (None, None)
    assert (NO_RIGHTS.known_lines, NO_RIGHTS.known_nodes) == ([], [])
    rights = Rights("x", {"L": OCTOBER, "M": NEVER}, {"N": OCTOBER, "O": NEVER})
    assert (rights.known_lines, rights.known_nodes) == (["L"], ["N"])
    caller = Caller("a", rights=rights)
    assert [caller.may_read(line) for line in ("L", "M", "")] == [True, False, False]
    assert [caller.may_read_node(node) for node in ("N", "O", "")] == [True, False, False]
    assert caller.may_read_on("L", date(2026, 10, 31))
    assert not caller.may_read_on("L", date(2026, 11, 1))
    assert caller.may_know_in("L", date(2026, 9, 1), None)
    assert not caller.may_know_node_in("N", date(2026, 11, 1), None)
    assert not caller.may_read_in("L", date(2026, 10, 1), date(2026, 11, 2))


def test_whose_gas_is_shown_to_everybody() -> None:
    """Those who run the grid see every analysis, others those of their lines."""
    assert demo_caller("demo").sees_every_gas
    assert someone(role=Role.OPERATOR).sees_every_gas
    assert not someone(["L"]).sees_every_gas
    assert someone(role=Role.OPERATOR).may(Task.OPERATE)
