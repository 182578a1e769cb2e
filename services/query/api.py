"""The HTTP face for programs: thin routes over the handlers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi import Path as PathParameter

from services.query.asked import parameters
from services.query.asked.paging import Listed
from services.query.asked.parameters import MAX_ROWS_PER_PAGE, Period
from services.query.consulting import today_of
from services.query.explained import dead_letters, decisions, findings, history
from services.query.explained.findings_asked import FindingsAsked
from services.query.measured import analyses, months, nodes
from services.query.measured import lines as handlers
from shared.access.read import Read, What
from shared.domain import gas_time
from shared.runtime.http_state import Now, Operating, Reading, Store
from shared.runtime.reads_told import Telling
from shared.store.lines import Selection

api = APIRouter(prefix="/v1")


Limit = Annotated[int, Query(ge=1, le=MAX_ROWS_PER_PAGE, description="Rows a page.")]
Cursor = Annotated[str, Query(max_length=200, description="From the next link of an answer.")]
Offset = Annotated[int, PathParameter(ge=0, lt=2**63, description="The change's place among all that was asked for.")]
Start = Annotated[str, PathParameter(max_length=64, description="Start of the hour, with an offset or Z.")]
Text = Annotated[str, Query(max_length=200)]
Month = Annotated[str, PathParameter(pattern=r"^(199[0-9]|20[0-9]{2})-(0[1-9]|1[0-2])$", description="As 2026-10.")]


@api.get("/lines", summary="List or search lines")
async def get_lines(  # noqa: PLR0913 - the parameters of the route
    *,
    caller: Reading,
    store: Store,
    now: Now,
    code: Text = "",
    q: Text = "",
    cursor: Cursor = "",
    limit: Limit = 100,
) -> dict[str, Any]:
    """List lines; `code` finds a line by another of its codes, `q` by words of its name, codes or station."""
    selection = Selection(limit, parameters.last_id_of(cursor), code, q)
    listed = await handlers.lines(store, caller, selection, today_of(now))
    return listed_document(listed, "/v1/lines", {"code": code, "q": q, "limit": limit})


@api.get("/nodes", summary="List or search nodes")
async def get_nodes(  # noqa: PLR0913 - the parameters of the route
    *,
    caller: Reading,
    store: Store,
    now: Now,
    code: Text = "",
    q: Text = "",
    cursor: Cursor = "",
    limit: Limit = 100,
) -> dict[str, Any]:
    """List nodes; `code` finds a node by another of its codes, `q` by words of its id, names or codes."""
    selection = Selection(limit, parameters.last_id_of(cursor), code, q)
    listed = await nodes.nodes(store, caller, selection, today_of(now))
    return listed_document(listed, "/v1/nodes", {"code": code, "q": q, "limit": limit})


@api.get("/lines/{line}", summary="Describe a line")
async def get_line(line: str, caller: Reading, store: Store, now: Now) -> dict[str, Any]:
    """Describe a line with all its terms."""
    return await handlers.line(store, caller, line, today_of(now))


@api.get("/chromatographs", summary="List chromatographs")
async def get_chromatographs(caller: Reading, store: Store, cursor: Cursor = "", limit: Limit = 100) -> dict[str, Any]:
    """List the chromatographs whose gas lines carry."""
    listed = await handlers.chromatographs(store, caller, Selection(limit, parameters.last_id_of(cursor)))
    return listed_document(listed, "/v1/chromatographs", {"limit": limit})


@api.get("/chromatographs/{chromatograph}/analyses", summary="What a chromatograph told")
async def get_analyses(  # noqa: PLR0913 - the parameters of the route
    *,
    chromatograph: str,
    asked: Annotated[Period, Query()],
    caller: Reading,
    store: Store,
    now: Now,
    tell: Telling,
) -> dict[str, Any]:
    """List the analyses of gas days, without a period those of the running month, with what the rules find in each."""
    days = await analyses.days_of(store, caller, chromatograph)
    question = parameters.question(asked, today_of(now), days)
    rows = await analyses.analyses(store, days, chromatograph, question)
    tell(Read(What.ANALYSES, gas=(chromatograph,), first=question.first, end=question.end))
    return {"id": chromatograph, "from": question.shown_from, "to": question.shown_to, "rows": rows, "next": None}


@api.get("/lines/{line}/months/{month}", summary="How far a gas month is from its close")
async def get_month(line: str, month: Month, caller: Reading, store: Store, tell: Telling) -> dict[str, Any]:
    """Tell a month's version, what is missing, what findings keep back, and what closed it."""
    told = await months.month(store, caller, line, month)
    days = gas_time.days_of_month(month)
    tell(Read(What.MONTH, (line,), first=days[0], end=days[-1] + timedelta(days=1)))
    return told


