"""What the pages of access share: never kept by anybody, with the ways from one to the next, and periods in words."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse

from services.query.pages.hour_page import local_moment
from services.query.pages.languages import Language
from services.query.pages.page_answers import html, templates
from shared.access.caller import Caller
from shared.access.roles import Task
from shared.runtime.http_state import caller_of

DECIDERS = (Task.REVIEW, Task.CONFIRM, Task.AUDIT)
"""Who has one of these sees applications."""


def answered(request: Request, template: str, status: HTTPStatus = HTTPStatus.OK, **given: object) -> HTMLResponse:
    """Return a page of access; it tells of persons and secrets, so nothing on its way keeps it."""
    page = html(request, f"access/{template}", tabs=tabs_of(caller_of(request)), here=request.url.path, **given)
    page.status_code = status.value
    page.headers["Cache-Control"] = "no-store"
    return page


def gone_to(address: str) -> RedirectResponse:
    """Return the way to a page that shows what was done: reloading that one does nothing again."""
    return RedirectResponse(address, HTTPStatus.SEE_OTHER.value, headers={"Cache-Control": "no-store"})


def tabs_of(caller: Caller) -> list[tuple[str, str]]:
    """Return the pages of access that are somebody's: the key of their words, and their address."""
    found = [("account.title", "/access")] if caller.identity else []
    if caller.may(Task.MANAGE) and caller.company:
        found.append(("company.title", "/access/company"))
    if any(caller.may(task) for task in DECIDERS):
        found.append(("review.title", "/access/applications"))
    if caller.may(Task.CONFIRM):
        found.append(("clients.title", "/access/clients"))
    return found


def span(language: Language, first: str | None, end: str | None) -> str:
    """Return a period of gas days in words; None: without bound."""
    told = {name: language.date(date.fromisoformat(day), "yMMMd") for name, day in _bounds(first, end) if day}
    return language(f"span.{'_'.join(told) or 'always'}", **told)


def on_day(language: Language, instant: str | None) -> str:
    """Return the local day of a moment."""
    moment = local_moment(instant)
    return "—" if moment is None else language.date(moment.date(), "yMMMd")


def grouped(fingerprint: str) -> str:
    """Return a fingerprint in groups that a person can compare and read out."""
    return " ".join(fingerprint[place : place + 4] for place in range(0, len(fingerprint), 4))


def _bounds(first: str | None, end: str | None) -> tuple[tuple[str, str | None], ...]:
    return ("first", first), ("end", end)


templates.globals |= {"span": span, "on_day": on_day, "grouped": grouped}
