"""The HTTP face of rows: measurements of lines and nodes and how punctual they are; 304 for who holds the answer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.query.asked import parameters
from services.query.asked.parameters import Asked, AskedPunctuality
from services.query.consulting import Consulting
from services.query.measured import lines, nodes, punctuality
from services.query.measured.answering import measurements_response
from shared.access.read import Read, What

measured_api = APIRouter(prefix="/v1")


class MeasurementsExactly(Asked, extra="forbid"):
    """Parameters of a measurements question as programs ask it: a name that is misspelt is refused."""


class PunctualityExactly(AskedPunctuality, extra="forbid"):
    """Parameters of a question how punctual a line is, as programs ask it: a name that is misspelt is refused."""


@measured_api.get("/lines/{line}/measurements", summary="Hours, gas days or gas months of a line")
async def get_measurements(line: str, asked: Annotated[MeasurementsExactly, Query()], by: Consulting) -> Response:
    """Answer a view of a line, or 304 where the client holds exactly that content."""
    question = parameters.question(asked, by.today, by.caller.rights.line(line))
    asking = by.asking(question, asked.known_at)
    answer = await lines.measurements(by.store, line, asking, by.as_asked(asked, lines.written))
    by.tell(Read.asked(What.MEASUREMENTS, question, lines=(line,)))
    return measurements_response(answer)


@measured_api.get("/nodes/{node}/measurements", summary="Hours, gas days or gas months of a node")
async def get_node_measurements(node: str, asked: Annotated[MeasurementsExactly, Query()], by: Consulting) -> Response:
    """Answer Σ weight · line with the weights of each gas day, or 304 where the client holds exactly that content."""
    question = parameters.question(asked, by.today, by.caller.rights.node(node))
    asking = by.asking(question, asked.known_at)
    answer = await nodes.measurements(by.store, node, asking, by.as_asked(asked, nodes.written))
    by.tell(Read.asked(What.MEASUREMENTS, question, nodes=(node,)))
    return measurements_response(answer)


@measured_api.get("/lines/{line}/punctuality", summary="How punctual a line is")
async def get_punctuality(line: str, asked: Annotated[PunctualityExactly, Query()], by: Consulting) -> Response:
    """Tell of gas days or months how many hours came when they were promised, or 304 where the client holds that."""
    question = parameters.question(asked.by_days_or_months(), by.today, by.caller.rights.line(line))
    asking = by.asking(question, asked.known_at)
    answer = await punctuality.punctuality(by.store, line, asking, by.in_rows(punctuality.written))
    by.tell(Read.asked(What.PUNCTUALITY, question, lines=(line,)))
    return measurements_response(answer)


@measured_api.get("/nodes/{node}/punctuality", summary="How punctual the lines of a node are")
async def get_node_punctuality(node: str, asked: Annotated[PunctualityExactly, Query()], by: Consulting) -> Response:
    """Tell the counts of all its lines added up, without naming them, or 304 where the client holds exactly that."""
    question = parameters.question(asked.by_days_or_months(), by.today, by.caller.rights.node(node))
    asking = by.asking(question, asked.known_at)
    answer = await punctuality.node_punctuality(by.store, node, asking, by.in_rows(punctuality.written_of_node))
    by.tell(Read.asked(What.PUNCTUALITY, question, nodes=(node,)))
    return measurements_response(answer)
