"""The pages of nodes, and of what lines and nodes are made of: thin routes, as those of lines."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from services.query.api import Cursor, Start, Text
from services.query.asked import parameters
from services.query.asked.parameters import Asked
from services.query.consulting import today_of
from services.query.measured.nodes import At
from services.query.pages.downloads import Downloads
from services.query.pages.moves import opening_question
from services.query.pages.node_hour_page import node_hour_page
from services.query.pages.node_page import node_page
from services.query.pages.page_answers import Part, Speaking, base_of, html
from services.query.pages.page_rows import measure_of
from services.query.pages.plot import asked as form_of_question
from services.query.pages.topology_page import TopologyPage, line_topology_page, node_topology_page
from shared.access.read import Read, What
from shared.runtime.http_state import Now, Reading, Store
from shared.runtime.reads_told import Telling
from shared.store.asking import Asking

node_pages = APIRouter(include_in_schema=False)


@node_pages.get("/nodes/{node}")
async def get_node(  # noqa: PLR0913 - the parameters of the route
    *,
    request: Request,
    node: str,
    asked: Annotated[Asked, Query()],
    caller: Reading,
    store: Store,
    now: Now,
    tell: Telling,
    language: Speaking,
    show: Text = "volume_m3n",
    part: Part = False,
) -> HTMLResponse:
    """Show a node: its chart, its table, what it is made of."""
    shown, has_period = measure_of(show), bool(asked.from_ or asked.to)
    days = caller.rights.node(node)
    question = opening_question(parameters.question(asked, today_of(now), days), now, days, has_period=has_period)
    page = await node_page(store, node, Asking(caller, question, now), shown=shown, language=language)
    tell(Read.asked(What.PAGE, question, nodes=(node,)))
    if part:
        return html(request, "node_part.html", page=page)
    program = f"/v1/nodes/{quote(node)}/measurements?{form_of_question(question)}"
    files = Downloads(base_of(request), "node", node, question)
    return html(request, "node.html", page=page, program=program, files=files)


@node_pages.get("/nodes/{node}/hours/{start}")
async def get_node_hour(  # noqa: PLR0913 - the parameters of the route
    *,
    request: Request,
    node: str,
    start: Start,
    caller: Reading,
    store: Store,
    now: Now,
    tell: Telling,
    language: Speaking,
    part: Part = False,
) -> HTMLResponse:
    """Explain an hour of a node: the sum of its lines."""
    page = await node_hour_page(store, caller, node, start, now, language)
    lines = (line.id for line in page.lines)
    tell(Read.of_hour(What.PAGE, parameters.hour(start), lines=lines, nodes=(node,)))
    return html(request, "node_hour_part.html" if part else "node_hour.html", page=page)


@node_pages.get("/nodes/{name}/topology")
@node_pages.get("/lines/{name}/topology")
async def get_topology(  # noqa: PLR0913 - the parameters of the route
    *,
    request: Request,
    name: str,
    caller: Reading,
    store: Store,
    now: Now,
    language: Speaking,
    at: Annotated[str, Query(max_length=64)] = "",
    known_at: Annotated[str, Query(max_length=64)] = "",
    cursor: Cursor = "",
) -> HTMLResponse:
    """Show what a line or node is made of on a gas day, and how that changed."""
    day = parameters.gas_day(at, "at") or today_of(now)
    asked, after = At(day, parameters.past_ms(known_at, now)), parameters.last_id_of(cursor)
    read = node_topology_page if request.url.path.startswith("/nodes/") else line_topology_page
    page: TopologyPage = await read(store, caller, name, asked, language, known_at=known_at, after=after)
    older = parameters.next_link(request.url.path, {"at": at, "known_at": known_at}, page.last_id)
    return html(request, "topology.html", page=page, older=older, older_than=after)
