"""The page of how punctual a line is: counts as people read them, beside what is promised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import quote, urlencode

import numpy as np

from services.query.pages import periods
from services.query.pages.languages import Language
from services.query.pages.moves import Address
from shared.access.caller import Caller
from shared.domain import gas_time
from shared.domain.period import Question, View
from shared.domain.promises import TermsPromised
from shared.domain.topology import Line
from shared.domain.view import ended_before
from shared.runtime.mongo import Database
from shared.store.punctuality import read_punctuality

VIEWS = (View.DAY, View.MONTH)


@dataclass(frozen=True, slots=True)
class PunctualRow:
    """A gas day, a gas month or the whole period: `href` leads to its values, "" of the whole. Counts are texts.

    Of what is not due yet, or not promised at all, the share is empty.
    """

    label: str
    href: str
    complete: str
    prompt: str
    on_time: str
    late: str
    outstanding: str
    estimated: str
    revised: str
    definitive: str


@dataclass(frozen=True, slots=True)
class Shares:
    """The period as a whole in per cent, as plain numbers; "" where nothing of it was due.

    What shall be all is rounded down and what shall be none up, so that only a faultless period says 100 and 0.
    """

    complete: str
    prompt: str
    on_time: str
    estimated: str


@dataclass(frozen=True, slots=True)
class PunctualityPage:
    """Everything that the template shows."""

    line: Line
    name: str
    question: Question
    title: str
    shares: Shares
    revisions: int
    rows: list[PunctualRow]
    whole: PunctualRow
    promises: tuple[TermsPromised, ...]
    views: list[Address]
    shortcuts: list[Address]
    previous: str
    following: str
    program: str


async def punctuality_page(  # noqa: PLR0913 - a question has this many sides
    database: Database, caller: Caller, line: str, question: Question, *, now: datetime, language: Language
) -> PunctualityPage:
    """Read and lay out how punctual a line is.

    Raises:
        ProblemError: 404 for an unknown line, or another's; 422 for gas days that he may not read.
    """
    found = await read_punctuality(database, caller, line, question, now)
    today, told = gas_time.gas_day(ended_before(now) - 1), found.punctuality
    whole, address = told.whole, f"/lines/{quote(line)}"
    named = periods.shortcuts(question, today)
    before, after = periods.moved(question, -1), periods.moved(question, 1)
    labels = [language.date(day, "yMMMEd" if told.view is View.DAY else "yMMMM") for day in told.first_days]
    hrefs = [f"{address}?{_asked(_values_of(day, told.view))}" for day in told.first_days]
    shown = zip(labels, hrefs, told.counts, strict=True)
    return PunctualityPage(
        line=found.line,
        name=found.line.name_on(question.end),
        question=question,
        title=periods.title(question, language),
        shares=_shares(whole),
        revisions=int(whole["revisions"]),
        rows=[_row(label, href, counts, language) for label, href, counts in shown],
        whole=_row(language("punctuality.whole"), "", whole, language),
        promises=found.promises,
        views=[_address(view, periods.in_view(question, view, today), here=view is question.view) for view in VIEWS],
        shortcuts=[_address(one.key, one.question, here=one.question == question) for one in named],
        previous="" if before is None else f"?{_asked(before)}",
        following="" if after is None else f"?{_asked(after)}",
        program=f"/v1/lines/{quote(line)}/punctuality?{_asked(question)}",
    )


def _values_of(first: date, view: View) -> Question:
    """Return the question for the values behind a row: the hours of a gas day, the gas days of a month."""
    if view is View.DAY:
        return Question(View.HOUR, first, first + timedelta(days=1))
    return Question(View.DAY, first, gas_time.first_day_of_month(gas_time.next_month(gas_time.month_of(first))))


def _address(key: str, question: Question, *, here: bool) -> Address:
    return Address(key, f"?{_asked(question)}", here)


def _asked(question: Question) -> str:
    return urlencode({"view": question.view.value, "from": question.shown_from, "to": question.shown_to})


def _row(label: str, href: str, counts: np.void, language: Language) -> PunctualRow:
    def share(kept: str, due: str) -> str:
        if not counts[due]:
            return ""
        return language("punctuality.of", n=count(kept), all=count(due))

    def count(name: str) -> str:
        return language.count(int(counts[name]))

    revised = count("hours_revised")
    return PunctualRow(
        label=label,
        href=href,
        complete=share("hours_present", "hours_expected"),
        prompt=share("hours_prompt", "hours_prompt_due"),
        on_time=share("hours_on_time", "hours_due"),
        late=count("hours_late"),
        outstanding=count("hours_outstanding"),
        estimated=count("hours_estimated"),
        revised=revised if not counts["revisions"] else f"{revised} ({count('revisions')})",
        definitive=share("hours_definitive_on_time", "hours_definitive_due"),
    )


def _shares(whole: np.void) -> Shares:
    return Shares(
        complete=_percent(whole, "hours_present", "hours_expected"),
        prompt=_percent(whole, "hours_prompt", "hours_prompt_due"),
        on_time=_percent(whole, "hours_on_time", "hours_due"),
        estimated=_percent(whole, "hours_estimated", "hours_present", up=True),
    )


def _percent(whole: np.void, part: str, of: str, *, up: bool = False) -> str:
    of_all = int(whole[of])
    tenths = 1000 * int(whole[part])
    return f"{(tenths + (of_all - 1) * up) // of_all / 10:g}" if of_all else ""
