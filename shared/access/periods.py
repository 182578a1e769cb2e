"""Periods and the gas days that somebody may read: what he is refused, and what he is shown where he asks for none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache, reduce

from shared.access.days import ALWAYS, Days, Run
from shared.domain import gas_time
from shared.domain.period import Question, View
from shared.domain.topology import Issue
from shared.runtime.problem import ProblemError, unprocessable

MOST_RUNS_TOLD = 12
"""Of many more nobody would read the sentence; a right holds one or two."""


def common(all_days: Iterable[Days]) -> Days:
    """Return the gas days on which all of several lines and nodes may be read."""
    return reduce(Days.within, all_days, ALWAYS)


def check_covered(days: Days, question: Question) -> None:
    """Refuse a period of which some gas day may not be read: nothing is cut off in silence.

    Raises:
        ProblemError: 422, which names the gas days that may be read, and a period to ask for instead.
    """
    if days.covers(question.first, question.end):
        return
    instead = readable_instead(question, days)
    asked = f"from {question.shown_from} to {question.shown_to} there are gas days that you may not read"
    if instead is None:
        text = f"{asked}, and none of all that you ask for at once: ask for each by itself"
        raise unprocessable([Issue("OUTSIDE_RIGHTS", "from", text)])
    period = f"view={instead.view}&from={instead.shown_from}&to={instead.shown_to}"
    text = f"{asked}: you may read those {_words(days)}, the end not included; ask for {period} instead"
    more = {"readable": runs_told(days), "instead": {"view": instead.view, **_bounds(instead)}}
    refused = unprocessable([Issue("OUTSIDE_RIGHTS", "from", text)])
    raise ProblemError(refused.status, refused.issues, more=more)


def fitted(question: Question, asked: Mapping[str, str], days: Days) -> Question:
    """Return a question whose period lies within what may be read, as far as its bounds were not asked for.

    Args:
        question: As it was read: a bound that was left out is there.
        asked: The parameters as written; `from` and `to` that were given stay as they are.
        days: The gas days that may be read; of none, and where they hold the period, it stays as it is.
    """
    given = bool(asked.get("from")), bool(asked.get("to"))
    if all(given) or days.covers(question.first, question.end):
        return question
    runs = _whole(question.view, days)
    if any(given):
        edge = question.first if given[0] else question.end - timedelta(days=1)
        run = next((run for run in runs if run[0] <= edge < run[1]), None)
        return question if run is None else _clipped(question, run)
    return _in_runs(question, runs) or question


def readable_instead(question: Question, days: Days) -> Question | None:
    """Return a period near an asked one that may be read, in its view where that has one; None where nothing may."""
    views = dict.fromkeys((question.view, View.DAY))
    found = (_in_runs(replace(question, view=view), _whole(view, days)) for view in views)
    return next((one for one in found if one is not None), None)


def runs_told(days: Days) -> list[dict[str, str | None]] | None:
    """Return runs of gas days as answers tell them, None where every gas day is among them; an open end is null."""
    if days == ALWAYS:
        return None
    return [{"from": _told(first), "to": _told(end)} for first, end in days.runs]


@lru_cache(maxsize=4_096)
def hours_of_runs(days: Days) -> tuple[range, ...]:
    """Return the gas hours of runs of gas days, as far as the calendar reaches."""
    return tuple(
        range(gas_time.hours_of_day(first).start, gas_time.hours_of_day(end - timedelta(days=1)).stop)
        for first, end in days.within(_CALENDAR).runs
    )


def readable_parts(days: Days, hours: range) -> list[range]:
    """Return the parts of some hours that lie on gas days that may be read."""
    parts = (range(max(run.start, hours.start), min(run.stop, hours.stop)) for run in hours_of_runs(days))
    return [part for part in parts if part]


_CALENDAR = Days(((gas_time.FIRST_DAY, gas_time.LAST_DAY + timedelta(days=1)),))


def _in_runs(question: Question, runs: tuple[Run, ...]) -> Question | None:
    """Return the last part of a period that lies in a run, else as much at the end of the last run before it, or after.

    Of more than one run the latest counts: who asks for no period wants to see the latest.
    """
    overlapping = [run for run in runs if run[0] < question.end and question.first < run[1]]
    if overlapping:
        return _clipped(question, overlapping[-1])
    before = [run for run in runs if run[1] <= question.first]
    if before:
        first = _moved(question, before[-1][1])
        return replace(question, first=max(first, before[-1][0]), end=before[-1][1])
    if not runs:
        return None
    months = 12 if question.view is View.MONTH else 1
    return replace(question, first=runs[0][0], end=min(runs[0][1], _months_later(runs[0][0], months)))


def _moved(question: Question, end: date) -> date:
    """Return where a period as long as another one begins that ends on a day."""
    if question.view is View.MONTH:
        return _months_later(end, len(question.months) * -1)
    return end - (question.end - question.first)


def _clipped(question: Question, run: Run) -> Question:
    return replace(question, first=max(question.first, run[0]), end=min(question.end, run[1]))


def _whole(view: View, days: Days) -> tuple[Run, ...]:
    """Return runs as a view can ask for them: gas months only whole."""
    runs = days.within(_CALENDAR).runs
    if view is not View.MONTH:
        return runs
    months = ((_month_from(first), end.replace(day=1)) for first, end in runs)
    return tuple(run for run in months if run[0] < run[1])


def _month_from(day: date) -> date:
    return day if day.day == 1 else _months_later(day, 1)


def _months_later(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def _words(days: Days) -> str:
    told = [_run_words(run) for run in days.runs[-MOST_RUNS_TOLD:]]
    return " and ".join(told)


def _run_words(run: Run) -> str:
    first, end = map(_told, run)
    return " ".join([*([f"from {first}"] if first else []), *([f"to {end}"] if end else ["on"])])


def _told(day: date) -> str | None:
    return None if day in (date.min, date.max) else day.isoformat()


def _bounds(question: Question) -> dict[str, str]:
    return {"from": question.shown_from, "to": question.shown_to}
