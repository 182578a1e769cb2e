"""The use cases of the query service: read, one pure call, answer."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.query.asked.paging import Listed, cut
from services.query.measured.answering import Answer, Reader
from services.query.measured.answers import Layout, head_of, measurements_json, named
from shared.access.caller import Caller
from shared.access.periods import runs_told
from shared.domain import gas_time
from shared.domain.attribution import Attribution, in_force
from shared.domain.instants import known_instant
from shared.domain.quantities import ABSENT, GCV
from shared.domain.topology import Line, Terms, texts_of
from shared.runtime.mongo import Database
from shared.store.asking import Asking
from shared.store.lines import Selection, list_chromatographs, list_lines, station_names
from shared.store.readable_gas import readable_gas
from shared.store.views import LineView, read_view_unless_held, registered


async def measurements(database: Database, line: str, asking: Asking, reader: Reader[LineView]) -> Answer:
    """Answer a measurements question on a line, as known now or at a moment."""
    return await reader.answer(await read_view_unless_held(database, line, asking, reader.has))


def written(view: LineView, layout: Layout, names: frozenset[str] = frozenset()) -> bytes:
    """Return the answer that tells a view, or only the columns that are named.

    Raises:
        ProblemError: 422 for columns that there are not.
    """
    head = head_of(view.line.id, view.line.name_on(view.question.end), view.question, view.known_at_ms)
    return measurements_json(head, named(view.columns, names), layout)


async def lines(database: Database, caller: Caller, selection: Selection, today: date) -> Listed:
    """List the lines that the caller may know of; nothing tells of others: neither short pages nor what words find."""
    found = await list_lines(database, selection.one_more(), caller.rights.known_lines)
    page, last_id = cut(found, selection.limit, lambda last: last.id)
    names = await station_names(database, [line.station for line in page])
    return Listed([line_document(line, names.get(line.station, line.station), caller, today) for line in page], last_id)


async def chromatographs(database: Database, caller: Caller, selection: Selection) -> Listed:
    """List the chromatographs whose gas lines carry that the caller may read."""
    found = await list_chromatographs(database, selection.one_more(), await readable_gas(database, caller))
    page, last_id = cut(found, selection.limit, lambda last: last.id)
    return Listed([{"id": one.id, "name": one.name} for one in page], last_id)


async def line(database: Database, caller: Caller, line_id: str, today: date) -> dict[str, Any]:
    """Describe a line with all its terms."""
    known = (await registered(database, caller, line_id)).line
    names = await station_names(database, [known.station])
    terms = [_terms_document(terms) for terms in known.terms]
    gas = [_attribution_document(attribution) for attribution in in_force(known.gas)]
    told = line_document(known, names.get(known.station, known.station), caller, today)
    online_from = known.online_from.isoformat() if known.online_from else None
    return {**told, "online_from": online_from, "terms": terms, "gas": gas}


def line_document(line: Line, station_name: str, caller: Caller, today: date) -> dict[str, Any]:
    """Return a line as lists show it, with the terms of a gas day, and the gas days that the caller may read."""
    terms = line.terms_on(today) or line.terms[-1]
    return {
        "id": line.id,
        "name": terms.name,
        "station": line.station,
        "station_name": station_name,
        "network": terms.network,
        "teletransmitted": terms.teletransmitted,
        "one_way": terms.one_way,
        "capacity_m3n_per_h": terms.capacity_m3n_per_h,
        "from": line.terms[0].start.isoformat(),
        "to": line.end.isoformat() if line.end else None,
        "codes": texts_of(line.codes),
        "readable": runs_told(caller.rights.line(line.id)),
    }


def _terms_document(terms: Terms) -> dict[str, Any]:
    return {
        "from": terms.start.isoformat(),
        "name": terms.name,
        "network": terms.network,
        "teletransmitted": terms.teletransmitted,
        "one_way": terms.one_way,
        "capacity_m3n_per_h": terms.capacity_m3n_per_h,
        "sends": list(terms.sends),
    }


def _attribution_document(attribution: Attribution) -> dict[str, Any]:
    return {
        "from": gas_time.hour_text(attribution.start),
        "chromatograph": attribution.chromatograph or None,
        "delay_h": attribution.delay_h,
        "others": list(attribution.others),
        "contract_gcv_kwh_per_m3n": None
        if attribution.contract_gcv == ABSENT
        else attribution.contract_gcv / GCV.scale,
        "known_at": known_instant(attribution.known_at_ms),
    }
