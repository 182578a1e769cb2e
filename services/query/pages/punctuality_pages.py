"""The pages of how punctual lines and nodes are: thin routes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from services.query.asked import parameters
from services.query.asked.parameters import AskedPunctuality
from services.query.consulting import today_of
from services.query.pages.page_answers import Speaking, html
from services.query.pages.punctuality_page import line_punctuality_page, node_punctuality_page
from shared.access.read import Read, What
from shared.runtime.http_state import Now, Reading, Store
from shared.runtime.reads_told import Telling
from shared.store.asking import Asking

punctuality_pages = APIRouter(include_in_schema=False)


@punctuality_pages.get("/lines/{line}/punctuality")
async def get_line_punctuality(  # noqa: PLR0913 - the parameters of the route
    *,
    request: Request,
    line: str,
    asked: Annotated[AskedPunctuality, Query()],
    caller: Reading,
    store: Store,
    now: Now,
    tell: Telling,
    language: Speaking,
) -> HTMLResponse:
    """Show how punctual a line is, against what is promised of it."""
    question = parameters.question(asked.by_days_or_months(), today_of(now), caller.rights.line(line))
    page = await line_punctuality_page(store, line, Asking(caller, question, now), language)
    tell(Read.asked(What.PAGE, question, lines=(line,)))
    return html(request, "punctuality.html", page=page)


@punctuality_pages.get("/nodes/{node}/punctuality")
async def get_node_punctuality(  # noqa: PLR0913 - the parameters of the route
    *,
    request: Request,
    node: str,
    asked: Annotated[AskedPunctuality, Query()],
    caller: Reading,
    store: Store,
    now: Now,
    tell: Telling,
    language: Speaking,
) -> HTMLResponse:
    """Show how punctual the lines of a node are together."""
    question = parameters.question(asked.by_days_or_months(), today_of(now), caller.rights.node(node))
    page = await node_punctuality_page(store, node, Asking(caller, question, now), language)
    tell(Read.asked(What.PAGE, question, nodes=(node,)))
    return html(request, "punctuality.html", page=page)
