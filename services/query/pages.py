"""The pages that people use: plain GET forms, drawn on the server, with one small module for new hours."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.query import parameters
from services.query.api import Cursor, Text, today_of
from services.query.gas_page import gas_page
from services.query.line_page import line_page, opening_question
from services.query.page_rows import MEASURES
from services.query.parameters import Asked
from services.query.start_page import start_page
from shared.domain.topology import Issue
from shared.runtime.http import ProblemError, problem_of, problem_response, unprocessable
from shared.runtime.http_state import CallerAsking, Now, Store
from shared.store.lines import Selection

_HERE = Path(__file__).parent
LINES_PER_PAGE = 50
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
pages = APIRouter(include_in_schema=False)
templates = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
Part = Annotated[bool, Query(description="Only the part of the page that changes.")]


def age(seconds: int | None) -> str:
    """Return how long ago something was, in the largest unit that says enough."""
    if seconds is None:
        return "none yet"
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size * (2 if unit != "min" else 1):
            return f"{seconds // size} {unit} ago"
    return "just now"


templates.filters["age"] = age


@pages.get("/")
async def get_start(  # noqa: PLR0913 - the parameters of the route
    *, caller: CallerAsking, store: Store, now: Now, q: Text = "", cursor: Cursor = "", part: Part = False
) -> HTMLResponse:
    """Show the lines."""
    selection = Selection(LINES_PER_PAGE, parameters.last_id_of(cursor), words=q)
    page = await start_page(store, caller, selection, now)
    following = parameters.next_link("/", {"q": q}, page.last_id)
    return _html("start_part.html" if part else "start.html", page=page, following=following)


@pages.get("/lines/{line}")
async def get_line(  # noqa: PLR0913 - the parameters of the route
    *,
    line: str,
    asked: Annotated[Asked, Query()],
    caller: CallerAsking,
    store: Store,
    now: Now,
    show: Text = "volume_m3n",
    part: Part = False,
) -> HTMLResponse:
    """Show a line: its chart, its table, its files."""
    if show not in MEASURES:
        raise unprocessable([Issue("SHOW", "show", f"choose {', '.join(MEASURES)}")])
    has_period = bool(asked.from_ or asked.to)
    question = opening_question(parameters.question(asked, today_of(now)), now, has_period=has_period)
    page = await line_page(store, caller, line, question, shown=show, now=now)
    return _html("line_part.html" if part else "line.html", page=page)


@pages.get("/gas")
async def get_gas(request: Request, part: Part = False) -> HTMLResponse:  # noqa: FBT002 - a parameter of the route
    """Show what a gas is like; for everybody, it says nothing of any line."""
    asked = {name: text for name, text in request.query_params.items() if name != "part"}
    return _html("gas_part.html" if part else "gas.html", page=gas_page(asked))


def install_pages(app: FastAPI) -> None:
    """Add the pages, their assets, and errors as pages where a person asks."""
    app.include_router(pages)
    app.mount("/static", StaticFiles(directory=_HERE / "static"))
    app.add_exception_handler(HTTPException, _on_problem)
    app.add_exception_handler(ProblemError, _on_problem)
    app.add_middleware(PageHeaders)


async def _on_problem(request: Request, fault: Exception) -> Response:
    problem = problem_of(request, fault)
    if request.url.path.startswith("/v1/") or "text/html" not in request.headers.get("accept", ""):
        return problem_response(problem)
    page = _html("problem.html", problem=problem)
    page.status_code = problem.status.value
    return page


def _html(template: str, **given: object) -> HTMLResponse:
    return HTMLResponse(templates.get_template(template).render(**given))


class PageHeaders:
    """Adds the security headers to every answer, and lets browsers ask again where nothing else is said."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in {**SECURITY_HEADERS, "Cache-Control": "no-cache"}.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers)