@api.get("/nodes/{node}", summary="Describe a node")
async def get_node(node: str, caller: Reading, store: Store, now: Now) -> dict[str, Any]:
    """Describe a node with all its compositions."""
    return await nodes.node(store, caller, node, today_of(now))


@api.get("/lines/{line}/hours/{start}/history", summary="Explain an hour")
async def get_history(line: str, start: Start, caller: Reading, store: Store, tell: Telling) -> dict[str, Any]:
    """Tell every value that an hour had, since when and why, how its status changed, and what was found in it."""
    told = await history.history(store, caller, line, start)
    tell(Read.of_hour(What.HISTORY, parameters.hour(start), lines=(line,)))
    return told


@api.get("/findings", summary="List findings")
async def get_findings(  # noqa: PLR0913 - the parameters of the route
    *,
    caller: Reading,
    store: Store,
    tell: Telling,
    line: Text = "",
    from_: Annotated[str, Query(alias="from", max_length=64, description="First gas day.")] = "",
    to: Annotated[str, Query(max_length=64, description="Gas day, exclusive.")] = "",
    rule: Annotated[str, Query(max_length=64, description="A rule's id, or HELD:<reason>.")] = "",
    severity: Annotated[Literal["", "W", "F"], Query(description="W: shown; F: blocks the close.")] = "",
    state: Annotated[
        Literal["", "open", "settled"], Query(description="Whether an hour of it awaits a decision.")
    ] = "",
    chromatograph: Annotated[str, Query(max_length=64, description="What was found in its analyses.")] = "",
    cursor: Cursor = "",
    limit: Limit = 100,
) -> dict[str, Any]:
    """List what the rules found and why readings were held, the newest first."""
    days = parameters.gas_day(from_, "from"), parameters.gas_day(to, "to")
    asked = FindingsAsked(line, *days, rule, severity, state, chromatograph)
    listed = await findings.findings(store, caller, asked, parameters.last_id_of(cursor), limit)
    tell(Read.rows(What.FINDINGS, listed.rows, *days))
    filters = {"line": line, "from": from_, "to": to, "rule": rule, "severity": severity, "state": state}
    filters["chromatograph"] = chromatograph
    return listed_document(listed, "/v1/findings", {**filters, "limit": limit})


@api.get("/decisions", summary="List decisions")
async def get_decisions(
    caller: Operating, store: Store, tell: Telling, cursor: Cursor = "", limit: Limit = 100
) -> dict[str, Any]:
    """List what became of the changes that were asked for, the newest first."""
    listed = await decisions.decisions(store, caller, parameters.last_id_of(cursor), limit)
    tell(Read.rows(What.DECISIONS, listed.rows))
    return listed_document(listed, "/v1/decisions", {"limit": limit})


@api.get("/decisions/{offset}", summary="Tell what became of a change")
async def get_decision(offset: Offset, caller: Operating, store: Store, tell: Telling) -> dict[str, Any]:
    """Tell what became of a change; 404 with the code PENDING while that is not known yet."""
    told = await decisions.decision(store, caller, offset)
    tell(Read.rows(What.DECISIONS, [told]))
    return told


@api.get("/dead-letters", summary="List dead letters")
async def get_dead_letters(
    caller: Operating, store: Store, tell: Telling, cursor: Cursor = "", limit: Limit = 100
) -> dict[str, Any]:
    """List the readings that were refused after they had been accepted at the door, with the reasons."""
    listed = await dead_letters.dead_letters(store, caller, parameters.last_id_of(cursor), limit)
    tell(Read.rows(What.DEAD_LETTERS, listed.rows))
    return listed_document(listed, "/v1/dead-letters", {"limit": limit})


def listed_document(listed: Listed, path: str, asked: Mapping[str, str | int]) -> dict[str, Any]:
    """Return part of a list, with the link to the next one."""
    return {"rows": listed.rows, "next": parameters.next_link(path, asked, listed.last_id)}
