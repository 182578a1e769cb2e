"""The catalogue of query's document: every operation with what it answers, every parameter with its meaning."""

from __future__ import annotations

from http import HTTPStatus

from pydantic import BaseModel

from services.query.documented import access, tokens
from services.query.documented.changed import Changes
from services.query.documented.composed import Nodes, NodeTold, RetentionTold, TopologyHistory, TopologyTold
from services.query.documented.explained import DeadLetters, Decisions, DecisionTold, Findings, HourHistory, MonthTold
from services.query.documented.measured import MEASUREMENTS, NODE_MEASUREMENTS, measurement_schemas
from services.query.documented.punctual import NodePunctualityTold, PunctualityTold
from services.query.documented.registered import Analyses, Chromatographs, Lines, LineTold
from services.query.documented.trailed import Readings
from shared.runtime.documented import Answer, Catalogue, Operation, Parameter
from shared.runtime.documented_parameters import OF_A_PERIOD, STATED

NOT_FOUND = HTTPStatus.NOT_FOUND
REGISTER, MEASURED, EXPLAINED, CHANGED = "Register", "Measurements", "Explain", "Changes"
TRAILED = "Trail"
_TAGGED = {"ETag": "Strong: names these bytes; give it back in If-None-Match."}


def _measured(form: str) -> dict[int, Answer]:
    """Return what a view of a line or node answers."""
    return {
        200: Answer("The measurements, every ended hour in a row.", form, headers=_TAGGED),
        304: Answer("The reader holds exactly this content.", headers=_TAGGED),
    }


def _punctual(form: type[BaseModel]) -> dict[int, Answer]:
    """Return what is answered of how punctual a line or node is."""
    return {
        200: Answer("How punctual it is.", form, headers=_TAGGED),
        304: Answer("The reader holds exactly this content.", headers=_TAGGED),
    }


_CURSOR = {"pattern": "^[A-Za-z0-9_-]*$"}
_STREAM = {200: Answer("Events until one side ends it.", media_types=("text/event-stream",))}


def _one(words: str, form: type[BaseModel]) -> dict[int, Answer]:
    return {200: Answer(words, form)}


