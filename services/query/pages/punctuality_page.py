"""The pages of how punctual a line is, or those of a node together: counts as people read them, beside promises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import quote, urlencode

import numpy as np

from services.query.pages import periods
from services.query.pages.languages import Language
from services.query.pages.moves import Address
from shared.domain import gas_time
from shared.domain.period import Question, View
from shared.domain.promises import TermsPromised
from shared.domain.punctuality import Punctuality
from shared.domain.view import ended_before
from shared.runtime.mongo import Database
from shared.store.asking import Asking
from shared.store.node_punctuality import read_node_punctuality
from shared.store.punctuality import read_punctuality

VIEWS = (View.DAY, View.MONTH)


@dataclass(frozen=True, slots=True)
class PunctualRow:
    """A gas day, a gas month or the whole period: `href` leads to its values, "" of the whole. Counts are texts.

    Of what is not due yet, or not promised at all, the share is empty; `lines` are those of a node.
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
    lines: str


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
    """Everything that the template shows; `promises` are None of a node, whose lines have each their own.

    `kind` is "lines" or "nodes", as addresses say it.
    """

    kind: str
    id: str
    name: str
    question: Question
    title: str
    shares: Shares
    revisions: int
    rows: list[PunctualRow]
    whole: PunctualRow
    promises: tuple[TermsPromised, ...] | None
    views: list[Address]
    shortcuts: list[Address]
    previous: str
    following: str

    @property
    def address(self) -> str:
        """Where the line or node itself is shown."""
        return f"/{self.kind}/{quote(self.id)}"

    @property
    def program(self) -> str:
        """Where programs ask the same."""
        return f"/v1{self.address}/punctuality?{_asked(self.question)}"


async def line_punctuality_page(database: Database, line: str, asking: Asking, language: Language) -> PunctualityPage:
    """Read and lay out how punctual a line is.

    Raises:
        ProblemError: 404 for an unknown line, or another's; 422 for gas days that he may not read.
    """
    found = await read_punctuality(database, line, asking)
    told, name = found.punctuality, found.line.name_on(asking.question.end)
    shown = _Shown("lines", line, name, told, [""] * len(told.counts), "", found.promises)
    return _page(shown, asking.question, asking.now, language)


async def node_punctuality_page(database: Database, node: str, asking: Asking, language: Language) -> PunctualityPage:
    """Read and lay out how punctual the lines of a node are together.

    Raises:
        ProblemError: 404 for an unknown node, or another's; 422 for gas days that he may not read.
    """
    found = await read_node_punctuality(database, node, asking)
    told = found.punctuality
    pairs = zip(told.lines_on_time.tolist(), told.lines_due.tolist(), strict=True)
    lines = [_share(on_time, due, language) for on_time, due in pairs]
    whole = _share(told.whole_lines_on_time, told.whole_lines_due, language)
    shown = _Shown("nodes", node, found.node.name_on(asking.question.end), told.of_lines, lines, whole, None)
    return _page(shown, asking.question, asking.now, language)


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is shown of a line or node: its counts, and of a node the words for its lines, row by row and altogether."""

    kind: str
    id: str
    name: str
    told: Punctuality
    lines: list[str]
    whole_lines: str
    promises: tuple[TermsPromised, ...] | None


def _page(shown: _Shown, question: Question, now: datetime, language: Language) -> PunctualityPage:
    told, address = shown.told, f"/{shown.kind}/{quote(shown.id)}"
    today, whole = gas_time.gas_day(ended_before(now) - 1), told.whole
    named, before, after = periods.shortcuts(question, today), periods.moved(question, -1), periods.moved(question, 1)
    labels = [language.date(day, "yMMMEd" if told.view is View.DAY else "yMMMM") for day in told.first_days]
    hrefs = [f"{address}?{_asked(_values_of(day, told.view))}" for day in told.first_days]
    rows = zip(labels, hrefs, told.counts, shown.lines, strict=True)
    return PunctualityPage(
        kind=shown.kind,
        id=shown.id,
        name=shown.name,
        question=question,
        title=periods.title(question, language),
        shares=_shares(whole),
        revisions=int(whole["revisions"]),
        rows=[_row(label, href, counts, of_lines, language) for label, href, counts, of_lines in rows],
        whole=_row(language("punctuality.whole"), "", whole, shown.whole_lines, language),
        promises=shown.promises,
        views=[_address(view, periods.in_view(question, view, today), here=view is question.view) for view in VIEWS],
        shortcuts=[_address(one.key, one.question, here=one.question == question) for one in named],
        previous="" if before is None else f"?{_asked(before)}",
        following="" if after is None else f"?{_asked(after)}",
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


def _row(label: str, href: str, counts: np.void, lines: str, language: Language) -> PunctualRow:
    def share(kept: str, due: str) -> str:
        return _share(int(counts[kept]), int(counts[due]), language)

    def count(name: str) -> str:
        return language.count(int(counts[name]))

    revised = count("hours_revised")
    return PunctualRow(
        label=label,
        href=href,
        complete=share("hours_present", "hours_expected"),
        prompt=share("hours_prompt", "hours_prompt_due"),
        on_time=share("hours_on_time", "hours_due"),
        late=count("hours_late") if counts["hours_due"] else "",
        outstanding=count("hours_outstanding") if counts["hours_due"] else "",
        estimated=count("hours_estimated"),
        revised=revised if not counts["revisions"] else f"{revised} ({count('revisions')})",
        definitive=share("hours_definitive_on_time", "hours_definitive_due"),
        lines=lines,
    )


def _share(part: int, whole: int, language: Language) -> str:
    """Return the words for a part of a whole, "" where there is no whole."""
    return language("punctuality.of", n=language.count(part), all=language.count(whole)) if whole else ""


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
