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
from services.query.pages.viewing import Viewing
from shared.access.read import Read, What
from shared.runtime.problem import ProblemError
from shared.store.lines import Selection

_HERE = Path(__file__).parent
LINES_PER_PAGE = 50
pages = APIRouter(include_in_schema=False)


@pages.get("/")
async def get_start(by: Viewing, q: Text = "", cursor: Cursor = "") -> HTMLResponse:
    """Show the lines."""
    selection = Selection(LINES_PER_PAGE, parameters.last_id_of(cursor), words=q)
    page = await start_page(by.store, by.caller, selection, by.now, by.language)
    period = (page.month.replace(day=1), page.month + timedelta(days=1))
    by.tell(Read(What.PAGE, tuple(card.id for card in page.cards), (), (), *period))
    return by.drawn("start", page=page, following=parameters.next_link("/", {"q": q}, page.last_id))


@pages.get("/lines/{line}")
async def get_line(line: str, asked: Annotated[Asked, Query()], by: Viewing, show: Text = "volume_m3n") -> HTMLResponse:
    """Show a line: its chart, its table, its files."""
    shown, days, has_period = measure_of(show), by.caller.rights.line(line), bool(asked.from_ or asked.to)
    question = opening_question(parameters.question(asked, by.today, days), by.now, days, has_period=has_period)
    page = await line_page(by.store, line, by.asking(question), shown=shown, language=by.language)
    by.tell(Read.asked(What.PAGE, question, lines=(line,)))
    return by.drawn("line", page=page, files=Downloads(base_of(by.request), "line", line, question))


@pages.get("/lines/{line}/hours/{start}")
async def get_hour(line: str, start: Start, by: Viewing) -> HTMLResponse:
    """Explain an hour: every value that it had, and why."""
    page = await hour_page(by.store, by.caller, line, start, by.language)
    by.tell(Read.of_hour(What.PAGE, parameters.hour(start), lines=(line,)))
    return by.drawn("hour", page=page)


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