OPERATIONS = {
    "get_lines": Operation(REGISTER, _one("A page of lines.", Lines)),
    "get_line": Operation(REGISTER, _one("The line.", LineTold), (NOT_FOUND,)),
    "get_nodes": Operation(REGISTER, _one("A page of nodes.", Nodes)),
    "get_node": Operation(REGISTER, _one("The node.", NodeTold), (NOT_FOUND,)),
    "get_chromatographs": Operation(REGISTER, _one("A page of chromatographs.", Chromatographs)),
    "get_analyses": Operation(MEASURED, _one("The analyses of the period.", Analyses), (NOT_FOUND,)),
    "get_measurements": Operation(MEASURED, _measured(MEASUREMENTS), (NOT_FOUND,)),
    "get_node_measurements": Operation(MEASURED, _measured(NODE_MEASUREMENTS), (NOT_FOUND,)),
    "get_punctuality": Operation(MEASURED, _punctual(PunctualityTold), (NOT_FOUND,)),
    "get_node_punctuality": Operation(MEASURED, _punctual(NodePunctualityTold), (NOT_FOUND,)),
    "get_node_topology": Operation(REGISTER, _one("What it is made of.", TopologyTold), (NOT_FOUND,)),
    "get_node_history": Operation(REGISTER, _one("A page of its changes.", TopologyHistory), (NOT_FOUND,)),
    "get_line_history": Operation(REGISTER, _one("A page of its changes.", TopologyHistory), (NOT_FOUND,)),
    "get_retention": Operation(REGISTER, _one("What lies before it.", RetentionTold), (NOT_FOUND,)),
    "get_changes": Operation(CHANGED, _one("What has changed.", Changes), (NOT_FOUND, HTTPStatus.GONE)),
    "get_stream": Operation(CHANGED, _STREAM, (NOT_FOUND, HTTPStatus.GONE)),
    "get_month": Operation(EXPLAINED, _one("How far it is.", MonthTold), (NOT_FOUND,)),
    "get_history": Operation(EXPLAINED, _one("The history of the hour.", HourHistory), (NOT_FOUND,)),
    "get_findings": Operation(EXPLAINED, _one("A page of findings.", Findings), (NOT_FOUND,)),
    "get_decisions": Operation(EXPLAINED, _one("A page of decisions.", Decisions), (NOT_FOUND,)),
    "get_decision": Operation(EXPLAINED, _one("The decision.", DecisionTold), (NOT_FOUND,)),
    **tokens.OPERATIONS,
    "get_readings": Operation(TRAILED, _one("A page of readings.", Readings), (HTTPStatus.FORBIDDEN, NOT_FOUND)),
    "get_dead_letters": Operation(EXPLAINED, _one("A page of dead letters.", DeadLetters), (NOT_FOUND,)),
    **access.OPERATIONS,
}
"""Every operation of the interface; a route that is not here has no document."""
PARAMETERS = {
    **OF_A_PERIOD,
    **STATED,
    **access.PARAMETERS,
    "node": Parameter("A node's id.", "NODE-1"),
    "chromatograph": Parameter("A chromatograph's id.", "ZELZATE"),
    "month": Parameter("A gas month.", "2026-10"),
    "start": Parameter("Start of the hour, with an offset or Z.", "2026-10-24T04:00:00Z"),
    "offset": Parameter("The number of the decision.", 17),
    "code": Parameter("Any code of a line or node, also one that it had earlier.", "01789/1"),
    "q": Parameter("Words that stand in the id, the name, a code or the station.", "moerbroek"),
    "since": Parameter(
        "From the next link of an answer, or the id of an event; earliest: all that is kept.", "earliest", _CURSOR
    ),
    "last-event-id": Parameter("Goes on behind this event.", "earliest", _CURSOR),
    "before": Parameter(
        "A gas month; by default the latest one before which hours may leave.",
        "2023-11",
        {"pattern": "^([0-9]{4}-[0-9]{2})?$"},
    ),
    "at": Parameter("A gas day; the running one if absent.", "2026-10-24"),
    "columns": Parameter(
        "Only these, by their names with commas between; default: all.",
        "start,volume_m3n",
        {"pattern": "^[a-z0-9_, ]*$"},
    ),
    "cursor": Parameter("From the next link of an answer: opaque.", "QkUtMDA0Mi1B"),
    "limit": Parameter("Rows a page.", 100),
    "rule": Parameter("A rule's id, or HELD:<reason>.", "C5"),
    "severity": Parameter("W: shown; F: blocks the close.", "F"),
    "delegated": Parameter("Only rights that the company passes on, or that others pass on to it.", "given"),
    "state": Parameter("Of a finding: whether an hour of it awaits a decision; of an application: how far it is.", ""),
}
CATALOGUE = Catalogue(
    "Gastrack query",
    "Hourly, daily and monthly measurements of gas metering lines, and what explains them. Times are UTC unless their "
    "name says local; gas days run from 06:00 to 06:00 in Brussels. Missing is null, never 0. A list is "
    '{"rows", "next"}; an error is application/problem+json with issues. Answers come as zstd or gzip where accepted.',
    {
        REGISTER: "Lines, nodes and chromatographs.",
        MEASURED: "Values of hours, gas days and gas months, and the analyses of the gas.",
        CHANGED: "What has changed since a cursor, page by page or as it happens.",
        access.ACCESS: access.ACCESS_WORDS,
        tokens.TOKENS: tokens.WORDS,
        TRAILED: "Who read what, for auditors and administrators.",
        EXPLAINED: "Why a value is what it is: findings, decisions, closes, revisions.",
    },
    OPERATIONS,
    PARAMETERS,
    measurement_schemas,
)
