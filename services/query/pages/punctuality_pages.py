"""The pages of how punctual lines and nodes are: thin routes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from services.query.asked import parameters
from services.query.asked.parameters import AskedPunctuality
from services.query.pages.punctuality_page import line_punctuality_page, node_punctuality_page
from services.query.pages.viewing import Viewing
from shared.access.read import Read, What

punctuality_pages = APIRouter(include_in_schema=False)


@punctuality_pages.get("/lines/{line}/punctuality")
async def get_line_punctuality(line: str, asked: Annotated[AskedPunctuality, Query()], by: Viewing) -> HTMLResponse:
    """Show how punctual a line is, against what is promised of it."""
    question = parameters.question(asked.by_days_or_months(), by.today, by.caller.rights.line(line))
    page = await line_punctuality_page(by.store, line, by.asking(question), by.language)
    by.tell(Read.asked(What.PAGE, question, lines=(line,)))
    return by.whole("punctuality", page=page)


@punctuality_pages.get("/nodes/{node}/punctuality")
async def get_node_punctuality(node: str, asked: Annotated[AskedPunctuality, Query()], by: Viewing) -> HTMLResponse:
    """Show how punctual the lines of a node are together."""
    question = parameters.question(asked.by_days_or_months(), by.today, by.caller.rights.node(node))
    page = await node_punctuality_page(by.store, node, by.asking(question), by.language)
    by.tell(Read.asked(What.PAGE, question, nodes=(node,)))
    return by.whole("punctuality", page=page)
