"""The pages of nodes, and of what lines and nodes are made of: thin routes, as those of lines."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from services.query.api import Cursor, Start, Text
from services.query.asked import parameters
from services.query.asked.parameters import Asked
from services.query.measured.nodes import At
from services.query.pages.downloads import Downloads
from services.query.pages.moves import opening_question
from services.query.pages.node_hour_page import node_hour_page
from services.query.pages.node_page import node_page
from services.query.pages.page_answers import base_of
from services.query.pages.page_rows import measure_of
from services.query.pages.plot import asked as form_of_question
from services.query.pages.topology_page import TopologyPage, line_topology_page, node_topology_page
from services.query.pages.viewing import Viewing
from shared.access.read import Read, What

node_pages = APIRouter(include_in_schema=False)
Moment = Annotated[str, Query(max_length=64)]


@node_pages.get("/nodes/{node}")
async def get_node(node: str, asked: Annotated[Asked, Query()], by: Viewing, show: Text = "volume_m3n") -> HTMLResponse:
    """Show a node: its chart, its table, what it is made of."""
    shown, days, has_period = measure_of(show), by.caller.rights.node(node), bool(asked.from_ or asked.to)
    question = opening_question(parameters.question(asked, by.today, days), by.now, days, has_period=has_period)
    page = await node_page(by.store, node, by.asking(question), shown=shown, language=by.language)
    by.tell(Read.asked(What.PAGE, question, nodes=(node,)))
    program = f"/v1/nodes/{quote(node)}/measurements?{form_of_question(question)}"
    files = Downloads(base_of(by.request), "node", node, question)
    return by.drawn("node", page=page, program=program, files=files)


@node_pages.get("/nodes/{node}/hours/{start}")
async def get_node_hour(node: str, start: Start, by: Viewing) -> HTMLResponse:
    """Explain an hour of a node: the sum of its lines."""
    page = await node_hour_page(by.store, by.caller, node, start, by.now, by.language)
    lines = (line.id for line in page.lines)
    by.tell(Read.of_hour(What.PAGE, parameters.hour(start), lines=lines, nodes=(node,)))
    return by.drawn("node_hour", page=page)


@node_pages.get("/nodes/{name}/topology")
@node_pages.get("/lines/{name}/topology")
async def get_topology(
    name: str, by: Viewing, at: Moment = "", known_at: Moment = "", cursor: Cursor = ""
) -> HTMLResponse:
    """Show what a line or node is made of on a gas day, and how that changed."""
    day, path = parameters.gas_day(at, "at") or by.today, by.request.url.path
    asked, after = At(day, parameters.past_ms(known_at, by.now)), parameters.last_id_of(cursor)
    read = node_topology_page if path.startswith("/nodes/") else line_topology_page
    page: TopologyPage = await read(by.store, by.caller, name, asked, by.language, known_at=known_at, after=after)
    older = parameters.next_link(path, {"at": at, "known_at": known_at}, page.last_id)
    return by.whole("topology", page=page, older=older, older_than=after)
