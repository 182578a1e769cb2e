"""The pages that people use: plain GET forms, drawn on the server, made livelier by one module of script."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from services.query.access.pages.routes import ACCESS_PAGES
from services.query.api import Cursor, Start, Text
from services.query.asked import parameters
from services.query.asked.parameters import Asked
from services.query.consulting import today_of
from services.query.pages.downloads import Downloads
from services.query.pages.gas_page import gas_page
from services.query.pages.hour_page import hour_page
from services.query.pages.line_page import line_page
from services.query.pages.moves import opening_question
from services.query.pages.node_pages import node_pages
from services.query.pages.page_answers import PARAMETER, Part, Speaking, base_of, html, on_problem
from services.query.pages.page_rows import measure_of
from services.query.pages.punctuality_pages import punctuality_pages
from services.query.pages.start_page import start_page
from shared.access.read import Read, What
from shared.runtime.http_state import Now, Reading, Store
from shared.runtime.problem import ProblemError
from shared.runtime.reads_told import Telling
from shared.store.asking import Asking
from shared.store.lines import Selection

_HERE = Path(__file__).parent
LINES_PER_PAGE = 50
pages = APIRouter(include_in_schema=False)


@pages.get("/")
async def get_start(  # noqa: PLR0913 - the parameters of the route
    *,
    request: Request,
    caller: Reading,
    store: Store,
    now: Now,
    tell: Telling,
    language: Speaking,
    q: Text = "",
    cursor: Cursor = "",
    part: Part = False,
) -> HTMLResponse:
    """Show the lines."""
    selection = Selection(LINES_PER_PAGE, parameters.last_id_of(cursor), words=q)
    page = await start_page(store, caller, selection, now, language)
    period = (page.month.replace(day=1), page.month + timedelta(days=1))
    tell(Read(What.PAGE, tuple(card.id for card in page.cards), (), (), *period))
    following = parameters.next_link("/", {"q": q}, page.last_id)
    return html(request, "start_part.html" if part else "start.html", page=page, following=following)


@pages.get("/lines/{line}")
async def get_line(  # noqa: PLR0913 - the parameters of the route
    *,
    request: Request,
    line: str,
    asked: Annotated[Asked, Query()],
    caller: Reading,
    store: Store,
    now: Now,
    tell: Telling,
    language: Speaking,
    show: Text = "volume_m3n",
    part: Part = False,
) -> HTMLResponse:
    """Show a line: its chart, its table, its files."""
    shown, has_period = measure_of(show), bool(asked.from_ or asked.to)
    days = caller.rights.line(line)
    question = opening_question(parameters.question(asked, today_of(now), days), now, days, has_period=has_period)
    page = await line_page(store, line, Asking(caller, question, now), shown=shown, language=language)
    tell(Read.asked(What.PAGE, question, lines=(line,)))
    if part:
        return html(request, "line_part.html", page=page)
    files = Downloads(base_of(request), "line", line, question)
    return html(request, "line.html", page=page, files=files)


@pages.get("/lines/{line}/hours/{start}")
async def get_hour(  # noqa: PLR0913 - the parameters of the route
    *,
    request: Request,
    line: str,
    start: Start,
    caller: Reading,
    store: Store,
    tell: Telling,
    language: Speaking,
    part: Part = False,
) -> HTMLResponse:
    """Explain an hour: every value that it had, and why."""
    page = await hour_page(store, caller, line, start, language)
    tell(Read.of_hour(What.PAGE, parameters.hour(start), lines=(line,)))
    return html(request, "hour_part.html" if part else "hour.html", page=page)


@pages.get("/gas")
async def get_gas(request: Request, language: Speaking, part: Part = False) -> HTMLResponse:  # noqa: FBT002 - a parameter of the route
    """Show what a gas is like; for everybody, it says nothing of any line."""
    asked = {name: text for name, text in request.query_params.items() if name not in ("part", PARAMETER)}
    return html(request, "gas_part.html" if part else "gas.html", page=gas_page(asked, language))


def install_pages(app: FastAPI) -> None:
    """Add the pages, their assets, and errors as pages where a person asks."""
    app.include_router(pages)
    for routes in (node_pages, punctuality_pages, *ACCESS_PAGES):
        app.include_router(routes)
    app.mount("/static", StaticFiles(directory=_HERE / "static"))
    for fault in (HTTPException, ProblemError):
        app.add_exception_handler(fault, on_problem)
